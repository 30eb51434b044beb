//! Credentials: RFC 7617 (Basic), RFC 6750 (Bearer) and keys in a header.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, header};

use crate::Failure;

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

/// Why a caller was not let in.
#[derive(Debug, Clone)]
pub struct Unauthorized {
    challenges: &'static [&'static str],
    pub(crate) detail: String,
    noted: bool,
    forbidden: bool,
}

impl Unauthorized {
    /// A refusal in words that the caller reads.
    pub fn new(detail: impl Into<String>) -> Self {
        Unauthorized {
            challenges: &[],
            detail: detail.into(),
            noted: false,
            forbidden: false,
        }
    }

    /// The refusal of a caller who is known and may not do this: 403, as for a token without the scope that is needed
    /// (RFC 6750, 3.1).
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Unauthorized {
            forbidden: true,
            ..Self::new(detail)
        }
    }

    /// The refusal of a caller without any credential that the operation takes; the challenges go to
    /// `WWW-Authenticate` (RFC 9110, 11.6.1).
    pub fn missing(challenges: &'static [&'static str]) -> Self {
        Unauthorized {
            challenges,
            detail: "this operation needs a credential".into(),
            noted: false,
            forbidden: false,
        }
    }

    /// Takes over the words of a verifier's refusal.
    pub fn note(&mut self, refusal: Unauthorized) {
        self.detail = refusal.detail;
        self.forbidden |= refusal.forbidden;
        self.noted = true;
    }

    pub(crate) fn is_forbidden(&self) -> bool {
        self.forbidden
    }

    /// What `WWW-Authenticate` says.
    pub(crate) fn challenges(&self) -> Vec<HeaderValue> {
        let challenges = self.challenges.iter();
        let told = challenges.map(|one| match one.strip_prefix("Bearer scope=") {
            Some(scopes) if self.forbidden => {
                format!("Bearer error=\"insufficient_scope\", scope={scopes}")
            }
            _ => (*one).to_owned(),
        });
        told.filter_map(|one| HeaderValue::try_from(one).ok())
            .collect()
    }

    /// Lets in a caller without any credential, and nobody whose credential was refused.
    ///
    /// # Errors
    /// Where a verifier has refused a credential.
    pub fn unless_anonymous<P>(self) -> Result<Option<P>, Failure> {
        match self.noted {
            true => Err(self.into()),
            false => Ok(None),
        }
    }
}
