//! How far a service is on its way out.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use tokio::sync::watch;

/// The way out, a step after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Everything is served.
    Serving,
    /// Everything is served still; readiness is gone, and each answer closes its connection.
    Leaving,
    /// Nothing new is taken; what is in work may finish.
    Closing,
    /// What is still in work is cut.
    Cut,
}

/// The phase of one service, and what it has cost.
pub(crate) struct Drain {
    phase: watch::Sender<Phase>,
    leaving: AtomicBool,
    pub(crate) cut_connections: AtomicU64,
    pub(crate) served_while_leaving: AtomicU64,
}

impl Drain {
    pub(crate) fn new() -> Self {
        Drain {
            phase: watch::Sender::new(Phase::Serving),
            leaving: AtomicBool::new(false),
            cut_connections: AtomicU64::new(0),
            served_while_leaving: AtomicU64::new(0),
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
    #[cfg(feature = "docs-ui")]
    pub(crate) fn has_reached(&self, phase: Phase) -> bool {
        self.is_leaving() && *self.phase.borrow() >= phase
    }

    /// Waits for a phase.
    pub(crate) async fn reached(&self, phase: Phase) {
        let mut phases = self.phase.subscribe();
        // The sender lives as long as `self`.
        let _ = phases.wait_for(|now| *now >= phase).await;
    }

    /// Waits for the end of the drain's time.
    pub(crate) async fn cut(&self) {
        self.reached(Phase::Cut).await;
    }
}
