//! Example answers for handlers that are not written yet.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use crate::{Body, Response};

/// Marks an answer that is made up.
const MARK: HeaderName = HeaderName::from_static("x-oarlock-example");

/// An answer for each operation that has one.
#[derive(Default)]
pub(crate) struct Examples(HashMap<String, Example>);

struct Example {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Deserialize)]
struct Written {
    status: u16,
    #[serde(default)]
    headers: HashMap<String, String>,
    media_type: Option<String>,
    /// Read so that an example that is `null` is one.
    #[serde(default, deserialize_with = "crate::wire::present")]
    json: Option<Value>,
    text: Option<String>,
    base64: Option<String>,
}

impl Examples {
    /// Reads `examples.json`.
    pub(crate) fn read(text: &str) -> Self {
        let all: HashMap<String, Written> = serde_json::from_str(text).unwrap_or_else(|error| {
            tracing::error!(%error, "examples.json cannot be read");
            HashMap::new()
        });
        let examples = all
            .into_iter()
            .filter_map(|(id, written)| Some((id, written.example()?)));
        Examples(examples.collect())
    }

    pub(crate) fn answer(&self, operation: &str) -> Option<Response> {
        let example = self.0.get(operation)?;
        let mut response = Response::empty(example.status);
        response.headers = example.headers.clone();
        response.body = Body::from(example.body.clone());
        Some(response)
    }
}

impl Written {
    fn example(self) -> Option<Example> {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            headers.insert(
                HeaderName::try_from(name).ok()?,
                HeaderValue::try_from(value).ok()?,
            );
        }
        if let Some(media_type) = self.media_type {
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::try_from(media_type).ok()?,
            );
        }
        headers.insert(MARK, HeaderValue::from_static("true"));
        let body = match (self.json, self.text, self.base64) {
            (Some(json), ..) => Bytes::from(json.to_string()),
            (_, Some(text), _) => Bytes::from(text),
            (_, _, Some(bytes)) => Bytes::from(STANDARD.decode(bytes).ok()?),
            _ => Bytes::new(),
        };
        Some(Example {
            status: StatusCode::from_u16(self.status).ok()?,
            headers,
            body,
        })
    }
}
