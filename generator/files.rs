//! The files of a project before they are written.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

/// The one folder among those of generated files whose files are the user's: values of the chart, an environment each.
pub const ENVIRONMENTS: &str = "deploy/environments";

/// Who may change a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The generator: written anew each time.
    Generated,
    /// The user: written once, and from then on only grown by what is missing.
    Scaffold,
}

/// Adds what a user's file lacks: its new text, or none where nothing is missing.
pub type Growth = Box<dyn Fn(&str) -> Result<Option<String>, String>>;

/// What is to be done with a file of the user's that no longer belongs where it is: from its path and its text, in words;
/// none where it belongs there.
pub type Look = Box<dyn Fn(&str, &str) -> Option<String>>;

/// Where files of the user's may have been left.
pub enum Left {
    /// At this path.
    At(String),
    /// In each folder of this one that holds none of the project's files, at this path there.
    InFoldersOf(&'static str, &'static str),
}

/// One file.
pub struct File {
    /// Who may change it.
    pub owner: Owner,
    /// What it holds when it is written for the first time.
    pub text: Vec<u8>,
    /// How a file of the user's grows.
    pub growth: Option<Growth>,
}

impl fmt::Debug for File {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "File({:?}, {} bytes)", self.owner, self.text.len())
    }
}

/// Files by their paths: relative, with `/` between their parts.
#[derive(Debug, Default)]
pub struct FileSet {
    files: BTreeMap<String, File>,
    /// The same paths in lower case.
    taken: HashSet<String>,
    left: Leftovers,
}

#[derive(Default)]
struct Leftovers(Vec<(Left, Look)>);

impl fmt::Debug for Leftovers {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{} places", self.0.len())
    }
}

/// A path that no file may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathError {
    /// It leads out of the project, or holds what no path should.
    Unsafe(String),
    /// Another file has it, up to upper and lower case.
    Taken(String),
}

impl fmt::Display for PathError {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            PathError::Unsafe(path) => write!(out, "{path:?} is not a path within the project"),
            PathError::Taken(path) => write!(out, "two files would be written to {path:?}"),
        }
    }
}

impl std::error::Error for PathError {}

impl FileSet {
    /// Adds a file.
    ///
    /// # Errors
    /// Where the path leads out of the project, or is taken.
    pub fn add(
        &mut self,
        path: &str,
        owner: Owner,
        text: impl Into<Vec<u8>>,
    ) -> Result<(), PathError> {
        let file = File {
            owner,
            text: text.into(),
            growth: None,
        };
        self.insert(path, file)
    }

    /// Adds a file of the user's that grows.
    ///
    /// # Errors
    /// As [`FileSet::add`].
    pub fn add_growing(
        &mut self,
        path: &str,
        text: String,
        growth: Growth,
    ) -> Result<(), PathError> {
        let file = File {
            owner: Owner::Scaffold,
            text: text.into(),
            growth: Some(growth),
        };
        self.insert(path, file)
    }

    fn insert(&mut self, path: &str, file: File) -> Result<(), PathError> {
        if !is_safe(path) {
            return Err(PathError::Unsafe(path.to_owned()));
        }
        if !self.taken.insert(path.to_ascii_lowercase()) {
            return Err(PathError::Taken(path.to_owned()));
        }
        self.files.insert(path.to_owned(), file);
        Ok(())
    }

    /// Has files looked at that may no longer belong where they are; nothing is done to them.
    pub fn look(&mut self, left: Left, look: Look) {
        self.left.0.push((left, look));
    }

    /// Where to look for what was left.
    pub fn leftovers(&self) -> impl Iterator<Item = (&Left, &Look)> {
        self.left.0.iter().map(|(left, look)| (left, look))
    }

    /// The files in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// The file of a path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }
}

/// Whether a path stays in the project on every system.
pub fn is_safe(path: &str) -> bool {
    let letter = |one: char| one.is_ascii_alphanumeric() || "._-+@".contains(one);
    let part =
        |part: &str| !part.is_empty() && part != "." && part != ".." && part.chars().all(letter);
    !path.is_empty() && path.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_project() {
        for path in [
            "../a", "/a", "a/../b", "a\\b", "a//b", "", "a/", "a\nb", "C:a",
        ] {
            let mut files = FileSet::default();
            assert!(files.add(path, Owner::Generated, "").is_err(), "{path:?}");
        }
    }

    #[test]
    fn no_two_files_have_one_path() {
        let mut files = FileSet::default();
        assert!(files.add("a/b", Owner::Generated, "").is_ok());
        assert_eq!(
            files.add("A/B", Owner::Generated, ""),
            Err(PathError::Taken("A/B".into()))
        );
    }
}
