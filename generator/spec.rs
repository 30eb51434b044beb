//! What an OpenAPI document says: 3.0 and 3.1 eased to one reading, references resolved, every part with its
//! place. Knows nothing of Rust.

mod bundle;
mod files;
mod read;
mod schema;

pub use bundle::bundle;
pub use files::{Access, Files, Origin, ResourceId};
pub use read::read;
pub use schema::{
    Additional, ArrayKeywords, Bound, Discriminator, Literal, ObjectKeywords, Property, Schema,
    SchemaId, SchemaType, Schemas, Words,
};

pub use crate::{
    diagnostic::Unsupported,
    openapi::{
        ContentKind, Encoding, KeyLocation, Location, Method, SaidObjectives, SchemeKind, Status,
        Style,
    },
};

use std::rc::Rc;

use crate::{
    document::{Node, Value},
    source::Span,
};

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
    /// `info.license`, where it is an expression of SPDX, or could be the name of a licence there.
    pub license: Option<String>,
    /// The tags, in the order of the document.
    pub tags: Vec<Tag>,
    /// What is promised of requests, `x-oarlock-objectives`.
    pub objectives: SaidObjectives,
    /// The operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// The requests that the service itself sends.
    pub webhooks: Vec<Webhook>,
    /// Where the service can be reached.
    pub servers: Vec<Server>,
    /// The schemes that `components.securitySchemes` names, and those that are asked for and not declared.
    pub security_schemes: Vec<SecurityScheme>,
    /// Every schema, wherever it stands.
    pub schemas: Schemas,
    /// What no operation holds: webhooks, for instance. Leaving these out loses no operation.
    pub unsupported: Vec<Unsupported>,
    /// What the files hold, to tell places within values.
    pub(crate) roots: Vec<Rc<Node>>,
}

impl Document {
    /// What the document's own file holds.
    pub fn root(&self) -> Option<&Node> {
        self.roots.first().map(|root| &**root)
    }

    /// The place of what a JSON Pointer leads to in the value that stands at `span`; `span` itself where that cannot
    /// be told.
    pub fn place(&self, span: Span, pointer: &str) -> Span {
        let mut files = self
            .roots
            .iter()
            .filter(|root| root.span.source == span.source);
        let value = files.find_map(|root| at(root, span));
        value
            .and_then(|value| within(value, pointer))
            .unwrap_or(span)
    }
}

/// The node at a place.
fn at(node: &Node, span: Span) -> Option<&Node> {
    if node.span == span {
        return Some(node);
    }
    let holds = |one: &&Node| one.span.start <= span.start && span.end <= one.span.end;
    let mut inner: Box<dyn Iterator<Item = &Node>> = match &node.value {
        Value::Mapping(entries) => Box::new(entries.iter().map(|entry| &*entry.node)),
        Value::Sequence(items) => Box::new(items.iter().map(|item| &**item)),
        Value::Scalar { .. } => return None,
    };
    inner.by_ref().filter(holds).find_map(|one| at(one, span))
}

/// The place of what a JSON Pointer leads to.
fn within(node: &Node, pointer: &str) -> Option<Span> {
    let mut node = node;
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        node = match &node.value {
            Value::Sequence(items) => items.get(name.parse::<usize>().ok()?)?,
            _ => node.get(&name)?,
        };
    }
    Some(node.span)
}

/// A tag of the document's `tags`.
#[derive(Debug, Clone)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub description: Option<String>,
    /// What is promised of its requests, `x-oarlock-objectives`.
    pub objectives: SaidObjectives,
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
    /// Its path template; of a webhook its name, and of a callback its expression.
    pub path: Spanned<String>,
    /// What the path's key has behind `?` or `#`: the operation is one of several on this path, for the requests
    /// that fit it.
    pub overload: Option<String>,
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
    /// `servers` of its own, or of its path.
    pub servers: Vec<Server>,
    /// `callbacks`.
    pub callbacks: Vec<Callback>,
}

/// A request that the service sends to an address which a request has told it.
#[derive(Debug, Clone)]
pub struct Callback {
    /// Its name among the operation's `callbacks`.
    pub name: String,
    /// Where it goes, a runtime expression.
    pub expression: Spanned<String>,
    /// What is sent, and what comes back.
    pub operation: Operation,
}

/// A request that the service sends to whoever has asked for it by other ways.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its name in `webhooks`.
    pub name: String,
    /// What is sent, and what comes back.
    pub operation: Operation,
}

/// Where the service can be reached.
#[derive(Debug, Clone)]
pub struct Server {
    /// `url`, a template over its variables; may be relative.
    pub url: Spanned<String>,
    /// `description`.
    pub description: Option<String>,
    /// `variables`, in the order of the document.
    pub variables: Vec<ServerVariable>,
}

/// A variable of a server's `url`.
#[derive(Debug, Clone)]
pub struct ServerVariable {
    /// Its name.
    pub name: String,
    /// `description`.
    pub description: Option<String>,
    /// `enum`; empty where any value goes.
    pub values: Vec<String>,
    /// `default`.
    pub default: String,
}

/// One parameter.
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
    /// `style`, `explode` and `allowReserved`.
    pub encoding: Encoding,
    /// `allowEmptyValue`.
    pub allow_empty: bool,
    /// How its text becomes a value where `content` says it, and not `style`.
    pub content: Option<ContentKind>,
    /// `schema`, or that of `content`.
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
    /// What it holds: a content for each media type.
    pub contents: Vec<Content>,
}

/// A body under one media type.
#[derive(Debug, Clone)]
pub struct Content {
    /// The media type, as the document has it.
    pub media_type: Spanned<String>,
    /// How bytes become values.
    pub kind: ContentKind,
    /// Its schema; where the document gives none, anything goes. Of a stream: that of one item.
    pub schema: Option<SchemaId>,
    /// Whether it has a schema of values with parts that nobody asks, since it is handed on as bytes.
    pub unasked: bool,
    /// `encoding`: how members are written that are not written as usual.
    pub parts: Vec<PartEncoding>,
    /// `example` or `examples`, in the order of the document.
    pub examples: Vec<Literal>,
}

/// How one member of a form is written.
#[derive(Debug, Clone)]
pub struct PartEncoding {
    /// The member.
    pub name: String,
    /// `contentType`.
    pub media_type: Option<String>,
    /// `style`, `explode` and `allowReserved`, where one of them is said.
    pub encoding: Option<Encoding>,
}

/// What is said of the success of an operation on whose success the document says nothing.
pub const UNDESCRIBED: &str = "The document does not say how success is answered.";

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
    /// What it holds: a content for each media type, none where it is empty.
    pub contents: Vec<Content>,
    /// `links`, a line for each.
    pub links: Vec<String>,
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
    /// Whether the members of an object stand for themselves.
    pub explode: bool,
    /// How its text becomes a value where `content` says it.
    pub content: Option<ContentKind>,
    /// `schema`, or that of `content`.
    pub schema: SchemaId,
    /// `example` or `examples`, in the order of the document.
    pub examples: Vec<Literal>,
}

/// One alternative of `security`: every scheme that it asks for; with none (`{}`) anyone may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The place.
    pub span: Span,
    /// What it asks for.
    pub schemes: Vec<RequiredScheme>,
}

/// A scheme that an alternative asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredScheme {
    /// The index of the scheme in [`Document::security_schemes`].
    pub scheme: usize,
    /// The scopes or roles that the caller must have.
    pub scopes: Vec<String>,
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
