//! The mistakes of the author of a document: collected over a whole run, shown under the author's own text.

mod machine;
mod page;
mod render;
mod suggestion;
mod terminal;

pub use machine::{MESSAGE_SCHEMA, note_github, note_json, render_github, render_json};
pub use render::render;
pub use suggestion::did_you_mean;
pub use terminal::{on_one_line, terminal};

use crate::source::Span;

/// A kind of mistake. Codes are stable: once given, a code keeps its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The text is neither YAML nor JSON.
    Syntax,
    /// One mapping has the same key twice.
    DuplicateKey,
    /// Collections lie too deep in one another.
    TooDeep,
    /// What is short to write asks for more than can be held: aliases that repeat nodes, schemas that repeat schemas.
    TooLarge,
    /// A mapping key is not a scalar.
    KeyNotScalar,
    /// The file holds no document, or more than one.
    DocumentCount,
    /// A field that OpenAPI asks for is missing.
    MissingField,
    /// A value is of another kind than its field takes.
    WrongKind,
    /// The document's version of OpenAPI is not read.
    UnsupportedVersion,
    /// A reference leads nowhere.
    UnresolvedReference,
    /// A reference comes back to itself.
    ReferenceLoop,
    /// A value is none of those that its field takes.
    InvalidValue,
    /// A path and its parameters do not agree.
    PathParameter,
    /// Two operations cannot be told apart.
    DuplicateOperation,
    /// A security scheme is not declared.
    UnknownSecurityScheme,
    /// A file that a reference names was not read.
    FileNotRead,
    /// What is promised of requests is nothing that could be held.
    InvalidObjective,
    /// A feature of OpenAPI is not generated yet.
    Unsupported,
    /// A project leaves a rule of the stack that it keeps to.
    BrokenRule,
    /// A stack says what no stack may say.
    InvalidStack,
    /// A stack has another version than the project keeps to.
    StackVersion,
    /// A stack is not what it was under the same version.
    StackChanged,
    /// A field is not one of OpenAPI's, and is ignored.
    UnknownField,
    /// A field beside a `$ref` says nothing.
    IgnoredSibling,
    /// No example answer could be made up.
    NoExample,
    /// A member of a choice has no value in its discriminator.
    UnnamedMember,
    /// Two names of the document come to one in Rust.
    NameClash,
    /// An example or a default does not fit its schema.
    ExampleMisfit,
    /// Something is not as OpenAPI asks, but what is meant is plain, and read so.
    ReadAsMeant,
}

impl Code {
    /// Every code there is.
    pub const ALL: [Code; 29] = [
        Code::Syntax,
        Code::DuplicateKey,
        Code::TooDeep,
        Code::TooLarge,
        Code::KeyNotScalar,
        Code::DocumentCount,
        Code::MissingField,
        Code::WrongKind,
        Code::UnsupportedVersion,
        Code::UnresolvedReference,
        Code::ReferenceLoop,
        Code::InvalidValue,
        Code::PathParameter,
        Code::DuplicateOperation,
        Code::UnknownSecurityScheme,
        Code::FileNotRead,
        Code::InvalidObjective,
        Code::Unsupported,
        Code::BrokenRule,
        Code::InvalidStack,
        Code::StackVersion,
        Code::StackChanged,
        Code::UnknownField,
        Code::IgnoredSibling,
        Code::NoExample,
        Code::UnnamedMember,
        Code::NameClash,
        Code::ExampleMisfit,
        Code::ReadAsMeant,
    ];

    /// The code as it is printed.
    pub fn id(self) -> &'static str {
        match self {
            Code::Syntax => "E001",
            Code::DuplicateKey => "E002",
            Code::TooDeep => "E003",
            Code::TooLarge => "E004",
            Code::KeyNotScalar => "E005",
            Code::DocumentCount => "E006",
            Code::MissingField => "E010",
            Code::WrongKind => "E011",
            Code::UnsupportedVersion => "E012",
            Code::UnresolvedReference => "E013",
            Code::ReferenceLoop => "E014",
            Code::InvalidValue => "E015",
            Code::FileNotRead => "E019",
            Code::InvalidObjective => "E020",
            Code::Unsupported => "E100",
            Code::BrokenRule => "E200",
            Code::InvalidStack => "E201",
            Code::StackVersion => "E202",
            Code::StackChanged => "E203",
            Code::UnknownField => "W001",
            Code::IgnoredSibling => "W002",
            Code::NoExample => "W003",
            Code::UnnamedMember => "W004",
            Code::NameClash => "W005",
            Code::ExampleMisfit => "W006",
            Code::ReadAsMeant => "W007",
            Code::UnknownSecurityScheme => "W008",
            Code::DuplicateOperation => "W009",
            Code::PathParameter => "W010",
        }
    }

    /// Whether a document with this mistake can still be generated from.
    pub fn severity(self) -> Severity {
        match self {
            Code::UnknownField
            | Code::UnknownSecurityScheme
            | Code::DuplicateOperation
            | Code::PathParameter
            | Code::IgnoredSibling
            | Code::NoExample
            | Code::UnnamedMember
            | Code::NameClash
            | Code::ExampleMisfit
            | Code::ReadAsMeant => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

/// How bad a mistake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// What is generated is whole, but the author should look.
    Warning,
}

/// A place and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be said of it.
    pub text: String,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// Where it is.
    pub primary: Label,
    /// Other places that explain it.
    pub context: Vec<Label>,
    /// What to do.
    pub help: String,
}

/// Where stages put what they find.
#[derive(Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one mistake.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Adds all of others.
    pub fn append(&mut self, mut others: Diagnostics) {
        self.0.append(&mut others.0);
    }

    /// Whether anything stands in the way of generating.
    pub fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|one| one.code.severity() == Severity::Error)
    }

    /// All mistakes so far, in source order.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by_key(|diagnostic| &diagnostic.primary.span);
        all
    }
}

/// A feature of OpenAPI that stands in the document and is not generated yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsupported {
    /// The place: the key or the value that asks for it.
    pub span: Span,
    /// Its name in the author's terms, for instance "`anyOf`" or "the media type `application/xml`".
    pub feature: String,
}
