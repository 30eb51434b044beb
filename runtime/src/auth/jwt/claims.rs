//! What a token says.

use serde_json::{Map, Value};

/// What a verified token says.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Claims {
    /// Whom the token is about (`sub`), unique among those of the issuer.
    pub subject: Option<String>,
    /// Who has issued it (`iss`).
    pub issuer: String,
    /// What it is good for: `scope` (RFC 8693, 4.2), or `scp` as some providers call it.
    pub scopes: Vec<String>,
    /// Everything else that it says, `exp` and `aud` included.
    pub rest: Map<String, Value>,
}

impl Claims {
    /// None where `iss` is no text.
    pub(super) fn of(mut all: Map<String, Value>) -> Option<Self> {
        let mut text = |name: &str| match all.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let (subject, issuer) = (text("sub"), text("iss")?);
        let mut scopes = words(all.remove("scope"));
        scopes.extend(words(all.remove("scp")));
        Some(Claims {
            subject,
            issuer,
            scopes,
            rest: all,
        })
    }
}

/// Words with spaces between, or a list of them.
fn words(value: Option<Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => text
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
        Some(Value::Array(items)) => {
            let texts = items.into_iter().map(|item| match item {
                Value::String(text) => Some(text),
                _ => None,
            });
            texts.flatten().collect()
        }
        _ => Vec::new(),
    }
}
