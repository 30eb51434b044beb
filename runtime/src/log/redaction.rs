//! Whose values no line shows.

use std::borrow::Cow;

use super::mask;

/// What stands in place of a value that is not for a log.
pub(super) const HIDDEN: &str = "[redacted]";

/// Names whose values are secret everywhere: of headers, of members, of fields. `proxy-authorization`, `set-cookie`,
/// `x-api-key` and `access_token` end with one of them.
const ALWAYS: [&str; 6] = [
    "apikey",
    "authorization",
    "cookie",
    "password",
    "secret",
    "token",
];

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
        let mut names: Vec<_> = ALWAYS.into_iter().chain(names).map(bare).collect();
        names.retain(|name| !name.is_empty());
        names.sort();
        names.dedup();
        Redaction { names }
    }

    /// Whether a name is one of those, or ends with one as a word of its own, however its words are joined.
    pub(super) fn hides(&self, name: &str) -> bool {
        self.names.iter().any(|one| ends_with(name.as_bytes(), one))
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

fn ends_with(name: &[u8], end: &[u8]) -> bool {
    let mut rest = name;
    let mut first = None;
    for wanted in end.iter().rev() {
        while let [before @ .., byte] = rest
            && is_between(*byte)
        {
            rest = before;
        }
        let [before @ .., byte] = rest else {
            return false;
        };
        if byte.to_ascii_lowercase() != *wanted {
            return false;
        }
        (rest, first) = (before, Some(*byte));
    }
    match (rest.last(), first) {
        (None, _) => true,
        (Some(before), Some(first)) => {
            is_between(*before)
                || (first.is_ascii_uppercase() && !before.is_ascii_uppercase())
                || !before.is_ascii_alphanumeric()
        }
        (Some(_), None) => false,
    }
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
