//! What tells one state of a tree with changes from the next: a digest of what the changed files hold.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::Path,
};

use sha2::{Digest, Sha256};

use crate::command::inputs::is_kept_out;

/// Digits of the digest that tags have.
const SHORT: usize = 8;

/// The first digits of a digest of these files of a project, whatever they are by now.
///
/// # Errors
/// Where one cannot be read.
pub(super) fn digest(root: &Path, files: &[&str]) -> Result<String, String> {
    let mut digest = Sha256::new();
    for file in files {
        take(&mut digest, root, file).map_err(|error| format!("{file}: {error}"))?;
    }
    let digits = digest.finalize();
    let digits: String = digits.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(digits.get(..SHORT).unwrap_or(&digits).to_owned())
}

/// One file, or all of a folder: a submodule, or one that git leaves out.
fn take(digest: &mut Sha256, root: &Path, path: &str) -> io::Result<()> {
    let whole = root.join(path);
    let kind = match whole.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            text(digest, "gone", path);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    if kind.is_symlink() {
        text(digest, "link", path);
        text(digest, "to", &fs::read_link(&whole)?.to_string_lossy());
    } else if kind.is_dir() {
        text(digest, "folder", path);
        let entries = fs::read_dir(&whole)?.collect::<Result<Vec<_>, _>>()?;
        let mut names: Vec<String> = entries
            .into_iter()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        for name in names.iter().filter(|name| !is_kept_out(name)) {
            take(
                digest,
                root,
                &format!("{}/{name}", path.trim_end_matches('/')),
            )?;
        }
    } else if kind.is_file() {
        text(digest, "file", path);
        digest.update(kind.len().to_be_bytes());
        io::copy(&mut File::open(&whole)?, digest)?;
    }
    Ok(())
}

/// A text and what it is, with their lengths: no two rows of texts look the same.
fn text(digest: &mut Sha256, what: &str, text: &str) {
    for part in [what, text] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
}
