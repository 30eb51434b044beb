//! Diagnostics as text, each under the lines it speaks of.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{Diagnostics, Severity, terminal};
use crate::source::Sources;

/// All diagnostics of a run as plain text, in source order; a context label in another file gets that file's lines.
pub fn render(sources: &Sources, diagnostics: &Diagnostics) -> String {
    let renderer = Renderer::plain();
    let mut text = String::new();
    for diagnostic in diagnostics.sorted() {
        let primary = &diagnostic.primary;
        let own = diagnostic.primary.span.source;
        let in_file = |id| {
            let source = sources.get(id);
            let labels = diagnostic.context.iter();
            Snippet::source(&*source.text)
                .path(&source.name)
                .annotations(
                    labels
                        .filter(move |label| label.span.source == id)
                        .map(|label| {
                            AnnotationKind::Context
                                .span(label.span.start..label.span.end)
                                .label(&label.text)
                        }),
                )
        };
        let mut others: Vec<_> = diagnostic
            .context
            .iter()
            .map(|label| label.span.source)
            .filter(|id| *id != own)
            .collect();
        others.sort_unstable();
        others.dedup();
        let snippet = in_file(own).annotation(
            AnnotationKind::Primary
                .span(primary.span.start..primary.span.end)
                .label(&primary.text),
        );
        let level = match diagnostic.code.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let report = [level
            .primary_title(&diagnostic.message)
            .id(diagnostic.code.id())
            .element(snippet)
            .elements(others.into_iter().map(in_file))
            .element(Level::HELP.message(&diagnostic.help))];
        text.push_str(&terminal(&renderer.render(&report)));
        text.push_str("\n\n");
    }
    text
}
