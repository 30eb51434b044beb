//! The exact schemas of a document: what decides where a type takes more than its schema.

#[cfg(any(feature = "client", feature = "server"))]
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use std::{collections::BTreeSet, sync::OnceLock};

use oarlock_schema::{Broken, Format};
#[cfg(feature = "server")]
use serde::Serialize;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value, json};

#[cfg(any(feature = "client", feature = "server"))]
use crate::contract::{Content, Request};
use crate::{Date, DateTime, Exact, Uuid, pattern::BACKTRACK_LIMIT};

/// The exact schemas of a document, read when the first of them is needed.
pub struct Schemas {
    text: &'static str,
    parsed: OnceLock<Parsed>,
    #[cfg(any(feature = "client", feature = "server"))]
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

#[derive(Deserialize, Default)]
pub(crate) struct Parsed {
    #[serde(rename = "$defs", default)]
    definitions: Map<String, Value>,
    #[cfg(any(feature = "client", feature = "server"))]
    #[serde(default)]
    operations: BTreeMap<String, Request>,
    /// Bodies of answers that are written as the contract describes, and streams of them.
    #[cfg(any(feature = "client", feature = "server"))]
    #[serde(default)]
    answers: BTreeMap<String, Content>,
}

/// A schema of JSON Schema 2020-12 at work; the formats that OpenAPI's texts have are held.
pub struct Validator(oarlock_schema::Validator);

impl Validator {
    /// Makes one.
    ///
    /// # Errors
    /// Why the schema cannot be used.
    pub fn new(schema: &Value) -> Result<Self, String> {
        let formats: [Format; 4] = [
            ("date", |text| Date::new(text).is_some()),
            ("date-time", |text| DateTime::new(text).is_some()),
            ("uuid", |text| Uuid::new(text).is_some()),
            ("byte", crate::check::is_base64),
        ];
        oarlock_schema::Validator::new(schema, &formats, BACKTRACK_LIMIT).map(Validator)
    }

    /// Makes one of a schema that refers to definitions as `#/$defs/NAME`; of these it holds what the schema reaches.
    ///
    /// # Errors
    /// Why the schema cannot be used.
    pub fn within<'a>(
        schema: &Value,
        definition: impl Fn(&str) -> Option<&'a Value>,
    ) -> Result<Self, String> {
        let mut reached = Map::new();
        let mut open = BTreeSet::new();
        references(schema, &mut open);
        while let Some(name) = open.pop_first() {
            if let Some(found) = definition(&name)
                && !reached.contains_key(&name)
            {
                references(found, &mut open);
                reached.insert(name, found.clone());
            }
        }
        Self::new(&json!({ "allOf": [schema], "$defs": reached }))
    }

    /// Whether a value fits.
    pub fn is_valid(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }

    /// The first of what a value breaks: its JSON Pointer, and what is wrong there; none where it fits. The value's
    /// own text is left out.
    pub fn first_violation(&self, value: &Value) -> Option<(String, String)> {
        let first = self.broken(value, 1).pop()?;
        Some((first.pointer, first.detail))
    }

    /// What a value breaks, `most` of it.
    pub(crate) fn broken(&self, value: &Value, most: usize) -> Vec<Broken> {
        self.0.broken(value, most)
    }
}

impl Schemas {
    /// Takes the text of `contract.json`.
    pub const fn new(text: &'static str) -> Self {
        Schemas {
            text,
            parsed: OnceLock::new(),
            #[cfg(any(feature = "client", feature = "server"))]
            validators: Mutex::new(BTreeMap::new()),
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

    #[cfg(any(feature = "client", feature = "server"))]
    pub(crate) fn definitions(&self) -> &Map<String, Value> {
        &self.parsed().definitions
    }

    /// What is asked of the requests of an operation.
    #[cfg(any(feature = "client", feature = "server"))]
    pub(crate) fn request(&self, operation: &str) -> Option<&Request> {
        self.parsed().operations.get(operation)
    }

    /// How the contract describes the body of an answer under `key`.
    #[cfg(any(feature = "client", feature = "server"))]
    pub(crate) fn answer(&self, key: &str) -> Option<&Content> {
        self.parsed().answers.get(key)
    }

    /// Writes a value as the contract describes it under `key`.
    #[cfg(feature = "server")]
    pub fn write(&self, key: &str, value: &impl Serialize) -> Vec<u8> {
        let value = serde_json::to_value(value).unwrap_or_else(|error| {
            tracing::error!(%error, "a body cannot be written");
            Value::Null
        });
        match self.answer(key) {
            Some(content) => content.write(&value, self.definitions()),
            None => value.to_string().into_bytes(),
        }
    }

    /// The validator of a schema, made once for each key.
    #[cfg(any(feature = "client", feature = "server"))]
    pub(crate) fn validator_of(&self, key: &str, schema: &Value) -> Option<Arc<Validator>> {
        let mut known = self
            .validators
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(validator) = known.get(key) {
            return Some(validator.clone());
        }
        let validator = Arc::new(self.validator(schema)?);
        known.insert(key.to_owned(), validator.clone());
        Some(validator)
    }

    fn validator(&self, schema: &Value) -> Option<Validator> {
        let definitions = &self.parsed().definitions;
        let resources = definitions.values().any(|one| one.get("$id").is_some());
        let validator = match resources {
            true => Validator::new(&json!({ "allOf": [schema], "$defs": definitions })),
            false => Validator::within(schema, |name| definitions.get(name)),
        };
        validator
            .inspect_err(|error| tracing::error!(error, "a schema of contract.json cannot be used"))
            .ok()
    }

    /// A reference to the definition of a key.
    fn reference(&self, key: &str) -> Value {
        let escaped = key.replace('~', "~0").replace('/', "~1");
        let escaped =
            percent_encoding::utf8_percent_encode(&escaped, percent_encoding::NON_ALPHANUMERIC);
        let home = self.parsed().definitions.values().find_map(|one| {
            let id = one.get("$id")?.as_str()?;
            one.get("$defs")?.get(key).map(|_| id.to_owned())
        });
        json!({ "$ref": format!("{}#/$defs/{escaped}", home.unwrap_or_default()) })
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

/// Decides by the exact schema what a type takes.
pub struct Guard {
    schemas: &'static Schemas,
    key: &'static str,
    validator: OnceLock<Option<Validator>>,
}

impl Guard {
    /// The guard of the schema of a key.
    pub const fn new(schemas: &'static Schemas, key: &'static str) -> Self {
        Guard {
            schemas,
            key,
            validator: OnceLock::new(),
        }
    }

    /// Reads a value that fits.
    ///
    /// # Errors
    /// Where it is not JSON, or does not fit.
    pub fn read<'de, D: Deserializer<'de>>(&self, from: D) -> Result<Value, D::Error> {
        let value = Value::deserialize(Exact(from))?;
        let validator = self
            .validator
            .get_or_init(|| self.schemas.validator(&self.schemas.reference(self.key)));
        match validator.as_ref().is_some_and(|one| one.is_valid(&value)) {
            true => Ok(value),
            false => Err(D::Error::custom(format_args!(
                "it does not fit the schema `{}`",
                self.key
            ))),
        }
    }
}
