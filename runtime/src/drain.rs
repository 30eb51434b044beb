//! How far a service is on its way out.

mod listener;
mod stopping;
mod tally;

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use tokio::{sync::watch, time::sleep};

pub(crate) use listener::{closing, last_connections};
pub use stopping::Stopping;
pub(crate) use tally::Tally;

/// The way out, a step after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Everything is served.
    Serving,
    /// Everything is served still; readiness is gone, and each answer closes its connection.
    Leaving,
    /// Nothing new is taken; what is in work may finish.
    Closing,
    /// The time is over: handlers that listen for it may say a last word.
    Cancelling,
    /// What is still in work is cut.
    Cut,
}

/// The phase of one service, and what it has cost.
pub(crate) struct Drain {
    phase: watch::Sender<Phase>,
    leaving: AtomicBool,
    farewell: Duration,
    pub(crate) tally: Tally,
}

impl Drain {
    /// `farewell` is how long an event stream may go on once the port is closed.
    pub(crate) fn new(farewell: Duration) -> Self {
        Drain {
            phase: watch::Sender::new(Phase::Serving),
            leaving: AtomicBool::new(false),
            farewell,
            tally: Tally::default(),
        }
    }

    /// Goes on to a phase; never back.
    pub(crate) fn enter(&self, phase: Phase) {
        self.leaving.store(true, Relaxed);
        self.phase.send_modify(|now| *now = phase.max(*now));
    }

    /// Whether the way out has begun.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.load(Relaxed)
    }

    /// Whether the way out has come this far.
    pub(crate) fn has_reached(&self, phase: Phase) -> bool {
        self.is_leaving() && *self.phase.borrow() >= phase
    }

    /// Waits for a phase.
    pub(crate) async fn reached(&self, phase: Phase) {
        let mut phases = self.phase.subscribe();
        // The sender lives as long as `self`.
        let _ = phases.wait_for(|now| *now >= phase).await;
    }

    /// Waits until an event stream must end.
    pub(crate) async fn farewell(&self) {
        self.reached(Phase::Closing).await;
        sleep(self.farewell).await;
    }

    /// Waits for the end of the drain's time.
    pub(crate) async fn cut(&self) {
        self.reached(Phase::Cut).await;
    }

    /// A connection was ended from here: `cut` where something was in work on it, or unsent.
    pub(crate) fn dropped(&self, cut: bool) {
        if self.is_leaving() {
            let count = match cut {
                true => &self.tally.cut_connections,
                false => &self.tally.dropped_connections,
            };
            count.fetch_add(1, Relaxed);
        }
    }

    /// A request is over: `broken` where its answer did not go out as a whole.
    pub(crate) fn request_over(&self, broken: bool, took: Duration) {
        if self.is_leaving() {
            let phase = *self.phase.borrow();
            self.tally.request_over(phase, broken, took);
        }
    }
}

impl Default for Drain {
    fn default() -> Self {
        Drain::new(crate::defaults::DRAIN_STREAMS)
    }
}
