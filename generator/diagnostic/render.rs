//! Diagnostics as text, each under the lines it speaks of.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::Diagnostics;
use crate::source::Source;

/// All diagnostics of one source as plain text, in source order.
pub fn render(source: &Source, diagnostics: &Diagnostics) -> String {
    let renderer = Renderer::plain();
    let mut text = String::new();
    for diagnostic in diagnostics.sorted() {
        let primary = &diagnostic.primary;
        let context = diagnostic.context.iter().map(|label| {
            AnnotationKind::Context
                .span(label.span.start..label.span.end)
                .label(&label.text)
        });
        let snippet = Snippet::source(&*source.text)
            .path(&source.name)
            .annotation(
                AnnotationKind::Primary
                    .span(primary.span.start..primary.span.end)
                    .label(&primary.text),
            )
            .annotations(context);
        let report = [Level::ERROR
            .primary_title(&diagnostic.message)
            .id(diagnostic.code.id())
            .element(snippet)
            .element(Level::HELP.message(&diagnostic.help))];
        text.push_str(&renderer.render(&report));
        text.push_str("\n\n");
    }
    text
}
