//! `baggage`: W3C Baggage. Members that are none, or beyond what the standard asks to hand on, are left out.

use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;

use super::tracestate::joined;

pub(super) const BAGGAGE: HeaderName = HeaderName::from_static("baggage");

/// How many members are handed on.
const MEMBERS: usize = 64;
/// How many bytes all of them may have.
const BYTES: usize = 8192;

/// What the caller gives along.
pub(super) fn read(headers: &HeaderMap) -> Option<HeaderValue> {
    let value = joined(headers, &BAGGAGE)?;
    let whole = value.len() <= BYTES
        && (value.to_str())
            .is_ok_and(|text| text.split(',').count() <= MEMBERS && text.split(',').all(is_member));
    match whole {
        true => Some(value),
        false => good(value.as_bytes()),
    }
}

/// The members that are well-formed, as far as there is room for them.
fn good(value: &[u8]) -> Option<HeaderValue> {
    let mut kept = String::new();
    let members = value.split(|byte| *byte == b',');
    let texts = members.filter_map(|member| std::str::from_utf8(member).ok().map(str::trim));
    for member in texts.filter(|member| is_member(member)).take(MEMBERS) {
        let comma = usize::from(!kept.is_empty());
        if kept.len() + comma + member.len() > BYTES {
            break;
        }
        if comma == 1 {
            kept.push(',');
        }
        kept.push_str(member);
    }
    HeaderValue::try_from(kept)
        .ok()
        .filter(|kept| !kept.is_empty())
}

/// `name=value`, and properties behind `;`.
fn is_member(member: &str) -> bool {
    let mut parts = member.split(';');
    let pair = parts.next().and_then(|pair| pair.split_once('='));
    pair.is_some_and(|(name, value)| is_token(name.trim()) && is_value(value.trim()))
        && parts.all(|property| match property.split_once('=') {
            Some((name, value)) => is_token(name.trim()) && is_value(value.trim()),
            None => is_token(property.trim()),
        })
}

/// A token of RFC 9110.
fn is_token(text: &str) -> bool {
    let special = |byte| b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || special(byte))
}

fn is_value(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e))
}

/// The value of a name, the last where there are several: percent-decoded, and what is no UTF-8 replaced.
pub(super) fn value(baggage: &HeaderValue, name: &str) -> Option<String> {
    let members = baggage.to_str().ok()?.split(',');
    let mut pairs = members.filter_map(|member| member.split(';').next()?.split_once('='));
    let (_, value) = pairs.rfind(|(one, _)| one.trim() == name)?;
    let decoded = percent_decode_str(value.trim()).decode_utf8_lossy();
    Some(decoded.into_owned())
}
