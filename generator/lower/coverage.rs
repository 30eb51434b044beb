//! What of a document is understood, and how far: each named schema and each operation, with the places where less than
//! a type is to be had, and why.

use std::collections::BTreeSet;

use super::{
    direction::OneWay,
    naming::Naming,
    operations::keyed_path,
    reasons::{name_of, reasons},
    shape::{NULL, Shape, kinds, shape},
    types::Types,
    unsupported::Reach,
};
use crate::{
    source::Span,
    spec::{Content, Document, Operation, SchemaId},
};

/// How far something is understood, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A type says it whole.
    Typed,
    /// A type holds its values, and the exact schema is asked as well.
    Checked,
    /// It is kept as a JSON value, held against the exact schema, or as bytes.
    Degraded,
    /// It is not generated.
    Refused,
}

/// A place where less than a type is to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How far what stands there is understood.
    pub standing: Standing,
    /// What stands there, in the author's terms.
    pub what: String,
    /// Why no type says it whole.
    pub why: String,
    /// The place.
    pub span: Span,
}

/// A named schema or an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Its name in the document, or its method and path.
    pub name: String,
    /// The place of its name, or of its method.
    pub span: Span,
    /// Where less than a type is to be had, in the order in which it is come to; the named schemas that it uses have
    /// entries of their own.
    pub findings: Vec<Finding>,
    /// The named schemas that it uses, in the order of the document.
    pub uses: Vec<String>,
}

impl Covered {
    /// The worst of its findings.
    pub fn standing(&self) -> Standing {
        let all = self.findings.iter().map(|one| one.standing);
        all.max().unwrap_or(Standing::Typed)
    }
}

/// How far a document is understood.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The operations, in the order of the document.
    pub operations: Vec<Covered>,
    /// The named schemas, in the order of the document.
    pub schemas: Vec<Covered>,
}

/// Looks at every operation and every named schema of a document.
pub fn coverage(document: &Document) -> Coverage {
    let (one_way, naming) = (OneWay::new(document), Naming::default());
    let mut survey = Survey {
        types: Types::new(document, &one_way, &naming),
        reach: Reach::new(document),
        document,
    };
    let mut coverage = Coverage::default();
    for operation in &document.operations {
        coverage.operations.push(survey.operation(operation));
    }
    for (id, schema) in document.schemas.iter() {
        if let Some(name) = &schema.name {
            let refused = survey.refused(&name.value, survey.reach.of_schema(id));
            let mut found = Found::new(refused);
            survey.walk(id, &name.value, &mut found);
            coverage
                .schemas
                .push(found.of(survey.document, &name.value, name.span));
        }
    }
    coverage
}

/// What is found on the way through one schema or operation.
struct Found {
    findings: Vec<Finding>,
    uses: BTreeSet<SchemaId>,
    seen: BTreeSet<SchemaId>,
}

impl Found {
    fn new(findings: Vec<Finding>) -> Self {
        Found {
            findings,
            uses: BTreeSet::new(),
            seen: BTreeSet::new(),
        }
    }

    fn of(self, document: &Document, name: &str, span: Span) -> Covered {
        let named = self.uses.iter().map(|id| name_of(document, *id));
        Covered {
            name: name.to_owned(),
            span,
            findings: self.findings,
            uses: named.map(str::to_owned).collect(),
        }
    }
}

struct Survey<'a> {
    types: Types<'a>,
    reach: Reach,
    document: &'a Document,
}

impl Survey<'_> {
    fn refused(&self, what: &str, needs: BTreeSet<crate::spec::Unsupported>) -> Vec<Finding> {
        let needs = needs.into_iter().map(|need| Finding {
            standing: Standing::Refused,
            what: what.to_owned(),
            why: format!("{} is not supported", need.feature),
            span: need.span,
        });
        needs.collect()
    }

    fn operation(&mut self, operation: &Operation) -> Covered {
        let method = operation.method.as_str();
        let name = format!("{method} {}", keyed_path(operation));
        let refused = self.refused("the operation", self.reach.of_operation(operation));
        let mut found = Found::new(refused);
        for parameter in &operation.parameters {
            let what = format!("the parameter `{}`", parameter.name);
            self.part(parameter.schema, &what, &mut found);
        }
        let body = operation.body.iter().flat_map(|body| &body.contents);
        for content in body {
            self.content(content, "the body", &mut found);
        }
        for response in &operation.responses {
            let answer = format!("the answer {}", response.status);
            for header in &response.headers {
                let what = format!("the header `{}` of {answer}", header.name);
                self.part(header.schema, &what, &mut found);
            }
            for content in &response.contents {
                self.content(content, &answer, &mut found);
            }
        }
        found.of(self.document, &name, operation.span)
    }

    fn content(&mut self, content: &Content, what: &str, found: &mut Found) {
        let what = format!("{what} as `{}`", content.media_type.value);
        if content.unasked {
            found.findings.push(Finding {
                standing: Standing::Degraded,
                what: what.clone(),
                why: "bytes of this media type are handed on as they come, and its schema is not asked".into(),
                span: content.media_type.span,
            });
        }
        if let Some(schema) = content.schema {
            self.part(schema, &what, found);
        }
    }

    /// A schema in use: by its name, where it has one.
    fn part(&mut self, id: SchemaId, what: &str, found: &mut Found) {
        let identity = self.types.views.view(id).identity;
        match self.document.schemas.get(identity).name.is_some() {
            true => _ = found.uses.insert(identity),
            false => self.walk(id, what, found),
        }
    }

    /// A schema itself, and those without a name within it.
    fn walk(&mut self, id: SchemaId, what: &str, found: &mut Found) {
        let view = self.types.views.view(id);
        if !found.seen.insert(id) {
            return;
        }
        let shaped = shape(&mut self.types.views, &view);
        if !shaped.exact {
            let standing = match shaped.shape {
                Shape::Json => Standing::Degraded,
                _ => Standing::Checked,
            };
            found.findings.push(Finding {
                standing,
                what: what.to_owned(),
                why: reasons(self.document, id, &view, &shaped),
                span: self.document.schemas.get(id).span,
            });
        }
        for property in &view.schema.object.properties {
            self.part(
                property.schema,
                &format!("{what}, `{}`", property.name),
                found,
            );
        }
        let schema = &view.schema;
        let items = schema.array.items.iter().chain(&schema.array.prefix);
        for item in items {
            self.part(*item, &format!("{what}, an item"), found);
        }
        if let crate::spec::Additional::Schema(value) = schema.object.additional {
            self.part(value, &format!("{what}, another member"), found);
        }
        for member in schema.one_of.iter().chain(&schema.any_of) {
            // `null` beside others makes an `Option` of them.
            if kinds(&self.types.views.view(*member).schema) == NULL {
                continue;
            }
            self.part(*member, &format!("{what}, a choice"), found);
        }
    }
}
