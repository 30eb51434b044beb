//! Answers on their way out.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{
    Body, Encoding, Events, HeaderForm, Items, RequestContext, Schemas, Style, ToText,
    framing::{self, Framing},
    style,
};

/// How often a stream of events says that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");

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
        // What nearly every answer has is known to be a value.
        let value = match media_type {
            "application/json" => Ok(JSON),
            other => HeaderValue::from_maybe_shared(Bytes::from_static(other.as_bytes())),
        };
        if let Ok(value) = value {
            response.headers.insert(header::CONTENT_TYPE, value);
        }
        response
    }

    /// A value as the contract describes it under `key`.
    pub fn described(
        status: StatusCode,
        media_type: &'static str,
        schemas: &Schemas,
        key: &str,
        value: &impl Serialize,
    ) -> Self {
        Self::bytes(status, media_type, Body::from(schemas.write(key, value)))
    }

    /// Items as JSON texts, one a line, as they come.
    pub fn json_lines<T: Serialize + Send + 'static>(
        status: StatusCode,
        media_type: &'static str,
        items: Items<T>,
    ) -> Self {
        let bytes = framing::write_items(Framing::Lines, items);
        Self::bytes(status, media_type, Body::stream(bytes))
    }

    /// Items as JSON texts in a row (RFC 7464), as they come.
    pub fn json_sequence<T: Serialize + Send + 'static>(
        status: StatusCode,
        media_type: &'static str,
        items: Items<T>,
    ) -> Self {
        let bytes = framing::write_items(Framing::Sequence, items);
        Self::bytes(status, media_type, Body::stream(bytes))
    }

    /// Server-sent events whose data is JSON, until the service is about to end.
    pub fn events<T: Serialize + Send + 'static>(
        status: StatusCode,
        media_type: &'static str,
        events: Events<T>,
        cx: &RequestContext,
    ) -> Self {
        let bytes = framing::write_events(events, KEEP_ALIVE, cx.farewell(), false);
        Self::live(status, media_type, Body::stream(bytes))
    }

    /// Server-sent events whose data is text, until the service is about to end.
    pub fn text_events(
        status: StatusCode,
        media_type: &'static str,
        events: Events<String>,
        cx: &RequestContext,
    ) -> Self {
        let bytes = framing::write_events(events, KEEP_ALIVE, cx.farewell(), true);
        Self::live(status, media_type, Body::stream(bytes))
    }

    /// Server-sent events whose fields are the members of the items, until the service is about to end.
    pub fn event_objects<T: Serialize + Send + 'static>(
        status: StatusCode,
        media_type: &'static str,
        items: Items<T>,
        cx: &RequestContext,
    ) -> Self {
        let bytes = framing::write_event_objects(items, KEEP_ALIVE, cx.farewell());
        Self::live(status, media_type, Body::stream(bytes))
    }

    fn live(status: StatusCode, media_type: &'static str, body: Body) -> Self {
        let mut response = Self::bytes(status, media_type, body);
        let no_store = HeaderValue::from_static("no-store");
        response.headers.insert(header::CACHE_CONTROL, no_store);
        response
    }

    /// The answer of an operation that the document advises against (RFC 9745). The document does not say since when:
    /// the date is the earliest that there is.
    #[must_use]
    pub fn deprecated(mut self) -> Self {
        self.headers
            .insert(DEPRECATION, HeaderValue::from_static("@0"));
        self
    }

    /// The answer with one header more, whose value has parts; where there is a value.
    #[must_use]
    pub fn with_described_header(
        self,
        name: &'static str,
        form: HeaderForm,
        value: Option<&impl Serialize>,
    ) -> Self {
        let Some(value) = value else { return self };
        let value = match serde_json::to_value(value) {
            Ok(value) => value,
            Err(error) => {
                return Response {
                    broken: Some(format!("the header `{name}` cannot be written: {error}")),
                    ..self
                };
            }
        };
        let encoding = |explode| Encoding {
            style: Style::Simple,
            explode,
            allow_reserved: false,
        };
        let text = match form {
            HeaderForm::Json => value.to_string(),
            HeaderForm::Simple => style::to_header(encoding(false), &value),
            HeaderForm::Exploded => style::to_header(encoding(true), &value),
        };
        self.with_header(name, &text)
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

    pub(crate) fn from_http(response: http::Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        Response {
            status: head.status,
            headers: head.headers,
            body,
            broken: None,
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
