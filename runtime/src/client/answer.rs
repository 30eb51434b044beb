//! An answer as generated code reads it.

mod body;

use std::{sync::OnceLock, time::Duration};

use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::CallError;
use crate::{
    Body, Encoding, Exact, FromText, HeaderForm, Style, content_encoding, exact, media_type,
    shape::Shape, style,
};

/// What a body without a media type is taken for (RFC 9110, 8.3).
const UNTYPED: &str = "application/octet-stream";

/// An answer whose body is still to come.
#[derive(Debug)]
pub struct Answer {
    operation: &'static str,
    status: StatusCode,
    headers: HeaderMap,
    /// Its content coding is undone.
    body: Body,
    most: usize,
    timeout: Duration,
}

impl Answer {
    pub(super) fn new(
        operation: &'static str,
        answer: http::Response<Body>,
        most: usize,
        timeout: Duration,
    ) -> Result<Self, CallError> {
        let (head, received) = answer.into_parts();
        let body = match head.headers.contains_key(header::CONTENT_ENCODING) {
            false => received,
            true => content_encoding::decoded(&head.headers, received, None)
                .map(Body::stream)
                .map_err(|error| CallError::Unread(format!("{operation}: {error}")))?,
        };
        Ok(Answer {
            operation,
            status: head.status,
            headers: head.headers,
            body,
            most,
            timeout,
        })
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Its headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn unread(&self, words: impl std::fmt::Display) -> CallError {
        CallError::Unread(format!("{}: {words}", self.operation))
    }

    /// The values of a header, one after the other (RFC 9110, 5.3).
    fn text_of(&self, name: &str) -> Result<Option<String>, CallError> {
        let mut all: Option<String> = None;
        for value in self.headers.get_all(name) {
            let text = std::str::from_utf8(value.as_bytes())
                .map_err(|_| self.unread(format_args!("the header `{name}` is not UTF-8")))?
                .trim();
            match &mut all {
                Some(all) => {
                    all.push_str(", ");
                    all.push_str(text);
                }
                None => all = Some(text.to_owned()),
            }
        }
        Ok(all)
    }

    fn not_of_type(&self, name: &str) -> CallError {
        self.unread(format_args!("the header `{name}` is not of its type"))
    }

    fn required<T>(&self, name: &str, found: Option<T>) -> Result<T, CallError> {
        found.ok_or_else(|| self.unread(format_args!("the header `{name}` is missing")))
    }

    /// A header.
    ///
    /// # Errors
    /// Where it is not of the type.
    pub fn header<T: FromText>(&self, name: &str) -> Result<Option<T>, CallError> {
        let text = self.text_of(name)?;
        text.map(|text| T::from_text(&text).ok_or_else(|| self.not_of_type(name)))
            .transpose()
    }

    /// A header that must be there.
    ///
    /// # Errors
    /// Where it is absent or not of the type.
    pub fn required_header<T: FromText>(&self, name: &str) -> Result<T, CallError> {
        self.required(name, self.header(name)?)
    }

    /// A header that is a list by commas.
    ///
    /// # Errors
    /// Where an item is not of the type.
    pub fn header_commas<T: FromText>(&self, name: &str) -> Result<Option<Vec<T>>, CallError> {
        let Some(text) = self.text_of(name)? else {
            return Ok(None);
        };
        let items = style::header_items(&text).into_iter();
        let items: Option<Vec<T>> = items.map(|item| T::from_text(&item)).collect();
        items.map(Some).ok_or_else(|| self.not_of_type(name))
    }

    /// [`Answer::header_commas`], where it must be there.
    ///
    /// # Errors
    /// Where it is absent, or an item is not of the type.
    pub fn required_header_commas<T: FromText>(&self, name: &str) -> Result<Vec<T>, CallError> {
        self.required(name, self.header_commas(name)?)
    }

    /// A header whose value has parts.
    ///
    /// # Errors
    /// Where it is not of the type.
    pub fn described_header<T: DeserializeOwned>(
        &self,
        name: &str,
        form: HeaderForm,
    ) -> Result<Option<T>, CallError> {
        let Some(text) = self.text_of(name)? else {
            return Ok(None);
        };
        let simple = |explode| {
            let encoding = Encoding::new(Style::Simple, explode);
            style::from_header(encoding, anything(), &text).map_err(|error| error.0)
        };
        let values: Result<Vec<Value>, String> = match form {
            HeaderForm::Json => exact::from_slice(text.as_bytes())
                .map(|value| vec![value])
                .map_err(|error| error.to_string()),
            HeaderForm::Simple => simple(false),
            HeaderForm::Exploded => simple(true),
        };
        let values =
            values.map_err(|words| self.unread(format_args!("the header `{name}`: {words}")))?;
        let mut found = values
            .iter()
            .filter_map(|value| T::deserialize(Exact(value)).ok());
        found.next().map(Some).ok_or_else(|| self.not_of_type(name))
    }

    /// [`Answer::described_header`], where it must be there.
    ///
    /// # Errors
    /// Where it is absent or not of the type.
    pub fn required_described_header<T: DeserializeOwned>(
        &self,
        name: &str,
        form: HeaderForm,
    ) -> Result<T, CallError> {
        self.required(name, self.described_header(name, form)?)
    }

    /// Which of the declared media types the body has.
    ///
    /// # Errors
    /// Where it has none of them.
    pub fn content(&self, declared: &[&str]) -> Result<usize, CallError> {
        let sent = self.media_type();
        media_type::choose(sent, declared.iter().copied()).ok_or_else(|| {
            let declared = declared.join("`, `");
            self.unread(format_args!(
                "its media type `{sent}` is none of `{declared}`"
            ))
        })
    }

    fn media_type(&self) -> &str {
        let sent = self.headers.get(header::CONTENT_TYPE);
        sent.and_then(|value| value.to_str().ok())
            .unwrap_or(UNTYPED)
    }
}

/// The shape of a header of which only its type knows more: with parts or without, each of them a text or not.
fn anything() -> &'static Shape {
    static SHAPE: OnceLock<Shape> = OnceLock::new();
    SHAPE.get_or_init(|| {
        let types = ["boolean", "integer", "number", "string", "array", "object"];
        let part = json!({ "type": types });
        let whole = json!({ "type": types, "items": part, "additionalProperties": part });
        Shape::of(&whole, &Map::new())
    })
}
