//! The span of a request that this service answers: HTTP server spans of OpenTelemetry's conventions.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, SystemTime},
};

use http::{Method, header, request::Parts, uri::Authority};

use super::{
    Tracing,
    span::{Http, Side, Span, Work, short},
};
use crate::{observe::Observed, trace::TraceIds};

/// What a span must know of a request's head.
#[derive(Debug)]
pub(crate) struct ServerSpan {
    started: SystemTime,
    server: Option<(String, Option<u16>)>,
    side: Side,
}

impl Tracing {
    /// Begins the span of a request; none where nobody is to see it.
    pub(crate) fn serving(
        &self,
        ids: &TraceIds,
        parts: &Parts,
        peer: SocketAddr,
        client: IpAddr,
    ) -> Option<Box<ServerSpan>> {
        self.spans(ids)?;
        let text = |name| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let host = text(header::HOST).and_then(|host| host.parse::<Authority>().ok());
        let authority = parts.uri.authority().or(host.as_ref());
        Some(Box::new(ServerSpan {
            started: SystemTime::now(),
            server: authority.map(|one| (short(one.host()), one.port_u16())),
            side: Side::Server {
                path: short(parts.uri.path()),
                peer,
                client,
                agent: text(header::USER_AGENT).map(short),
                version: parts.version,
            },
        }))
    }

    /// Tells of a request that is over, in its `Drop`.
    pub(crate) fn served(&self, span: ServerSpan, observed: &Observed, took: Duration) {
        let known = observed.reached();
        let answered = Http {
            side: span.side,
            method: observed.method.clone(),
            route: known.map(|one| one.route),
            operation: known.map(|one| one.id),
            scheme: "http".to_owned(),
            server: span.server,
            status: observed.status.map(|status| status.as_u16()),
            // Of an answer to HEAD, the body is not asked for.
            fault: (!observed.whole && observed.method != Method::HEAD).then_some("cut"),
        };
        self.put(Span {
            ids: observed.ids.clone(),
            started: span.started,
            took,
            work: Work::Http(answered),
        });
    }
}
