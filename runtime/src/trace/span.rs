//! A span that is over, as requests put it in the queue: what OpenTelemetry makes of it is the exporter's work.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, SystemTime},
};

use http::{Method, Version};

use super::TraceIds;

/// How much of a text that comes from outside a span keeps, in bytes: what waits in the queue is bounded by it.
const MOST: usize = 1024;

/// A request that was answered, a call that was made for it, or work in between that its author named.
#[derive(Debug)]
pub(crate) struct Span {
    /// The span's own, and its parent's.
    pub(crate) ids: TraceIds,
    pub(crate) started: SystemTime,
    pub(crate) took: Duration,
    pub(crate) work: Work,
}

/// What a span tells of.
#[derive(Debug)]
pub(crate) enum Work {
    Http(Http),
    /// A span of `tracing`, of the handler's author.
    Own {
        name: &'static str,
        attributes: Vec<(&'static str, Value)>,
    },
}

/// A request and its answer.
#[derive(Debug)]
pub(crate) struct Http {
    pub(crate) side: Side,
    pub(crate) method: Method,
    /// The template of the path; none where no operation has it.
    pub(crate) route: Option<&'static str>,
    pub(crate) operation: Option<&'static str>,
    pub(crate) scheme: String,
    /// Whom the request was sent to, where that is known.
    pub(crate) server: Option<(String, Option<u16>)>,
    pub(crate) status: Option<u16>,
    /// Why there is no answer, or no whole one.
    pub(crate) fault: Option<&'static str>,
}

/// Which end of a request the span tells of.
#[derive(Debug)]
pub(crate) enum Side {
    Server {
        path: String,
        peer: SocketAddr,
        client: IpAddr,
        agent: Option<String>,
        version: Version,
    },
    Client {
        /// Without the query and credentials, which may be secret.
        url: String,
        /// How often it had been sent before.
        resend: u32,
    },
}

/// The value of a field of `tracing`.
#[derive(Debug)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Flag(bool),
}

/// The beginning of a text.
pub(super) fn short(text: &str) -> String {
    text[..text.floor_char_boundary(MOST)].to_owned()
}
