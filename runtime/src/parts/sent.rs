//! Parts on their way out.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::{FormData, Part};

/// What becomes a part: an enum with a variant for each part that the document names.
pub trait IntoPart {
    /// The part to be sent.
    fn into_part(self) -> SentPart;
}

/// A part to be sent.
pub struct SentPart {
    name: String,
    content: Content,
}

enum Content {
    Text(String),
    Json(String),
    File(Box<Part>),
    /// Why there is none.
    Unwritten(String),
}

impl SentPart {
    /// A value as text; one that has parts is JSON.
    pub fn value(name: &str, value: &(impl Serialize + ?Sized)) -> Self {
        Self::written(name, value, |value| Content::Text(text(value)))
    }

    /// A value as JSON.
    pub fn json(name: &str, value: &(impl Serialize + ?Sized)) -> Self {
        Self::written(name, value, |value| Content::Json(value.to_string()))
    }

    /// A file, whose bytes are sent as they come.
    pub fn file(name: &str, part: Part) -> Self {
        let content = Content::File(Box::new(part));
        Self::new(name, content)
    }

    /// A file under the name that it has itself.
    pub fn named(part: Part) -> Self {
        let name = part.name().to_owned();
        Self::file(&name, part)
    }

    fn written(
        name: &str,
        value: &(impl Serialize + ?Sized),
        write: impl FnOnce(Value) -> Content,
    ) -> Self {
        let content = match serde_json::to_value(value) {
            Ok(value) => write(value),
            Err(error) => Content::Unwritten(error.to_string()),
        };
        Self::new(name, content)
    }

    fn new(name: &str, content: Content) -> Self {
        SentPart {
            name: name.to_owned(),
            content,
        }
    }

    pub(super) fn add_to(self, form: FormData) -> Result<FormData, String> {
        let name = self.name.as_str();
        match self.content {
            Content::Text(text) => Ok(form.text(name, &text)),
            Content::Json(text) => Ok(form.json(name, text)),
            Content::File(part) => part.add_to(name, form),
            Content::Unwritten(words) => {
                Err(format!("the part `{name}` cannot be written: {words}"))
            }
        }
    }
}

/// The text of a value, which a reader of parts finds the value in again.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

impl fmt::Debug for SentPart {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "SentPart({})", self.name)
    }
}
