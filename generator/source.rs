//! Files and places in them. The only module that reads files; it knows nothing of what they hold.

use std::{fs, io, path::Path, sync::Arc};

/// One file as it was read.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name shown to the author, as the author gave it.
    pub name: String,
    /// The text, without a byte-order mark.
    pub text: Arc<str>,
}

/// Names one file of a run, in the order in which files were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(usize);

/// The files of a run: the document, and those its references name.
#[derive(Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Adds a file.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.0.push(source);
        SourceId(self.0.len() - 1)
    }

    /// The file that `id` names; ids come from [`Sources::add`] of the same value alone.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0]
    }
}

/// A range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Source {
    /// Takes text that is already in memory.
    pub fn new(name: impl Into<String>, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Source {
            name: name.into(),
            text: text.into(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Whatever the system says, and `InvalidData` for text that is not UTF-8.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Source::new(
            path.display().to_string(),
            &fs::read_to_string(path)?,
        ))
    }

    /// The names of the files in a folder, sorted; none where there is no such folder. Names that are no text are left out.
    pub fn names_in(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries.filter(|entry| entry.path().is_file());
        let mut names: Vec<String> = files
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    /// The line and column of a byte, both counted from 1, the column in characters.
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let byte = self.text.floor_char_boundary(byte);
        let before = &self.text[..byte];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}
