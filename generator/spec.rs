//! What an OpenAPI document says: 3.0 and 3.1 eased to one reading, references resolved, every part with its
//! place. Knows nothing of Rust.

mod files;
mod read;
mod schema;

pub use files::{Access, Files, Origin, ResourceId};
pub use read::read;
pub use schema::{
    Additional, ArrayKeywords, Bound, Discriminator, Literal, ObjectKeywords, Property, Schema,
    SchemaId, SchemaType, Schemas, Words,
};

pub use crate::{
    diagnostic::Unsupported,
    openapi::{Location, Method, SchemeKind, Status, Style},
};

use crate::source::Span;

/// Something with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The place.
    pub span: Span,
    /// What stands there.
    pub value: T,
}

/// A whole document.
#[derive(Debug)]
pub struct Document {
    /// `info.title`.
    pub title: String,
    /// `info.description`.
    pub description: Option<String>,
    /// `info.version`.
    pub version: String,
    /// The tags, in the order of the document.
    pub tags: Vec<Tag>,
    /// The operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// The schemes that `components.securitySchemes` names.
    pub security_schemes: Vec<SecurityScheme>,
    /// Every schema, wherever it stands.
    pub schemas: Schemas,
    /// What no operation holds: webhooks, for instance. Leaving these out loses no operation.
    pub unsupported: Vec<Unsupported>,
}

/// A tag of the document's `tags`.
#[derive(Debug, Clone)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub description: Option<String>,
}

/// One operation, its path item's parameters and the document's security already applied.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The place of its method's key.
    pub span: Span,
    /// `operationId`.
    pub id: Option<Spanned<String>>,
    /// Its method.
    pub method: Method,
    /// Its path template.
    pub path: Spanned<String>,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// `tags`.
    pub tags: Vec<String>,
    /// Its parameters, the path item's first where the operation has no own one of that name and location.
    pub parameters: Vec<Parameter>,
    /// `requestBody`.
    pub body: Option<RequestBody>,
    /// `responses`, in the order of the document.
    pub responses: Vec<Response>,
    /// The alternatives, any of which is enough; none at all: anyone may call.
    pub security: Vec<Requirement>,
    /// What in this operation is not generated yet, its schemas aside.
    pub unsupported: Vec<Unsupported>,
}

/// One parameter. `in: cookie`, `content` and the styles that [`Style`] lacks are told as unsupported.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The place of its `name`'s value.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// `in`.
    pub location: Location,
    /// `required`; always for a path parameter.
    pub required: bool,
    /// `deprecated`.
    pub deprecated: bool,
    /// `description`.
    pub description: Option<String>,
    /// How a list is written.
    pub style: Style,
    /// `schema`.
    pub schema: SchemaId,
    /// `example` or `examples`, in the order of the document.
    pub examples: Vec<Literal>,
}

/// What a request carries.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// The place of its media type.
    pub span: Span,
    /// `required`.
    pub required: bool,
    /// `description`.
    pub description: Option<String>,
    /// What it holds; several media types are told as unsupported.
    pub content: Content,
}

/// A body under one media type.
#[derive(Debug, Clone)]
pub struct Content {
    /// The media type, as the document has it.
    pub media_type: Spanned<String>,
    /// How bytes become values.
    pub kind: ContentKind,
    /// Its schema; where the document gives none, anything goes.
    pub schema: Option<SchemaId>,
    /// `example` or `examples`, in the order of the document.
    pub examples: Vec<Literal>,
}

/// How a body's bytes become values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    /// `application/json` and every `+json`.
    Json,
    /// `text/plain`.
    Text,
    /// Bytes as they are; in answers only.
    Bytes,
}

/// One response.
#[derive(Debug, Clone)]
pub struct Response {
    /// The place of its status.
    pub span: Span,
    /// Its status.
    pub status: Status,
    /// `description`.
    pub description: String,
    /// `headers`, `Content-Type` left out as the specification asks.
    pub headers: Vec<Header>,
    /// What it holds; several media types are told as unsupported.
    pub content: Option<Content>,
}

/// A header of a response.
#[derive(Debug, Clone)]
pub struct Header {
    /// The place of its name.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// `required`.
    pub required: bool,
    /// `description`.
    pub description: Option<String>,
    /// `schema`.
    pub schema: SchemaId,
    /// `example` or `examples`, in the order of the document.
    pub examples: Vec<Literal>,
}

/// One alternative of `security`: no scheme (`{}`: anyone may call) or one; several at once are told as unsupported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The place.
    pub span: Span,
    /// The index of its scheme in [`Document::security_schemes`].
    pub scheme: Option<usize>,
}

/// A scheme of `components.securitySchemes`.
#[derive(Debug, Clone)]
pub struct SecurityScheme {
    /// The place of its name.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// `description`.
    pub description: Option<String>,
    /// How a credential is carried.
    pub kind: SchemeKind,
}
