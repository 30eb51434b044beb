//! Operations: what they are asked, what they answer, who may call.

use serde_json::Value as Json;

use super::Slot;
use crate::openapi::{Location, Method, SchemeKind, Status, Style};

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
    /// The path template.
    pub path: String,
    /// What the document says of it.
    pub doc: String,
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
    /// Its error answers: indices into [`Api::error_answers`].
    pub errors: Vec<usize>,
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
    /// How a list is written; none for a single value.
    pub list: Option<Style>,
    /// Whether it must be there.
    pub required: bool,
    /// What stands for it where it is absent.
    pub default: Option<Json>,
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
    /// Its media type.
    pub media_type: String,
    /// What it holds.
    pub content: Content,
}

/// What a body holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// JSON.
    Json(Slot),
    /// Text.
    Text(Slot),
    /// Bytes.
    Bytes,
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
    /// Its body, with its media type.
    pub body: Option<(String, Content)>,
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
    /// Whether it is always there.
    pub required: bool,
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
}

/// Alternatives, any of which is enough.
#[derive(Debug)]
pub struct Requirement {
    /// The name of the function that tries them.
    pub name: String,
    /// Indices into [`Security::schemes`].
    pub schemes: Vec<usize>,
    /// Whether a caller without a credential passes as well.
    pub optional: bool,
}
