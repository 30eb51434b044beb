//! The values that a text may be.

use serde_json::{Map, Number, Value};

use crate::{
    shape::{Kind, Shape, Types},
    text::{is_integer, is_number},
    xml::names::is_space,
};

/// The values of a shape that a text may be: the most specific one first, the text itself last where it may be one.
/// There is always one; where none is of the shape it is the text, for the exact schema to refuse.
pub(super) fn ways(text: &str, shape: &Shape) -> Vec<Value> {
    let types = shape.types;
    let string = types.has(Kind::String);
    let mut ways = Vec::new();
    if text.chars().all(is_space) {
        if types.has(Kind::Object) && !(types.is_any() && shape.members.is_empty()) {
            ways.push(Value::Object(Map::new()));
        }
        if types.has(Kind::Array) && !types.is_any() {
            ways.push(Value::Array(Vec::new()));
        }
        if types.has(Kind::Null) && !string {
            ways.push(Value::Null);
        }
    } else {
        ways.extend(truth(text, types).map(Value::Bool));
        ways.extend(number(text, types).map(Value::Number));
    }
    if string || ways.is_empty() {
        ways.push(Value::String(text.to_owned()));
    }
    ways
}

fn truth(text: &str, types: Types) -> Option<bool> {
    let others = [Kind::Integer, Kind::Number, Kind::String];
    let only = !others.into_iter().any(|kind| types.has(kind));
    let word = match types.has(Kind::String) {
        true => text,
        false => text.trim_matches(is_space),
    };
    match word {
        _ if !types.has(Kind::Boolean) => None,
        "true" => Some(true),
        "false" => Some(false),
        "1" if only => Some(true),
        "0" if only => Some(false),
        _ => None,
    }
}

/// The number that a text is. Where it may be a text too, it must be just what JSON would write, so that a text such
/// as `007` stays one; otherwise white space around it, a plus and leading zeros are taken, as XML Schema has them.
fn number(text: &str, types: Types) -> Option<Number> {
    if !types.has(Kind::Integer) && !types.has(Kind::Number) {
        return None;
    }
    if types.has(Kind::String) {
        return serde_json::from_str(text).ok().filter(|_| is_number(text));
    }
    let word = text.trim_matches(is_space);
    let word = word.strip_prefix('+').unwrap_or(word);
    if is_integer(word) {
        let whole = word.parse::<i64>().map(Number::from);
        if let Ok(whole) = whole.or_else(|_| word.parse::<u64>().map(Number::from)) {
            return Some(whole);
        }
    }
    let number = is_number(word).then(|| word.parse().ok()).flatten();
    number.and_then(Number::from_f64)
}
