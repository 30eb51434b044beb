//! How values stand in parameters, forms and cookies (OpenAPI 3.2, Style Values; Swagger 2.0, `collectionFormat`;
//! RFC 6570). A text does not tell a number from a string, so that a reading gives every value the text may stand
//! for, and the exact schema chooses.

mod candidates;
mod deep;
mod delimited;
mod escape;
mod form;
mod header;
mod pairs;
#[cfg(any(test, feature = "server"))]
mod path;
mod write;

#[cfg(test)]
mod tests;

use serde::Deserialize;
use serde_json::Value;

#[cfg(any(test, feature = "server"))]
use crate::shape::Shape;
#[cfg(any(test, feature = "server"))]
use pairs::Pairs;

pub(crate) use candidates::scalars;
pub(crate) use form::{form_from_object, object_from_form};
pub(crate) use header::{from_header, header_items, to_header};
#[cfg(any(test, feature = "server"))]
pub(crate) use path::from_path;
#[cfg(feature = "client")]
pub(crate) use write::text;
#[cfg(any(test, feature = "client"))]
pub(crate) use write::{to_cookie, to_path, to_query};

/// `style` of a parameter (OpenAPI 3.2, Style Values).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Style {
    /// `;color=blue`, in a path.
    Matrix,
    /// `.blue`, in a path.
    Label,
    /// `blue,black`, in a path or a header.
    Simple,
    /// `color=blue,black`, in a query, a form or a cookie.
    Form,
    /// `color=blue%20black`.
    SpaceDelimited,
    /// `color=blue%09black`: `tsv` of Swagger 2.0.
    TabDelimited,
    /// `color=blue%7Cblack`.
    PipeDelimited,
    /// `color%5BR%5D=100`.
    DeepObject,
    /// `color=blue`, in a cookie and without percent-encoding.
    Cookie,
}

/// How the values of one parameter are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Encoding {
    /// `style`.
    pub style: Style,
    /// `explode`: a pair for each item of a list and each member of an object.
    pub explode: bool,
    /// `allowReserved`: reserved characters stand as they are.
    #[serde(default)]
    pub allow_reserved: bool,
}

/// How a value with parts is written into a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderForm {
    /// `style: simple`.
    Simple,
    /// `style: simple` with `explode`.
    Exploded,
    /// JSON.
    Json,
}

/// How one member of a form is written, where that differs from an exploded `form`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) encoding: Encoding,
    /// Whether the value is JSON text.
    #[serde(default)]
    pub(crate) json: bool,
}

/// A text that is not written the way its style asks for; says what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed(pub String);

impl Malformed {
    fn new(what: impl Into<String>) -> Self {
        Malformed(what.into())
    }

    fn twice() -> Self {
        Self::new("it stands there twice")
    }

    fn not_utf8() -> Self {
        Self::new("it is not UTF-8")
    }

    /// The same about a member.
    fn within(self, member: &str) -> Self {
        Malformed(format!("`{member}`: {}", self.0))
    }
}

/// What a text may stand for, the most specific value first.
type Read = Result<Vec<Value>, Malformed>;
/// The same, where it is there.
type Found = Result<Option<Vec<Value>>, Malformed>;

/// Reads a parameter from a query, or from the pairs of a form. An exploded object has no name of its own there; its
/// members have, and all other pairs are its own too where its schema describes other members, except those of the
/// names in `taken`.
#[cfg(any(test, feature = "server"))]
pub(crate) fn from_query(
    name: &str,
    encoding: Encoding,
    shape: &Shape,
    query: &str,
    taken: &[&str],
) -> Found {
    Pairs::of_query(query).read(name, encoding, shape, taken)
}

/// Reads a parameter from the values of `Cookie` headers (RFC 6265, section 4.2.1); `taken` is as in [`from_query`].
#[cfg(any(test, feature = "server"))]
pub(crate) fn from_cookie<'t>(
    name: &str,
    encoding: Encoding,
    shape: &Shape,
    header_values: impl Iterator<Item = &'t str>,
    taken: &[&str],
) -> Found {
    Pairs::of_cookies(header_values, encoding.style).read(name, encoding, shape, taken)
}
