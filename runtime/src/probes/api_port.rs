//! Probes on the API port, for platforms that reach no other.

use std::sync::Arc;

use http::{HeaderValue, Method, Request, Version, header};

use super::{Probe, Probes};
use crate::{
    Body,
    routing::{Found, Router},
};

/// The probes that the API port answers.
pub(crate) struct ApiProbes {
    probes: Arc<Probes>,
    answered: Vec<Probe>,
}

impl ApiProbes {
    /// Every probe whose path the document leaves free.
    pub(crate) fn beside(router: &Router, probes: Arc<Probes>) -> Self {
        let (answered, taken): (Vec<_>, Vec<_>) = Probe::ALL
            .into_iter()
            .partition(|probe| matches!(router.find(&Method::GET, probe.path()), Found::Nothing));
        for probe in taken {
            let path = probe.path();
            tracing::warn!(
                path,
                "the document has this path: the API port answers by it, and the probe is on the admin port alone"
            );
        }
        ApiProbes { probes, answered }
    }

    /// The answer to a request for a probe; it is no request of the API, and counted as none.
    pub(crate) fn answer<B>(&self, request: &Request<B>) -> Option<http::Response<Body>> {
        let probe = Probe::at(request.uri().path())?;
        let read = matches!(*request.method(), Method::GET | Method::HEAD);
        if !read || !self.answered.contains(&probe) {
            return None;
        }
        let response = self.probes.public_answer(probe, request.headers());
        let mut response = response.into_http();
        if self.probes.drain.is_leaving() && request.version() < Version::HTTP_2 {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        Some(response)
    }
}
