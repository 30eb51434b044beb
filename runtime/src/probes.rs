//! Probes: whether a service lives, has started and is ready, in a status for machines and in lines for people.
//!
//! Paths and lines are as Kubernetes' own components have them ("Kubernetes API health endpoints").

mod answer;
mod api_port;
mod checks;
mod gauge;
mod health_check;
mod heartbeat;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use health_check::{EXECUTOR, Kind, LISTENER, SHUTDOWN, STARTUP};

pub(crate) use api_port::ApiProbes;
pub use health_check::HealthCheck;
pub(crate) use health_check::mistakes;

use crate::{
    drain::Drain,
    task::{TaskFailure, Tasks},
};
use checks::{Checks, Standing, Watched};
use heartbeat::Heartbeat;

/// What platforms ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probe {
    Live,
    Ready,
    Startup,
}

impl Probe {
    pub(crate) const ALL: [Probe; 3] = [Probe::Live, Probe::Ready, Probe::Startup];

    /// The probe at a path.
    pub(crate) fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|probe| probe.path() == path)
    }

    pub(crate) fn path(self) -> &'static str {
        match self {
            Probe::Live => "/livez",
            Probe::Ready => "/readyz",
            Probe::Startup => "/startupz",
        }
    }
}

/// What probes tell of.
pub(crate) struct Probes {
    pub(crate) checks: Checks,
    tasks: Arc<Tasks>,
    heartbeat: Arc<Heartbeat>,
    drain: Arc<Drain>,
    /// Whether the API port is open.
    serving: AtomicBool,
}

/// One of the things that a probe looks at.
struct Line<'p> {
    name: &'static str,
    /// Whether the probe fails with it.
    critical: bool,
    passed: bool,
    source: Source<'p>,
}

enum Source<'p> {
    /// Something of the service itself, and what is wrong where it does not pass.
    Own(&'static str),
    Check(&'p Watched, Standing),
}

impl Probes {
    /// `stall` is how long the executor may stand still.
    pub(crate) fn new(
        checks: Vec<HealthCheck>,
        tasks: Arc<Tasks>,
        stall: Duration,
        drain: Arc<Drain>,
    ) -> Self {
        Probes {
            checks: Checks::new(checks),
            tasks,
            heartbeat: Arc::new(Heartbeat::new(stall)),
            drain,
            serving: AtomicBool::new(false),
        }
    }

    /// Begins to look: on the executor that is looked at.
    pub(crate) fn start(&self) {
        tokio::spawn(self.heartbeat.clone().answer());
        self.checks.start(&self.drain);
    }

    /// Asks the executor for its pulse: on another one.
    pub(crate) async fn watch_executor(&self) {
        self.heartbeat.ask().await;
    }

    /// The API port is open.
    pub(crate) fn serving(&self) {
        self.serving.store(true, Relaxed);
    }

    fn lines(&self, probe: Probe) -> Vec<Line<'_>> {
        let serving = self.serving.load(Relaxed);
        match probe {
            Probe::Live => {
                let beating = self.heartbeat.is_beating();
                let words = "it takes up no work: every thread of it is blocked";
                let mut lines = vec![own(EXECUTOR, beating, words)];
                lines.extend(self.failed_tasks(TaskFailure::Dead));
                lines
            }
            Probe::Startup => {
                let listener = own(LISTENER, serving, "the API port is not open yet");
                let checks = self.checks.of(Kind::Startup).map(line);
                std::iter::once(listener).chain(checks).collect()
            }
            Probe::Ready => {
                let started = serving && self.checks.are_started();
                let mut lines = vec![
                    own(
                        SHUTDOWN,
                        !self.drain.is_leaving(),
                        "the service is about to stop",
                    ),
                    own(
                        STARTUP,
                        started,
                        "not over yet; /startupz?verbose tells what is missing",
                    ),
                ];
                lines.extend(self.failed_tasks(TaskFailure::Unready));
                lines.extend(self.checks.of(Kind::Readiness).map(line));
                lines
            }
        }
    }
}

impl Probes {
    /// The tasks whose failing a probe tells, one line each.
    fn failed_tasks(&self, kind: TaskFailure) -> impl Iterator<Item = Line<'_>> {
        let words = "a background task that has failed; the log has its reason";
        self.tasks
            .failed(kind)
            .map(move |name| own(name, false, words))
    }
}

fn own(name: &'static str, passed: bool, words: &'static str) -> Line<'static> {
    Line {
        name,
        critical: true,
        passed,
        source: Source::Own(words),
    }
}

fn line(watched: &Watched) -> Line<'_> {
    let state = watched.state();
    Line {
        name: state.name,
        critical: state.critical,
        passed: state.is_up(),
        source: Source::Check(watched, state.standing),
    }
}
