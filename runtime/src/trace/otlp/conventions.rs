//! What OpenTelemetry's conventions for HTTP call the things that a span knows (semantic conventions 1.44).

use std::borrow::Cow;

use http::Version;
use opentelemetry::{
    InstrumentationScope, KeyValue,
    trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use crate::{
    method,
    trace::span::{Http, Side, Span, Value, Work, short},
};

/// A span as the exporters take it.
pub(super) fn converted(span: Span, scope: &InstrumentationScope) -> SpanData {
    let ids = &span.ids;
    let state = ids.state().and_then(|state| state.to_str().ok());
    let state = state.and_then(|state| state.parse::<TraceState>().ok());
    let end_time = span.started.checked_add(span.took).unwrap_or(span.started);
    let (span_kind, name, status, attributes) = match span.work {
        Work::Http(http) => (kind(&http), name(&http), status(&http), attributes(http)),
        Work::Own { name, attributes } => {
            let attributes = attributes.into_iter().map(own).collect();
            (SpanKind::Internal, name.into(), Status::Unset, attributes)
        }
    };
    SpanData {
        span_context: SpanContext::new(
            TraceId::from(ids.trace),
            SpanId::from(ids.span),
            TraceFlags::SAMPLED,
            false,
            state.unwrap_or_default(),
        ),
        parent_span_id: ids
            .parent
            .map_or(SpanId::INVALID, |parent| SpanId::from(parent.get())),
        parent_span_is_remote: span_kind == SpanKind::Server && ids.parent.is_some(),
        span_kind,
        name,
        start_time: span.started,
        end_time,
        status,
        attributes,
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        instrumentation_scope: scope.clone(),
    }
}

fn own((name, value): (&'static str, Value)) -> KeyValue {
    match value {
        Value::Text(text) => KeyValue::new(name, text),
        Value::Integer(number) => KeyValue::new(name, number),
        Value::Float(number) => KeyValue::new(name, number),
        Value::Flag(flag) => KeyValue::new(name, flag),
    }
}

fn kind(http: &Http) -> SpanKind {
    match http.side {
        Side::Server { .. } => SpanKind::Server,
        Side::Client { .. } => SpanKind::Client,
    }
}

/// `{method} {route}`: never the path itself, of which there are too many.
fn name(http: &Http) -> Cow<'static, str> {
    let method = match method::name(&http.method) {
        method::OTHER => "HTTP",
        known => known,
    };
    match http.route {
        Some(route) => format!("{method} {route}").into(),
        None => method.to_owned().into(),
    }
}

/// What went wrong, in few words; for a server, what its caller did wrong is none of it.
fn error(http: &Http) -> Option<Cow<'static, str>> {
    let worst = match http.side {
        Side::Server { .. } => 500,
        Side::Client { .. } => 400,
    };
    let status = http.status.filter(|status| *status >= worst);
    status
        .map(|status| Cow::Owned(status.to_string()))
        .or_else(|| http.fault.map(Cow::Borrowed))
}

fn status(http: &Http) -> Status {
    match (error(http), http.fault) {
        (None, _) => Status::Unset,
        // The status says it all.
        (Some(_), None) => Status::error(""),
        (Some(_), Some(fault)) => Status::error(fault),
    }
}

fn attributes(http: Http) -> Vec<KeyValue> {
    let mut all = Vec::with_capacity(16);
    let mut text = |name: &'static str, value: String| all.push(KeyValue::new(name, value));
    if let Some(error) = error(&http) {
        text("error.type", error.into_owned());
    }
    let method = method::name(&http.method);
    text("http.request.method", method.to_owned());
    if method == method::OTHER {
        let original = short(http.method.as_str());
        text("http.request.method_original", original);
    }
    let template = match http.side {
        Side::Server { .. } => "http.route",
        Side::Client { .. } => "url.template",
    };
    if let Some(route) = http.route {
        text(template, route.to_owned());
    }
    if let Some(operation) = http.operation {
        text("oarlock.operation_id", operation.to_owned());
    }
    text("url.scheme", http.scheme);
    let mut port = None;
    if let Some((host, of)) = http.server {
        text("server.address", host);
        port = of.map(|port| ("server.port", port));
    }
    match http.side {
        Side::Server {
            path,
            peer,
            client,
            agent,
            version,
        } => {
            text("url.path", path);
            text("client.address", client.to_string());
            text("network.peer.address", peer.ip().to_string());
            if let Some(agent) = agent {
                text("user_agent.original", agent);
            }
            let version = match version {
                Version::HTTP_2 => "2",
                Version::HTTP_10 => "1.0",
                _ => "1.1",
            };
            text("network.protocol.version", version.to_owned());
            all.push(KeyValue::new("network.peer.port", i64::from(peer.port())));
        }
        Side::Client { url, resend } => {
            text("url.full", url);
            if resend > 0 {
                let count = i64::from(resend);
                all.push(KeyValue::new("http.request.resend_count", count));
            }
        }
    }
    let status = http
        .status
        .map(|status| ("http.response.status_code", status));
    for (name, number) in port.into_iter().chain(status) {
        all.push(KeyValue::new(name, i64::from(number)));
    }
    all
}
