//! What a connection tells that no request does: answers that hyper gives by itself, and heads that never came whole.

use std::{
    error::Error,
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU16, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use http::StatusCode;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::{
    Metrics,
    http::{Ending, Request},
};

/// Nothing is asked.
const IDLE: u8 = 0;
/// Bytes of a head came.
const ASKING: u8 = 1;
/// A request is in work.
const ANSWERING: u8 = 2;

/// How far the talk on a connection has come.
#[derive(Default)]
pub(crate) struct Conversation {
    phase: AtomicU8,
    /// The status of the last answer.
    status: AtomicU16,
}

impl Conversation {
    /// A request's head has come.
    pub(crate) fn asked(&self) {
        self.phase.store(ANSWERING, Relaxed);
    }

    /// All of the answer is handed over; not told of one that is made while it is sent, and of which it is not known
    /// whether bytes that come belong to the same request.
    pub(crate) fn answered(&self) {
        self.phase.store(IDLE, Relaxed);
    }
}

/// A connection that is listened to.
pub(crate) struct Overheard {
    stream: TcpStream,
    conversation: Arc<Conversation>,
}

impl Overheard {
    pub(crate) fn new(stream: TcpStream, conversation: Arc<Conversation>) -> Self {
        Overheard {
            stream,
            conversation,
        }
    }

    fn written(&self, bytes: &[u8]) {
        let digits = bytes
            .strip_prefix(b"HTTP/1.")
            .and_then(|rest| rest.get(2..5));
        if let Some(status) = digits.and_then(|digits| StatusCode::from_bytes(digits).ok()) {
            self.conversation.status.store(status.as_u16(), Relaxed);
        }
    }
}

impl AsyncRead for Overheard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, into))?;
        let phase = &self.conversation.phase;
        if into.filled().len() > before && phase.load(Relaxed) == IDLE {
            phase.store(ASKING, Relaxed);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Overheard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.written(bytes);
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.written(bytes.first().map_or(&[], |first| first));
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Metrics {
    /// A connection is over: by itself, or cut by the drain, with no result.
    pub(crate) fn connection_ended(
        &self,
        conversation: &Conversation,
        result: Option<Result<(), Box<dyn Error + Send + Sync>>>,
    ) {
        let asking = conversation.phase.load(Relaxed) == ASKING;
        let error = match &result {
            None => None,
            Some(Ok(())) => return,
            Some(Err(error)) => match error.downcast_ref::<hyper::Error>() {
                None => return,
                error => error,
            },
        };
        let (status, ending) = match error {
            // A head that is none is answered by hyper.
            Some(error) if error.is_parse() => {
                let status = StatusCode::from_u16(conversation.status.load(Relaxed)).ok();
                match status.filter(StatusCode::is_client_error) {
                    Some(status) => (Some(status), Ending::Answered),
                    None => (None, Ending::Cancelled),
                }
            }
            Some(error) if error.is_timeout() && asking => (None, Ending::TimedOut),
            Some(error) if error.is_incomplete_message() && asking => (None, Ending::Cancelled),
            None if asking => (None, Ending::Cancelled),
            _ => return,
        };
        self.http.count(&Request {
            operation: None,
            method: None,
            status,
            ending,
            took: Duration::ZERO,
            received: 0,
            sent: 0,
            trace: None,
        });
    }
}
