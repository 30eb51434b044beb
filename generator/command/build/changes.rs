//! What tells one state of a tree with changes from the next: a digest of what the changed files hold.

use std::{io, path::Path};

use oarlock::config::is_kept_out_of_images;
use sha2::{Digest, Sha256};

use crate::command::tree::{self, Entry};

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
    match tree::entry(&whole)? {
        None => text(digest, "gone", path),
        Some(Entry::Link(target)) => {
            text(digest, "link", path);
            text(digest, "to", &target);
        }
        Some(Entry::Folder) => {
            text(digest, "folder", path);
            let names = tree::names(&whole)?;
            for name in names.iter().filter(|name| !is_kept_out_of_images(name)) {
                let below = format!("{}/{name}", path.trim_end_matches('/'));
                take(digest, root, &below)?;
            }
        }
        Some(Entry::File(length)) => {
            text(digest, "file", path);
            digest.update(length.to_be_bytes());
            io::copy(&mut tree::open(&whole)?, digest)?;
        }
        Some(Entry::Other) => {}
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
