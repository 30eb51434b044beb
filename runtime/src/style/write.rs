//! Values written in a style.

use std::borrow::Cow;

use serde_json::Value;

use super::{Encoding, Style, deep::DEPTH, escape::Escape};

/// The text of a value inside a style: JSON for lists and objects, and nothing for `null`. A whole number has digits
/// alone, since an integer is read from nothing else.
pub(crate) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) if number.is_f64() => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0);
            Cow::Owned(whole.map_or_else(|| number.to_string(), |whole| format!("{whole:.0}")))
        }
        other => Cow::Owned(other.to_string()),
    }
}

/// What no escaped text holds.
#[cfg(any(test, feature = "client"))]
const PARTING: &str = "\u{1}";

/// Writes a parameter for its place in a path, prefix and all.
#[cfg(any(test, feature = "client"))]
pub(crate) fn to_path(name: &str, encoding: Encoding, value: &Value) -> String {
    let Encoding {
        explode,
        allow_reserved,
        ..
    } = encoding;
    match encoding.style {
        Style::Label => {
            let escape = Escape::path(allow_reserved);
            let joined = match (explode, value) {
                // RFC 6570 leaves a dot as it is, and a reader could not tell it from a delimiter: encoded it is the
                // same to both (RFC 3986, 2.3).
                (true, Value::Array(_) | Value::Object(_)) => {
                    let joined = joined(value, explode, PARTING, &escape);
                    joined.map(|joined| joined.replace('.', "%2E").replace(PARTING, "."))
                }
                _ => joined(value, explode, ",", &escape),
            };
            joined.map_or_else(String::new, |joined| format!(".{joined}"))
        }
        Style::Matrix => matrix(name, explode, value, &Escape::matrix(allow_reserved)),
        _ => {
            let joined = joined(value, explode, ",", &Escape::path(allow_reserved));
            joined.unwrap_or_default()
        }
    }
}

#[cfg(any(test, feature = "client"))]
fn matrix(name: &str, explode: bool, value: &Value, escape: &Escape) -> String {
    let pair = |name: &str, value: &str| match value.is_empty() {
        true => format!(";{}", escape.name(name)),
        false => format!(";{}={value}", escape.name(name)),
    };
    if !explode {
        let joined = joined(value, false, ",", escape);
        return joined.map_or_else(String::new, |joined| pair(name, &joined));
    }
    let pairs = exploded(name, value).into_iter();
    pairs
        .map(|(name, value)| pair(name, &escape.whole(&text(value))))
        .collect()
}

/// Adds a parameter to a query or a form.
pub(crate) fn to_query(name: &str, encoding: Encoding, value: &Value, out: &mut String) {
    let escape = Escape::query(encoding.allow_reserved);
    if encoding.style == Style::DeepObject {
        return deep(&escape.name(name), value, 0, &escape, out);
    }
    for (name, value) in pairs(name, encoding, value, &escape) {
        append(&name, &value, out);
    }
}

/// Writes a parameter as cookies; none where there is nothing to write. The style `cookie` encodes only what would
/// end the cookie.
#[cfg(any(test, feature = "client"))]
pub(crate) fn to_cookie(name: &str, encoding: Encoding, value: &Value) -> Option<String> {
    let escape = match encoding.style {
        Style::Cookie => Escape::Cookie,
        _ => Escape::cookie(encoding.allow_reserved),
    };
    let pairs = pairs(name, encoding, value, &escape).into_iter();
    let cookies: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    (!cookies.is_empty()).then(|| cookies.join("; "))
}

/// Adds a pair that is encoded already.
pub(super) fn append(name: &str, value: &str, out: &mut String) {
    if !out.is_empty() {
        out.push('&');
    }
    out.push_str(name);
    out.push('=');
    out.push_str(value);
}

fn pairs(name: &str, encoding: Encoding, value: &Value, escape: &Escape) -> Vec<(String, String)> {
    if !encoding.explode {
        let delimiter = match encoding.style {
            Style::SpaceDelimited => "%20",
            Style::PipeDelimited => "%7C",
            Style::TabDelimited => "%09",
            _ => ",",
        };
        let joined = joined(value, false, delimiter, escape);
        return joined
            .map(|joined| (escape.name(name), joined))
            .into_iter()
            .collect();
    }
    let pairs = exploded(name, value).into_iter();
    let pairs = pairs.flat_map(|(name, inner)| match value.is_object() {
        true => member(name, inner),
        false => vec![(name, inner)],
    });
    pairs
        .map(|(name, value)| (escape.name(name), escape.whole(&text(value))))
        .collect()
}

/// A pair for each item or member.
fn exploded<'v>(name: &'v str, value: &'v Value) -> Vec<(&'v str, &'v Value)> {
    match value {
        Value::Array(items) => items.iter().map(|item| (name, item)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (&**name, value))
            .collect(),
        scalar => vec![(name, scalar)],
    }
}

/// The pairs of an exploded object's member: a list has one for each item.
pub(super) fn member<'v>(name: &'v str, value: &'v Value) -> Vec<(&'v str, &'v Value)> {
    match value {
        Value::Array(items) => items.iter().map(|item| (name, item)).collect(),
        one => vec![(name, one)],
    }
}

/// The text of a value, its parts between delimiters; none for an empty list or object, which RFC 6570 takes for
/// undefined (section 2.3).
fn joined(value: &Value, explode: bool, delimiter: &str, escape: &Escape) -> Option<String> {
    let parts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(|item| escape.part(&text(item))).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let between = if explode { "=" } else { delimiter };
                let (name, value) = (escape.part(name), escape.part(&text(value)));
                format!("{name}{between}{value}")
            })
            .collect(),
        scalar => return Some(escape.whole(&text(scalar))),
    };
    (!parts.is_empty()).then(|| parts.join(delimiter))
}

/// Members in brackets; a list of plain values repeats its name, another one has indexes.
fn deep(name: &str, value: &Value, depth: usize, escape: &Escape, out: &mut String) {
    let inside = |part: &str| format!("{name}%5B{}%5D", escape.name(part));
    let nested = |value: &Value| value.is_array() || value.is_object();
    match value {
        Value::Object(members) if depth < DEPTH && (depth == 0 || !members.is_empty()) => {
            for (part, value) in members {
                deep(&inside(part), value, depth + 1, escape, out);
            }
        }
        Value::Array(items) if depth < DEPTH && items.iter().any(nested) => {
            for (index, value) in items.iter().enumerate() {
                deep(&inside(&index.to_string()), value, depth + 1, escape, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                append(name, &escape.whole(&text(item)), out);
            }
        }
        leaf => append(name, &escape.whole(&text(leaf)), out),
    }
}
