//! Documents with a few changes each: made of the structure of a document, so that most of a mutant still makes sense.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Where choices come from: a generator of random numbers, or a fuzzer's bytes.
pub(crate) trait Choices {
    /// A number below `end`, which is at least 1.
    fn below(&mut self, end: usize) -> usize;

    /// How many changes one document gets.
    fn changes(&mut self) -> usize {
        1 + self.below(4)
    }

    /// One of some things, of which there is at least one.
    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// What may come to stand anywhere.
#[derive(Deserialize)]
struct Dictionary {
    /// Keywords of OpenAPI and JSON Schema.
    keywords: Vec<String>,
    /// Texts that something, somewhere, may take for more than text.
    texts: Vec<String>,
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    serde_json::from_str(include_str!("dictionary.json")).expect("the dictionary")
});

/// A keyword.
fn keyword(choices: &mut impl Choices) -> String {
    choices.one(&DICTIONARY.keywords).clone()
}

/// An odd text.
fn text(choices: &mut impl Choices) -> String {
    choices.one(&DICTIONARY.texts).clone()
}

/// A scalar or a small collection out of nothing.
fn value(choices: &mut impl Choices) -> Value {
    match choices.below(16) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(false),
        3 => json!({}),
        4 => json!([]),
        5 => json!(0),
        6 => json!(-1),
        7 => json!(1_u64 << choices.below(40)),
        8 => json!(u64::MAX),
        9 => json!(i64::MIN),
        10 => json!(0.1),
        11 => json!(1e300),
        _ => json!(text(choices)),
    }
}

/// A place in a document.
#[derive(Clone)]
struct Place {
    /// Its JSON Pointer.
    pointer: String,
    /// What stands there, in OpenAPI's words: places of one role can change places and still make sense.
    role: String,
}

/// What holds schemas under names of the author's.
const SCHEMAS: [&str; 6] = [
    "properties",
    "patternProperties",
    "schemas",
    "definitions",
    "$defs",
    "dependentSchemas",
];
/// What holds other things under names of the author's.
const NAMED: [&str; 10] = [
    "paths",
    "responses",
    "parameters",
    "headers",
    "content",
    "securitySchemes",
    "examples",
    "callbacks",
    "variables",
    "scopes",
];
/// What holds a schema, or schemas in a list.
const SCHEMA: [&str; 14] = [
    "schema",
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "itemSchema",
    "allOf",
    "anyOf",
    "oneOf",
    "prefixItems",
];

fn role(path: &[&str]) -> String {
    let listed = |name: &str| !name.is_empty() && name.bytes().all(|one| one.is_ascii_digit());
    match path {
        [.., around, _] if SCHEMAS.contains(around) => "schema".into(),
        [.., around, last] if listed(last) && SCHEMA.contains(around) => "schema".into(),
        [.., last] if SCHEMA.contains(last) => "schema".into(),
        [.., around, last] if listed(last) || NAMED.contains(around) => format!("of {around}"),
        [.., last] => (*last).to_owned(),
        [] => String::new(),
    }
}

/// Every place in a document, the parents before their children.
fn places(document: &Value) -> Vec<Place> {
    fn walk<'a>(
        value: &'a Value,
        pointer: &str,
        path: &mut Vec<&'a str>,
        indices: &'a [String],
        all: &mut Vec<Place>,
    ) {
        all.push(Place {
            pointer: pointer.to_owned(),
            role: role(path),
        });
        let members: Vec<(&str, &Value)> = match value {
            Value::Object(members) => members
                .iter()
                .map(|(name, inner)| (name.as_str(), inner))
                .collect(),
            Value::Array(items) => indices.iter().map(String::as_str).zip(items).collect(),
            _ => return,
        };
        for (name, inner) in members {
            path.push(name);
            let escaped = name.replace('~', "~0").replace('/', "~1");
            walk(inner, &format!("{pointer}/{escaped}"), path, indices, all);
            path.pop();
        }
    }
    let indices: Vec<String> = (0..1000).map(|index| index.to_string()).collect();
    let mut all = Vec::new();
    walk(document, "", &mut Vec::new(), &indices, &mut all);
    all
}

/// A schema, or whatever stands there, as a part of another one.
fn wrapped(inner: Value, choices: &mut impl Choices) -> Value {
    match choices.below(12) {
        0 => json!({ "allOf": [inner] }),
        1 => json!({ "allOf": [inner, { "type": "object" }] }),
        2 => json!({ "anyOf": [inner, { "type": "null" }] }),
        3 => json!({ "oneOf": [{ "type": "string" }, inner] }),
        4 => json!({ "oneOf": [inner.clone(), inner] }),
        5 => json!({ "not": inner }),
        6 => json!({ "type": "array", "items": inner }),
        7 => json!({ "type": "object", "properties": { "a": inner }, "required": ["a"] }),
        8 => json!({ "type": "object", "additionalProperties": inner }),
        9 => json!({ "type": ["object", "null"], "properties": { "type": inner } }),
        10 => json!([inner]),
        _ => json!({ "if": inner.clone(), "then": inner }),
    }
}

