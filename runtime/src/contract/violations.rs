//! The second look at a refused request: every violation, told by the document's exact schemas.

use serde_json::Value;

use super::{Body, Parameter};
use crate::{Call, ContentKind, Schemas, Violation, problem::MAX_VIOLATIONS};

/// How many characters of the library's words one violation repeats at most.
const MAX_DETAIL: usize = 300;

/// Every violation of a request; none where it keeps to the document, as far as it was received.
pub(crate) fn violations(call: &Call) -> Vec<Violation> {
    let mut found = Vec::new();
    if let Some(request) = call.schemas.request(call.context.operation) {
        for parameter in &request.parameters {
            parameter.look(call, &mut found);
        }
        if let Some(body) = &request.body {
            body.look(call, &mut found);
        }
    }
    found.truncate(MAX_VIOLATIONS);
    found
}

impl Parameter {
    fn look(&self, call: &Call, found: &mut Vec<Violation>) {
        let place = self.place.word();
        let violation = |pointer: String, detail: String| Violation {
            place,
            name: Some(self.name.clone()),
            pointer,
            detail,
        };
        match self.readings(call) {
            Err(error) => found.push(violation(String::new(), error.0)),
            Ok(None) if self.required => {
                found.push(violation(String::new(), "it is required".into()));
            }
            Ok(None) => {}
            Ok(Some(values)) if self.allow_empty && values.iter().any(is_empty) => {}
            Ok(Some(values)) => {
                let key = format!("{} {place} {}", call.context.operation, self.name);
                let schemas = call.schemas;
                fitting(schemas, &key, &self.schema, &values, found, violation);
            }
        }
    }
}

/// Whether a value is what an empty text stands for.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        _ => false,
    }
}

impl Body {
    fn look(&self, call: &Call, found: &mut Vec<Violation>) {
        let violation = |pointer: String, detail: String| Violation {
            place: "body",
            name: None,
            pointer,
            detail,
        };
        let required = || violation(String::new(), "it is required".into());
        let Some(content) = call.content.and_then(|index| self.contents.get(index)) else {
            if self.required {
                found.push(required());
            }
            return;
        };
        if content.kind.is_streamed() {
            return;
        }
        if call.received.is_empty() && matches!(content.kind, ContentKind::Json | ContentKind::Xml)
        {
            if self.required {
                found.push(required());
            }
            return;
        }
        if let Some(Err(broken)) = &call.form {
            return found.extend(broken.iter().cloned());
        }
        match content.readings(call) {
            Err(words) => found.push(violation(String::new(), words)),
            Ok(values) => {
                let index = call.content.unwrap_or_default();
                let key = format!("{} body {index}", call.context.operation);
                let schemas = call.schemas;
                fitting(schemas, &key, &content.schema, &values, found, violation);
            }
        }
    }
}

/// The first of several readings that fits; where none does, what the first of them breaks is added to `found`.
pub(crate) fn fitting<'v>(
    schemas: &Schemas,
    key: &str,
    schema: &Value,
    values: &'v [Value],
    found: &mut Vec<Violation>,
    violation: impl Fn(String, String) -> Violation,
) -> Option<&'v Value> {
    let first = values.first()?;
    let Some(validator) = schemas.validator_of(key, schema) else {
        return Some(first);
    };
    if let Some(fit) = values.iter().find(|value| validator.is_valid(value)) {
        return Some(fit);
    }
    let room = MAX_VIOLATIONS.saturating_sub(found.len());
    for broken in validator.broken(first, room) {
        let words = broken.detail;
        let detail = match words.char_indices().nth(MAX_DETAIL) {
            Some((end, _)) => format!("{}…", &words[..end]),
            None => words,
        };
        let one = violation(broken.pointer, detail);
        if !found.contains(&one) {
            found.push(one);
        }
    }
    None
}
