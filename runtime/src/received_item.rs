//! One item of a stream that a message carries: held against its exact schema, and read as its type.

use std::sync::Arc;

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    Exact, Problem, Schemas, Validator, Violation, contract::Content, exact,
    problem::MAX_VIOLATIONS, shape::Shape, style,
};

/// Reads the items of one stream.
pub(crate) struct ItemReader {
    validator: Option<Arc<Validator>>,
    shape: Shape,
}

impl ItemReader {
    /// Reads items of a request.
    #[cfg(feature = "server")]
    pub(crate) fn of_request(call: &crate::Call, content: &Content) -> Self {
        let index = call.content.unwrap_or_default();
        let key = format!("{} item {index}", call.context.operation);
        Self::new(call.schemas, &key, content)
    }

    /// Reads items of an answer; whatever is of their type, where the contract says nothing of them.
    #[cfg(feature = "client")]
    pub(crate) fn of_answer(schemas: &Schemas, key: &str) -> Self {
        match schemas.answer(key) {
            Some(content) => Self::new(schemas, &format!("answer item {key}"), content),
            None => ItemReader {
                validator: None,
                shape: Shape::default(),
            },
        }
    }

    /// `key` is the one of the items' validator.
    fn new(schemas: &Schemas, key: &str, content: &Content) -> Self {
        ItemReader {
            validator: schemas.validator_of(key, &content.schema),
            shape: content.shape(schemas.definitions()).clone(),
        }
    }

    /// An item that is a JSON text.
    pub(crate) fn json<T: DeserializeOwned>(&self, text: &[u8]) -> Result<T, Problem> {
        match exact::from_slice(text) {
            Ok(value) => self.first(&[value]),
            Err(error) => Err(refused(vec![told(
                String::new(),
                format!("it is not JSON: {error}"),
            )])),
        }
    }

    /// The data of an event.
    pub(crate) fn data<T: DeserializeOwned>(&self, text: &str) -> Result<T, Problem> {
        self.first(&data(text, &self.shape))
    }

    /// An event whose fields are the item.
    pub(crate) fn object<T: DeserializeOwned>(&self, mut event: Value) -> Result<T, Problem> {
        let any = Shape::default();
        let shape = self.shape.member("data").unwrap_or(&any);
        let text = event.get("data").and_then(Value::as_str);
        let readings = text.map(|text| data(text, shape)).unwrap_or_default();
        let mut values = Vec::new();
        for reading in readings {
            event["data"] = reading;
            values.push(event.clone());
        }
        if values.is_empty() {
            values.push(event);
        }
        self.first(&values)
    }

    /// The first reading that fits, or what the first breaks.
    fn first<T: DeserializeOwned>(&self, values: &[Value]) -> Result<T, Problem> {
        let fits = |value: &&Value| {
            self.validator
                .as_ref()
                .is_none_or(|one| one.is_valid(value))
        };
        let mut found = values
            .iter()
            .filter(fits)
            .filter_map(|value| T::deserialize(Exact(value)).ok());
        if let Some(item) = found.next() {
            return Ok(item);
        }
        let mut violations = Vec::new();
        if let (Some(validator), Some(value)) = (&self.validator, values.first()) {
            let broken = validator.broken(value, MAX_VIOLATIONS).into_iter();
            violations.extend(broken.map(|one| told(one.pointer, one.detail)));
        }
        if violations.is_empty() {
            violations.push(told(
                String::new(),
                "it is not what the document asks for".into(),
            ));
        }
        Err(refused(violations))
    }
}

/// What the data of an event may stand for: JSON where it is, and text where that is allowed.
fn data(text: &str, shape: &Shape) -> Vec<Value> {
    let mut values = Vec::new();
    if !shape.is_text() {
        values.extend(exact::from_slice::<Value>(text.as_bytes()));
    }
    values.extend(style::scalars(text, shape));
    values
}

fn told(pointer: String, detail: String) -> Violation {
    Violation {
        place: "body",
        name: None,
        pointer,
        detail,
    }
}

fn refused(violations: Vec<Violation>) -> Problem {
    Problem::refused(StatusCode::BAD_REQUEST, violations)
}
