//! Checking: whether the tree is what generating would write.

use std::{collections::BTreeSet, fs, path::Path};

use similar::TextDiff;

use super::{LOCK, Lock, OutputError, read};
use crate::files::{ENVIRONMENTS, FileSet, Owner};

/// Folders in which every file is the generator's, but for those of [`ENVIRONMENTS`].
const GENERATED_FOLDERS: [&str; 3] = ["api", "runtime", "deploy"];
/// How many lines of a difference are shown at most.
const MAX_DIFF_LINES: usize = 60;

/// Where a tree and its document part ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A file that differs, with a unified diff from what is there to what should be.
    Changed(String, String),
    /// A file that should be there.
    Missing(String),
    /// A file that was generated, and should no longer be there.
    Extra(String),
    /// A file that nobody generated, where every file is the generator's; generating leaves it.
    Foreign(String),
    /// A file of the user's that lacks what a new operation asks for.
    Incomplete(String),
}

/// Everything in which a tree differs from what generating would write, in the order of paths.
///
/// # Errors
/// Where the system says no, or the lock cannot be read.
pub fn check(files: &FileSet, lock: &Lock, root: &Path) -> Result<Vec<Difference>, OutputError> {
    let before = Lock::read(root)?;
    let mut found = Vec::new();
    for (path, file) in files.iter() {
        let Some(bytes) = read(root, path)? else {
            found.push(Difference::Missing(path.to_owned()));
            continue;
        };
        match (file.owner, &file.growth) {
            (Owner::Generated, _) if bytes != file.text => {
                found.push(Difference::Changed(
                    path.to_owned(),
                    diff(&bytes, &file.text),
                ));
            }
            (Owner::Scaffold, Some(growth)) => {
                let text = String::from_utf8_lossy(&bytes);
                let grown = growth(&text);
                let grown = grown.map_err(|reason| OutputError::Growth(path.to_owned(), reason))?;
                found.extend(grown.map(|_| Difference::Incomplete(path.to_owned())));
            }
            _ => {}
        }
    }
    let wanted = lock.text()?;
    match read(root, LOCK)? {
        None => found.push(Difference::Missing(LOCK.to_owned())),
        Some(bytes) if bytes != wanted.as_bytes() => {
            found.push(Difference::Changed(
                LOCK.to_owned(),
                diff(&bytes, wanted.as_bytes()),
            ));
        }
        Some(_) => {}
    }
    for path in extra(files, &before, root)? {
        found.push(match before.outputs.contains_key(&path) {
            true => Difference::Extra(path),
            false => Difference::Foreign(path),
        });
    }
    Ok(found)
}

fn extra(files: &FileSet, before: &Lock, root: &Path) -> Result<BTreeSet<String>, OutputError> {
    let mut found = BTreeSet::new();
    for folder in GENERATED_FOLDERS {
        walk(root, folder, &mut found)?;
    }
    for path in before.outputs.keys() {
        if crate::files::is_safe(path) && read(root, path)?.is_some() {
            found.insert(path.clone());
        }
    }
    let of_the_user = |path: &str| {
        let rest = path.strip_prefix(ENVIRONMENTS);
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    found.retain(|path| files.get(path).is_none() && !of_the_user(path));
    Ok(found)
}

fn walk(root: &Path, folder: &str, found: &mut BTreeSet<String>) -> Result<(), OutputError> {
    let place = root.join(folder);
    let Ok(entries) = fs::read_dir(&place) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry.map_err(|error| OutputError::Io(place.clone(), error))?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            true if entry.file_name() == "target" => {}
            true => walk(root, &path, found)?,
            false => _ = found.insert(path),
        }
    }
    Ok(())
}

fn diff(there: &[u8], wanted: &[u8]) -> String {
    let (there, wanted) = (
        String::from_utf8_lossy(there),
        String::from_utf8_lossy(wanted),
    );
    if there.replace("\r\n", "\n") == wanted {
        return "only the line ends differ: this checkout has CRLF, the generated file LF\n".into();
    }
    let diff = TextDiff::from_lines(&*there, &*wanted);
    let text = diff
        .unified_diff()
        .context_radius(2)
        .header("is", "should be")
        .to_string();
    let mut lines: Vec<&str> = text.lines().take(MAX_DIFF_LINES + 1).collect();
    if lines.len() > MAX_DIFF_LINES {
        lines[MAX_DIFF_LINES] = "…";
    }
    lines.join("\n") + "\n"
}
