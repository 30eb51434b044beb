//! The headers of B3, in one and in several: <https://github.com/openzipkin/b3-propagation>.

use std::num::NonZeroU64;

use http::{HeaderMap, HeaderName};

use super::{Parent, tracecontext::hex};

const SINGLE: HeaderName = HeaderName::from_static("b3");
const TRACE_ID: HeaderName = HeaderName::from_static("x-b3-traceid");
const SPAN_ID: HeaderName = HeaderName::from_static("x-b3-spanid");
const SAMPLED: HeaderName = HeaderName::from_static("x-b3-sampled");
const FLAGS: HeaderName = HeaderName::from_static("x-b3-flags");

/// What a caller says in B3: a span, or a decision alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Span(Parent),
    Decision(bool),
}

/// The one header where it is there, the several elsewhere.
pub(super) fn read(headers: &HeaderMap) -> Option<Said> {
    match headers.get(SINGLE) {
        Some(value) => single(value.to_str().ok()?),
        None => several(headers),
    }
}

/// `<trace>-<span>-<state>-<parent>`, the last two by choice, or the state alone.
fn single(text: &str) -> Option<Said> {
    let mut parts = text.split('-');
    let (first, span) = (parts.next()?, parts.next());
    let Some(span) = span else {
        return decision(first).map(Said::Decision);
    };
    let sampled = match parts.next() {
        None => None,
        Some(state) => Some(decision(state)?),
    };
    if let Some(parent) = parts.next() {
        id(parent, &[16])?;
    }
    parts.next().is_none().then_some(())?;
    this(first, span, sampled).map(Said::Span)
}

fn several(headers: &HeaderMap) -> Option<Said> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let debug = text(FLAGS) == Some("1");
    let sampled = match (debug, text(SAMPLED)) {
        (true, _) => Some(true),
        (false, Some("true")) => Some(true),
        (false, Some("false")) => Some(false),
        (false, Some(state)) => Some(decision(state).filter(|_| state != "d")?),
        (false, None) => None,
    };
    match (text(TRACE_ID), text(SPAN_ID)) {
        (Some(trace), Some(span)) => this(trace, span, sampled).map(Said::Span),
        (None, None) => sampled.map(Said::Decision),
        _ => None,
    }
}

fn this(trace: &str, span: &str, sampled: Option<bool>) -> Option<Parent> {
    let trace = id(trace, &[16, 32])?;
    let span = u64::try_from(id(span, &[16])?).ok()?;
    (trace != 0).then_some(())?;
    Some(Parent {
        trace,
        span: NonZeroU64::new(span)?,
        sampled,
    })
}

fn id(text: &str, lengths: &[usize]) -> Option<u128> {
    lengths
        .contains(&text.len())
        .then(|| hex(text.to_ascii_lowercase().as_bytes()))
        .flatten()
}

fn decision(state: &str) -> Option<bool> {
    match state {
        "1" | "d" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

/// Names this span in one header.
#[cfg(feature = "client")]
pub(super) fn write_single(
    ids: &super::TraceIds,
    mut put: impl FnMut(HeaderName, http::HeaderValue),
) {
    let sampled = u8::from(ids.sampled);
    let text = format!("{:032x}-{:016x}-{sampled}", ids.trace, ids.span);
    if let Ok(value) = http::HeaderValue::try_from(text) {
        put(SINGLE, value);
    }
}

/// Names this span in three headers.
#[cfg(feature = "client")]
pub(super) fn write_several(
    ids: &super::TraceIds,
    mut put: impl FnMut(HeaderName, http::HeaderValue),
) {
    let hexadecimal = [
        (TRACE_ID, format!("{:032x}", ids.trace)),
        (SPAN_ID, format!("{:016x}", ids.span)),
    ];
    for (name, text) in hexadecimal {
        if let Ok(value) = http::HeaderValue::try_from(text) {
            put(name, value);
        }
    }
    let sampled = if ids.sampled { "1" } else { "0" };
    put(SAMPLED, http::HeaderValue::from_static(sampled));
}
