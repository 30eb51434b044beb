//! What was left of the user's where it no longer belongs.

use std::{fs, path::Path};

use super::{OutputError, read};
use crate::files::{FileSet, Left};

/// What is to be done with what was left, in words, in the order of paths.
///
/// # Errors
/// Where the system says no.
pub fn left(files: &FileSet, root: &Path) -> Result<Vec<String>, OutputError> {
    let mut told = Vec::new();
    for (left, look) in files.leftovers() {
        for path in places(files, left, root)? {
            if let Some(bytes) = read(root, &path)? {
                told.extend(look(&path, &String::from_utf8_lossy(&bytes)));
            }
        }
    }
    told.sort();
    Ok(told)
}

fn places(files: &FileSet, left: &Left, root: &Path) -> Result<Vec<String>, OutputError> {
    let (folder, file) = match left {
        Left::At(path) => return Ok(vec![path.clone()]),
        Left::InFoldersOf(folder, file) => (folder, file),
    };
    let place = root.join(folder);
    let Ok(entries) = fs::read_dir(&place) else {
        return Ok(Vec::new());
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| OutputError::Io(place.clone(), error))?;
        let below = format!("{folder}/{}/", entry.file_name().to_string_lossy());
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && !files.iter().any(|(path, _)| path.starts_with(&below)) {
            paths.push(format!("{below}{file}"));
        }
    }
    Ok(paths)
}
