//! Limits that generated code asks for by name.

mod decimal;

use std::{collections::HashSet, sync::OnceLock};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::Validator;

pub(crate) use decimal::Decimal;

/// Whether a text has at least so many characters.
pub fn min_length(text: &str, least: usize) -> bool {
    // A character takes at most four bytes and at least one.
    text.len() >= least && (text.len() >= least.saturating_mul(4) || text.chars().count() >= least)
}

/// Whether a text has at most so many characters.
pub fn max_length(text: &str, most: usize) -> bool {
    text.len() <= most || text.chars().count() <= most
}

/// No value keeps to limits that exclude each other.
pub fn never<T>(_: &T) -> bool {
    false
}

/// Whether no two items are alike, as JSON Schema compares them: `1` and `1.0` are.
pub fn unique<T: serde::Serialize>(items: &[T]) -> bool {
    let mut seen = HashSet::with_capacity(items.len());
    items.iter().all(|item| {
        let json = serde_json::to_value(item).map(canonical);
        json.is_ok_and(|json| seen.insert(json.to_string()))
    })
}

/// The same JSON with whole numbers written as integers and members in order.
fn canonical(json: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match json {
        Value::Number(number) => whole(&number).map_or(Value::Number(number), Value::from),
        Value::Array(items) => items.into_iter().map(canonical).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by(|left, right| left.0.cmp(&right.0));
            Value::Object(
                members
                    .into_iter()
                    .map(|(name, value)| (name, canonical(value)))
                    .collect(),
            )
        }
        other => other,
    }
}

/// The integer that a number with a fraction of zero stands for.
fn whole(number: &serde_json::Number) -> Option<i64> {
    let value = number.as_f64().filter(|_| number.is_f64())?;
    let exact = value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "held to be whole and small just before"
    )]
    exact.then_some(value as i64)
}

/// The formats of texts that are held, and not only told, by their names in JSON Schema or OpenAPI.
pub const FORMATS: [&str; 18] = [
    "date",
    "date-time",
    "time",
    "duration",
    "uuid",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "json-pointer",
    "regex",
    "byte",
    "iri",
    "iri-reference",
    "relative-json-pointer",
    "uri-template",
];

/// Whether a text has one of [`FORMATS`]; every text has any other.
pub fn format(name: &str, text: &str) -> bool {
    static VALIDATORS: [OnceLock<Option<Validator>>; FORMATS.len()] =
        [const { OnceLock::new() }; FORMATS.len()];
    let Some(place) = FORMATS.iter().position(|held| *held == name) else {
        return true;
    };
    VALIDATORS[place]
        .get_or_init(|| Validator::new(&serde_json::json!({ "format": name })).ok())
        .as_ref()
        .is_none_or(|validator| validator.is_valid(&serde_json::Value::from(text)))
}

/// Whether a text is Base64 (RFC 4648, section 4).
pub(crate) fn is_base64(text: &str) -> bool {
    STANDARD.decode(text).is_ok()
}

/// Whether an integer is a multiple of a step, as decimals.
pub fn multiple_of_step(value: impl Into<i128>, step: f64) -> bool {
    Decimal::from(value.into()).is_multiple_of(step.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_in_characters() {
        assert!(min_length("äö", 2) && !min_length("äö", 3));
        assert!(max_length("äöü", 3) && !max_length("äöü", 2));
    }

    #[test]
    fn alike_is_by_value() {
        assert!(!unique(&[1.0, 1.0]) && unique(&[1, 2]) && unique::<i32>(&[]));
    }
}
