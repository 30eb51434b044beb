//! `oarlock inspect`.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use oarlock::{
    diagnostic::Diagnostics,
    report::{self, Report},
    source::{Source, Sources},
};

use super::{
    documents::{self, Reach},
    explain,
    messages::MessageFormat,
};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The document.
    spec: PathBuf,
    /// How the report is written on standard output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum Format {
    /// Lines for a terminal.
    #[default]
    Text,
    /// One JSON object.
    Json,
    /// One HTML page that stands by itself.
    Html,
}

/// Tells what is understood of a document. An error is a matter of usage or of the system.
pub(crate) fn run(arguments: &Arguments, messages: MessageFormat) -> Result<ExitCode, String> {
    let path = &arguments.spec;
    let mut sources = Sources::default();
    let read = Source::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let id = sources.add(read);
    let access = documents::access(&arguments.reach, Path::new("."), None)?;
    let mut diagnostics = Diagnostics::default();
    let found = oarlock::inspect(&mut sources, id, &access, &mut diagnostics);
    let Some(found) = found.map_err(|error| error.to_string())? else {
        messages.diagnostics(&sources, &diagnostics);
        if let Some(text) = explain::pointer(&diagnostics) {
            messages.note(&text);
        }
        return Ok(ExitCode::FAILURE);
    };
    let text = written(&found, arguments.format)?;
    // Whoever closes the pipe has read enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

fn written(found: &Report, format: Format) -> Result<String, String> {
    match format {
        Format::Text => Ok(report::text(found)),
        Format::Json => {
            let text = serde_json::to_string_pretty(found).map_err(|error| error.to_string())?;
            Ok(text + "\n")
        }
        Format::Html => report::page(found).map_err(|error| error.to_string()),
    }
}
