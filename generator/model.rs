//! What is meant: the service a document describes, every Rust name already chosen, every decision already made.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// The service of one document.
#[derive(Debug)]
pub struct Api {
    /// The document's title, and its version.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// `info.description`.
    pub description: Option<String>,
    /// The types, in the order in which the document first needs them.
    pub types: Vec<TypeDef>,
    /// The operations, a group for each tag.
    pub groups: Vec<Group>,
    /// How callers are known.
    pub security: Security,
    /// How errors of the framework are put in the document's schemas.
    pub errors: Vec<ErrorBody>,
    /// Every error answer that some operation declares, each once.
    pub error_answers: Vec<ErrorAnswer>,
    /// The exact schemas, for telling every violation: what `contract.json` holds.
    pub contract: Json,
    /// An answer for each operation: what `examples.json` holds.
    pub examples: Json,
    /// The Rust name of each schema and operation, for the lock.
    pub names: BTreeMap<String, String>,
    /// The operations left out, with what they need.
    pub omitted: Vec<Omitted>,
}

/// An operation that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omitted {
    /// Its method and path.
    pub operation: String,
    /// What it needs and where that stands, `file:line:column` left to the caller.
    pub needs: Vec<crate::diagnostic::Unsupported>,
}

/// Names one type of an [`Api`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub usize);

/// A type with a name.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// Its Rust name.
    pub name: String,
    /// What the document says of it.
    pub doc: String,
    /// What it is.
    pub kind: TypeKind,
    /// Whether it has something to check beyond its shape.
    pub checked: bool,
    /// Whether it is read from parameters or written to headers.
    pub text: bool,
}

/// What a type is.
#[derive(Debug, Clone)]
pub enum TypeKind {
    /// An object with known members.
    Struct(Struct),
    /// One of some texts.
    Enum(Vec<Variant>),
    /// One of several structs, told apart by a member.
    Union(Union),
    /// Another name of a type.
    Alias(Slot),
    /// A type around a type that holds itself.
    Wrapper(Slot),
}

/// An object with known members.
#[derive(Debug, Clone)]
pub struct Struct {
    /// The members, in the order of the document.
    pub fields: Vec<Field>,
    /// What other members may hold, when the document says it: the field's name and the type of a value.
    pub additional: Option<(String, Slot)>,
    /// Whether other members are refused.
    pub closed: bool,
}

/// A member of an object.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its Rust name.
    pub name: String,
    /// Its name in JSON.
    pub wire: String,
    /// What the document says of it.
    pub doc: String,
    /// What it holds.
    pub slot: Slot,
    /// Whether it must be there.
    pub required: bool,
}

/// A text of an enum.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its Rust name.
    pub name: String,
    /// The text.
    pub wire: String,
}

/// One of several structs.
#[derive(Debug, Clone)]
pub struct Union {
    /// The member that tells them apart.
    pub tag: String,
    /// The structs.
    pub variants: Vec<UnionVariant>,
}

/// A struct of a union.
#[derive(Debug, Clone)]
pub struct UnionVariant {
    /// Its Rust name.
    pub name: String,
    /// The texts of the tag that mean it.
    pub tags: Vec<String>,
    /// What it holds.
    pub slot: Slot,
}

/// A type where it is used, and what its values must keep to.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The type.
    pub ty: Type,
    /// What the type cannot say.
    pub checks: Vec<Check>,
}

/// The types that values can have.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// An integer of 32 bits.
    I32,
    /// An integer of 64 bits.
    I64,
    /// An integer whose size the document leaves open.
    I128,
    /// A number.
    F64,
    /// Text.
    String,
    /// RFC 3339 full-date.
    Date,
    /// RFC 3339 date-time.
    DateTime,
    /// RFC 9562.
    Uuid,
    /// Any JSON.
    Json,
    /// A list.
    List(Box<Slot>),
    /// A map from text.
    Map(Box<Slot>),
    /// A type with a name.
    Named(TypeId),
    /// A type or `null`.
    Nullable(Box<Slot>),
    /// A type behind a pointer, where it holds itself.
    Boxed(Box<Type>),
}

/// A limit on values.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// At least so many characters.
    MinLength(u64),
    /// At most so many characters.
    MaxLength(u64),
    /// An ECMA 262 regular expression.
    Pattern(String),
    /// A lower end, and whether it is itself outside.
    Minimum(serde_json::Number, bool),
    /// An upper end, and whether it is itself outside.
    Maximum(serde_json::Number, bool),
    /// A multiple of this.
    MultipleOf(serde_json::Number),
    /// One of these integers.
    OneOf(Vec<i64>),
    /// At least so many items or members.
    MinItems(u64),
    /// At most so many items or members.
    MaxItems(u64),
    /// No two items alike.
    Unique,
}

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
    pub method: crate::openapi::Method,
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
    pub location: crate::openapi::Location,
    /// Of a path parameter: its place among the template's.
    pub index: usize,
    /// What the document says of it.
    pub doc: String,
    /// What it holds.
    pub slot: Slot,
    /// How a list is written; none for a single value.
    pub list: Option<crate::openapi::Style>,
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
    pub status: crate::openapi::Status,
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
    pub kind: crate::openapi::SchemeKind,
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

/// A schema in which errors of the framework are told.
#[derive(Debug)]
pub struct ErrorBody {
    /// The method that fills it.
    pub method_name: String,
    /// The type.
    pub slot: Slot,
    /// How each part is filled.
    pub fill: Fill,
}

/// An error answer that operations declare.
#[derive(Debug, PartialEq)]
pub struct ErrorAnswer {
    /// The name of its constant.
    pub name: String,
    /// Which statuses it is for.
    pub status: crate::openapi::Status,
    /// Its media type; empty without a body.
    pub media_type: String,
    /// What its body is.
    pub body: ErrorContent,
}

/// What the body of an error answer is.
#[derive(Debug, PartialEq)]
pub enum ErrorContent {
    /// There is none.
    Nothing,
    /// The problem's detail, as text.
    Detail,
    /// The problem itself, where the document leaves the schema open.
    Problem,
    /// An index into [`Api::errors`].
    Mapped(usize),
}

/// Where a part of an error's body comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Fill {
    /// The status, as a number.
    Status,
    /// The status, as text.
    StatusText,
    /// The problem's title.
    Title,
    /// The problem's detail.
    Detail,
    /// The problem's type.
    Kind,
    /// The violations, one text each.
    Violations,
    /// A fixed text.
    Text(String),
    /// A fixed integer.
    Integer(i64),
    /// A fixed number.
    Number(f64),
    /// `false`.
    False,
    /// Nothing: an absent member.
    Absent,
    /// `null`, as JSON.
    Null,
    /// No items or members.
    Empty,
    /// A present member around a part.
    Present(Box<Fill>),
    /// A part behind a pointer.
    Boxed(Box<Fill>),
    /// A variant of an enum, by its Rust name.
    Variant(TypeId, String),
    /// A struct: each field's Rust name and part; whether further members are to be left empty, by their field's name.
    Struct(TypeId, Vec<(String, Fill)>, Option<String>),
}
