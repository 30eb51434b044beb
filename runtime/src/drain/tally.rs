//! What a way out has cost.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use super::Phase;

/// Counts of one way out, from the signal to stop on.
#[derive(Default)]
pub(crate) struct Tally {
    /// Requests in work when the signal came.
    pub(crate) in_flight: AtomicU64,
    /// Requests that were answered while the port was open.
    pub(crate) served: AtomicU64,
    /// Requests that were answered after it was closed.
    pub(crate) finished: AtomicU64,
    /// Requests that their callers, or the answer's source, broke off.
    pub(crate) abandoned: AtomicU64,
    /// Requests that were cut at the end of the drain's time.
    pub(crate) cut: AtomicU64,
    /// The longest of all these, in microseconds.
    longest: AtomicU64,
    /// Connections that were cut with something in work or unsent.
    pub(crate) cut_connections: AtomicU64,
    /// Connections that were dropped since no whole request came.
    pub(crate) dropped_connections: AtomicU64,
    pub(crate) cut_tasks: AtomicU64,
}

impl Tally {
    pub(super) fn request_over(&self, phase: Phase, broken: bool, took: Duration) {
        let count = match (phase, broken) {
            (Phase::Serving, _) => return,
            (Phase::Cut, true) => &self.cut,
            (_, true) => &self.abandoned,
            (Phase::Leaving, false) => &self.served,
            (_, false) => &self.finished,
        };
        count.fetch_add(1, Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.longest.fetch_max(micros, Relaxed);
    }

    /// How long the longest request took.
    pub(crate) fn longest(&self) -> Duration {
        Duration::from_micros(self.longest.load(Relaxed))
    }
}
