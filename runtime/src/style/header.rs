//! Parameters in headers: `simple`, without percent-encoding.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    Encoding, Malformed, Read,
    candidates::{choose, list, object, scalars},
    delimited::{Member, paired, unpaired},
    write::text,
};
use crate::shape::Shape;

const SPACE: [char; 2] = [' ', '\t'];

/// Reads a header. Items that hold a comma stand between quotes (RFC 9110, section 5.6.4).
pub(crate) fn from_header(encoding: Encoding, shape: &Shape, raw: &str) -> Read {
    let raw = raw.trim_matches(SPACE);
    let items = items(raw);
    let parted = items.len() > 1 || (encoding.explode && raw.contains('='));
    choose(
        shape,
        parted,
        || Ok(scalars(raw, shape)),
        || {
            let mut found = list(&items, shape);
            // An empty header is an empty list first of all (RFC 9110, section 5.6.1).
            found.sort_by_key(|value| raw.is_empty() && *value != Value::Array(Vec::new()));
            Ok(found)
        },
        || match (raw.is_empty(), encoding.explode) {
            (true, _) => object(&[], shape),
            (false, true) => object(&members(raw)?, shape),
            (false, false) => object(&paired(items.clone())?, shape),
        },
    )
}

/// The items of a list in a header; an empty text is an empty list (RFC 9110, 5.6.1).
pub(crate) fn header_items(raw: &str) -> Vec<Cow<'_, str>> {
    match raw.is_empty() {
        true => Vec::new(),
        false => items(raw),
    }
}

fn items(raw: &str) -> Vec<Cow<'_, str>> {
    let (first, mut rest) = piece(raw, &[',']);
    let mut items = vec![first];
    while let Some(next) = rest.strip_prefix(',') {
        let (item, after) = piece(next, &[',']);
        items.push(item);
        rest = after;
    }
    items
}

fn members(raw: &str) -> Result<Vec<Member<'_>>, Malformed> {
    let mut members = Vec::new();
    let mut next = Some(raw);
    while let Some(member) = next {
        let (name, rest) = piece(member, &['=', ',']);
        let rest = rest.strip_prefix('=').ok_or_else(unpaired)?;
        let (value, rest) = piece(rest, &[',']);
        members.push((name, value));
        next = rest.strip_prefix(',');
    }
    Ok(members)
}

/// What stands before the next of `stops`, and the text from there on.
fn piece<'t>(text: &'t str, stops: &[char]) -> (Cow<'t, str>, &'t str) {
    let text = text.trim_start_matches(SPACE);
    if let Some((inside, rest)) = quoted(text) {
        let rest = rest.trim_start_matches(SPACE);
        if rest.is_empty() || rest.starts_with(stops) {
            return (Cow::Owned(inside), rest);
        }
    }
    let end = text.find(stops).unwrap_or(text.len());
    let (own, rest) = text.split_at(end);
    (Cow::Borrowed(own.trim_end_matches(SPACE)), rest)
}

/// What stands between quotes, and the text behind them; none where they are not closed.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('"')?.chars();
    let mut inside = String::new();
    loop {
        match rest.next()? {
            '"' => return Some((inside, rest.as_str())),
            '\\' => inside.push(rest.next()?),
            other => inside.push(other),
        }
    }
}

/// Writes a header. What is in an item and would part it stands between quotes.
pub(crate) fn to_header(encoding: Encoding, value: &Value) -> String {
    let parts = match value {
        Value::Array(items) => items
            .iter()
            .map(|item| quote(&text(item), &[',']))
            .collect::<Vec<_>>(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match encoding.explode {
                true => format!(
                    "{}={}",
                    quote(name, &[',', '=']),
                    quote(&text(value), &[','])
                ),
                false => format!("{},{}", quote(name, &[',']), quote(&text(value), &[','])),
            })
            .collect(),
        scalar => return text(scalar).into_owned(),
    };
    parts.join(",")
}

fn quote(text: &str, stops: &[char]) -> String {
    let plain = !text.contains(stops) && !text.starts_with('"') && text.trim_matches(SPACE) == text;
    match plain {
        true => text.to_owned(),
        false => {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{escaped}\"")
        }
    }
}
