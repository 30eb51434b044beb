//! Word of the way out, for work that lasts.

use std::{fmt, sync::Arc};

use super::{Drain, Phase};

/// Tells work that lasts when the service is on its way out: background tasks, long requests, streams.
///
/// The word comes with the signal to stop. The port is still open then, for the drain delay, and what is in work has the
/// drain timeout on top of it.
#[derive(Clone)]
pub struct Stopping(pub(crate) Arc<Drain>);

impl Stopping {
    /// Whether the way out has begun.
    pub fn is_stopping(&self) -> bool {
        self.0.is_leaving()
    }

    /// Ends when the way out begins; at once where it has.
    pub async fn stopping(&self) {
        self.0.reached(Phase::Leaving).await;
    }
}

impl fmt::Debug for Stopping {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "Stopping({})", self.is_stopping())
    }
}
