//! Credentials: RFC 7617 (Basic), RFC 6750 (Bearer) and keys in a header; and verifiers of them that are ready.

mod api_keys;
mod client_certificate;
#[cfg(feature = "jwt")]
mod jwt;
#[cfg(feature = "passwords")]
mod passwords;
mod scopes;
mod unauthorized;
mod verifier;

use std::{fmt, io::Read};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};

pub(crate) use api_keys::hash_key;
pub use api_keys::{ApiKeys, KeyHolder};
pub use client_certificate::{ClientCertificate, NoCertificate};
#[cfg(feature = "jwt")]
pub(crate) use jwt::key_metrics;
#[cfg(feature = "jwt")]
pub use jwt::{Claims, Jwt, JwtBuilder};
#[cfg(feature = "passwords")]
pub use passwords::Passwords;
#[cfg(feature = "passwords")]
pub(crate) use passwords::hash_password;
pub(crate) use unauthorized::Reason;
pub use unauthorized::Unauthorized;
pub use verifier::Verifier;

/// How long a secret may be that a command hashes.
const MOST_SECRET: u64 = 4096;

/// A name and a password.
pub struct Basic {
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
}

/// A bearer's token.
pub struct Bearer {
    /// The token.
    pub token: String,
}

/// A key.
pub struct ApiKey {
    /// The key.
    pub key: String,
}

/// A credential of a scheme of `Authorization` that has no type of its own.
pub struct Credential {
    /// The scheme.
    pub scheme: String,
    /// What stands behind it.
    pub value: String,
}

impl ApiKey {
    /// A key, unless it is empty.
    pub(crate) fn given(key: String) -> Option<Self> {
        (!key.is_empty()).then_some(ApiKey { key })
    }
}

macro_rules! hidden {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }
    )*};
}

hidden!(Basic, Bearer, ApiKey, Credential);

fn after_scheme<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (name, rest) = value.split_once(' ')?;
    name.eq_ignore_ascii_case(scheme)
        .then(|| rest.trim_matches(' '))
}

pub(crate) fn basic(headers: &HeaderMap) -> Option<Basic> {
    let pair = STANDARD.decode(after_scheme(headers, "basic")?).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (user, password) = pair.split_once(':')?;
    Some(Basic {
        user: user.to_owned(),
        password: password.to_owned(),
    })
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<Bearer> {
    let token = after_scheme(headers, "bearer")?;
    let body = token.trim_end_matches('=');
    let shaped = !body.is_empty()
        && body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte));
    shaped.then(|| Bearer {
        token: token.to_owned(),
    })
}

pub(crate) fn api_key(headers: &HeaderMap, name: &str) -> Option<ApiKey> {
    let key = headers.get(name)?.to_str().ok()?.trim();
    ApiKey::given(key.to_owned())
}

pub(crate) fn credential(headers: &HeaderMap, scheme: &str) -> Option<Credential> {
    let value = after_scheme(headers, scheme)?;
    (!value.is_empty()).then(|| Credential {
        scheme: scheme.to_owned(),
        value: value.to_owned(),
    })
}

/// Whether any header could hold a credential: those that are made for one, and those of a document's own.
pub(crate) fn may_hold_a_credential(headers: &HeaderMap) -> bool {
    let made_for = [
        "authorization",
        "proxy-authorization",
        "cookie",
        "client-cert",
    ];
    headers.keys().any(|name| {
        let name = name.as_str();
        made_for.contains(&name) || name.starts_with("x-")
    })
}

/// What a verifier answers that waits for settings which never come.
fn not_given(what: &str) -> Unauthorized {
    tracing::error!("{what} was not given to Service::verifier: nothing can be verified");
    Unauthorized::unavailable("the credential cannot be verified")
}

/// A secret on the one line of an input.
fn secret_input(input: impl Read) -> Result<String, String> {
    let mut text = String::new();
    input
        .take(MOST_SECRET)
        .read_to_string(&mut text)
        .map_err(|error| format!("stdin cannot be read: {error}"))?;
    let line = text.trim_end_matches(['\r', '\n']);
    match line.is_empty() || line.contains('\n') {
        true => Err("stdin must hold one line".into()),
        false => Ok(line.to_owned()),
    }
}
