//! What is meant: the service a document describes, every Rust name already chosen, every decision already made.

mod deployment;
mod errors;
mod objectives;
mod observability;
mod operations;
mod services;
mod variables;

pub use deployment::{
    Amounts, BaseImages, Bytes, Cpu, Deployment, HostPorts, Image, ImageName, Ports, Probe, Probes,
    Replicas, Resources, Seconds, ServiceDeployment, Setting, Shutdown,
};
pub use errors::{ErrorAnswer, ErrorBody, ErrorContent, Fill};
pub use objectives::{BURNS, Burn, Latency, Objectives, SaidObjectives, Share};
pub use observability::{Observability, Observer};
pub use operations::{
    Answer, Body, Carried, Content, Group, HeaderField, HeaderForm, Operation, Outgoing, Parameter,
    PartVariant, Parts, Payload, PayloadVariant, Reading, RequiredScheme, Requirement, Scheme,
    Security, Target,
};
pub use services::{Route, RoutePath, Service, Services};
pub use variables::{
    ADMIN_ADDR, DRAIN_DELAY, DRAIN_STREAMS, DRAIN_TIMEOUT, GRACE_PERIOD, HTTP_ADDR, LOG,
    OWN_VARIABLES, OwnVariable,
};

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
    /// The licence, where the document names it as SPDX does.
    pub license: Option<String>,
    /// Where the service can be reached.
    pub servers: Vec<Server>,
    /// The paths under which the servers lie.
    pub base_paths: Vec<String>,
    /// The types, in the order in which the document first needs them.
    pub types: Vec<TypeDef>,
    /// The operations, a group for each tag.
    pub groups: Vec<Group>,
    /// The requests that the service itself sends.
    pub outgoing: Vec<Outgoing>,
    /// How callers are known.
    pub security: Security,
    /// The names whose values no log may show: of members, parameters and keys.
    pub secrets: Vec<String>,
    /// Limits of single operations, by their ids, sorted.
    pub limits: Vec<(String, OperationLimits)>,
    /// How errors of the framework are put in the document's schemas.
    pub errors: Vec<ErrorBody>,
    /// Every error answer that some operation declares, each once.
    pub error_answers: Vec<ErrorAnswer>,
    /// The exact schemas, for telling every violation: what `contract.json` holds.
    pub contract: Json,
    /// An answer for each operation: what `examples.json` holds.
    pub examples: Json,
    /// The document as the service shows it, one JSON text: what `openapi.json` holds. None where it is too large.
    pub document: Option<String>,
    /// Every Rust name, for the lock.
    pub names: NameTable,
    /// The operations left out, with what they need.
    pub omitted: Vec<Omitted>,
}

/// Limits of an operation in the place of the service's.
#[derive(Debug, Clone, Copy)]
pub struct OperationLimits {
    /// How long its answer may take to begin, in milliseconds.
    pub timeout: Option<u64>,
    /// How large a body may be that is taken in whole, in bytes.
    pub max_body: Option<u64>,
    /// How many requests may be in work at a time.
    pub max_requests: Option<u32>,
}

/// Where the service can be reached.
#[derive(Debug)]
pub struct Server {
    /// The function's name.
    pub name: String,
    /// The address, a template over its variables.
    pub url: String,
    /// What the document says of it.
    pub doc: String,
    /// Its variables.
    pub variables: Vec<ServerVariable>,
}

/// A variable of a server's address.
#[derive(Debug)]
pub struct ServerVariable {
    /// The argument's name.
    pub name: String,
    /// Its name in the template.
    pub wire: String,
    /// What the document says of it.
    pub doc: String,
    /// The values that it may have; empty where any goes.
    pub values: Vec<String>,
    /// Its default.
    pub default: String,
}

/// Rust names: by their scope, and by what the document calls them.
pub type NameTable = BTreeMap<String, BTreeMap<String, String>>;

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

/// What a type was made for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A named schema, by its name in the document.
    Schema(String),
    /// An operation, by its id.
    Operation(String),
}

/// A type with a name.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// Its Rust name.
    pub name: String,
    /// What it was made for.
    pub owner: Owner,
    /// What the document says of it.
    pub doc: String,
    /// What it is.
    pub kind: TypeKind,
    /// The key of the exact schema in [`Api::contract`], where the type alone takes more than the schema.
    pub guard: Option<String>,
    /// Types that its value may have as well, each with the method that tells.
    pub readings: Vec<Alternative>,
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
    /// One of several types, the first that fits.
    Choice(Vec<Alternative>),
    /// Another name of a type.
    Alias(Slot),
    /// A type around a type: one that holds itself, or one that the exact schema guards.
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
    /// Members that may be there and are not for this way.
    pub ignored: Vec<String>,
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
    /// What other tags and none mean, where they mean something: the variant's name, and what it holds.
    pub other: Option<(String, Slot)>,
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

/// A type of a choice.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// Its Rust name.
    pub name: String,
    /// What the document says of it.
    pub doc: String,
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
    Integer,
    /// A number.
    F64,
    /// A number whose limits a double could not judge.
    Number,
    /// Text.
    String,
    /// RFC 3339 full-date.
    Date,
    /// RFC 3339 date-time.
    DateTime,
    /// RFC 9562.
    Uuid,
    /// Text that is never shown.
    Password,
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
    /// A type where JSON is of its kind, and any JSON of another kind.
    OrOther(Box<Slot>),
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
    /// A format of texts, by its name in JSON Schema or OpenAPI.
    Format(String),
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
