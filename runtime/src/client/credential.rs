//! Credentials, and which of them a request shows.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};

/// What a client shows to be let in. Its `Debug` tells nothing of it.
#[derive(Clone)]
pub struct Credential(Held);

#[derive(Clone)]
enum Held {
    Bearer(String),
    Basic(String, String),
    Key(String),
    Authorization(String, String),
}

impl Credential {
    /// A bearer's token (RFC 6750), also one of OAuth 2.0 or OpenID Connect.
    pub fn bearer(token: impl Into<String>) -> Self {
        Credential(Held::Bearer(token.into()))
    }

    /// A name and a password (RFC 7617).
    pub fn basic(user: impl Into<String>, password: impl Into<String>) -> Self {
        Credential(Held::Basic(user.into(), password.into()))
    }

    /// A key; the document says where it stands.
    pub fn api_key(key: impl Into<String>) -> Self {
        Credential(Held::Key(key.into()))
    }

    /// A credential of any scheme of `Authorization`.
    pub fn authorization(scheme: impl Into<String>, value: impl Into<String>) -> Self {
        Credential(Held::Authorization(scheme.into(), value.into()))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("Credential(hidden)")
    }
}

/// A security scheme of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    /// Its name in the document.
    pub name: &'static str,
    /// How its credentials are shown.
    pub kind: SchemeKind,
}

/// How a credential is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemeKind {
    /// `Authorization: Bearer`, also for OAuth 2.0 and OpenID Connect.
    Bearer,
    /// `Authorization: Basic`.
    Basic,
    /// `Authorization` with another scheme.
    Http(&'static str),
    /// A key in a header.
    ApiKeyHeader(&'static str),
    /// A key in the query.
    ApiKeyQuery(&'static str),
    /// A key in a cookie.
    ApiKeyCookie(&'static str),
    /// Any other; a credential for it goes into `Authorization`, unless it is a key.
    Other,
}

/// Where a credential stands in a request, and its text there.
#[derive(PartialEq, Eq)]
pub(super) enum Shown<'c> {
    Authorization(String),
    Header(&'static str, &'c str),
    Query(&'static str, &'c str),
    Cookie(&'static str, &'c str),
}

/// The credentials of the first alternative for which all are held; none where there is no such.
pub(super) fn chosen<'c>(
    alternatives: &[&[Scheme]],
    held: &'c [(String, Credential)],
) -> Result<Vec<Shown<'c>>, String> {
    let find = |scheme: &Scheme| held.iter().find(|(name, _)| name == scheme.name);
    for alternative in alternatives {
        let found: Option<Vec<_>> = alternative.iter().map(find).collect();
        if let Some(found) = found {
            let pairs = alternative.iter().zip(found);
            return pairs
                .map(|(scheme, (_, credential))| shown(scheme, credential))
                .collect();
        }
    }
    Ok(Vec::new())
}

fn shown<'c>(scheme: &Scheme, credential: &'c Credential) -> Result<Shown<'c>, String> {
    let basic = |user: &str, password: &str| match user.contains(':') {
        true => Err("a name with a colon cannot be sent as Basic".to_owned()),
        false => {
            let pair = STANDARD.encode(format!("{user}:{password}"));
            Ok(Shown::Authorization(format!("Basic {pair}")))
        }
    };
    match (scheme.kind, &credential.0) {
        (SchemeKind::ApiKeyHeader(name), Held::Key(key)) => Ok(Shown::Header(name, key)),
        (SchemeKind::ApiKeyQuery(name), Held::Key(key)) => Ok(Shown::Query(name, key)),
        (SchemeKind::ApiKeyCookie(name), Held::Key(key)) => Ok(Shown::Cookie(name, key)),
        (SchemeKind::Bearer | SchemeKind::Other, Held::Bearer(token)) => {
            Ok(Shown::Authorization(format!("Bearer {token}")))
        }
        (SchemeKind::Basic | SchemeKind::Other, Held::Basic(user, password)) => {
            basic(user, password)
        }
        (kind, Held::Authorization(own, value)) if takes(kind, own) => {
            Ok(Shown::Authorization(format!("{own} {value}")))
        }
        (kind, _) => Err(format!(
            "the credential for `{}` is not of the kind {kind:?}",
            scheme.name
        )),
    }
}

/// Whether a security scheme takes credentials of a scheme of `Authorization`.
fn takes(kind: SchemeKind, own: &str) -> bool {
    match kind {
        SchemeKind::Bearer => own.eq_ignore_ascii_case("bearer"),
        SchemeKind::Basic => own.eq_ignore_ascii_case("basic"),
        SchemeKind::Http(scheme) => own.eq_ignore_ascii_case(scheme),
        SchemeKind::Other => true,
        _ => false,
    }
}
