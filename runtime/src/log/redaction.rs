//! Whose values no line shows.

use std::borrow::Cow;

use super::mask;
use crate::defaults::SECRET_NAMES;

/// What stands in place of a value that is not for a log.
pub(super) const HIDDEN: &str = "[redacted]";

/// Names whose values no line shows.
pub(super) struct Redaction {
    /// Small letters and digits alone.
    names: Vec<Box<[u8]>>,
}

impl Redaction {
    pub(super) fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let bare = |name: &str| -> Box<[u8]> {
            let bytes = name
                .bytes()
                .filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
            bytes.map(|byte| byte.to_ascii_lowercase()).collect()
        };
        let mut names: Vec<_> = names.map(bare).collect();
        names.retain(|name| !name.is_empty());
        names.sort();
        names.dedup();
        Redaction { names }
    }

    /// Whether a name is one of those, however its words are joined and whatever it stands in (`user.pin`).
    pub(super) fn hides(&self, name: &str) -> bool {
        let name = name.as_bytes();
        let always = SECRET_NAMES.iter();
        always
            .map(|one| one.as_bytes())
            .any(|one| is_word(before(name, one)))
            || self.names.iter().any(|one| is_whole(before(name, one)))
    }

    /// A text without the values that stand behind such names in it: `password: …`, `token=…`, `"secret":"…"`.
    pub(super) fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        mask::masked(text, |name| self.hides(name))
    }
}

/// What joins the words of a name.
fn is_between(byte: u8) -> bool {
    matches!(byte, b'-' | b'_' | b'.')
}

/// What stands in a name before its end, and the first byte of that; none where the name does not end so.
fn before<'n>(name: &'n [u8], end: &[u8]) -> Option<(&'n [u8], u8)> {
    let (mut rest, mut first) = (name, None);
    for wanted in end.iter().rev() {
        while let [before @ .., byte] = rest
            && is_between(*byte)
        {
            rest = before;
        }
        let [before @ .., byte] = rest else {
            return None;
        };
        if byte.to_ascii_lowercase() != *wanted {
            return None;
        }
        (rest, first) = (before, Some(*byte));
    }
    first.map(|first| (rest, first))
}

/// Whether the end is a word of its own.
fn is_word(found: Option<(&[u8], u8)>) -> bool {
    found.is_some_and(|(before, first)| match before.last() {
        None => true,
        Some(last) if last.is_ascii_alphanumeric() => {
            first.is_ascii_uppercase() && !last.is_ascii_uppercase()
        }
        Some(_) => true,
    })
}

/// Whether the end is all of the name, but for what it stands in.
fn is_whole(found: Option<(&[u8], u8)>) -> bool {
    found.is_some_and(|(before, _)| matches!(before.last(), None | Some(b'.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_however_they_are_joined() {
        let redaction = Redaction::new(["X-Device-Key", "cardNumber"].into_iter());
        for name in [
            "password",
            "user.password",
            "Proxy-Authorization",
            "set-cookie",
            "x_api_key",
            "X-API-Key",
            "apiKey",
            "accessToken",
            "x_device_key",
            "card_number",
        ] {
            assert!(redaction.hides(name), "{name}");
        }
        for name in [
            "tokens",
            "cookies_eaten",
            "key",
            "number",
            "nontoken",
            "secretary",
            "",
        ] {
            assert!(!redaction.hides(name), "{name}");
        }
    }
}
