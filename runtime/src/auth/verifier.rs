//! A verifier that the service sets up when it starts.

use std::sync::Arc;

use crate::{HealthCheck, config::Reader};

#[cfg(feature = "jwt")]
use super::jwt::KeyFacts;

/// A verifier that is set up by the service's settings, watched by its probes and counted by its metrics: an
/// [`ApiKeys`](super::ApiKeys), and with their features a `Jwt` or `Passwords`. Given to
/// [`Service::verifier`](crate::Service::verifier).
pub struct Verifier(pub(super) Arc<dyn Ready>);

/// What the service does with a verifier.
pub(super) trait Ready: Send + Sync {
    /// Takes its settings, and tells what is wrong with them.
    fn read(&self, reader: &mut Reader);

    /// What probes are to look at.
    fn checks(&self) -> Vec<HealthCheck> {
        Vec::new()
    }

    /// Begins its work in the background; called on the executor that requests are worked on by.
    fn start(&self) {}

    /// What metrics tell of its keys.
    #[cfg(feature = "jwt")]
    fn keys(&self) -> Option<KeyFacts> {
        None
    }
}

impl Verifier {
    pub(crate) fn read(&self, reader: &mut Reader) {
        self.0.read(reader);
    }

    pub(crate) fn checks(&self) -> Vec<HealthCheck> {
        self.0.checks()
    }

    pub(crate) fn start(&self) {
        self.0.start();
    }

    #[cfg(feature = "jwt")]
    pub(super) fn keys(&self) -> Option<KeyFacts> {
        self.0.keys()
    }
}
