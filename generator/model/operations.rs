//! Operations: what they are asked, what they answer, who may call.

use serde_json::Value as Json;

use super::{Objectives, Slot};
use crate::openapi::{ContentKind, Encoding, Location, Method, SchemeKind, Status};

/// The operations of one tag.
#[derive(Debug)]
pub struct Group {
    /// The tag.
    pub tag: String,
    /// What the document says of it.
    pub doc: String,
    /// The module's name.
    pub module: String,
    /// The trait's name.
    pub trait_name: String,
    /// What is promised of its requests.
    pub objectives: Objectives,
    /// The operations, in the order of the document.
    pub operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// `operationId`, or what stands for it.
    pub id: String,
    /// The method of its trait.
    pub method_name: String,
    /// The type of what it is asked.
    pub request_type: String,
    /// The type of what it answers.
    pub response_type: String,
    /// The HTTP method.
    pub method: Method,
    /// The path template; with what the document's key has behind `?` or `#`.
    pub path: String,
    /// What it does, in short.
    pub summary: String,
    /// What the document says of it beside that.
    pub details: String,
    /// Its method and path, and where it is served if not where the others are.
    pub place: String,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// The parameters, in the order of the document.
    pub parameters: Vec<Parameter>,
    /// What a request carries.
    pub body: Option<Body>,
    /// What it answers, in the order of the document.
    pub answers: Vec<Answer>,
    /// Who may call: the index of an alternative in [`Security::requirements`].
    pub security: Option<usize>,
    /// Its error answers: indices into [`Api::error_answers`](super::Api::error_answers).
    pub errors: Vec<usize>,
}

impl Operation {
    /// Its path without what stands behind it in the document: no request tells those apart that differ in that alone.
    pub fn bare_path(&self) -> &str {
        self.path.split('#').next().unwrap_or_default()
    }

    /// Whether its bytes, files or items go by as they come, so that it takes as long as its caller likes.
    pub fn is_paced_by_its_caller(&self) -> bool {
        let asked = self.body.iter().map(|body| &body.payload);
        let answered = self.answers.iter().filter_map(|one| one.payload.as_ref());
        let mut carried = asked.chain(answered).flat_map(Payload::carried);
        carried.any(|one| one.content.goes_by())
    }
}

/// A request that the service itself sends.
#[derive(Debug)]
pub struct Outgoing {
    /// Where it goes.
    pub target: Target,
    /// What is sent, and what comes back.
    pub operation: Operation,
}

/// Where a request of the service goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Wherever someone has asked for it.
    Webhook,
    /// To the address that a runtime expression gives.
    Callback(String),
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter {
    /// The field's name.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// Where it stands.
    pub location: Location,
    /// Of a path parameter: its place among the template's.
    pub index: usize,
    /// What the document says of it.
    pub doc: String,
    /// What it holds.
    pub slot: Slot,
    /// How its text is read.
    pub reading: Reading,
    /// How it is written as text.
    pub encoding: Encoding,
    /// How its text holds its value where `content` says it.
    pub content: Option<ContentKind>,
    /// Whether its field may be empty: it may be absent, and nothing stands for it then.
    pub optional: bool,
    /// What stands for it where it is absent.
    pub default: Option<Json>,
}

/// How a parameter's text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// One text of its type.
    Scalar,
    /// A text for each item, the name repeated.
    Repeated,
    /// The items between commas.
    Commas,
    /// As the contract describes it: its place among the operation's parameters there.
    Described(usize),
}

/// What a request carries.
#[derive(Debug)]
pub struct Body {
    /// The field's name.
    pub name: String,
    /// What the document says of it.
    pub doc: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it holds.
    pub payload: Payload,
}

/// What a body holds: one type, or one of several, by its media type.
#[derive(Debug)]
pub struct Payload {
    /// The name of the enum of the variants, where there are several.
    pub type_name: Option<String>,
    /// One for each type; at least one.
    pub variants: Vec<PayloadVariant>,
}

/// A type that a body may hold.
#[derive(Debug)]
pub struct PayloadVariant {
    /// The variant's name.
    pub name: String,
    /// The ways in which it is carried, each holding the same type; at least one.
    pub carried: Vec<Carried>,
}

/// A body under one media type.
#[derive(Debug)]
pub struct Carried {
    /// The media type, as it is sent.
    pub media_type: String,
    /// The media type or range, as the document has it.
    pub declared: String,
    /// How its bytes become values.
    pub kind: ContentKind,
    /// Its place among the contents of the document.
    pub index: usize,
    /// The key of its description in the contract, of an answer that is written by it.
    pub key: Option<String>,
    /// What it holds.
    pub content: Content,
}

