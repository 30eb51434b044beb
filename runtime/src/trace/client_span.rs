//! The span of a call that a handler makes through a generated client: HTTP client spans of OpenTelemetry's conventions.

use std::{
    num::NonZeroU64,
    sync::Arc,
    time::{Instant, SystemTime},
};

use http::{Method, Request, Uri};

use super::{
    TraceIds, Tracing,
    span::{Http, Side, Span, Work, short},
};
use crate::{Body, handler::Current};

/// A call on its way. It is over when this is dropped, told then, whatever became of it.
pub(crate) struct Calling {
    tracing: Arc<Tracing>,
    ids: TraceIds,
    operation: &'static str,
    template: Option<&'static str>,
    resend: u32,
    method: Method,
    uri: Uri,
    started: (SystemTime, Instant),
    status: Option<u16>,
    fault: Option<&'static str>,
}

impl Current {
    /// Names the trace in the headers of a call that is made for this request, and begins the call's span where the
    /// trace is kept; `resend` is how often it was sent before. Headers that are there already stay.
    pub(crate) fn calling(
        &self,
        request: &mut Request<Body>,
        operation: &'static str,
        template: Option<&'static str>,
        resend: u32,
    ) -> Option<Calling> {
        let mut calling = self.tracing.spans(&self.ids).map(|_| Calling {
            tracing: self.tracing.clone(),
            ids: TraceIds {
                span: fastrand::u64(1..),
                parent: NonZeroU64::new(self.ids.span),
                ..self.ids.clone()
            },
            operation,
            template,
            resend,
            method: request.method().clone(),
            uri: request.uri().clone(),
            started: (SystemTime::now(), Instant::now()),
            status: None,
            fault: Some("cancelled"),
        });
        let ids = calling.as_mut().map_or(&self.ids, |calling| &calling.ids);
        // Whoever gave the address is told which trace this is, and nothing that others have given along.
        let carried = ids.carried.as_deref().filter(|_| template.is_some());
        self.tracing.propagators.write(ids, carried, |name, value| {
            request.headers_mut().entry(name).or_insert(value);
        });
        calling
    }
}

impl Calling {
    /// The answer's status, or why there is none.
    pub(crate) fn ended(mut self, outcome: Result<u16, &'static str>) {
        self.status = outcome.ok();
        self.fault = outcome.err();
    }
}

impl Drop for Calling {
    fn drop(&mut self) {
        let uri = &self.uri;
        let scheme = uri.scheme_str().unwrap_or("http");
        let authority = uri.authority().map(|one| (one.host(), one.port_u16()));
        let (host, port) = authority.unwrap_or_default();
        let default = if scheme == "https" { 443 } else { 80 };
        let colon = port.map(|port| format!(":{port}")).unwrap_or_default();
        let url = format!("{scheme}://{host}{colon}{}", uri.path());
        let answered = Http {
            side: Side::Client {
                url: short(&url),
                resend: self.resend,
            },
            method: self.method.clone(),
            route: self.template,
            operation: Some(self.operation),
            scheme: scheme.to_owned(),
            server: Some((short(host), port.or(Some(default)))),
            status: self.status,
            fault: self.fault,
        };
        self.tracing.put(Span {
            ids: self.ids.clone(),
            started: self.started.0,
            took: self.started.1.elapsed(),
            work: Work::Http(answered),
        });
    }
}
