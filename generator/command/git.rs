//! What git knows of a project: the commit, its time, and what has changed. Git is asked and never told to do anything; the
//! only text of others that it is given is a revision, and that behind `--end-of-options`.

use std::{
    collections::BTreeSet,
    env,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use oarlock::config::is_kept_out_of_images;

use super::{
    generate::CONFIG,
    inputs::{self, LOCK},
};

/// Digits of a commit that tags have: as many on every machine, which git's own short form has not.
const SHORT: usize = 12;
/// Whatever settings say of submodules, a change in one is a change.
const SUBMODULES: &str = "--ignore-submodules=none";
/// The last second that a time of RFC 3339 can tell, of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

/// What git knows of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Repository {
    Known(Commit),
    /// Nothing, and why.
    Unknown(String),
}

/// The commit that a project stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Commit {
    /// All its digits.
    pub(super) id: String,
    /// When it was made, in seconds since 1970.
    pub(super) seconds: u64,
    /// Whether the project differs from it.
    pub(super) dirty: bool,
    /// Whether git holds `Cargo.lock`: it tells no change of what it is told to leave out.
    pub(super) holds_lock: bool,
    /// Files that images are made of and that git tells no change of: those that it leaves out, and those that it is told not
    /// to look at.
    pub(super) unseen: BTreeSet<String>,
}

impl Commit {
    pub(super) fn short(&self) -> &str {
        self.id.get(..SHORT).unwrap_or(&self.id)
    }

    /// What the image is told to be of; what differs from the commit does not pass for it.
    pub(super) fn revision(&self) -> String {
        match self.dirty {
            true => format!("{}-dirty", self.id),
            false => self.id.clone(),
        }
    }
}

/// Asks git for the commit of a project, whose images are made of what it includes beside the usual.
///
/// # Errors
/// What git says where there is a repository and it cannot be read.
pub(super) fn ask(root: &Path, include: &[String]) -> Result<Repository, String> {
    let unknown = |reason: String| Ok(Repository::Unknown(reason));
    let Some(head) = git(root, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])? else {
        return unknown("git is not on the PATH".into());
    };
    let told = String::from_utf8_lossy(&head.stderr);
    if !head.status.success() {
        return match told.trim() {
            "" => unknown("nothing is committed yet".into()),
            told if told.contains("not a git repository") => match found_at(root) {
                Some(place) => Err(format!("git cannot read the repository {place}: {told}")),
                None => unknown(format!("{} is in no git repository", root.display())),
            },
            told => Err(format!("git: {told}")),
        };
    }
    let id = digits(&head.stdout)?;
    let held = listed(&succeeded(root, &["ls-files", "-z", "--", CONFIG, LOCK])?);
    if !held.contains(CONFIG) {
        return unknown(format!("{CONFIG} is not committed"));
    }
    let status = [
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=normal",
        SUBMODULES,
        "--",
        ".",
    ];
    let holds_lock = held.contains(LOCK);
    let unseen = unseen(root, include)?;
    Ok(Repository::Known(Commit {
        seconds: seconds(root, &id)?,
        dirty: !holds_lock || !unseen.is_empty() || !succeeded(root, &status)?.is_empty(),
        holds_lock,
        unseen,
        id,
    }))
}

/// Where the repository stands that a project lies in, whether git can read it or not: what git itself looks at on its way up.
pub(super) fn found_at(root: &Path) -> Option<String> {
    if let Some(said) = env::var_os("GIT_DIR") {
        return Some(said.to_string_lossy().into_owned());
    }
    let ceilings = env::var_os("GIT_CEILING_DIRECTORIES").unwrap_or_default();
    let ceilings: Vec<PathBuf> = env::split_paths(&ceilings)
        .filter_map(|place| place.canonicalize().ok())
        .collect();
    let root = root.canonicalize().ok()?;
    let within = root
        .ancestors()
        .take_while(|folder| *folder == root || !ceilings.iter().any(|one| one == folder));
    let mut places = within.map(|folder| folder.join(".git"));
    let place = places.find(|place| place.symlink_metadata().is_ok())?;
    Some(place.display().to_string())
}

