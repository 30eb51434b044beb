//! `tracestate`: W3C Trace Context, section 3.3. It is handed on as it came, or not at all.

use std::collections::HashSet;

use http::{HeaderMap, HeaderName, HeaderValue};

pub(super) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// How many members a list may have.
const MEMBERS: usize = 32;

/// The state of a trace, where it is valid as a whole; several headers are one list.
pub(super) fn read(headers: &HeaderMap) -> Option<HeaderValue> {
    let value = joined(headers, &TRACESTATE)?;
    let members: Vec<&str> = value
        .to_str()
        .ok()?
        .split(',')
        .map(|member| member.trim_matches([' ', '\t']))
        .filter(|member| !member.is_empty())
        .collect();
    let mut keys = HashSet::with_capacity(members.len());
    let valid = !members.is_empty()
        && members.len() <= MEMBERS
        && members.iter().all(|member| {
            let pair = member.split_once('=');
            pair.is_some_and(|(key, value)| is_key(key) && is_value(value) && keys.insert(key))
        });
    valid.then_some(value)
}

/// All values of a header as one, without a copy where there is only one.
pub(super) fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    let Some(second) = values.next() else {
        return Some(first.clone());
    };
    let mut all = [first.as_bytes(), b",", second.as_bytes()].concat();
    for value in values {
        all.push(b',');
        all.extend_from_slice(value.as_bytes());
    }
    HeaderValue::from_maybe_shared(bytes::Bytes::from(all)).ok()
}

/// A vendor's name, or a tenant's at a vendor.
fn is_key(key: &str) -> bool {
    let letters = |part: &str, most: usize| {
        (1..=most).contains(&part.len())
            && part
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/'))
    };
    let begins = |part: &str| part.starts_with(|first: char| first.is_ascii_lowercase());
    match key.split_once('@') {
        None => letters(key, 256) && begins(key),
        Some((tenant, system)) => {
            let digit = tenant.starts_with(|first: char| first.is_ascii_digit());
            letters(tenant, 241)
                && (digit || begins(tenant))
                && letters(system, 14)
                && begins(system)
        }
    }
}

fn is_value(value: &str) -> bool {
    (1..=256).contains(&value.len())
        && value
            .bytes()
            .all(|byte| matches!(byte, 0x20..=0x7e) && byte != b'=')
}
