//! Nodes as JSON values.

use serde_json::{Map, Number, Value as Json};

use crate::document::{Node, Scalar, Value};

/// The value of a node.
pub(in crate::spec) fn value(node: &Node) -> Json {
    match &node.value {
        Value::Mapping(entries) => {
            let members = entries
                .iter()
                .map(|entry| (entry.key.clone(), value(&entry.node)));
            Json::Object(members.collect::<Map<_, _>>())
        }
        Value::Sequence(items) => items.iter().map(|item| value(item)).collect(),
        Value::Scalar { text, .. } => match node.scalar() {
            Some(Scalar::Null) => Json::Null,
            Some(Scalar::Boolean(one)) => Json::Bool(one),
            Some(Scalar::Number(_)) => {
                number(node).map_or_else(|| Json::String(text.clone()), Json::Number)
            }
            _ => Json::String(text.clone()),
        },
    }
}

pub(super) fn is_null(node: &Node) -> bool {
    node.scalar() == Some(Scalar::Null)
}

pub(super) fn boolean(node: &Node) -> Option<bool> {
    match node.scalar() {
        Some(Scalar::Boolean(one)) => Some(one),
        _ => None,
    }
}

/// A number; none where it is too large for any type.
pub(super) fn number(node: &Node) -> Option<Number> {
    let Some(Scalar::Number(text)) = node.scalar() else {
        return None;
    };
    let text = text.strip_prefix('+').unwrap_or(text);
    let whole = text
        .parse::<i64>()
        .map(Number::from)
        .or_else(|_| text.parse::<u64>().map(Number::from));
    whole.ok().or_else(|| Number::from_f64(text.parse().ok()?))
}

/// What a node is, in words.
pub(super) fn kind_word(node: &Node) -> &'static str {
    match (&node.value, node.scalar()) {
        (Value::Mapping(_), _) => "a mapping",
        (Value::Sequence(_), _) => "a list",
        (_, Some(Scalar::Null)) => "empty",
        (_, Some(Scalar::Boolean(_))) => "`true` or `false`",
        (_, Some(Scalar::Number(_))) => "a number",
        _ => "text",
    }
}
