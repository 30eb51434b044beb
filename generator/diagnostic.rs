//! The mistakes of the author of a document: collected over a whole run, shown under the author's own text.

mod render;

pub use render::render;

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
    /// Aliases repeat more nodes than a document may hold.
    TooLarge,
    /// A mapping key is not a scalar.
    KeyNotScalar,
    /// The file holds no document, or more than one.
    DocumentCount,
}

impl Code {
    /// Every code there is.
    pub const ALL: [Code; 6] = [
        Code::Syntax,
        Code::DuplicateKey,
        Code::TooDeep,
        Code::TooLarge,
        Code::KeyNotScalar,
        Code::DocumentCount,
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
        }
    }
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

    /// All mistakes so far, in source order.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by_key(|diagnostic| &diagnostic.primary.span);
        all
    }
}
