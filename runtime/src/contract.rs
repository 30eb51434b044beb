//! The second look at a refused request: every violation, told by the document's exact schemas.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, OnceLock},
};

use jsonschema::Validator;
use serde::Deserialize;
use serde_json::{Map, Number, Value, json};

use crate::{
    Call, Date, DateTime, Uuid, Violation,
    problem::MAX_VIOLATIONS,
    text::{is_integer, is_number},
};

/// How many characters of the library's words one violation repeats at most.
const MAX_DETAIL: usize = 300;

/// The schemas of a service, read at the first refused request.
pub(crate) struct Schemas {
    text: &'static str,
    parsed: OnceLock<Parsed>,
    validators: Mutex<HashMap<(String, usize), std::sync::Arc<Validator>>>,
}

#[derive(Deserialize, Default)]
struct Parsed {
    #[serde(rename = "$defs", default)]
    definitions: Map<String, Value>,
    #[serde(default)]
    operations: HashMap<String, Request>,
}

#[derive(Deserialize, Default)]
struct Request {
    #[serde(default)]
    parameters: Vec<Parameter>,
    body: Option<Body>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    #[serde(rename = "in")]
    place: String,
    required: bool,
    list: Option<String>,
    kind: String,
    schema: Value,
}

#[derive(Deserialize)]
struct Body {
    required: bool,
    kind: String,
    schema: Value,
}

impl Schemas {
    pub(crate) fn new(text: &'static str) -> Self {
        Schemas {
            text,
            parsed: OnceLock::new(),
            validators: Mutex::default(),
        }
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| {
            serde_json::from_str(self.text).unwrap_or_else(|error| {
                tracing::error!(%error, "contract.json cannot be read");
                Parsed::default()
            })
        })
    }

    /// The validator of one part of an operation: its parameters by their place, its body last.
    fn validator(
        &self,
        operation: &str,
        part: usize,
        schema: &Value,
    ) -> Option<std::sync::Arc<Validator>> {
        let key = (operation.to_owned(), part);
        let mut known = self
            .validators
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(validator) = known.get(&key) {
            return Some(validator.clone());
        }
        let whole = json!({ "allOf": [schema], "$defs": self.reachable(schema) });
        let built = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .with_format("date", |text: &str| Date::new(text).is_some())
            .with_format("date-time", |text: &str| DateTime::new(text).is_some())
            .with_format("uuid", |text: &str| Uuid::new(text).is_some())
            .build(&asserted_formats(whole));
        match built {
            Ok(validator) => {
                let validator = std::sync::Arc::new(validator);
                known.insert(key, validator.clone());
                Some(validator)
            }
            Err(error) => {
                tracing::error!(%error, operation, "a schema of contract.json cannot be used");
                None
            }
        }
    }

    /// The definitions that a schema refers to, directly or not.
    fn reachable(&self, schema: &Value) -> Map<String, Value> {
        let definitions = &self.parsed().definitions;
        let mut found = Map::new();
        let mut open = BTreeSet::new();
        references(schema, &mut open);
        while let Some(name) = open.pop_first() {
            if let Some(definition) = definitions.get(&name)
                && !found.contains_key(&name)
            {
                references(definition, &mut open);
                found.insert(name, definition.clone());
            }
        }
        found
    }
}

