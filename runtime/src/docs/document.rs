//! The document as it is told: with one server, the service that tells it.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use tokio::sync::OnceCell;

/// The document on one port.
pub(super) struct Document {
    inner: Arc<Inner>,
    yaml: OnceCell<Result<Bytes, String>>,
}

struct Inner {
    /// One JSON object without servers, whose first member is its version.
    text: &'static str,
    /// The path of the API, relative to where the document is; empty where the document is on the API's port.
    server: &'static str,
    json: OnceLock<Bytes>,
}

impl Document {
    pub(super) fn new(text: &'static str, server: &'static str) -> Self {
        Document {
            inner: Arc::new(Inner {
                text,
                server,
                json: OnceLock::new(),
            }),
            yaml: OnceCell::new(),
        }
    }

    pub(super) fn json(&self) -> Bytes {
        self.inner.json()
    }

    /// The same as YAML; made when it is asked for, on a thread that may take its time.
    pub(super) async fn yaml(&self) -> Result<Bytes, String> {
        let inner = self.inner.clone();
        let made = async move {
            let writing = tokio::task::spawn_blocking(move || yaml(&inner.json()));
            writing.await.unwrap_or_else(|error| Err(error.to_string()))
        };
        self.yaml.get_or_init(|| made).await.clone()
    }
}

impl Inner {
    fn json(&self) -> Bytes {
        self.json
            .get_or_init(|| with_server(self.text, self.server))
            .clone()
    }
}

/// Puts the server in as the object's first member: `servers`, or what Swagger 2.0 has for it, which knows no relative
/// paths.
fn with_server(text: &str, server: &str) -> Bytes {
    let rest = text.trim_start().strip_prefix('{').unwrap_or_default();
    let is_20 = rest.trim_start().starts_with("\"swagger\"");
    let member = match (is_20, server) {
        (true, "") => String::new(),
        (true, path) => format!("\"basePath\":\"/{path}\","),
        (false, path) => format!("\"servers\":[{{\"url\":\"./{path}\"}}],"),
    };
    Bytes::from(format!("{{{member}{rest}"))
}

fn yaml(json: &[u8]) -> Result<Bytes, String> {
    let mut out = Vec::with_capacity(json.len());
    let mut reader = serde_json::Deserializer::from_slice(json);
    let mut writer = yaml_serde::Serializer::new(&mut out);
    serde_transcode::transcode(&mut reader, &mut writer).map_err(|error| error.to_string())?;
    drop(writer);
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn value(bytes: &[u8]) -> Value {
        serde_json::from_slice(bytes).expect("JSON")
    }

    #[test]
    fn the_server_is_put_in() {
        let three = "{\n\"openapi\":\"3.1.0\",\"paths\":{}}";
        let served = value(&with_server(three, "docs/try"));
        assert_eq!(served["servers"], json!([{ "url": "./docs/try" }]));
        assert_eq!(served["openapi"], "3.1.0");
        assert_eq!(
            value(&with_server(three, ""))["servers"],
            json!([{ "url": "./" }])
        );
        let two = "{\n\"swagger\":\"2.0\",\"paths\":{}}";
        assert_eq!(
            value(&with_server(two, "docs/try"))["basePath"],
            "/docs/try"
        );
        assert_eq!(
            value(&with_server(two, "")),
            json!({ "swagger": "2.0", "paths": {} })
        );
    }

    #[tokio::test]
    async fn yaml_says_what_json_says() {
        let text = "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"no: yes\\n# {{ \\u202e\",\"version\":\"1.0\"},\
            \"x\":[null,true,1.0,-5,1e300,18446744073709551615,\"null\",\"1e3\",\"on\",\"0x1\",\"~\",\"\",\" a \"],\
            \"200\":{\"on\":\"- a\\n\\n b\\t\\u0085\\u2028\"}}";
        let document = Document::new(text, "");
        let yaml = document.yaml().await.expect("YAML");
        let read: Value = yaml_serde::from_slice(&yaml).expect("YAML is read");
        assert_eq!(read, value(&document.json()));
    }
}
