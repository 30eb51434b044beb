//! A line for each request, when it is over.

use super::settings::Share;
use crate::{
    handler::{self, Current},
    method,
    observe::Observed,
};

/// The target of its lines, for filters: `RUST_LOG=info,access=off`.
const TARGET: &str = "access";

/// Which requests have a line.
pub(crate) struct Access {
    share: Share,
}

impl Access {
    pub(crate) fn new(share: Share) -> Self {
        Access { share }
    }

    /// Tells of a request that is over. The same traces have lines in every service that takes the same share.
    pub(crate) fn tell(&self, request: &Observed) {
        let failed =
            request.status.is_none_or(|status| status.is_server_error()) || request.is_cut();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the half that every sampler decides by"
        )]
        let told = match self.share {
            Share::Off => false,
            Share::Errors => failed,
            Share::Below(end) => failed || (request.ids.trace as u64) < end,
            Share::All => true,
        };
        if told {
            Self::write(request);
        }
    }

    fn write(request: &Observed) {
        let operation = request.reached();
        let _entered = handler::enter(Current {
            ids: request.ids.clone(),
            operation: operation.map_or("", |one| one.id),
            tracing: request.tracing().clone(),
            deadline: None,
        });
        let method = method::name(&request.method);
        // Without an operation the path is the caller's own words, and may hold anything.
        let route = operation.map(|one| one.route);
        let status = request.status.map(|status| status.as_u16());
        let milliseconds = request.started.elapsed().as_micros() as f64 / 1000.0;
        let (request_bytes, response_bytes) = (request.received(), request.sent);
        let peer = request.peer.map(tracing::field::display);
        let client = request.client.map(tracing::field::display);
        // A caller may have chosen it: nothing of it reaches a terminal or a line as more than text.
        let request_id = request.request_id.as_ref().and_then(|id| id.to_str().ok());
        macro_rules! line {
            ($level:ident, $words:literal) => {
                tracing::event!(
                    target: TARGET,
                    tracing::Level::$level,
                    method,
                    route,
                    status,
                    milliseconds,
                    request_bytes,
                    response_bytes,
                    peer,
                    client,
                    request_id,
                    $words
                )
            };
        }
        match request.status {
            _ if request.is_cut() => line!(ERROR, "cut"),
            Some(status) if status.is_server_error() => line!(ERROR, "failed"),
            _ => line!(INFO, "answered"),
        }
    }
}
