//! The relay as a user writes it: the next one is asked through the generated client.

use std::sync::LazyLock;

use oarlock_runtime::{Problem, RequestContext, client::Client as Connection};
use relay_api::{client::Client, operations::*, types::Seen};
use tracing::Instrument;

use crate::App;

static NEXT: LazyLock<Client> = LazyLock::new(|| {
    let address = std::env::var("RELAY_NEXT").expect("RELAY_NEXT is set");
    let connection = Connection::new(&address).expect("RELAY_NEXT is an address");
    // One try, so that each call is one span.
    Client(connection.with_tries(1))
});

impl Operations for App {
    async fn relay(
        &self,
        request: RelayRequest,
        cx: &RequestContext,
    ) -> Result<RelayResponse, Problem> {
        let mut seen = Vec::new();
        if request.hops > 0 {
            let span = tracing::info_span!(
                "ask on",
                hops = request.hops,
                outcome = tracing::field::Empty
            );
            let asked = NEXT.relay(RelayRequest {
                hops: request.hops - 1,
                secret: request.secret,
            });
            let asked = asked
                .instrument(span.clone())
                .await
                .map_err(|error| Problem::internal(error.to_string()));
            span.record("outcome", if asked.is_ok() { "good" } else { "bad" });
            let RelayResponse::Ok(others) = asked?;
            seen = others;
        }
        seen.push(Seen {
            traceparent: cx.traceparent(),
            tracestate: cx.tracestate().map(str::to_owned),
            tenant: cx.baggage("tenant"),
        });
        Ok(RelayResponse::Ok(seen))
    }
}
