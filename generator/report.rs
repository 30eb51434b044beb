//! What was understood of a document: per operation and schema how far, why no further, where, and what it costs in
//! lines.

mod page;
mod text;

pub use page::page;
pub use text::text;

use serde::Serialize;

use crate::{
    diagnostic::{Diagnostics, Severity},
    emit::Lines,
    lower::{Coverage, Covered, Standing},
    model::{Api, Owner},
    source::{Sources, Span},
};

/// What was understood of a document.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// The file.
    pub file: String,
    /// The operations, in the order of the document.
    pub operations: Vec<Part>,
    /// The named schemas, in the order of the document.
    pub schemas: Vec<Part>,
    /// What its author should know.
    pub warnings: Vec<Warning>,
    /// All of it.
    pub total: Total,
}

/// An operation or a named schema.
#[derive(Debug, Serialize)]
pub struct Part {
    /// Its method and path, or its name.
    pub name: String,
    /// How far it is understood: the worst of its findings.
    pub standing: Word,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
    /// Lines of Rust that are generated for it.
    pub lines: usize,
    /// Where less than a type is to be had.
    pub findings: Vec<Finding>,
    /// The named schemas that it uses.
    pub uses: Vec<String>,
}

/// A place where less than a type is to be had.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// How far what stands there is understood.
    pub standing: Word,
    /// What stands there.
    pub what: String,
    /// Why no type says it whole.
    pub why: String,
    /// The place.
    #[serde(flatten)]
    pub place: Place,
}

/// What a document's author should know.
#[derive(Debug, Serialize)]
pub struct Warning {
    /// Its code: `oarlock explain CODE` says more.
    pub code: &'static str,
    /// What it is.
    pub message: String,
    /// The place.
    #[serde(flatten)]
    pub place: Place,
}

/// A place in a file, counted from 1, the column in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(out, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A standing by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Word(&'static str);

impl std::fmt::Display for Word {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.pad(self.0)
    }
}

impl From<Standing> for Word {
    fn from(standing: Standing) -> Self {
        Word(match standing {
            Standing::Typed => "typed",
            Standing::Checked => "checked",
            Standing::Degraded => "degraded",
            Standing::Refused => "refused",
        })
    }
}

/// How many stand how far, and what they cost.
#[derive(Debug, Serialize)]
pub struct Total {
    /// The operations.
    pub operations: Count,
    /// The named schemas.
    pub schemas: Count,
    /// The warnings.
    pub warnings: usize,
    /// Lines of Rust in the API's crate, those that belong to nothing in particular among them.
    pub lines: usize,
}

/// How many stand how far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// All.
    pub all: usize,
    /// Said whole by a type.
    pub typed: usize,
    /// Held by a type, and checked by the exact schema as well.
    pub checked: usize,
    /// Kept as a JSON value or as bytes in some part.
    pub degraded: usize,
    /// Not generated.
    pub refused: usize,
}

impl Count {
    fn of(covered: &[Covered]) -> Self {
        let count = |standing| {
            covered
                .iter()
                .filter(|one| one.standing() == standing)
                .count()
        };
        Count {
            all: covered.len(),
            typed: count(Standing::Typed),
            checked: count(Standing::Checked),
            degraded: count(Standing::Degraded),
            refused: count(Standing::Refused),
        }
    }
}

/// Puts together what was understood of the document that `api` was made of.
pub fn report(
    sources: &Sources,
    file: &str,
    coverage: &Coverage,
    api: &Api,
    lines: &Lines,
    diagnostics: &Diagnostics,
) -> Report {
    let schema = |one: &Covered| Owner::Schema(one.name.clone());
    let operation = |one: &Covered| {
        let operations = api.groups.iter().flat_map(|group| &group.operations);
        let named = |operation: &&crate::model::Operation| {
            one.name == format!("{} {}", operation.method.as_str(), operation.path)
        };
        let id = operations.clone().find(named).map(|found| found.id.clone());
        Owner::Operation(id.unwrap_or_default())
    };
    let part = |covered: &Covered, owner: Owner| Part {
        name: covered.name.clone(),
        standing: covered.standing().into(),
        place: place(sources, covered.span),
        lines: lines.owned.get(&owner).copied().unwrap_or_default(),
        findings: covered
            .findings
            .iter()
            .map(|one| finding(sources, one))
            .collect(),
        uses: covered.uses.clone(),
    };
    let warnings: Vec<Warning> = warnings(sources, diagnostics);
    Report {
        title: api.title.clone(),
        version: api.version.clone(),
        file: file.to_owned(),
        operations: coverage
            .operations
            .iter()
            .map(|one| part(one, operation(one)))
            .collect(),
        schemas: coverage
            .schemas
            .iter()
            .map(|one| part(one, schema(one)))
            .collect(),
        total: Total {
            operations: Count::of(&coverage.operations),
            schemas: Count::of(&coverage.schemas),
            warnings: warnings.len(),
            lines: lines.total,
        },
        warnings,
    }
}

fn finding(sources: &Sources, finding: &crate::lower::Finding) -> Finding {
    Finding {
        standing: finding.standing.into(),
        what: finding.what.clone(),
        why: finding.why.clone(),
        place: place(sources, finding.span),
    }
}

fn warnings(sources: &Sources, diagnostics: &Diagnostics) -> Vec<Warning> {
    let all = diagnostics.sorted().into_iter();
    let warnings = all.filter(|one| one.code.severity() == Severity::Warning);
    warnings
        .map(|one| Warning {
            code: one.code.id(),
            message: one.message.clone(),
            place: place(sources, one.primary.span),
        })
        .collect()
}

fn place(sources: &Sources, span: Span) -> Place {
    let source = sources.get(span.source);
    let (line, column) = source.position(span.start);
    Place {
        file: source.name.clone(),
        line,
        column,
    }
}
