//! Words of OpenAPI and HTTP that mean the same before and after lowering.

mod objectives;

pub use objectives::{Latency, Objectives, SaidObjectives, Share};

/// A method of HTTP, as it stands on the wire; OpenAPI 3.2 lets a document name any (RFC 9110, 9.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Method(pub String);

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of OpenAPI's `in`")]
pub enum Location {
    Path,
    Query,
    /// The whole query as one value.
    QueryString,
    Header,
    Cookie,
}

/// How a value that has parts is written as text (OpenAPI 3.1, style values).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of OpenAPI's `style`")]
pub enum Style {
    Matrix,
    Label,
    Simple,
    Form,
    SpaceDelimited,
    /// 2.0's `collectionFormat: tsv`.
    TabDelimited,
    PipeDelimited,
    DeepObject,
    /// 3.2's `style: cookie`.
    Cookie,
}

/// How a value is written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// How its parts are told apart.
    pub style: Style,
    /// Whether each part stands for itself.
    pub explode: bool,
    /// Whether characters that mean something in a URL may stand as they are.
    pub allow_reserved: bool,
}

/// How a body's bytes become values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentKind {
    /// `application/json`, every `+json`, and what else holds values with parts.
    Json,
    /// Text.
    Text,
    /// Bytes as they are.
    Bytes,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// `application/xml`, `text/xml` and every `+xml`.
    Xml,
    /// JSON texts, one a line.
    JsonLines,
    /// JSON texts as RFC 7464 puts them in a row.
    JsonSequence,
    /// Server-sent events whose data is the schema's value.
    Events,
    /// Server-sent events whose fields are the schema's members.
    EventObjects,
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
    /// A key under this name.
    ApiKey(KeyLocation, String),
    /// RFC 7617.
    Basic,
    /// RFC 6750.
    Bearer,
    /// Any other scheme of `Authorization`, by its name.
    Http(String),
    /// A token by OAuth 2, carried as RFC 6750 says.
    OAuth2,
    /// A token by OpenID Connect, carried as RFC 6750 says.
    OpenIdConnect,
    /// A certificate of the connection.
    MutualTls,
    /// A scheme that the document asks for and does not declare.
    Undeclared,
}

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of OpenAPI's `in`")]
pub enum KeyLocation {
    Header,
    Query,
    Cookie,
}

impl Method {
    /// The method as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Location {
    /// The word of OpenAPI's `in`.
    pub fn as_str(self) -> &'static str {
        match self {
            Location::Path => "path",
            Location::Query => "query",
            Location::QueryString => "querystring",
            Location::Header => "header",
            Location::Cookie => "cookie",
        }
    }
}

impl Style {
    /// The word of OpenAPI's `style`.
    pub fn as_str(self) -> &'static str {
        match self {
            Style::Matrix => "matrix",
            Style::Label => "label",
            Style::Simple => "simple",
            Style::Form => "form",
            Style::SpaceDelimited => "spaceDelimited",
            Style::TabDelimited => "tabDelimited",
            Style::PipeDelimited => "pipeDelimited",
            Style::DeepObject => "deepObject",
            Style::Cookie => "cookie",
        }
    }
}

impl ContentKind {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            ContentKind::Json => "json",
            ContentKind::Text => "text",
            ContentKind::Bytes => "bytes",
            ContentKind::Form => "form",
            ContentKind::Multipart => "multipart",
            ContentKind::Xml => "xml",
            ContentKind::JsonLines => "jsonLines",
            ContentKind::JsonSequence => "jsonSequence",
            ContentKind::Events => "events",
            ContentKind::EventObjects => "eventObjects",
        }
    }
}

impl Encoding {
    /// How values are written where the document says nothing of it.
    pub fn usual(location: Location) -> Self {
        let style = match location {
            Location::Path | Location::Header => Style::Simple,
            Location::Query | Location::QueryString | Location::Cookie => Style::Form,
        };
        Encoding {
            style,
            explode: style == Style::Form,
            allow_reserved: false,
        }
    }
}

impl SchemeKind {
    /// Whether the credential is a token of RFC 6750.
    pub fn is_token(&self) -> bool {
        matches!(
            self,
            SchemeKind::Bearer | SchemeKind::OAuth2 | SchemeKind::OpenIdConnect
        )
    }
}

impl std::fmt::Display for Status {
    /// As the document writes it.
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Status::Exact(status) => write!(out, "{status}"),
            Status::Range(hundreds) => write!(out, "{hundreds}XX"),
            Status::Default => out.write_str("default"),
        }
    }
}
