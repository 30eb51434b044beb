//! Values behind names, found in the text of a line: in what `Debug` writes of structs and maps, in JSON, in pairs, in
//! queries and in heads of requests.

use std::borrow::Cow;

use memchr::memchr3;

use super::redaction::HIDDEN;

/// A text without the values of names that are hidden.
pub(super) fn masked(text: &str, hides: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let (mut done, mut from) = (0, 0);
    while let Some(next) = memchr3(b':', b'=', b',', &bytes[from..]) {
        let place = from + next;
        from = place + 1;
        let name = name_before(&text[..place]);
        if (bytes[place] == b',' && !is_first_of_a_pair(&text[..place], name)) || !hides(name) {
            continue;
        }
        let (start, end) = value_behind(bytes, place);
        if start < end {
            out.push_str(&text[done..start]);
            out.push_str(HIDDEN);
            (done, from) = (end, end);
        }
    }
    match done {
        0 => Cow::Borrowed(text),
        _ => {
            out.push_str(&text[done..]);
            Cow::Owned(out)
        }
    }
}

/// The name at the end of a text, out of its quotes.
fn name_before(text: &str) -> &str {
    let text = text.trim_end_matches([' ', '"', '\'', '`', '\\']);
    let start =
        text.rfind(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.')));
    let start = start.map_or(0, |place| {
        place + text[place..].chars().next().map_or(1, char::len_utf8)
    });
    &text[start..]
}

/// Whether a name at the end of a text is the first of a pair: `("name"`.
fn is_first_of_a_pair(text: &str, name: &str) -> bool {
    let before = text
        .strip_suffix('"')
        .and_then(|text| text.strip_suffix(name));
    before.is_some_and(|before| before.ends_with("(\""))
}

/// Where the value behind the sign at `sign` begins and ends.
fn value_behind(bytes: &[u8], sign: usize) -> (usize, usize) {
    let spaces = bytes[sign + 1..].iter().take_while(|byte| **byte == b' ');
    let start = sign + 1 + spaces.count();
    // A path of Rust (`Token::new`), or an address behind a scheme, is no value.
    if bytes[sign] == b':' && bytes[start..].starts_with(b":") {
        return (start, start);
    }
    let spaced = bytes[sign] == b'=';
    let mut depth = 0_usize;
    let mut place = start;
    while place < bytes.len() {
        match bytes[place] {
            b'"' | b'\'' if place == start || depth > 0 || bytes[place] == b'"' => {
                place = quoted(bytes, place, 0);
                continue;
            }
            b'\\' => {
                let slashes = bytes[place..]
                    .iter()
                    .take_while(|byte| **byte == b'\\')
                    .count();
                if bytes.get(place + slashes) == Some(&b'"') {
                    place = quoted(bytes, place + slashes, slashes);
                    continue;
                }
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => break,
            b')' | b']' | b'}' => depth -= 1,
            b',' | b'\n' | b'\r' | b'&' if depth == 0 => break,
            b' ' | b'\t' | b';' if depth == 0 && spaced => break,
            _ => {}
        }
        place += 1;
    }
    let value = bytes[start..place.min(bytes.len())].trim_ascii_end();
    (start, start + value.len())
}

/// Where a text between quotes ends, whose quotes stand behind so many backslashes; the end of all where they do not end.
fn quoted(bytes: &[u8], open: usize, slashes: usize) -> usize {
    let quote = bytes[open];
    let mut before = 0;
    for (place, byte) in bytes.iter().enumerate().skip(open + 1) {
        match *byte {
            b'\\' => before += 1,
            byte if byte == quote && before <= slashes => return place + 1,
            byte if byte == quote && slashes == 0 && before % 2 == 0 => return place + 1,
            _ => before = 0,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_behind_names_are_hidden() {
        for (text, left) in [
            (
                r#"User { name: "a", password: "x, \"s" }"#,
                r#"User { name: "a", password: [redacted] }"#,
            ),
            (
                r#"{"authorization": "Basic x", "accept": "y"}"#,
                r#"{"authorization": [redacted], "accept": "y"}"#,
            ),
            (r#"{"token":"x","n":1}"#, r#"{"token":[redacted],"n":1}"#),
            (
                r#"Body("{\"token\":\"x\",\"n\":1}")"#,
                r#"Body("{\"token\":[redacted],\"n\":1}")"#,
            ),
            (
                r#"A { token: Some(["x", "y"]), b: 1 }"#,
                "A { token: [redacted], b: 1 }",
            ),
            (
                r#"Object {"token": String("x"), "b": 1}"#,
                r#"Object {"token": [redacted], "b": 1}"#,
            ),
            ("/pets?token=x&limit=3", "/pets?token=[redacted]&limit=3"),
            (
                "Authorization: Bearer x y\nHost: z",
                "Authorization: [redacted]\nHost: z",
            ),
            (
                "login with token=x failed",
                "login with token=[redacted] failed",
            ),
            ("token: x", "token: [redacted]"),
            (
                r#"[("token", "x"), ("n", "1")]"#,
                r#"[("token", [redacted]), ("n", "1")]"#,
            ),
            (r#"token: "x"#, "token: [redacted]"),
            (
                r#"{"token":"a\\","n":"b"}"#,
                r#"{"token":[redacted],"n":"b"}"#,
            ),
        ] {
            let hides = |name: &str| {
                ["token", "password", "authorization"].contains(&name.to_ascii_lowercase().as_str())
            };
            assert_eq!(masked(text, hides), left);
        }
    }

    #[test]
    fn other_texts_are_left_as_they_are() {
        for text in [
            "Token::new",
            "tokens: 3",
            "a: b",
            "token",
            "token:",
            "a token, x",
            "\"token\", x",
            "x=token",
            "é=ü",
        ] {
            assert!(
                matches!(masked(text, |name| name == "token"), Cow::Borrowed(_)),
                "{text}"
            );
        }
    }
}
