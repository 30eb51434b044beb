//! Whether the document's own examples and defaults fit their schemas, as the generated types would decide.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::{
    contract::Definitions,
    direction::{Direction, OneWay},
};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Label},
    spec::{Content, ContentKind, Document, Literal, SchemaId},
};

/// Tells of each example and each default that does not fit.
pub(super) fn judge(document: &Document, one_way: &OneWay, diagnostics: &mut Diagnostics) {
    let mut judge = Judge {
        definitions: Definitions::new(document, one_way),
        validators: HashMap::new(),
        told: HashSet::new(),
        diagnostics,
    };
    for (id, schema) in document.schemas.iter() {
        let words = &schema.words;
        judge.all(
            "example",
            id,
            &words.examples,
            &[Direction::Answer, Direction::Request],
        );
        let default = words.default.as_slice();
        judge.all(
            "default",
            id,
            default,
            &[Direction::Answer, Direction::Request],
        );
    }
    for operation in &document.operations {
        // A value that `content` describes may be written as text.
        let styled = operation.parameters.iter();
        for parameter in styled.filter(|one| one.content.is_none()) {
            judge.all(
                "example",
                parameter.schema,
                &parameter.examples,
                &[Direction::Request],
            );
        }
        if let Some(body) = &operation.body {
            for content in &body.contents {
                judge.content(content, Direction::Request);
            }
        }
        for response in &operation.responses {
            for header in &response.headers {
                judge.all(
                    "example",
                    header.schema,
                    &header.examples,
                    &[Direction::Answer],
                );
            }
            for content in &response.contents {
                judge.content(content, Direction::Answer);
            }
        }
    }
}

struct Judge<'a, 'd> {
    definitions: Definitions<'a>,
    validators: HashMap<(SchemaId, Direction), Option<oarlock_runtime::Validator>>,
    /// The places told already: a component may be in use many times.
    told: HashSet<crate::source::Span>,
    diagnostics: &'d mut Diagnostics,
}

impl Judge<'_, '_> {
    fn content(&mut self, content: &Content, way: Direction) {
        // An example of another media type than JSON is written as text.
        if let (Some(schema), ContentKind::Json) = (content.schema, content.kind) {
            self.all("example", schema, &content.examples, &[way]);
        }
    }

    /// Judges examples by the ways that they may go: one of them is enough.
    fn all(&mut self, what: &str, id: SchemaId, examples: &[Literal], ways: &[Direction]) {
        for example in examples
            .iter()
            .filter(|one| !self.told.contains(&one.span))
            .cloned()
            .collect::<Vec<_>>()
        {
            let reasons: Vec<Option<String>> = ways
                .iter()
                .map(|way| self.misfit(id, *way, &example.value))
                .collect();
            if let Some(Some(reason)) = reasons.first()
                && reasons.iter().all(Option::is_some)
            {
                self.told.insert(example.span);
                self.diagnostics.push(misfit(what, &example, reason));
            }
        }
    }

    /// Why a value does not fit; none where it does.
    fn misfit(&mut self, id: SchemaId, way: Direction, value: &Json) -> Option<String> {
        let definitions = &mut self.definitions;
        let validator = self.validators.entry((id, way)).or_insert_with(|| {
            let schema = definitions.schema(id, way);
            definitions.validator(schema)
        });
        validator.as_ref()?.first_violation(value)
    }
}

fn misfit(what: &str, example: &Literal, reason: &str) -> Diagnostic {
    Diagnostic {
        code: Code::ExampleMisfit,
        message: format!("this {what} does not fit its schema: {reason}"),
        primary: Label {
            span: example.span,
            text: "not what the schema asks for".into(),
        },
        context: Vec::new(),
        help: format!("mend the {what}, or the schema that it stands for"),
    }
}
