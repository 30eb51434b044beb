//! Errors as callers see them: RFC 9457, Problem Details for HTTP APIs.

use std::{borrow::Cow, fmt};

use http::StatusCode;
use serde::{Serialize, Serializer, ser::SerializeMap};

/// How many violations one answer lists at most.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) const MAX_VIOLATIONS: usize = 100;

/// What went wrong with a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// `type`: a URI that names the kind of problem.
    pub kind: Cow<'static, str>,
    /// The kind of problem in a few words.
    pub title: Cow<'static, str>,
    /// What happened this time; the caller reads it.
    pub detail: String,
    /// What a request breaks, one entry for each place.
    pub errors: Vec<Violation>,
    origin: Origin,
}

/// Where a problem comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A handler.
    Handler,
    /// A handler that is not written yet.
    Unwritten,
    /// The request, which breaks the document where only the handler came to read it.
    #[cfg(any(feature = "client", feature = "server"))]
    Request,
}

impl Problem {
    /// A problem of a status, titled by the status.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Problem {
            status,
            kind: Cow::Borrowed("about:blank"),
            title: Cow::Borrowed(status.canonical_reason().unwrap_or("Error")),
            detail: detail.into(),
            errors: Vec::new(),
            origin: Origin::Handler,
        }
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 409.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// 403.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// 500; the detail reaches the caller, so keep causes for the log.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// The handler is not written yet: an example is answered where `OARLOCK_EXAMPLES=on`, 501 elsewhere.
    pub fn unwritten() -> Self {
        Problem {
            origin: Origin::Unwritten,
            ..Self::new(
                StatusCode::NOT_IMPLEMENTED,
                "this operation is not written yet",
            )
        }
    }

    #[cfg(feature = "server")]
    pub(crate) fn is_unwritten(&self) -> bool {
        self.origin == Origin::Unwritten
    }

    /// What a request breaks, found while the handler read it.
    #[cfg(any(feature = "client", feature = "server"))]
    pub(crate) fn refused(status: StatusCode, errors: Vec<Violation>) -> Self {
        let detail = Self::detail_of(&errors);
        Problem {
            errors,
            origin: Origin::Request,
            ..Self::new(status, detail)
        }
    }

    /// Whether the request breaks the document.
    #[cfg(feature = "server")]
    pub(crate) fn is_refusal(&self) -> bool {
        self.origin == Origin::Request && !self.errors.is_empty()
    }

    /// What violations come to in one sentence.
    #[cfg(any(feature = "client", feature = "server"))]
    pub(crate) fn detail_of(errors: &[Violation]) -> String {
        let words = errors.first().map(ToString::to_string).unwrap_or_default();
        match errors.len() {
            1 => format!("the request breaks the contract: {words}"),
            count => format!("the request breaks the contract in {count} places, first: {words}"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(
            out,
            "{} {}: {}",
            self.status.as_u16(),
            self.title,
            self.detail
        )
    }
}

impl std::error::Error for Problem {}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut members = to.serialize_map(None)?;
        members.serialize_entry("type", &self.kind)?;
        members.serialize_entry("title", &self.title)?;
        members.serialize_entry("status", &self.status.as_u16())?;
        members.serialize_entry("detail", &self.detail)?;
        if !self.errors.is_empty() {
            members.serialize_entry("errors", &self.errors)?;
        }
        members.end()
    }
}

/// One place where a request breaks the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// `path`, `query`, `header` or `body`.
    #[serde(rename = "in")]
    pub place: &'static str,
    /// The parameter's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The place in the body or in the parameter, a JSON Pointer (RFC 6901).
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(self.place)?;
        if let Some(name) = &self.name {
            write!(out, " {name}")?;
        }
        if !self.pointer.is_empty() {
            write!(out, " {}", self.pointer)?;
        }
        write!(out, ": {}", self.detail)
    }
}