fn references(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref")
                && let Some(name) = target.strip_prefix("#/$defs/")
            {
                let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
                found.insert(name.replace("~1", "/").replace("~0", "~"));
            }
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The schema without the formats that say nothing on what is valid here.
fn asserted_formats(schema: Value) -> Value {
    match schema {
        Value::Object(members) => members
            .into_iter()
            .filter(|(name, value)| {
                name != "format"
                    || !value.is_string()
                    || matches!(value.as_str(), Some("date" | "date-time" | "uuid"))
            })
            .map(|(name, value)| (name, asserted_formats(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(asserted_formats).collect(),
        other => other,
    }
}

/// Every violation of a refused request; at least one.
pub(crate) fn violations(call: &Call) -> Vec<Violation> {
    let schemas = &call.shared.schemas;
    let mut found = Vec::new();
    if let Some(request) = schemas.parsed().operations.get(call.context.operation) {
        for (index, parameter) in request.parameters.iter().enumerate() {
            parameter.look(call, index, &mut found);
        }
        if let Some(body) = &request.body {
            body.look(call, request.parameters.len(), &mut found);
        }
    }
    found.truncate(MAX_VIOLATIONS);
    if found.is_empty() {
        found.push(Violation {
            place: "request",
            name: None,
            pointer: String::new(),
            detail: "a value lies outside of what this service can hold, or is written twice"
                .into(),
        });
    }
    found
}

impl Parameter {
    fn look(&self, call: &Call, index: usize, found: &mut Vec<Violation>) {
        let place = match self.place.as_str() {
            "path" => "path",
            "query" => "query",
            _ => "header",
        };
        let violation = |detail: &str| Violation {
            place,
            name: Some(self.name.clone()),
            pointer: String::new(),
            detail: detail.to_owned(),
        };
        let Some(texts) = self.texts(call) else {
            return found.push(violation("it is not UTF-8"));
        };
        let Some(texts) = texts else {
            if self.required {
                found.push(violation("it is required"));
            }
            return;
        };
        if self.list.is_none() && texts.len() > 1 {
            return found.push(violation("it stands there twice"));
        }
        let value = match self.list {
            Some(_) => texts.iter().map(|text| self.value(text)).collect(),
            None => self.value(&texts[0]),
        };
        let validator = call
            .shared
            .schemas
            .validator(call.context.operation, index, &self.schema);
        tell(validator, &value, found, |pointer, detail| Violation {
            pointer,
            ..violation(&detail)
        });
    }

    /// The parameter's texts, one for each item, where it is there; none where one is not UTF-8.
    fn texts(&self, call: &Call) -> Option<Option<Vec<String>>> {
        let whole: Vec<String> = match self.place.as_str() {
            "path" => vec![call.raw_path(self.path_index(call)?)?.into_owned()],
            "query" => {
                let values = call.raw_query(&self.name);
                values
                    .map(|value| value.map(|text| text.into_owned()))
                    .collect::<Option<_>>()?
            }
            _ => match call.raw_header(&self.name) {
                Some(text) => vec![text.ok()?.to_owned()],
                None => Vec::new(),
            },
        };
        if whole.is_empty() {
            return Some(None);
        }
        let empty = whole[0].is_empty() && (self.place != "query" || self.kind != "string");
        Some(Some(match (self.list.as_deref(), whole.len()) {
            (Some("commas"), 1) if empty => Vec::new(),
            (Some("commas"), 1) => {
                let items = whole[0].split(',');
                items.map(|item| item.trim().to_owned()).collect()
            }
            _ => whole,
        }))
    }

    fn path_index(&self, call: &Call) -> Option<usize> {
        let template = call.shared.templates.get(call.context.operation)?;
        let mut names = template
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'));
        names.position(|(name, _)| name == self.name)
    }

    fn value(&self, text: &str) -> Value {
        let number = match self.kind.as_str() {
            "integer" => is_integer(text),
            "number" => is_number(text),
            "boolean" => text == "true" || text == "false",
            _ => false,
        };
        let text_value = || Value::String(text.to_owned());
        match (number, self.kind.as_str()) {
            (true, "boolean") => Value::Bool(text == "true"),
            (true, _) => {
                let whole = text.parse::<i64>().map(Number::from).ok();
                let whole = whole.or_else(|| text.parse().ok().and_then(Number::from_f64));
                whole.map_or_else(text_value, Value::Number)
            }
            (false, _) => text_value(),
        }
    }
}

impl Body {
    fn look(&self, call: &Call, part: usize, found: &mut Vec<Violation>) {
        let violation = |pointer: String, detail: String| Violation {
            place: "body",
            name: None,
            pointer,
            detail,
        };
        if call.received.is_empty() && self.kind == "json" {
            if self.required {
                found.push(violation(String::new(), "it is required".into()));
            }
            return;
        }
        let value = match self.kind.as_str() {
            "text" => match std::str::from_utf8(&call.received) {
                Ok(text) => Value::String(text.to_owned()),
                Err(_) => return found.push(violation(String::new(), "it is not UTF-8".into())),
            },
            _ => match serde_json::from_slice(&call.received) {
                Ok(value) => value,
                Err(error) => {
                    return found
                        .push(violation(String::new(), format!("it is not JSON: {error}")));
                }
            },
        };
        let validator = call
            .shared
            .schemas
            .validator(call.context.operation, part, &self.schema);
        tell(validator, &value, found, violation);
    }
}

fn tell(
    validator: Option<std::sync::Arc<Validator>>,
    value: &Value,
    found: &mut Vec<Violation>,
    violation: impl Fn(String, String) -> Violation,
) {
    let Some(validator) = validator else { return };
    let room = MAX_VIOLATIONS.saturating_sub(found.len());
    for error in validator.iter_errors(value).take(room) {
        let pointer = error.instance_path().to_string();
        let words = error.masked().to_string();
        let detail = match words.char_indices().nth(MAX_DETAIL) {
            Some((end, _)) => format!("{}…", &words[..end]),
            None => words,
        };
        let one = violation(pointer, detail);
        if !found.contains(&one) {
            found.push(one);
        }
    }
}

/// The integer that a number with a fraction of zero stands for.
pub(crate) fn whole(number: &Number) -> Option<i64> {
    let value = number.as_f64().filter(|_| number.is_f64())?;
    let exact = value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "held to be whole and small just before"
    )]
    exact.then_some(value as i64)
}

/// Writes each number that is whole as an integer; whether there was one.
pub(crate) fn make_whole(value: &mut Value) -> bool {
    match value {
        Value::Number(number) => match whole(number) {
            Some(integer) => {
                *value = Value::from(integer);
                true
            }
            None => false,
        },
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |any, item| make_whole(item) | any),
        Value::Object(members) => members
            .values_mut()
            .fold(false, |any, value| make_whole(value) | any),
        _ => false,
    }
}
