//! A request from its head to the last byte of its answer, and who is told when it is over.

use std::{
    error::Error,
    io::{self, ErrorKind},
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode};
use http_body::Frame;

use crate::{
    log::Access,
    metrics::{Counted, Ending, Metrics, Request},
    server::{Asked, Connection},
    trace::{ServerSpan, TraceIds, Tracing},
};

/// Who is told of every request.
pub(crate) struct Telemetry {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tracing: Arc<Tracing>,
    pub(crate) access: Access,
}

/// A request in work. It is over when this is dropped: told then, whatever became of it.
pub(crate) struct Observed {
    /// Its place on its connection.
    asked: Asked,
    pub(crate) started: Instant,
    pub(crate) method: Method,
    pub(crate) ids: TraceIds,
    /// Its id, where requests have any.
    pub(crate) request_id: Option<HeaderValue>,
    /// None where the trace is not kept, or nobody is to see it.
    pub(crate) span: Option<Box<ServerSpan>>,
    /// Who asks, where that is another, since proxies stand between.
    pub(crate) client: Option<IpAddr>,
    /// Its index in the document's table; none where no operation has its path and method.
    pub(crate) operation: Option<usize>,
    /// None where the caller or the drain ended it before there was an answer.
    pub(crate) status: Option<StatusCode>,
    /// What was read of the request's body; none where it has none.
    pub(crate) intake: Option<Arc<Intake>>,
    /// How much of the answer's body was handed to the connection, in bytes.
    pub(crate) sent: u64,
    /// How long it says that it is: a connection asks for no end behind that.
    pub(crate) due: Option<u64>,
    /// Whether the whole answer was handed to the connection.
    pub(crate) whole: bool,
    /// Whether it is counted among those in work.
    in_work: bool,
}

/// How much was read of a request's body, whoever reads it.
#[derive(Default)]
pub(crate) struct Intake {
    /// As they were sent.
    pub(crate) bytes: AtomicU64,
    /// Whether the caller broke it off.
    pub(crate) broken: AtomicBool,
}

impl Intake {
    pub(crate) fn note(&self, next: &Option<hyper::Result<Frame<Bytes>>>) {
        match next {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.bytes.fetch_add(bytes as u64, Relaxed);
            }
            Some(Err(error)) if !is_malformed(error) => self.broken.store(true, Relaxed),
            Some(Err(_)) | None => {}
        }
    }
}

/// Whether a body is all there and wrong, such as a chunk without a size: its caller waits for an answer.
fn is_malformed(error: &hyper::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref());
    let kind = cause.map(io::Error::kind);
    matches!(kind, Some(ErrorKind::InvalidInput | ErrorKind::InvalidData))
}

impl Observed {
    pub(crate) fn begin(asked: Asked, method: &Method, ids: TraceIds) -> Self {
        Observed {
            asked,
            started: Instant::now(),
            method: method.clone(),
            ids,
            request_id: None,
            span: None,
            client: None,
            operation: None,
            status: None,
            intake: None,
            sent: 0,
            due: None,
            whole: false,
            in_work: false,
        }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.asked.connection
    }

    fn telemetry(&self) -> &Telemetry {
        &self.connection().server.telemetry
    }

    /// It is now known which operation it is for, or that it is for none; the last word counts.
    pub(crate) fn reach(&mut self, operation: Option<usize>) {
        let requests = &self.telemetry().metrics.http;
        if self.in_work {
            requests.in_work(self.operation, &self.method, -1);
        }
        requests.in_work(operation, &self.method, 1);
        self.operation = operation;
        self.in_work = true;
    }

    /// The operation that it is for.
    pub(crate) fn reached(&self) -> Option<&Counted> {
        let requests = &self.telemetry().metrics.http;
        self.operation.and_then(|index| requests.operation(index))
    }

    /// Whether the connection leaves a body out (RFC 9110, 6.4.1).
    pub(crate) fn is_answered_without_body(&self) -> bool {
        let status = self.status.unwrap_or_default();
        let never = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED];
        self.method == Method::HEAD || never.contains(&status)
    }

    /// Whether the caller or the drain ended it before the whole answer was handed to the connection.
    pub(crate) fn is_cut(&self) -> bool {
        let broken = |intake: &Arc<Intake>| intake.broken.load(Relaxed);
        self.status.is_none() || !self.whole || self.intake.as_ref().is_some_and(broken)
    }

    /// How much of the request's body was read, in bytes.
    pub(crate) fn received(&self) -> u64 {
        let bytes = |intake: &Arc<Intake>| intake.bytes.load(Relaxed);
        self.intake.as_ref().map_or(0, bytes)
    }

    pub(crate) fn tracing(&self) -> &Arc<Tracing> {
        &self.telemetry().tracing
    }

    fn count(&self, took: Duration) {
        let requests = &self.telemetry().metrics.http;
        if self.in_work {
            requests.in_work(self.operation, &self.method, -1);
        }
        self.telemetry().metrics.request_over(&Request {
            operation: self.operation,
            method: Some(&self.method),
            status: self.status,
            ending: match self.is_cut() {
                true => Ending::Cancelled,
                false => Ending::Answered,
            },
            took,
            received: self.received(),
            sent: self.sent,
            trace: self.ids.sampled.then_some(self.ids.trace),
        });
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        let over = Instant::now();
        let took = over.saturating_duration_since(self.started);
        self.asked.over = Some(over);
        self.count(took);
        if let Some(span) = self.span.take() {
            self.tracing().served(*span, self, took);
        }
        self.telemetry().access.tell(self, over);
    }
}
