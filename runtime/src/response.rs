//! Answers on their way out.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{Body, ToText};

/// An answer.
#[derive(Debug)]
pub struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// Why the answer could not be made.
    pub(crate) broken: Option<String>,
}

impl Response {
    /// An answer without a body.
    pub fn empty(status: StatusCode) -> Self {
        Response {
            status,
            headers: HeaderMap::new(),
            body: Body::empty(),
            broken: None,
        }
    }

    /// JSON under a media type. A value that cannot be written becomes a 500, with the cause in the log.
    pub fn json(status: StatusCode, media_type: &'static str, value: &impl Serialize) -> Self {
        let mut out = Vec::with_capacity(256);
        match serde_json::to_writer(&mut out, value) {
            Ok(()) => Self::bytes(status, media_type, Body::from(out)),
            Err(error) => Response {
                broken: Some(format!("the answer cannot be written as JSON: {error}")),
                ..Self::empty(StatusCode::INTERNAL_SERVER_ERROR)
            },
        }
    }

    /// Text under a media type.
    pub fn text(status: StatusCode, media_type: &'static str, text: impl Into<String>) -> Self {
        Self::bytes(status, media_type, Body::from(text.into()))
    }

    /// Bytes under a media type.
    pub fn bytes(status: StatusCode, media_type: &'static str, body: Body) -> Self {
        let mut response = Self::empty(status);
        response.body = body;
        let value = HeaderValue::from_maybe_shared(Bytes::from_static(media_type.as_bytes()));
        if let Ok(value) = value {
            response.headers.insert(header::CONTENT_TYPE, value);
        }
        response
    }

    /// The answer with one header more; a value that no header can hold makes it a 500, with the cause in the log.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &(impl ToText + ?Sized)) -> Self {
        let mut text = String::new();
        value.to_text(&mut text);
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::try_from(text),
        ) {
            (Ok(name), Ok(value)) => _ = self.headers.insert(name, value),
            _ => {
                self.broken = Some(format!(
                    "the value of the header `{name}` cannot stand in a header"
                ))
            }
        }
        self
    }

    /// The answer with one header more, where there is a value.
    #[must_use]
    pub fn with_optional_header(self, name: &'static str, value: Option<&impl ToText>) -> Self {
        match value {
            Some(value) => self.with_header(name, value),
            None => self,
        }
    }

    pub(crate) fn into_http(self) -> http::Response<Body> {
        let mut response = http::Response::new(self.body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// JSON text of a value; `null` where it cannot be written.
pub fn to_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_else(|error| {
        tracing::error!(%error, "an error's body cannot be written as JSON");
        b"null".to_vec()
    })
}

/// The text of a value.
pub fn to_text(value: &impl ToText) -> String {
    let mut text = String::new();
    value.to_text(&mut text);
    text
}

/// The status of a code that has no name; 500 for one that is none.
pub fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
