//! Writing: generated files anew, the user's once.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use super::{LOCK, Lock, OutputError, lock::digest, read};
use crate::files::{File, FileSet, Owner};

/// What writing did, by paths.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were not there.
    pub created: Vec<String>,
    /// Generated files that differed.
    pub updated: Vec<String>,
    /// Files of the user's to which something was added.
    pub grown: Vec<String>,
    /// Generated files that are no longer asked for.
    pub removed: Vec<String>,
    /// The same, but changed by hand and therefore left.
    pub kept: Vec<String>,
}

/// Writes a project. Nothing is written where a file that is not the generator's would be lost.
///
/// # Errors
/// Where the system says no, or a file stands in the way.
pub fn write(files: &FileSet, lock: &Lock, root: &Path) -> Result<Written, OutputError> {
    let before = Lock::read(root)?;
    for (path, file) in files.iter() {
        refuse_links(root, path)?;
        if file.owner == Owner::Generated && is_foreign(&before, root, path, file)? {
            return Err(OutputError::Foreign(path.to_owned()));
        }
    }
    let mut written = Written::default();
    refuse_links(root, LOCK)?;
    for (path, file) in files.iter() {
        write_one(root, path, file, &mut written)?;
    }
    for (path, known) in &before.outputs {
        if files.get(path).is_none() && crate::files::is_safe(path) {
            remove(root, path, known, &mut written)?;
        }
    }
    let lock_file = File {
        owner: Owner::Generated,
        text: lock.text()?.into_bytes(),
        growth: None,
    };
    write_one(root, LOCK, &lock_file, &mut written)?;
    Ok(written)
}

/// Writes files that are no part of the project into a folder, by their names; each is there whole or not at all.
///
/// # Errors
/// Where the system says no, a name is a path, or a link stands in the way.
pub fn put(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), OutputError> {
    for (name, _) in files {
        if !crate::files::is_safe(name) || name.contains('/') {
            return Err(OutputError::Foreign(name.clone()));
        }
        refuse_links(folder, name)?;
    }
    for (name, bytes) in files {
        if read(folder, name)?.is_none_or(|there| there != *bytes) {
            replace(folder, name, bytes)?;
        }
    }
    Ok(())
}

/// Whether a file stands there that neither the lock knows nor holds just what would be written.
fn is_foreign(before: &Lock, root: &Path, path: &str, file: &File) -> Result<bool, OutputError> {
    if before.outputs.contains_key(path) {
        return Ok(false);
    }
    Ok(read(root, path)?.is_some_and(|bytes| bytes != file.text))
}

fn write_one(
    root: &Path,
    path: &str,
    file: &File,
    written: &mut Written,
) -> Result<(), OutputError> {
    let present = read(root, path)?;
    match (present, file.owner, &file.growth) {
        (None, ..) => {
            replace(root, path, &file.text)?;
            written.created.push(path.to_owned());
        }
        (Some(bytes), Owner::Generated, _) if bytes != file.text => {
            replace(root, path, &file.text)?;
            written.updated.push(path.to_owned());
        }
        (Some(bytes), Owner::Scaffold, Some(growth)) => {
            let text = String::from_utf8_lossy(&bytes);
            let grown =
                growth(&text).map_err(|reason| OutputError::Growth(path.to_owned(), reason))?;
            if let Some(grown) = grown {
                replace(root, path, grown.as_bytes())?;
                written.grown.push(path.to_owned());
            }
        }
        _ => {}
    }
    Ok(())
}

/// Writes beside the file and then takes its place, so that nobody ever sees half of it. What an interrupted run has left
/// beside it goes; a link that was put there is refused, and one that comes at the last moment is not followed.
fn replace(root: &Path, path: &str, bytes: &[u8]) -> Result<(), OutputError> {
    const ENDING: &str = ".oarlock-new";
    refuse_links(root, path)?;
    refuse_links(root, &format!("{path}{ENDING}"))?;
    let place = root.join(path);
    let failed = |error| OutputError::Io(place.clone(), error);
    let folder = place.parent().unwrap_or(root);
    fs::create_dir_all(folder).map_err(failed)?;
    let mut beside = place.clone().into_os_string();
    beside.push(ENDING);
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let mut file = fs::File::create_new(&beside).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    drop(file);
    fs::rename(&beside, &place).map_err(failed)
}

fn remove(root: &Path, path: &str, known: &str, written: &mut Written) -> Result<(), OutputError> {
    refuse_links(root, path)?;
    let Some(bytes) = read(root, path)? else {
        return Ok(());
    };
    if digest(&bytes) != known {
        written.kept.push(path.to_owned());
        return Ok(());
    }
    let place = root.join(path);
    fs::remove_file(&place).map_err(|error| OutputError::Io(place.clone(), error))?;
    written.removed.push(path.to_owned());
    // A folder that is not empty stays.
    let mut folder = place.parent();
    while let Some(empty) =
        folder.filter(|folder| *folder != root && fs::remove_dir(folder).is_ok())
    {
        folder = empty.parent();
    }
    Ok(())
}

fn refuse_links(root: &Path, path: &str) -> Result<(), OutputError> {
    let mut place = root.to_path_buf();
    for part in path.split('/') {
        place.push(part);
        if fs::symlink_metadata(&place).is_ok_and(|found| found.file_type().is_symlink()) {
            return Err(OutputError::Link(place));
        }
    }
    Ok(())
}
