//! Why a call gave nothing.

use std::{error::Error, fmt, io, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::address::NotPublic;
use crate::{
    content_encoding::Stopped,
    unprocessed::{self, chain},
};

/// Why a call gave no answer that its document describes.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// The request was not sent, since it cannot be written or its address may not be called.
    Request(String),
    /// There is no connection.
    Connect(String),
    /// The answer did not come in time: within the client's own, or that of the request that the call is made for.
    Timeout,
    /// The request was not sent, since most of what the service was asked lately failed (see
    /// [`CircuitBreaker`](super::CircuitBreaker)).
    Open {
        /// After how long it may be asked again.
        retry_in: Duration,
    },
    /// The request was not sent, since too many of this client are on their way and wait (see
    /// [`Client::with_max_calls`](super::Client::with_max_calls)).
    Full,
    /// The connection, the request's body or the answer's broke off.
    Broken(String),
    /// The answer has a status, or a body under a status, that is not asked for.
    Unexpected {
        /// Its status.
        status: StatusCode,
        /// Its headers.
        headers: Box<HeaderMap>,
        /// What was taken in of its body, up to the client's limit.
        body: Bytes,
    },
    /// The answer is not what the document says.
    Unread(String),
}

impl fmt::Display for CallError {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            CallError::Request(words) => write!(out, "the request was not sent: {words}"),
            CallError::Connect(words) => write!(out, "there is no connection: {words}"),
            CallError::Timeout => out.write_str("the answer did not come in time"),
            CallError::Open { retry_in } => write!(
                out,
                "the request was not sent: the service has failed too often lately and is left alone for {:.1} s",
                retry_in.as_secs_f64()
            ),
            CallError::Full => out.write_str(
                "the request was not sent: as many calls as may be are on their way and wait",
            ),
            CallError::Broken(words) => write!(out, "the call broke off: {words}"),
            CallError::Unexpected { status, .. } => {
                write!(out, "the answer's status {status} was not expected")
            }
            CallError::Unread(words) => write!(out, "the answer cannot be read: {words}"),
        }
    }
}

impl Error for CallError {}

#[cfg(feature = "server")]
impl CallError {
    /// What it is, in one word, for a span's `error.type`.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            CallError::Request(_) => "refused",
            CallError::Connect(_) => "connect",
            CallError::Timeout => "timeout",
            CallError::Open { .. } => "circuit_open",
            CallError::Full => "limit_full",
            CallError::Broken(_) => "broken",
            CallError::Unexpected { .. } => "unexpected",
            CallError::Unread(_) => "unread",
        }
    }
}

impl From<hyper_util::client::legacy::Error> for CallError {
    fn from(error: hyper_util::client::legacy::Error) -> Self {
        let mut refused = chain(&error).filter_map(|cause| cause.downcast_ref::<NotPublic>());
        if let Some(refused) = refused.next() {
            return CallError::Request(refused.to_string());
        }
        let causes: Vec<String> = chain(&error).skip(1).map(ToString::to_string).collect();
        let words = match causes.is_empty() {
            true => error.to_string(),
            false => causes.join(": "),
        };
        match error.is_connect() {
            true => CallError::Connect(words),
            false => CallError::Broken(words),
        }
    }
}

/// Whether a request that failed so was certainly not worked on: it never left, or HTTP/2 says so.
pub(super) fn is_unprocessed(error: &hyper_util::client::legacy::Error) -> bool {
    error.is_connect() || unprocessed::is_unprocessed(error)
}

/// Why the bytes of an answer were not read to their end.
pub(super) fn of_body(operation: &str, error: &io::Error) -> CallError {
    match (Stopped::of(error), error.kind()) {
        (Some(stopped), _) => CallError::Unread(format!("{operation}: {stopped}")),
        (None, io::ErrorKind::FileTooLarge) => {
            CallError::Unread(format!("{operation}: its body: {error}"))
        }
        _ => {
            let causes: Vec<String> = chain(error).map(ToString::to_string).collect();
            CallError::Broken(causes.join(": "))
        }
    }
}
