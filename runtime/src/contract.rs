//! The second look at a refused request: every violation, told by the document's exact schemas.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Number, Value};

use crate::{
    Call, Validator, Violation, exact,
    problem::MAX_VIOLATIONS,
    text::{is_integer, is_number},
};

/// How many characters of the library's words one violation repeats at most.
const MAX_DETAIL: usize = 300;

#[derive(Deserialize, Default)]
pub(crate) struct Request {
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

/// Every violation of a refused request; at least one.
pub(crate) fn violations(call: &Call) -> Vec<Violation> {
    let schemas = call.shared.schemas;
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
            detail: "it is not what the document asks for".into(),
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
            .part(call.context.operation, index, &self.schema);
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
            _ => match exact::from_slice(&call.received) {
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
            .part(call.context.operation, part, &self.schema);
        tell(validator, &value, found, violation);
    }
}

fn tell(
    validator: Option<Arc<Validator>>,
    value: &Value,
    found: &mut Vec<Violation>,
    violation: impl Fn(String, String) -> Violation,
) {
    let Some(validator) = validator else { return };
    let room = MAX_VIOLATIONS.saturating_sub(found.len());
    for error in validator.0.iter_errors(value).take(room) {
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
