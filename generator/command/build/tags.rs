//! The tags of an image, and what the command line may say of tags and platforms.

use crate::command::git::Commit;

/// The longest tag that an image may have.
const LONGEST_TAG: usize = 128;

/// A tag of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: String,
    /// Whether others may have it: what is not committed is nobody's version.
    pub(super) is_public: bool,
}

/// The document's version, and that with the commit and a digest of the changes since: short enough with it, and still told
/// apart.
pub(super) fn tags(
    version: &str,
    asked: Option<&str>,
    commit: Option<&Commit>,
    changes: Option<&str>,
) -> Vec<Tag> {
    let tag = |name: &str, is_public| Tag {
        name: name.to_owned(),
        is_public,
    };
    match (asked, commit) {
        (Some(asked), _) => vec![tag(asked, true)],
        (None, None) => vec![tag(version, true)],
        (None, Some(commit)) => {
            let dirty = match (commit.dirty, changes) {
                (false, _) => String::new(),
                (true, None) => "-dirty".to_owned(),
                (true, Some(changes)) => format!("-dirty-{changes}"),
            };
            let end = format!("-{}{dirty}", commit.short());
            let room = version.len().min(LONGEST_TAG - end.len());
            let start = version.get(..room).unwrap_or(version);
            vec![
                tag(version, !commit.dirty),
                tag(&format!("{start}{end}"), true),
            ]
        }
    }
}

/// A tag as the command line gives it.
///
/// # Errors
/// Where no image may have it.
pub(super) fn tag(text: &str) -> Result<String, String> {
    let letter = |one: char| one.is_ascii_alphanumeric() || "_.-".contains(one);
    let fits = !text.is_empty() && text.len() <= LONGEST_TAG && text.chars().all(letter);
    match fits && !text.starts_with(['.', '-']) {
        true => Ok(text.to_owned()),
        false => Err("a tag has at most 128 letters, digits, `_`, `.` and `-`, and begins with none of the last two".into()),
    }
}

/// A platform as the command line gives it.
///
/// # Errors
/// Where it is none, or several.
pub(super) fn platform(text: &str) -> Result<String, String> {
    let word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'_')
    };
    let parts: Vec<&str> = text.split('/').collect();
    match matches!(parts.len(), 2 | 3) && parts.into_iter().all(word) {
        true => Ok(text.to_owned()),
        false => Err("a platform is an operating system and an architecture, as in linux/arm64; one for each run".into()),
    }
}
