//! Whether the document's own examples and defaults fit their schemas, as the generated types would decide.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::{direction::Direction, judge::Judge};
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Label},
    source::Span,
    spec::{Content, ContentKind, Document, Literal, SchemaId},
};

/// Tells of each example and each default that does not fit, and gives back the judge, who knows the schemas by then.
pub(super) fn judge<'a>(
    document: &'a Document,
    judge: Judge<'a>,
    diagnostics: &mut Diagnostics,
) -> Judge<'a> {
    let mut judge = Telling {
        document,
        judge,
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
    judge.judge
}

struct Telling<'a, 'd> {
    document: &'a Document,
    judge: Judge<'a>,
    /// The places told already: a component may be in use many times.
    told: HashSet<Span>,
    diagnostics: &'d mut Diagnostics,
}

impl Telling<'_, '_> {
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
            let mut reasons = ways
                .iter()
                .map_while(|way| self.misfit(id, *way, &example.value));
            let first = reasons.next();
            let others = reasons.count();
            if let Some((pointer, words)) = first.filter(|_| others + 1 == ways.len()) {
                self.told.insert(example.span);
                let reason = match pointer.as_str() {
                    "" => words,
                    pointer => format!("{pointer}: {words}"),
                };
                let span = self.document.place(example.span, &pointer);
                self.diagnostics.push(misfit(what, span, &reason));
            }
        }
    }

    /// Why a value does not fit; none where it does.
    fn misfit(&mut self, id: SchemaId, way: Direction, value: &Json) -> Option<(String, String)> {
        let validator = self.judge.validator(id, way)?;
        validator.first_violation(value)
    }
}

fn misfit(what: &str, span: Span, reason: &str) -> Diagnostic {
    Diagnostic {
        code: Code::ExampleMisfit,
        message: format!("this {what} does not fit its schema: {reason}"),
        primary: Label {
            span,
            text: "not what the schema asks for".into(),
        },
        context: Vec::new(),
        help: format!("mend the {what}, or the schema that it stands for"),
    }
}
