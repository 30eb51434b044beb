//! What is not generated yet: where it stands, which schemas it reaches, which operations it costs.

use std::collections::{BTreeSet, HashSet};

use crate::spec::{Document, Operation, Schema, SchemaId, Unsupported};

/// What each schema reaches through references, members and items.
pub(super) struct Reach {
    wants: Vec<Vec<Unsupported>>,
    children: Vec<Vec<SchemaId>>,
}

impl Reach {
    pub(super) fn new(document: &Document) -> Self {
        let (mut wants, mut children) = (Vec::new(), Vec::new());
        for (_, schema) in document.schemas.iter() {
            let mut own = schema.unsupported.clone();
            own.extend(patterns(schema));
            wants.push(own);
            children.push(schema.children());
        }
        Reach { wants, children }
    }

    /// Everything in the document that is not generated yet, each place once.
    pub(super) fn all(&self, document: &Document) -> BTreeSet<Unsupported> {
        let schemas = self.wants.iter().flatten();
        document
            .unsupported
            .iter()
            .chain(schemas)
            .cloned()
            .collect()
    }

    /// What an operation needs that is not generated yet.
    pub(super) fn of_operation(&self, operation: &Operation) -> BTreeSet<Unsupported> {
        self.reached(&roots(operation))
    }

    /// What a schema needs that is not generated yet.
    pub(super) fn of_schema(&self, id: SchemaId) -> BTreeSet<Unsupported> {
        self.reached(&[id])
    }

    fn reached(&self, from: &[SchemaId]) -> BTreeSet<Unsupported> {
        let mut needs = BTreeSet::new();
        let mut seen = HashSet::new();
        let mut open = from.to_vec();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                needs.extend(self.wants[id.index()].iter().cloned());
                open.extend(&self.children[id.index()]);
            }
        }
        needs
    }
}

/// The schemas that stand in an operation itself.
fn roots(operation: &Operation) -> Vec<SchemaId> {
    let parameters = operation.parameters.iter().map(|one| one.schema);
    let body = operation.body.iter().flat_map(|body| &body.contents);
    let answers = operation.responses.iter().flat_map(|one| &one.contents);
    let contents = body.chain(answers).filter_map(|content| content.schema);
    let headers = operation.responses.iter().flat_map(|one| &one.headers);
    let headers = headers.map(|header| header.schema);
    parameters.chain(contents).chain(headers).collect()
}

/// Patterns that are no regular expressions of ECMA 262, or that the engines here cannot run.
fn patterns(schema: &Schema) -> Vec<Unsupported> {
    let named = schema.object.patterns.iter().map(|(pattern, _)| pattern);
    let all = schema.pattern.iter().chain(named);
    let told = all.filter_map(|pattern| {
        let reason = oarlock_runtime::check_pattern(&pattern.value).err()?;
        Some(Unsupported {
            span: pattern.span,
            feature: format!("this pattern ({reason})"),
        })
    });
    told.collect()
}
