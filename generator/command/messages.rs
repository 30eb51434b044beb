//! What a run says, in the form that was asked for, on standard error; and its data, on standard output.

use std::io::{self, Write};

use oarlock::{
    diagnostic::{self, Diagnostics},
    source::Sources,
};

/// The form of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum MessageFormat {
    /// For people, under the document's own lines.
    #[default]
    Text,
    /// A JSON object on each line; `oarlock explain --schema` describes it.
    Json,
    /// Annotations of a pull request, as GitHub's workflows read them.
    Github,
}

impl MessageFormat {
    /// Tells of all diagnostics.
    pub(crate) fn diagnostics(self, sources: &Sources, diagnostics: &Diagnostics) {
        say(&match self {
            MessageFormat::Text => diagnostic::render(sources, diagnostics),
            MessageFormat::Json => diagnostic::render_json(sources, diagnostics),
            MessageFormat::Github => diagnostic::render_github(sources, diagnostics),
        });
    }

    /// Says something else.
    pub(crate) fn note(self, text: &str) {
        say(&match self {
            MessageFormat::Text => format!("{}\n", diagnostic::on_one_line(text)),
            MessageFormat::Json => diagnostic::note_json(text, false),
            MessageFormat::Github => diagnostic::note_github(text, false, None),
        });
    }

    /// Says that a file of the project is not as it should be; people read that, with the difference, as data.
    pub(crate) fn stale(self, path: &str, text: &str) {
        match self {
            MessageFormat::Text => {}
            MessageFormat::Json => say(&diagnostic::note_json(text, true)),
            MessageFormat::Github => say(&diagnostic::note_github(text, true, Some(path))),
        }
    }

    /// Says why a run ends.
    pub(crate) fn error(self, text: &str) {
        say(&match self {
            MessageFormat::Text => format!("error: {}\n", diagnostic::terminal(text)),
            MessageFormat::Json => diagnostic::note_json(text, true),
            MessageFormat::Github => diagnostic::note_github(text, true, None),
        });
    }
}

/// Writes data. Whoever closes the pipe has read enough.
///
/// # Errors
/// Where it cannot be written otherwise.
pub(super) fn print(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    let written = out
        .write_all(diagnostic::terminal(text).as_bytes())
        .and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("standard output cannot be written: {error}"))
        }
        _ => Ok(()),
    }
}

/// Whoever closes the pipe does not want to know.
fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
