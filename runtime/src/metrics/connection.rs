//! What a connection tells that no request does: answers that hyper gives by itself, and heads that never came whole.

use std::{
    error::Error,
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU16, AtomicU32, Ordering::Relaxed},
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
    /// Whether a request's head has ever come.
    begun: AtomicBool,
    /// How many requests are in work.
    in_work: AtomicU32,
    /// Whether bytes wait to be taken by the other end.
    waiting: AtomicBool,
    /// How often bytes went, in either direction.
    moves: AtomicU32,
}

/// Holds a request to be in work while it lives.
pub(crate) struct InWork(Arc<Conversation>);

impl Drop for InWork {
    fn drop(&mut self) {
        self.0.in_work.fetch_sub(1, Relaxed);
    }
}

impl Conversation {
    /// A request's head has come.
    pub(crate) fn asked(self: &Arc<Self>) -> InWork {
        self.phase.store(ANSWERING, Relaxed);
        self.begun.store(true, Relaxed);
        self.in_work.fetch_add(1, Relaxed);
        InWork(self.clone())
    }

    /// Whether a request's head has ever come.
    pub(crate) fn has_begun(&self) -> bool {
        self.begun.load(Relaxed)
    }

    /// Whether a request is in work, or bytes wait to be taken by the other end.
    pub(crate) fn is_busy(&self) -> bool {
        self.in_work.load(Relaxed) > 0 || self.waiting.load(Relaxed)
    }

    /// A number that is another one whenever bytes went, in either direction.
    pub(crate) fn moved(&self) -> u32 {
        self.moves.load(Relaxed)
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

    fn wrote(&self, outcome: &Poll<io::Result<usize>>) {
        self.conversation
            .waiting
            .store(outcome.is_pending(), Relaxed);
        self.conversation.moves.fetch_add(1, Relaxed);
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
        self.conversation.moves.fetch_add(1, Relaxed);
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
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(&outcome);
        outcome
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.written(bytes.first().map_or(&[], |first| first));
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.wrote(&outcome);
        outcome
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
