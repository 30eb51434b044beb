//! Diagnostics as text, each under the lines it speaks of.

use std::collections::HashMap;

use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Label, Severity, terminal};
use crate::source::{Source, SourceId, Sources};

/// How much is shown at most, in bytes of lines, and how much each diagnostic counts beside its lines: a document on one
/// long line would be looked through again for each.
const MOST: usize = 8 << 20;
const OF_EACH: usize = 1 << 10;

/// All diagnostics of a run as plain text, in source order; a context label in another file gets that file's lines.
pub fn render(sources: &Sources, diagnostics: &Diagnostics) -> String {
    let renderer = Renderer::plain();
    let mut lines = Lines::default();
    let mut text = String::new();
    let all = diagnostics.sorted();
    let mut left = MOST;
    for (index, diagnostic) in all.iter().enumerate() {
        let parts = parts(sources, &mut lines, diagnostic);
        let size: usize = parts.iter().map(|part| part.cost).sum();
        left = match left.checked_sub(size + OF_EACH) {
            Some(left) => left,
            // The first one is told whatever its size.
            None if index == 0 => 0,
            None => {
                let rest = all[index..].iter().map(|one| one.code.severity());
                let errors = rest.filter(|one| *one == Severity::Error).count();
                let warnings = all.len() - index - errors;
                text.push_str(&format!(
                    "{errors} more errors and {warnings} more warnings are not shown\n\n"
                ));
                break;
            }
        };
        let level = match diagnostic.code.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let report = [level
            .primary_title(&diagnostic.message)
            .id(diagnostic.code.id())
            .elements(parts.iter().map(Part::snippet))
            .element(Level::HELP.message(&diagnostic.help))];
        text.push_str(&terminal(&renderer.render(&report)));
        text.push_str("\n\n");
    }
    text
}

/// Lines of one file, and what is to be said of them.
struct Part<'a> {
    name: &'a str,
    text: &'a str,
    /// Where they begin, in bytes of the file and in lines.
    start: usize,
    line: usize,
    /// How much there is to look at: lines between those with labels are only passed over.
    cost: usize,
    labels: Vec<(AnnotationKind, &'a Label)>,
}

impl<'a> Part<'a> {
    fn snippet(&self) -> Snippet<'a, Annotation<'a>> {
        let labels = self.labels.iter().map(|(kind, label)| {
            let (start, end) = (label.span.start - self.start, label.span.end - self.start);
            kind.span(start..end).label(&label.text)
        });
        Snippet::source(self.text)
            .path(self.name)
            .line_start(self.line)
            .annotations(labels)
    }
}

/// What a diagnostic says of each file: of its own first, and there of the contexts before the place itself.
fn parts<'a>(sources: &'a Sources, lines: &mut Lines, diagnostic: &'a Diagnostic) -> Vec<Part<'a>> {
    let own = diagnostic.primary.span.source;
    let contexts = diagnostic.context.iter();
    let mut others: Vec<SourceId> = contexts
        .map(|label| label.span.source)
        .filter(|id| *id != own)
        .collect();
    others.sort_unstable();
    others.dedup();
    let files = std::iter::once(own).chain(others);
    files
        .map(|id| {
            let inside = |label: &&Label| label.span.source == id;
            let contexts = diagnostic.context.iter().filter(inside);
            let mut labels: Vec<_> = contexts
                .map(|label| (AnnotationKind::Context, label))
                .collect();
            if id == own {
                labels.push((AnnotationKind::Primary, &diagnostic.primary));
            }
            lines.part(id, sources.get(id), labels)
        })
        .collect()
}

/// Where the lines of files begin.
#[derive(Default)]
struct Lines(HashMap<SourceId, Vec<usize>>);

impl Lines {
    /// The lines that labels speak of, and all between them.
    fn part<'a>(
        &mut self,
        id: SourceId,
        source: &'a Source,
        labels: Vec<(AnnotationKind, &'a Label)>,
    ) -> Part<'a> {
        let starts = self.0.entry(id).or_insert_with(|| {
            let ends = source.text.match_indices('\n');
            std::iter::once(0)
                .chain(ends.map(|(end, _)| end + 1))
                .collect()
        });
        let place = |byte: usize| starts.partition_point(|start| *start <= byte).max(1);
        let length =
            |line: usize| starts.get(line).unwrap_or(&source.text.len()) - starts[line - 1];
        let spans = || labels.iter().map(|(_, label)| label.span);
        let first = spans().map(|span| span.start).min().unwrap_or(0);
        let last = spans().map(|span| span.end).max().unwrap_or(0);
        let line = place(first);
        let start = starts[line - 1];
        let end = starts.get(place(last)).copied();
        let end = end.unwrap_or(source.text.len());
        let shown = spans().flat_map(|span| [length(place(span.start)), length(place(span.end))]);
        Part {
            name: &source.name,
            text: &source.text[start..end],
            start,
            line,
            cost: shown.sum::<usize>() + (end - start) / 16,
            labels,
        }
    }
}
