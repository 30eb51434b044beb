//! A project's files as they lie on the disk: links are told, and not followed.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::Path,
};

/// What a path leads to.
pub(super) enum Entry {
    /// A file, and its length in bytes.
    File(u64),
    Folder,
    /// A link, and what it says.
    Link(String),
    /// A socket or the like.
    Other,
}

/// What is there; none where nothing is.
///
/// # Errors
/// Where the system does not tell.
pub(super) fn entry(path: &Path) -> io::Result<Option<Entry>> {
    let metadata = match path.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let kind = metadata.file_type();
    Ok(Some(if kind.is_symlink() {
        Entry::Link(fs::read_link(path)?.to_string_lossy().into_owned())
    } else if kind.is_dir() {
        Entry::Folder
    } else if kind.is_file() {
        Entry::File(metadata.len())
    } else {
        Entry::Other
    }))
}

/// The names in a folder, in their order.
///
/// # Errors
/// Where it cannot be read.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let names: io::Result<Vec<String>> =
        fs::read_dir(folder)?.map(|entry| entry.map(name)).collect();
    let mut names = names?;
    names.sort();
    Ok(names)
}

/// A file, to be read.
///
/// # Errors
/// Where it cannot be opened.
pub(super) fn open(file: &Path) -> io::Result<File> {
    File::open(file)
}

/// What a file holds; what is no UTF-8 in it is replaced.
///
/// # Errors
/// Where it cannot be read.
pub(super) fn text(file: &Path) -> io::Result<String> {
    let bytes = fs::read(file)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
