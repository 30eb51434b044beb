//! A text that may be a URL, put together of what the document's author wrote and of values that anyone may have sent.

use std::{fmt::Display, ops::Range};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What would end a path segment or a value in a query, or would be read as something else there: `+` as a space, `;`
/// as a separator, `\` as `/`, and `%` as the start of a code. Everything outside ASCII is encoded as well.
const BREAKING: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'/')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Where in a URL the next character would stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the start, or in a text that is no URL so far.
    Open,
    Host,
    Path,
    /// In the query or the fragment.
    Behind,
}

/// The text so far.
#[derive(Default)]
pub(super) struct Template {
    text: String,
    /// Values in the path, by what was written of them and what they are called.
    in_path: Vec<(Range<usize>, String)>,
}

impl Template {
    /// Adds what the author wrote.
    pub(super) fn literal(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a value, so that it cannot leave its place.
    pub(super) fn value(&mut self, value: &str, name: &impl Display) -> Result<(), String> {
        match place(&self.text) {
            Place::Open => self.text.push_str(value),
            Place::Host if is_of_host(value) => self.text.push_str(value),
            Place::Host => {
                return Err(format!(
                    "`{name}` is {value:?}, which cannot be part of a host"
                ));
            }
            Place::Path => {
                let start = self.text.len();
                self.text.extend(utf8_percent_encode(value, BREAKING));
                self.in_path
                    .push((start..self.text.len(), name.to_string()));
            }
            Place::Behind => self.text.extend(utf8_percent_encode(value, BREAKING)),
        }
        Ok(())
    }

    /// The whole text, where no value makes up a path segment that a reader would fold away.
    pub(super) fn finish(self) -> Result<String, String> {
        for (range, name) in &self.in_path {
            let before = self.text.get(..range.start).unwrap_or_default();
            let after = self.text.get(range.end..).unwrap_or_default();
            let start = before.rfind('/').map_or(0, |at| at + 1);
            let end = range.end + after.find(['/', '?', '#']).unwrap_or(after.len());
            let segment = self.text.get(start..end).unwrap_or_default();
            if matches!(segment, "" | "." | "..") {
                return Err(format!(
                    "`{name}` would make {segment:?} a segment of the path"
                ));
            }
        }
        Ok(self.text)
    }
}

/// Where the end of a text stands. A text without a scheme is a relative URL from its first `/` or `?` on.
fn place(text: &str) -> Place {
    let ends_host = ['/', '?', '#', '\\'];
    let host = match text.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(ends_host) => Some(rest),
        _ => text.strip_prefix("//"),
    };
    let from_path = match host {
        Some(rest) => match rest.find(ends_host) {
            Some(at) => rest.get(at..).unwrap_or_default(),
            None => return Place::Host,
        },
        None => text,
    };
    match (
        from_path.contains(['?', '#']),
        from_path.contains(['/', '\\']),
    ) {
        (true, _) if host.is_some() || from_path.contains(['/', '?']) => Place::Behind,
        (_, true) => Place::Path,
        _ => Place::Open,
    }
}

/// Whether a value is made of the letters of a host name, an address or a port.
fn is_of_host(value: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    !value.is_empty() && value.bytes().all(known)
}
