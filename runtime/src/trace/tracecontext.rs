//! `traceparent`: W3C Trace Context, section 3.2.

use std::num::NonZeroU64;

use http::{HeaderMap, HeaderName};

use super::Parent;

pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The caller's span, where the header is there once and valid.
pub(super) fn read(headers: &HeaderMap) -> Option<Parent> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    parse(value.as_bytes())
}

/// `00-<32 hex>-<16 hex>-<2 hex>`; later versions may have more behind another `-`.
pub(super) fn parse(value: &[u8]) -> Option<Parent> {
    let (head, rest) = value.split_at_checked(55)?;
    let [head_version, trace, span, flags] = [&head[..2], &head[3..35], &head[36..52], &head[53..]];
    let dashes = head[2] == b'-' && head[35] == b'-' && head[52] == b'-';
    let version = hex(head_version)?;
    let ends = match version {
        0 => rest.is_empty(),
        255 => false,
        _ => rest.first().is_none_or(|byte| *byte == b'-'),
    };
    let trace = hex(trace)?;
    let span = u64::try_from(hex(span)?).ok()?;
    let sampled = hex(flags)? & 1 == 1;
    (dashes && ends && trace != 0).then_some(())?;
    Some(Parent {
        trace,
        span: NonZeroU64::new(span)?,
        sampled: Some(sampled),
    })
}

/// A number in lower-case hexadecimal digits, at most 32 of them.
pub(super) fn hex(digits: &[u8]) -> Option<u128> {
    let mut number = 0;
    for digit in digits {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        number = number << 4 | u128::from(value);
    }
    (1..=32).contains(&digits.len()).then_some(number)
}