/// Changes one place, mostly to something that could stand there.
fn change(document: &mut Value, choices: &mut impl Choices) {
    let places = places(document);
    let place = choices.one(&places).clone();
    match choices.below(5) {
        0 => change_wildly(document, &place, &places, choices),
        _ => change_mildly(document, &place, &places, choices),
    }
}

fn change_mildly(
    document: &mut Value,
    place: &Place,
    places: &[Place],
    choices: &mut impl Choices,
) {
    let alike: Vec<&Place> = places.iter().filter(|one| one.role == place.role).collect();
    let other = *choices.one(&alike);
    let value = document
        .pointer(&other.pointer)
        .cloned()
        .unwrap_or_default();
    let kind = choices.below(6);
    let Some(here) = document.pointer_mut(&place.pointer) else {
        return;
    };
    match (here, value) {
        (here, _) if place.role == "schema" && kind == 0 => *here = wrapped(here.take(), choices),
        (here, Value::Object(_)) if place.role == "schema" && kind == 1 => {
            *here = json!({ "$ref": format!("#{}", other.pointer) });
        }
        (Value::Object(members), Value::Object(others)) if kind < 4 && !others.is_empty() => {
            let others: Vec<(String, Value)> = others.into_iter().collect();
            let (name, inner) = choices.one(&others).clone();
            members.insert(name, inner);
        }
        (Value::Object(members), _) if kind == 4 && !members.is_empty() => {
            let names: Vec<String> = members.keys().cloned().collect();
            members.remove(choices.one(&names));
        }
        (Value::String(here), _) if kind < 2 => here.push_str(&text(choices)),
        (Value::String(here), _) if kind == 2 => *here = text(choices),
        (Value::Bool(here), _) => *here = !*here,
        (here, value) => *here = value,
    }
}

/// Puts whatever comes where it does not belong.
fn change_wildly(
    document: &mut Value,
    place: &Place,
    places: &[Place],
    choices: &mut impl Choices,
) {
    let other = choices.one(places);
    let elsewhere = document
        .pointer(&other.pointer)
        .cloned()
        .unwrap_or_default();
    let kind = choices.below(12);
    let Some(here) = document.pointer_mut(&place.pointer) else {
        return;
    };
    match kind {
        0 => *here = value(choices),
        1 => *here = elsewhere,
        2 => *here = wrapped(here.take(), choices),
        3 => *here = json!({ "$ref": format!("#{}", other.pointer) }),
        4 => *here = json!(text(choices)),
        _ => match here {
            Value::Object(members) => change_members(members, elsewhere, kind, choices),
            Value::Array(items) => change_items(items, elsewhere, choices),
            Value::String(here) if kind > 8 => here.push_str(&text(choices)),
            scalar => *scalar = value(choices),
        },
    }
}

fn change_members(
    members: &mut Map<String, Value>,
    other: Value,
    kind: usize,
    choices: &mut impl Choices,
) {
    let names: Vec<String> = members.keys().cloned().collect();
    let name = match choices.below(2) {
        0 => keyword(choices),
        _ => text(choices),
    };
    match (kind, names.is_empty()) {
        (5 | 6, _) | (_, true) => {
            members.insert(name, if kind == 5 { other } else { value(choices) });
        }
        (7, _) => _ = members.remove(choices.one(&names)),
        (8, _) => {
            let inner = members.remove(choices.one(&names)).unwrap_or_default();
            members.insert(name, inner);
        }
        (9, _) => _ = members.insert(keyword(choices), other),
        _ => {
            let (one, two) = (choices.one(&names), choices.one(&names));
            let (first, second) = (members[one].clone(), members[two].clone());
            members.insert(one.clone(), second);
            members.insert(two.clone(), first);
        }
    }
}

fn change_items(items: &mut Vec<Value>, other: Value, choices: &mut impl Choices) {
    match choices.below(4) {
        0 if !items.is_empty() => _ = items.remove(choices.below(items.len())),
        1 if !items.is_empty() => items.push(items[choices.below(items.len())].clone()),
        2 => items.push(other),
        _ => items.push(value(choices)),
    }
}

/// Changes the text itself: an end, a hole, a piece that stands twice, a piece that does not belong.
fn scratch(whole: &str, choices: &mut impl Choices) -> String {
    let one = whole.floor_char_boundary(choices.below(whole.len() + 1));
    let two = whole.floor_char_boundary(choices.below(whole.len() + 1));
    let (before, after) = (&whole[..one.min(two)], &whole[one.max(two)..]);
    match choices.below(4) {
        0 => before.to_owned(),
        1 => format!("{before}{after}"),
        2 => format!("{}{}", &whole[..one.max(two)], &whole[one.min(two)..]),
        _ => format!("{before}{}{}", text(choices), &whole[one.min(two)..]),
    }
}

/// The text of a mutant.
pub(crate) fn mutant(seeds: &[Value], choices: &mut impl Choices) -> String {
    let mut document = choices.one(seeds).clone();
    for _ in 0..choices.changes() {
        change(&mut document, choices);
    }
    let text = document.to_string();
    match choices.below(16) {
        0 => scratch(&text, choices),
        _ => text,
    }
}
