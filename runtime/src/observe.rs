//! A request from its head to the last byte of its answer, and who is told when it is over.

use std::{
    error::Error,
    io::{self, ErrorKind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use bytes::Bytes;
use http::{Method, StatusCode};
use http_body::Frame;

use crate::{
    metrics::{Ending, Metrics, Request},
    trace::TraceIds,
};

/// Who is told of every request.
pub(crate) struct Telemetry {
    pub(crate) metrics: Arc<Metrics>,
}

/// A request in work. It is over when this is dropped: told then, whatever became of it.
pub(crate) struct Observed {
    telemetry: Arc<Telemetry>,
    pub(crate) started: Instant,
    pub(crate) method: Method,
    pub(crate) ids: TraceIds,
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
    pub(crate) fn begin(telemetry: &Arc<Telemetry>, method: &Method, ids: TraceIds) -> Self {
        Observed {
            telemetry: telemetry.clone(),
            started: Instant::now(),
            method: method.clone(),
            ids,
            operation: None,
            status: None,
            intake: None,
            sent: 0,
            due: None,
            whole: false,
            in_work: false,
        }
    }

    /// It is now known which operation it is for, or that it is for none; the last word counts.
    pub(crate) fn reach(&mut self, operation: Option<usize>) {
        let requests = &self.telemetry.metrics.http;
        if self.in_work {
            requests.in_work(self.operation, &self.method, -1);
        }
        requests.in_work(operation, &self.method, 1);
        self.operation = operation;
        self.in_work = true;
    }

    /// Whether the connection leaves a body out (RFC 9110, 6.4.1).
    pub(crate) fn is_answered_without_body(&self) -> bool {
        let status = self.status.unwrap_or_default();
        let never = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED];
        self.method == Method::HEAD || never.contains(&status)
    }

    fn count(&self) {
        let requests = &self.telemetry.metrics.http;
        if self.in_work {
            requests.in_work(self.operation, &self.method, -1);
        }
        let intake = self.intake.as_ref();
        let broken = intake.is_some_and(|intake| intake.broken.load(Relaxed));
        requests.count(&Request {
            operation: self.operation,
            method: Some(&self.method),
            status: self.status,
            ending: match self.whole && !broken {
                true => Ending::Answered,
                false => Ending::Cancelled,
            },
            took: self.started.elapsed(),
            received: intake.map_or(0, |intake| intake.bytes.load(Relaxed)),
            sent: self.sent,
            trace: self.ids.sampled.then_some(self.ids.trace),
        });
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        self.count();
    }
}
