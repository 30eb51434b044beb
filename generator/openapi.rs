//! Words of OpenAPI and HTTP that mean the same before and after lowering.

/// The methods an operation can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of RFC 9110 and RFC 5789")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of OpenAPI's `in`")]
pub enum Location {
    Path,
    Query,
    Header,
}

/// How a parameter's value is written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A list by repeating the name (`form` with `explode`, the query's default).
    Repeated,
    /// A list by commas (`form` without `explode`; `simple`, the default of path and header).
    Commas,
}

/// Which statuses a response is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// One status.
    Exact(u16),
    /// A hundred of them: `4` for `4XX`.
    Range(u8),
    /// Whatever is not declared.
    Default,
}

/// How a credential is carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKind {
    /// In the header of this name.
    ApiKeyHeader(String),
    /// RFC 7617.
    Basic,
    /// RFC 6750.
    Bearer,
    /// Any other, by its name; an operation that asks for it is told as unsupported.
    Other(String),
}

impl Method {
    /// The method as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Put => "PUT",
            Method::Post => "POST",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
            Method::Head => "HEAD",
            Method::Patch => "PATCH",
            Method::Trace => "TRACE",
        }
    }
}
