//! A request from its head to the last byte of its answer, and who is told when it is over.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Instant,
};

use http::{Method, StatusCode};

use crate::{log::Access, metrics::Metrics, trace::TraceIds};

/// Who is told of every request.
pub(crate) struct Telemetry {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) access: Access,
}

/// A request in work. It is over when this is dropped: told then, whatever became of it.
pub(crate) struct Observed {
    telemetry: Arc<Telemetry>,
    pub(crate) started: Instant,
    pub(crate) method: Method,
    pub(crate) ids: TraceIds,
    /// The other end of the connection.
    pub(crate) peer: Option<SocketAddr>,
    /// The length of its body, in bytes, where it is said before it comes.
    pub(crate) request_bytes: Option<u64>,
    /// Its index in the document's table; none where no operation has its path and method.
    pub(crate) operation: Option<usize>,
    /// None where the caller or the drain ended it before there was an answer.
    pub(crate) status: Option<StatusCode>,
    /// How much of the answer's body was handed to the connection, in bytes.
    pub(crate) sent: u64,
    /// Whether the whole answer was handed to the connection.
    pub(crate) whole: bool,
}

impl Observed {
    pub(crate) fn begin(telemetry: &Arc<Telemetry>, method: &Method, ids: TraceIds) -> Self {
        telemetry.metrics.active.fetch_add(1, Relaxed);
        Observed {
            telemetry: telemetry.clone(),
            started: Instant::now(),
            method: method.clone(),
            ids,
            peer: None,
            request_bytes: None,
            operation: None,
            status: None,
            sent: 0,
            whole: false,
        }
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        let metrics = &self.telemetry.metrics;
        metrics.active.fetch_sub(1, Relaxed);
        if let Some(status) = self.status {
            metrics.count(self.operation, status.as_u16(), self.started.elapsed());
        }
        self.telemetry.access.tell(self);
    }
}
