//! What a run of `generate` or `check` tells of what it did, or found.

use std::{io::Write, path::Path, process::ExitCode};

use oarlock::{
    diagnostic::{on_one_line, terminal},
    files::FileSet,
    model::{Api, Omitted},
    output::{self, Difference, Lock, Written},
    source::Sources,
};

use super::{in_step::differing, messages::MessageFormat};

/// The operations that were left out, and what they need.
pub(super) fn list_omitted(sources: &Sources, omitted: &[Omitted], messages: MessageFormat) {
    for one in omitted {
        let what = match one.operation.as_str() {
            "" => "left out:".to_owned(),
            operation => format!("left out: {operation}, which needs"),
        };
        let needs: Vec<String> = one
            .needs
            .iter()
            .map(|need| {
                let source = sources.get(need.span.source);
                let (line, column) = source.position(need.span.start);
                format!("{} ({}:{line}:{column})", need.feature, source.name)
            })
            .collect();
        messages.note(&format!("{what} {}", needs.join(", ")));
    }
}

/// What was written.
pub(super) fn report(written: &Written, api: &Api, root: &Path, messages: MessageFormat) {
    let operations: usize = api.groups.iter().map(|group| group.operations.len()).sum();
    for path in &written.grown {
        messages.note(&format!("grown: {path} has stubs for new operations"));
    }
    for path in &written.kept {
        messages.note(&format!(
            "kept: {path} is no longer generated, but was changed by hand: delete it when you can"
        ));
    }
    messages.note(&format!(
        "{}: {operations} operations; {} files created, {} updated, {} removed",
        root.display(),
        written.created.len(),
        written.updated.len(),
        written.removed.len()
    ));
}

/// What was left of the user's where it no longer belongs.
pub(super) fn list_left(
    files: &FileSet,
    root: &Path,
    messages: MessageFormat,
) -> Result<(), String> {
    let left = output::left(files, root).map_err(|error| error.to_string())?;
    left.iter()
        .for_each(|told| messages.note(&format!("left: {told}")));
    Ok(())
}

/// How the tree differs from what it should be.
pub(super) fn check(
    files: &FileSet,
    lock: &Lock,
    root: &Path,
    messages: MessageFormat,
) -> Result<ExitCode, String> {
    let found = output::check(files, lock, root).map_err(|error| error.to_string())?;
    for difference in &found {
        let (path, told, diff) = match difference {
            Difference::Changed(path, diff) => (path, format!("changed: {path}"), diff.as_str()),
            Difference::Missing(path) => (path, format!("missing: {path}"), ""),
            Difference::Extra(path) => (path, format!("extra: {path}"), ""),
            Difference::Foreign(path) => (path, format!("foreign: {path} is not generated"), ""),
            Difference::Incomplete(path) => (
                path,
                format!("incomplete: {path} lacks a new operation"),
                "",
            ),
        };
        messages.stale(path, &told);
        let line = format!("{}\n{diff}", on_one_line(&told));
        // Whoever closes the pipe has read enough; the exit code still tells.
        let _ = std::io::stdout().write_all(terminal(&line).as_bytes());
    }
    if found.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    messages.error(&advice(&found));
    Ok(ExitCode::FAILURE)
}

/// What to do about what was found.
fn advice(found: &[Difference]) -> String {
    let foreign = found
        .iter()
        .filter(|one| matches!(one, Difference::Foreign(_)))
        .count();
    let stale = (found.len() > foreign).then(|| {
        let files = differing(found.len() - foreign);
        format!("{files} from what the document asks for: run `oarlock generate`")
    });
    let foreign = match foreign {
        0 => None,
        1 => Some("1 file is not Oarlock's: delete it, or move it elsewhere".to_owned()),
        count => Some(format!(
            "{count} files are not Oarlock's: delete them, or move them elsewhere"
        )),
    };
    let both: Vec<String> = stale.into_iter().chain(foreign).collect();
    both.join("; ")
}