/// The files that images are made of and that git tells no change of.
fn unseen(root: &Path, include: &[String]) -> Result<BTreeSet<String>, String> {
    let asked = |words: &[&'static str]| {
        let words = words.iter().copied().chain(["-z", "--"]);
        let words = words.chain(inputs::FOLDERS);
        let words = words.chain(include.iter().map(String::as_str));
        succeeded(root, &words.collect::<Vec<_>>()).map(|written| listed(&written))
    };
    let left_out = asked(&["ls-files", "--others", "--ignored", "--exclude-standard"])?;
    // A small letter before the path is that of a file that is assumed to be unchanged, and an `S` of one that is passed over.
    let marked = asked(&["ls-files", "-v"])?;
    let marked = marked.into_iter().filter_map(|line| {
        let (mark, path) = line.split_once(' ')?;
        let is_passed_over = mark == "S" || mark.chars().all(|one| one.is_ascii_lowercase());
        is_passed_over.then(|| path.to_owned())
    });
    let all = left_out.into_iter().chain(marked);
    Ok(all.filter(|path| !is_kept_out_of_images(path)).collect())
}

/// The commit that a revision names; none where it names none.
///
/// # Errors
/// Where git is not there.
pub(super) fn resolve(root: &Path, revision: &str) -> Result<Option<String>, String> {
    let named = format!("{revision}^{{commit}}");
    let arguments = [
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &named,
    ];
    let found = git(root, &arguments)?.ok_or("git is not on the PATH")?;
    match found.status.success() {
        true => digits(&found.stdout).map(Some),
        false => Ok(None),
    }
}

/// The files of a project that differ between a commit and the working tree, new ones among them, by their paths in the
/// project.
///
/// # Errors
/// What git says.
fn changed_since(root: &Path, commit: &str) -> Result<BTreeSet<String>, String> {
    let differing = [
        "diff",
        "--name-only",
        "-z",
        "--no-renames",
        "--no-ext-diff",
        "--relative",
        SUBMODULES,
    ];
    let differing = differing.into_iter().chain([commit, "--", "."]);
    let mut changed = listed(&succeeded(root, &differing.collect::<Vec<_>>())?);
    let new = [
        "ls-files",
        "--others",
        "--exclude-standard",
        "-z",
        "--",
        ".",
    ];
    changed.extend(listed(&succeeded(root, &new)?));
    Ok(changed)
}

/// [`changed_since`], and what git does not look at or, as `Cargo.lock` may be, does not hold: nobody knows of it.
///
/// # Errors
/// What git says.
pub(super) fn changed(root: &Path, id: &str, commit: &Commit) -> Result<BTreeSet<String>, String> {
    let mut changed = changed_since(root, id)?;
    changed.extend(commit.unseen.iter().cloned());
    if !commit.holds_lock {
        changed.insert(LOCK.to_owned());
    }
    Ok(changed)
}

fn seconds(root: &Path, id: &str) -> Result<u64, String> {
    let told = succeeded(
        root,
        &["rev-list", "--timestamp", "--max-count=1", id, "--"],
    )?;
    let told = String::from_utf8_lossy(&told);
    let seconds = told
        .split_whitespace()
        .next()
        .and_then(|one| one.parse().ok());
    seconds
        .filter(|seconds| *seconds <= LAST_SECOND)
        .ok_or_else(|| format!("the time of the commit {id} is not one that an image can be told"))
}

/// What git writes of an object's name: 40 digits, or 64.
fn digits(written: &[u8]) -> Result<String, String> {
    let text = String::from_utf8_lossy(written).trim().to_owned();
    let hexadecimal = text.bytes().all(|one| one.is_ascii_hexdigit());
    match hexadecimal && matches!(text.len(), 40 | 64) {
        true => Ok(text),
        false => Err(format!("git names no commit, but writes {text:?}")),
    }
}

fn listed(written: &[u8]) -> BTreeSet<String> {
    let paths = written
        .split(|byte| *byte == 0)
        .filter(|path| !path.is_empty());
    paths
        .map(|path| String::from_utf8_lossy(path).into_owned())
        .collect()
}

fn succeeded(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = git(root, arguments)?.ok_or("git is not on the PATH")?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!(
            "git {}: {}",
            arguments.first().unwrap_or(&""),
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

/// Runs git; none where it is not there. Its words are asked for in English, since one of them decides; it takes no lock, so
/// that whatever else is done in the repository goes on.
fn git(root: &Path, arguments: &[&str]) -> Result<Option<Output>, String> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).arg("--no-optional-locks");
    command.args(arguments).env("LC_ALL", "C");
    match command.output() {
        Ok(output) => Ok(Some(output)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("git cannot be started: {error}")),
    }
}
