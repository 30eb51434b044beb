//! Parameters in a path.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    Encoding, Malformed, Read, Style,
    candidates::{MOST, choose, list, may_be, object, scalars},
    delimited::Delimited,
};
use crate::{
    shape::{Kind, Shape},
    text::decode_path,
};

/// Reads a parameter from the text that stands in its place in a path, still percent-encoded.
pub(crate) fn from_path(name: &str, encoding: Encoding, shape: &Shape, raw: &str) -> Read {
    let explode = encoding.explode;
    match encoding.style {
        Style::Label => label(explode, shape, raw),
        Style::Matrix => matrix(name, explode, shape, raw),
        _ => delimited(raw, ',', explode, shape),
    }
}

fn delimited(whole: &str, delimiter: char, explode: bool, shape: &Shape) -> Read {
    let read = Delimited {
        whole,
        parts: whole.split(delimiter).collect(),
        explode,
        decode: decode_path,
    };
    let mut found = read.read(shape)?;
    if whole.is_empty() && !may_be(shape, Kind::String) {
        found.sort_by_key(|value| *value != Value::Array(Vec::new()));
    }
    Ok(found)
}

fn label(explode: bool, shape: &Shape, raw: &str) -> Read {
    let words = || Malformed::new("it does not begin with `.`, as `.blue` does");
    let Some(whole) = raw.strip_prefix('.') else {
        return prefixless(shape, raw, words);
    };
    if explode {
        return delimited(whole, '.', true, shape);
    }
    let read = delimited(whole, ',', false, shape);
    let only_dots = !whole.contains(',') && whole.contains('.');
    if !only_dots || !(may_be(shape, Kind::Array) || may_be(shape, Kind::Object)) {
        return read;
    }
    // The table of OpenAPI 3.0.0 to 3.0.3 and of 3.1.0 has dots here, RFC 6570 and later tables have commas.
    match (read, delimited(whole, '.', false, shape)) {
        (Ok(mut found), Ok(more)) => {
            found.extend(more);
            found.truncate(MOST);
            Ok(found)
        }
        (read, dotted) => read.or(dotted),
    }
}

fn matrix(name: &str, explode: bool, shape: &Shape, raw: &str) -> Read {
    let words = || Malformed::new(format!("it does not look like `;{name}=blue`"));
    let Some(rest) = raw.strip_prefix(';') else {
        return prefixless(shape, raw, words);
    };
    if !explode {
        let (own, whole) = rest.split_once('=').unwrap_or((rest, ""));
        return match decode_path(own).is_some_and(|own| own == name) {
            true => delimited(whole, ',', false, shape),
            false => Err(words()),
        };
    }
    let pairs = rest.split(';').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decode_path(name)?, decode_path(value)?))
    });
    let pairs: Option<Vec<_>> = pairs.collect();
    let pairs = pairs.ok_or_else(Malformed::not_utf8)?;
    let named = pairs.iter().all(|(own, _)| own == name);
    let values = || -> Result<Vec<Cow<str>>, Malformed> {
        match named {
            true => Ok(pairs.iter().map(|(_, value)| value.clone()).collect()),
            false => Err(words()),
        }
    };
    choose(
        shape,
        !named || pairs.len() > 1,
        || match values()?.as_slice() {
            [value] => Ok(scalars(value, shape)),
            _ => Err(Malformed::twice()),
        },
        || Ok(list(&values()?, shape)),
        || object(&pairs, shape),
    )
}

/// Nothing at all is an empty list or object (RFC 6570, section 2.3).
fn prefixless(shape: &Shape, raw: &str, words: impl Fn() -> Malformed) -> Read {
    let empty = |value: Value| match raw.is_empty() {
        true => Ok(vec![value]),
        false => Err(words()),
    };
    choose(
        shape,
        false,
        || Err(words()),
        || empty(Value::Array(Vec::new())),
        || empty(Value::Object(Map::new())),
    )
}
