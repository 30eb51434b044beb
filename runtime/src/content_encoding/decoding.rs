//! The decoders of a body, one behind the other, with a meter behind each.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder};
use bytes::Bytes;
use futures_core::Stream;
use tokio::{
    io::{AsyncBufRead, AsyncRead, BufReader, ReadBuf},
    task::coop,
};
use tokio_util::io::{ReaderStream, StreamReader};

use super::{Coding, Stopped, zstd::ZstdDecoder};

/// How many bytes may come out for each that went in.
const RATIO: u64 = 1_000;
/// How many bytes may come out whatever went in: short bodies that repeat themselves are no attack.
const FREE: u64 = 1 << 20;
/// How many bytes come out at once.
const CHUNK: usize = 16 << 10;

type Reader = Box<dyn AsyncRead + Send + Unpin>;

/// Decoded bytes as they come.
pub(super) struct Decoding {
    bytes: ReaderStream<Reader>,
    sent: Arc<Sent>,
}

/// What is known of the bytes that were sent.
#[derive(Default)]
struct Sent {
    count: AtomicU64,
    /// Whether reading them failed, so that an error is the connection's and not a decoder's.
    failed: AtomicBool,
}

impl Decoding {
    /// Undoes codings, which stand in the order in which they were applied.
    pub(super) fn new<S>(codings: &[Coding], bytes: S) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static,
    {
        let sent = Arc::new(Sent::default());
        let counted = Counted {
            bytes,
            sent: sent.clone(),
        };
        let mut reader: Reader = Box::new(StreamReader::new(counted));
        for coding in codings.iter().rev() {
            let buffered = BufReader::with_capacity(CHUNK, reader);
            reader = Box::new(Metered {
                inner: decoder(*coding, buffered),
                sent: sent.clone(),
                given: 0,
            });
        }
        Decoding {
            bytes: ReaderStream::with_capacity(reader, CHUNK),
            sent,
        }
    }

    /// The next bytes. It gives way to other tasks now and then, since a short body can decode for long.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let progress = ready!(coop::poll_proceed(cx));
        let next = ready!(Pin::new(&mut self.bytes).poll_next(cx));
        progress.made_progress();
        Poll::Ready(next.map(|bytes| bytes.map_err(|error| self.explained(error))))
    }

    fn explained(&self, error: io::Error) -> io::Error {
        if Stopped::of(&error).is_some() || self.sent.failed.load(Ordering::Relaxed) {
            return error;
        }
        Stopped::Damaged(error.to_string()).into()
    }
}

/// What follows the end of the coded bytes must be coded alike, so that nothing is sent past a reader unseen.
fn decoder(coding: Coding, coded: impl AsyncBufRead + Send + Unpin + 'static) -> Reader {
    match coding {
        Coding::Gzip => {
            let mut decoder = GzipDecoder::new(coded);
            decoder.multiple_members(true);
            Box::new(decoder)
        }
        Coding::Deflate => {
            let mut decoder = ZlibDecoder::new(coded);
            decoder.multiple_members(true);
            Box::new(decoder)
        }
        Coding::Brotli => {
            let mut decoder = BrotliDecoder::new(coded);
            decoder.multiple_members(true);
            Box::new(decoder)
        }
        Coding::Zstd => Box::new(ZstdDecoder::new(coded)),
    }
}

/// Bytes as they were sent, counted.
struct Counted<S> {
    bytes: S,
    sent: Arc<Sent>,
}

impl<S: Stream<Item = io::Result<Bytes>> + Unpin> Stream for Counted<S> {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(Pin::new(&mut self.bytes).poll_next(cx));
        match &next {
            Some(Ok(bytes)) => {
                let count = bytes.len() as u64;
                self.sent.count.fetch_add(count, Ordering::Relaxed);
            }
            Some(Err(_)) => self.sent.failed.store(true, Ordering::Relaxed),
            None => {}
        }
        Poll::Ready(next)
    }
}

/// Stops a decoder out of which too much comes for what was sent. There is one behind each decoder, since the next one
/// could swallow what the last one blows up.
struct Metered {
    inner: Reader,
    sent: Arc<Sent>,
    given: u64,
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, into))?;
        let more = into.filled().len().saturating_sub(before) as u64;
        self.given = self.given.saturating_add(more);
        let allowed = self
            .sent
            .count
            .load(Ordering::Relaxed)
            .saturating_mul(RATIO);
        match self.given > allowed.max(FREE) {
            true => Poll::Ready(Err(Stopped::Bomb.into())),
            false => Poll::Ready(Ok(())),
        }
    }
}
