//! Metrics: gathered in tables of atomics, told as OpenMetrics or as Prometheus' text.

#[cfg(feature = "client")]
mod calls;
mod connection;
mod exposition;
mod histogram;
mod http;
mod process;
mod target;
#[cfg(test)]
mod tests;
mod text_format;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
};

use ::http::StatusCode;
use tokio::{runtime::Handle, sync::Mutex};

#[cfg(feature = "client")]
pub(crate) use calls::{Breakers, CALLS, Count, Server, Try};
pub(crate) use connection::Ended;
pub(crate) use exposition::{Family, Kind, label};
pub(crate) use http::{Counted, Ending, HttpTable, Request};

use crate::{Contract, Problem, Response, accept, drain::Drain, log, service::problem_answer};

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Adds families to what is told, as OpenMetrics.
pub(crate) type Source = Box<dyn Fn(&mut String) + Send + Sync>;

/// All that is counted of a service.
pub(crate) struct Metrics {
    pub(crate) http: HttpTable,
    /// Connections of the API port.
    pub(crate) connections: AtomicI64,
    connections_limit: usize,
    drain: Arc<Drain>,
    build: String,
    target: String,
    sources: Vec<Source>,
    /// What requests are worked on by; operators are answered by another.
    executor: Option<Handle>,
    /// Whoever is being answered: a source that hangs holds one thread and no more.
    telling: Arc<Mutex<()>>,
}

impl Metrics {
    pub(crate) fn new(
        contract: &Contract,
        resource: &[(String, String)],
        counted: Vec<Counted>,
        connections_limit: usize,
        drain: Arc<Drain>,
        sources: Vec<Source>,
    ) -> Self {
        let mut build = String::new();
        label(&mut build, "title", contract.title);
        label(&mut build, "version", contract.version);
        label(&mut build, "runtime", env!("CARGO_PKG_VERSION"));
        Metrics {
            http: HttpTable::new(counted),
            connections: AtomicI64::new(0),
            connections_limit,
            drain,
            build,
            target: target::labels(resource, contract.title, contract.version),
            sources,
            executor: Handle::try_current().ok(),
            telling: Arc::default(),
        }
    }

    /// The answer to `/metrics`, in the format that the caller likes best. Made on a thread of its own, since what
    /// users register may take its time.
    pub(crate) async fn answer(self: Arc<Self>, accepted: impl Iterator<Item = &str>) -> Response {
        // How odd names would be escaped: there are none.
        let bare = accepted.map(|value| {
            let ranges = value.split(',').map(|range| {
                let parts = range.split(';');
                let parts = parts.filter(|part| !part.trim().starts_with("escaping="));
                parts.collect::<Vec<_>>().join(";")
            });
            ranges.collect::<Vec<_>>().join(",")
        });
        let bare: Vec<String> = bare.collect();
        let liked = accept::negotiate(bare.iter().map(String::as_str), &[TEXT, OPEN_METRICS]);
        let open = liked == Some(1);
        let turn = self.telling.clone().lock_owned().await;
        let text = tokio::task::spawn_blocking(move || {
            let text = match open {
                true => self.open_metrics() + "# EOF\n",
                false => text_format::converted(&self.open_metrics()),
            };
            drop(turn);
            text
        });
        let media_type = if open { OPEN_METRICS } else { TEXT };
        match text.await {
            Ok(text) => Response::text(StatusCode::OK, media_type, text),
            Err(_) => problem_answer(&Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the metrics cannot be told; the cause is in the log",
            )),
        }
    }

    fn open_metrics(&self) -> String {
        let mut out = String::new();
        self.http.write(&mut out);
        self.write_limits(&mut out);
        log::VOLUME.write(&mut out);
        process::write_process(&mut out);
        if let Some(executor) = &self.executor {
            process::write_executor(&executor.metrics(), &mut out);
        }
        let help = "The service and its runtime.";
        Family::begin(&mut out, "oarlock_build", Kind::Info, help).sample(&self.build, 1);
        let help = "What is measured.";
        Family::begin(&mut out, "target", Kind::Info, help).sample(&self.target, 1);
        for source in &self.sources {
            registered(source, &mut out);
        }
        out
    }

    /// A request is over, whatever became of it.
    pub(crate) fn request_over(&self, request: &Request) {
        self.http.count(request);
        let broken = request.ending != Ending::Answered;
        self.drain.request_over(broken, request.took);
    }

    fn write_limits(&self, out: &mut String) {
        let (drain, tally) = (&self.drain, &self.drain.tally);
        let open = self.connections.load(Relaxed);
        for (name, kind, help, value) in [
            (
                "oarlock_connections",
                Kind::Gauge,
                "Connections of the API port.",
                u64::try_from(open).unwrap_or_default(),
            ),
            (
                "oarlock_connections_limit",
                Kind::Gauge,
                "How many there may be; more wait to be accepted.",
                self.connections_limit as u64,
            ),
            (
                "oarlock_draining",
                Kind::Gauge,
                "1 from the signal to stop on.",
                u64::from(drain.is_leaving()),
            ),
        ] {
            Family::begin(out, name, kind, help).sample("", value);
        }
        for (name, help, count) in [
            (
                "oarlock_drain_served_requests",
                "Requests answered after the signal to stop, while the port was open.",
                &tally.served,
            ),
            (
                "oarlock_drain_finished_requests",
                "Requests answered after the port was closed.",
                &tally.finished,
            ),
            (
                "oarlock_drain_cut_requests",
                "Requests cut at the end of the drain.",
                &tally.cut,
            ),
            (
                "oarlock_drain_cut_connections",
                "Connections cut at the end of the drain.",
                &tally.cut_connections,
            ),
            (
                "oarlock_drain_cut_tasks",
                "Background tasks cut at the end of the drain.",
                &tally.cut_tasks,
            ),
        ] {
            let value = count.load(Relaxed);
            Family::begin(out, name, Kind::Counter, help).sample("", value);
        }
    }
}

/// What a source adds; nothing where it panics. An end that it writes is not the end.
fn registered(source: &Source, out: &mut String) {
    let mut own = String::new();
    match catch_unwind(AssertUnwindSafe(|| source(&mut own))) {
        Ok(()) => {
            let lines = own.lines().filter(|line| *line != "# EOF");
            for line in lines.filter(|line| !line.is_empty()) {
                out.push_str(line);
                out.push('\n');
            }
        }
        Err(_) => {
            tracing::error!("what `Service::metrics` was given panicked; its metrics are left out");
        }
    }
}