/// What a body holds, and how it is read and written.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// JSON.
    Json(Slot),
    /// Text.
    Text(Slot),
    /// A value that the contract describes on the wire: a form, XML, or a text that may be several types.
    Described(Slot),
    /// Bytes as they come.
    Bytes,
    /// The parts of a form as they come.
    Parts(Parts),
    /// Items as they come.
    Items(Slot),
    /// Events as they come, with data of a type.
    Events(Slot),
}

/// The parts of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// The name of their enum.
    pub type_name: String,
    /// Those that the document names.
    pub parts: Vec<PartVariant>,
    /// The variant of every other part, where there may be any.
    pub other: Option<String>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct PartVariant {
    /// The variant's name.
    pub name: String,
    /// Its name on the wire.
    pub wire: String,
    /// What the document says of it.
    pub doc: String,
    /// What it holds; none for a file, whose bytes come as they come.
    pub slot: Option<Slot>,
    /// Whether it is written as JSON.
    pub json: bool,
}

/// One answer of an operation.
#[derive(Debug)]
pub struct Answer {
    /// The variant's name.
    pub name: String,
    /// Which statuses it is for.
    pub status: Status,
    /// What the document says of it.
    pub doc: String,
    /// Its headers.
    pub headers: Vec<HeaderField>,
    /// Its body.
    pub payload: Option<Payload>,
}

/// A header of an answer.
#[derive(Debug)]
pub struct HeaderField {
    /// The field's name.
    pub name: String,
    /// The name on the wire, in lower case.
    pub wire: String,
    /// What the document says of it.
    pub doc: String,
    /// What it holds.
    pub slot: Slot,
    /// Of a value that is no text, nor a list of texts: how it is written.
    pub described: Option<HeaderForm>,
    /// Whether it is always there.
    pub required: bool,
}

/// How a value with parts is written into a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderForm {
    /// `style: simple`, without `explode`.
    Simple,
    /// `style: simple` with `explode`.
    Exploded,
    /// JSON.
    Json,
}

/// How callers are known.
#[derive(Debug, Default)]
pub struct Security {
    /// The schemes in use.
    pub schemes: Vec<Scheme>,
    /// The sets of alternatives in use, each once.
    pub requirements: Vec<Requirement>,
}

/// One scheme.
#[derive(Debug)]
pub struct Scheme {
    /// Its name in the document.
    pub wire: String,
    /// The verifier's method.
    pub method_name: String,
    /// What the document says of it.
    pub doc: String,
    /// How a credential is carried.
    pub kind: SchemeKind,
    /// Whether operations ask its verifier for scopes or roles.
    pub scoped: bool,
}

/// Alternatives, any of which is enough.
#[derive(Debug)]
pub struct Requirement {
    /// The name of the function that tries them.
    pub name: String,
    /// The name of the client's constant that lists them.
    pub constant_name: String,
    /// The alternatives; what each asks for must all be there.
    pub alternatives: Vec<Vec<RequiredScheme>>,
    /// Whether a caller without a credential passes as well.
    pub optional: bool,
}

/// A scheme that an alternative asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredScheme {
    /// An index into [`Security::schemes`].
    pub scheme: usize,
    /// The scopes or roles that the caller must have.
    pub scopes: Vec<String>,
}

impl Payload {
    /// Every way in which the body is carried, in the order of the document.
    pub fn carried(&self) -> Vec<&Carried> {
        let variants = self.variants.iter();
        let mut all: Vec<&Carried> = variants.flat_map(|one| &one.carried).collect();
        all.sort_by_key(|one| one.index);
        all
    }
}

impl PayloadVariant {
    /// What it holds, whatever the way.
    pub fn content(&self) -> &Content {
        &self.carried[0].content
    }
}

impl Content {
    /// Whether the same Rust type holds both.
    pub fn holds_as(&self, other: &Content) -> bool {
        match (self, other) {
            (Content::Events(one), Content::Events(two))
            | (Content::Items(one), Content::Items(two)) => one == two,
            (one, two) => match (one.value(), two.value()) {
                (Some(one), Some(two)) => one == two,
                _ => one == two,
            },
        }
    }

    /// Whether it goes by as it comes, and is never there as a whole.
    pub fn goes_by(&self) -> bool {
        matches!(
            self,
            Content::Bytes | Content::Parts(_) | Content::Items(_) | Content::Events(_)
        )
    }

    /// The type of a value that is there as a whole.
    pub fn value(&self) -> Option<&Slot> {
        match self {
            Content::Json(slot) | Content::Text(slot) | Content::Described(slot) => Some(slot),
            _ => None,
        }
    }

    /// Every type within.
    pub fn slots(&self) -> Vec<&Slot> {
        match self {
            Content::Items(slot) | Content::Events(slot) => vec![slot],
            Content::Parts(parts) => parts
                .parts
                .iter()
                .filter_map(|one| one.slot.as_ref())
                .collect(),
            other => other.value().into_iter().collect(),
        }
    }
}
