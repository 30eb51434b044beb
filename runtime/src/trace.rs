//! Trace identity: W3C Trace Context, level 1.

use std::fmt;

use http::{HeaderMap, HeaderName};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Which trace a request belongs to, and its own span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TraceIds {
    pub(crate) trace: u128,
    pub(crate) span: u64,
    /// Whether the caller records the trace.
    pub(crate) sampled: bool,
}

impl TraceIds {
    /// The caller's trace where `traceparent` is valid, a new one elsewhere.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let parent = headers
            .get(TRACEPARENT)
            .and_then(|value| parse(value.as_bytes()));
        TraceIds {
            trace: parent.map_or_else(|| fastrand::u128(1..), |(trace, _)| trace),
            span: fastrand::u64(1..),
            sampled: parent.is_some_and(|(_, sampled)| sampled),
        }
    }
}

/// The trace id and the sampled flag of a `traceparent`: `00-<32 hex>-<16 hex>-<2 hex>`, later versions may have more behind.
fn parse(value: &[u8]) -> Option<(u128, bool)> {
    let text = std::str::from_utf8(value).ok()?;
    let lower = |part: &str, length: usize| {
        part.len() == length
            && part
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let mut parts = text.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let shaped = lower(version, 2) && lower(trace, 32) && lower(span, 16) && lower(flags, 2);
    if !shaped || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let ids = (
        u128::from_str_radix(trace, 16).ok()?,
        u64::from_str_radix(span, 16).ok()?,
    );
    let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
    (ids.0 != 0 && ids.1 != 0).then_some((ids.0, sampled))
}

impl fmt::Display for TraceIds {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{:032x}", self.trace)
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn only_a_valid_parent_is_taken_up() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(
            parse(good.as_bytes()),
            Some((0x4bf92f3577b34da6a3ce929d0e0e4736, true))
        );
        assert!(parse(b"cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more").is_some());
        for bad in [
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "",
        ] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
