//! Diagnostics for machines: a JSON object each, or the annotations of GitHub's workflow commands.

use serde::Serialize;

use super::{Diagnostic, Diagnostics, Label, Severity, terminal};
use crate::source::Sources;

/// What each line of `--message-format json` looks like, as JSON Schema.
pub const MESSAGE_SCHEMA: &str = include_str!("message.schema.json");

/// A place, its lines and columns counted from 1, columns in characters; the end is the place after the last.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    label: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Message<'a> {
    Diagnostic {
        code: &'static str,
        severity: &'static str,
        message: &'a str,
        #[serde(flatten)]
        place: Place<'a>,
        help: &'a str,
        related: Vec<Place<'a>>,
    },
    Note {
        severity: &'static str,
        message: &'a str,
    },
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn place<'a>(sources: &'a Sources, label: &'a Label) -> Place<'a> {
    let source = sources.get(label.span.source);
    let (line, column) = source.position(label.span.start);
    let (end_line, end_column) = source.position(label.span.end);
    Place {
        file: &source.name,
        line,
        column,
        end_line,
        end_column,
        label: &label.text,
    }
}

fn line(message: &Message) -> String {
    // Every key is text and no number is a float, so that nothing can fail.
    serde_json::to_string(message).unwrap_or_default() + "\n"
}

/// All diagnostics of a run, in source order, a JSON object on each line ([`MESSAGE_SCHEMA`]).
pub fn render_json(sources: &Sources, diagnostics: &Diagnostics) -> String {
    let lines = diagnostics.sorted().into_iter().map(|one| {
        line(&Message::Diagnostic {
            code: one.code.id(),
            severity: word(one.code.severity()),
            message: &one.message,
            place: place(sources, &one.primary),
            help: &one.help,
            related: one.context.iter().map(|one| place(sources, one)).collect(),
        })
    });
    lines.collect()
}

/// What a run says beside its diagnostics, as a line of JSON; `failed` where it says why it ended.
pub fn note_json(text: &str, failed: bool) -> String {
    line(&Message::Note {
        severity: if failed { "error" } else { "note" },
        message: text,
    })
}

/// All diagnostics of a run, in source order, as annotations of a pull request (GitHub's workflow commands).
pub fn render_github(sources: &Sources, diagnostics: &Diagnostics) -> String {
    let lines = diagnostics.sorted().into_iter();
    lines.map(|one| annotation(sources, one)).collect()
}

fn annotation(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let place = place(sources, &diagnostic.primary);
    let related = diagnostic.context.iter().map(|label| {
        let place = self::place(sources, label);
        format!(
            "\n{}:{}:{}: {}",
            place.file, place.line, place.column, place.label
        )
    });
    let words = format!(
        "{}: {}{}\nhelp: {}",
        diagnostic.message,
        place.label,
        related.collect::<String>(),
        diagnostic.help
    );
    format!(
        "::{} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
        word(diagnostic.code.severity()),
        property(place.file),
        place.line,
        place.column,
        place.end_line,
        place.end_column,
        diagnostic.code.id(),
        message(&words)
    )
}

/// What a run says beside its diagnostics, as an annotation of a file where it is about one; `failed` where it says why
/// the run ended.
pub fn note_github(text: &str, failed: bool, file: Option<&str>) -> String {
    let command = if failed { "error" } else { "notice" };
    let file = file.map(|path| format!(" file={}", property(path)));
    format!(
        "::{command}{}::{}\n",
        file.unwrap_or_default(),
        message(text)
    )
}

/// The text of a workflow command, on one line.
fn message(text: &str) -> String {
    terminal(text).replace('%', "%25").replace('\n', "%0A")
}

/// A property of a workflow command, between commas.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_command() {
        let told = note_github("100%\n::error::x\r", true, None);
        assert_eq!(told, "::error::100%25%0A::error::x\u{240d}\n");
        assert_eq!(property("a,b:c\n"), "a%2Cb%3Ac%0A");
    }
}
