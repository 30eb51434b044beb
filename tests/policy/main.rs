//! Stacks: what a team says for all of its services, and what is told of a project that leaves it.

mod changes;
mod defaults;
mod hostile;
mod parameters;
mod rules;
mod services;
mod versions;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The files of a project that keeps to every rule of its stack.
const FILES: [&str; 3] = ["openapi.yaml", "oarlock.yaml", "stack.yaml"];

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy")
}

/// A folder with the files of a project that keeps to its stack.
fn shop(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("policy")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    for file in FILES {
        fs::copy(here().join("shop").join(file), folder.join(file)).expect("a copy");
    }
    folder
}

#[track_caller]
fn text(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Replaces what stands once in a file.
#[track_caller]
fn edit(folder: &Path, file: &str, old: &str, new: &str) {
    let before = text(folder, file);
    assert_eq!(before.matches(old).count(), 1, "{old:?} in {file}");
    fs::write(folder.join(file), before.replace(old, new)).expect("a file");
}

/// The exit code of a run in a folder, and what it tells.
fn oarlock(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oarlock"));
    command.args(arguments).current_dir(folder);
    let output = command.output().expect("oarlock runs");
    let told = String::from_utf8(output.stderr).expect("text");
    (output.status.code().expect("no signal"), told)
}

/// The names in a folder, to see that nothing was written.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Holds a text against the one that is kept, or keeps it.
#[track_caller]
fn same(kept: &str, printed: &str) {
    let path = here().join(kept);
    if std::env::var_os("OARLOCK_BLESS").is_some() {
        fs::write(&path, printed).expect("a text");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(expected, printed, "{kept}");
}
