//! `oarlock explain`.

use std::{io::Write, process::ExitCode};

use clap::Args;
use oarlock::diagnostic::{Code, Diagnostics, MESSAGE_SCHEMA, Severity};

/// How many codes the end of a run names: so many that one still reads them.
const NAMED: usize = 3;

#[derive(Args)]
pub(crate) struct Arguments {
    /// The codes, as in `E013`; without one, all are listed.
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
    /// Print what `--message-format json` writes, as JSON Schema.
    #[arg(long, conflicts_with = "codes")]
    schema: bool,
}

/// Prints the pages of the codes, or the list of all codes. An error is a matter of usage.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let codes = arguments.codes.iter().map(|word| code(word));
    let pages: Vec<&str> = codes
        .map(|code| Ok(code?.page()))
        .collect::<Result<_, String>>()?;
    let text = match (arguments.schema, pages.is_empty()) {
        (true, _) => MESSAGE_SCHEMA.to_owned(),
        (false, true) => list(),
        (false, false) => pages.join("\n"),
    };
    // Whoever closes the pipe has read enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(ExitCode::SUCCESS)
}

fn code(word: &str) -> Result<Code, String> {
    let known = Code::ALL
        .into_iter()
        .find(|code| code.id().eq_ignore_ascii_case(word));
    known.ok_or_else(|| {
        let asked = word.to_uppercase();
        // Of two slips in four letters nobody could tell which code was meant.
        let near = Code::ALL
            .into_iter()
            .find(|code| strsim::osa_distance(code.id(), &asked) == 1);
        let meant = near.map_or_else(String::new, |code| {
            format!("did you mean `{}`? ", code.id())
        });
        format!("there is no code {word:?}: {meant}`oarlock explain` lists them all")
    })
}

fn list() -> String {
    let mut all = Code::ALL;
    all.sort_by_key(|code| code.id());
    let lines = all.into_iter().map(|code| {
        let severity = match code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        format!("{}  {severity:<7}  {}\n", code.id(), code.title())
    });
    lines.collect()
}

/// The last line of a run that told something: where more is said of it. What stands in the way comes first.
pub(super) fn pointer(diagnostics: &Diagnostics) -> Option<String> {
    let mut told: Vec<Code> = Vec::new();
    for severity in [Severity::Error, Severity::Warning] {
        let codes = diagnostics.sorted().into_iter().map(|one| one.code);
        for code in codes.filter(|code| code.severity() == severity) {
            if !told.contains(&code) {
                told.push(code);
            }
        }
    }
    let ids: Vec<&str> = told.iter().take(NAMED).map(|code| code.id()).collect();
    (!ids.is_empty()).then(|| format!("for more about these: `oarlock explain {}`", ids.join(" ")))
}
