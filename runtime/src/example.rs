//! Example answers for handlers that are not written yet.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use crate::{Body, Response, Schemas, accept};

/// Marks an answer that is made up.
const MARK: HeaderName = HeaderName::from_static("x-oarlock-example");

/// An answer for each operation that has one.
#[derive(Default)]
pub(crate) struct Examples(HashMap<String, Example>);

struct Example {
    status: StatusCode,
    headers: HeaderMap,
    bodies: Vec<(String, HeaderValue, Bytes)>,
}

#[derive(Deserialize)]
struct Written {
    status: u16,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    bodies: Vec<WrittenBody>,
}

#[derive(Deserialize)]
struct WrittenBody {
    media_type: String,
    /// Read so that an example that is `null` is one.
    #[serde(default, deserialize_with = "crate::wire::present")]
    json: Option<Value>,
    text: Option<String>,
    base64: Option<String>,
    /// What the contract calls the way in which `json` is written.
    answer: Option<String>,
}

impl Examples {
    /// Reads `examples.json`.
    pub(crate) fn read(text: &str, schemas: &Schemas) -> Self {
        let all: HashMap<String, Written> = serde_json::from_str(text).unwrap_or_else(|error| {
            tracing::error!(%error, "examples.json cannot be read");
            HashMap::new()
        });
        let examples = all
            .into_iter()
            .filter_map(|(id, written)| Some((id, written.example(schemas)?)));
        Examples(examples.collect())
    }

    /// The example of an operation, in the media type that the caller likes best.
    pub(crate) fn answer(&self, operation: &str, accept: &[String]) -> Option<Response> {
        let example = self.0.get(operation)?;
        let mut response = Response::empty(example.status);
        response.headers = example.headers.clone();
        let offered: Vec<&str> = example
            .bodies
            .iter()
            .map(|(name, ..)| name.as_str())
            .collect();
        let accepted = accept.iter().map(String::as_str);
        let index = accept::negotiate(accepted, &offered).unwrap_or(0);
        if let Some((_, media_type, body)) = example.bodies.get(index) {
            response
                .headers
                .insert(header::CONTENT_TYPE, media_type.clone());
            response.body = Body::from(body.clone());
        }
        Some(response)
    }
}

impl Written {
    fn example(self, schemas: &Schemas) -> Option<Example> {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers {
            headers.insert(
                HeaderName::try_from(name).ok()?,
                HeaderValue::try_from(value).ok()?,
            );
        }
        headers.insert(MARK, HeaderValue::from_static("true"));
        let bodies = self.bodies.into_iter().filter_map(|one| one.body(schemas));
        Some(Example {
            status: StatusCode::from_u16(self.status).ok()?,
            headers,
            bodies: bodies.collect(),
        })
    }
}

impl WrittenBody {
    fn body(self, schemas: &Schemas) -> Option<(String, HeaderValue, Bytes)> {
        let bytes = match (self.json, self.text, self.base64) {
            (Some(json), ..) => match self.answer {
                Some(key) => Bytes::from(schemas.write(&key, &json)),
                None => Bytes::from(json.to_string()),
            },
            (_, Some(text), _) => Bytes::from(text),
            (_, _, Some(bytes)) => Bytes::from(STANDARD.decode(bytes).ok()?),
            _ => Bytes::new(),
        };
        let value = HeaderValue::try_from(self.media_type.as_str()).ok()?;
        Some((self.media_type, value, bytes))
    }
}
