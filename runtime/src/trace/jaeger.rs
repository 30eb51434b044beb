//! Jaeger's own header: <https://www.jaegertracing.io/docs/1.21/client-libraries/#tracespan-identity>.

use std::num::NonZeroU64;

use http::{HeaderMap, HeaderName};
use percent_encoding::percent_decode_str;

use super::{Parent, tracecontext::hex};

const UBER_TRACE_ID: HeaderName = HeaderName::from_static("uber-trace-id");

/// `<trace>:<span>:<parent>:<flags>` in hexadecimal digits, leading zeros left out by choice, its colons percent-encoded
/// by some.
pub(super) fn read(headers: &HeaderMap) -> Option<Parent> {
    let value = headers.get(UBER_TRACE_ID)?.to_str().ok()?;
    let text = percent_decode_str(value).decode_utf8().ok()?;
    let mut parts = text.split(':');
    let mut next = |most: usize| {
        let part = parts.next()?;
        let digits = (1..=most).contains(&part.len());
        digits
            .then(|| hex(part.to_ascii_lowercase().as_bytes()))
            .flatten()
    };
    let (trace, span, _, flags) = (next(32)?, next(16)?, next(16)?, next(2)?);
    (parts.next().is_none() && trace != 0).then_some(())?;
    Some(Parent {
        trace,
        span: NonZeroU64::new(u64::try_from(span).ok()?)?,
        sampled: Some(flags & 1 == 1),
    })
}

/// Names this span.
#[cfg(feature = "client")]
pub(super) fn write(ids: &super::TraceIds, mut put: impl FnMut(HeaderName, http::HeaderValue)) {
    let sampled = u8::from(ids.sampled);
    let text = format!("{:032x}:{:016x}:0:{sampled}", ids.trace, ids.span);
    if let Ok(value) = http::HeaderValue::try_from(text) {
        put(UBER_TRACE_ID, value);
    }
}
