//! Credentials: RFC 7617 (Basic), RFC 6750 (Bearer) and keys in a header.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};

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

macro_rules! hidden {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }
    )*};
}

hidden!(Basic, Bearer, ApiKey);

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
    (!key.is_empty()).then(|| ApiKey {
        key: key.to_owned(),
    })
}

/// Why a caller was not let in.
#[derive(Debug, Clone)]
pub struct Unauthorized {
    pub(crate) challenges: &'static [&'static str],
    pub(crate) detail: String,
    noted: bool,
}

impl Unauthorized {
    /// A refusal in words that the caller reads.
    pub fn new(detail: impl Into<String>) -> Self {
        Unauthorized {
            challenges: &[],
            detail: detail.into(),
            noted: false,
        }
    }

    /// The refusal of a caller without any credential that the operation takes; the challenges go to
    /// `WWW-Authenticate` (RFC 9110, 11.6.1).
    pub fn missing(challenges: &'static [&'static str]) -> Self {
        Unauthorized {
            challenges,
            detail: "this operation needs a credential".into(),
            noted: false,
        }
    }

    /// Takes over the words of a verifier's refusal.
    pub fn note(&mut self, refusal: Unauthorized) {
        self.detail = refusal.detail;
        self.noted = true;
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
