//! A line of JSON as it grows.

use std::{
    fmt::{self, Write},
    time::SystemTime,
};

use tracing::Level;

use crate::terminal::drives;

/// How much of a text a line takes, in bytes.
const MOST_OF_A_TEXT: usize = 16 << 10;
/// From which length on a line takes up no more texts.
const MOST_OF_A_LINE: usize = 64 << 10;

/// The members that every line has, which no field of an event may stand for.
const OWN: [&str; 8] = [
    "timestamp",
    "level",
    "target",
    "service",
    "version",
    "trace_id",
    "span_id",
    "operation_id",
];

/// What is the same in every line.
pub(super) struct Head {
    service: String,
}

impl Head {
    pub(super) fn new(title: &str, version: &str) -> Self {
        let mut service = String::new();
        member(&mut service, "service", title);
        member(&mut service, "version", version);
        Head { service }
    }

    /// Begins a line.
    pub(super) fn begin(&self, out: &mut String, level: Level, target: &str) {
        let now = humantime::format_rfc3339_micros(SystemTime::now());
        let _ = write!(out, "{{\"timestamp\":\"{now}\",\"level\":\"{level}\"");
        member(out, "target", target);
        out.push_str(&self.service);
    }
}

/// Ends a line.
pub(super) fn end(out: &mut String) {
    out.push_str("}\n");
}

/// Begins a member whose value comes next.
pub(super) fn name(out: &mut String, name: &str) {
    out.push(',');
    let name = name.strip_prefix("r#").unwrap_or(name);
    match OWN.contains(&name) {
        true => {
            let _ = write!(out, "\"field.{name}\"");
        }
        false => {
            out.push('"');
            // A `String` takes everything.
            let _ = escape(out, name);
            out.push('"');
        }
    }
    out.push(':');
}

fn member(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, ",\"{name}\":");
    text(out, value);
}

/// A text between quotes; what is too long is cut, and says so.
pub(super) fn text(out: &mut String, text: &str) {
    out.push('"');
    let room = match out.len() > MOST_OF_A_LINE {
        true => 0,
        false => MOST_OF_A_TEXT,
    };
    let kept = &text[..text.floor_char_boundary(room)];
    // A `String` takes everything.
    let _ = escape(out, kept);
    if kept.len() < text.len() {
        let _ = write!(out, "… ({} bytes more)", text.len() - kept.len());
    }
    out.push('"');
}

/// Text for between the quotes of JSON, in which nothing drives a terminal that shows it, or changes the order in which
/// it is read (Unicode TR36).
pub(super) fn escape(out: &mut impl Write, text: &str) -> fmt::Result {
    let mut done = 0;
    for (place, letter) in text.char_indices() {
        if is_plain(letter) {
            continue;
        }
        out.write_str(&text[done..place])?;
        done = place + letter.len_utf8();
        match letter {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            other => write!(out, "\\u{:04x}", u32::from(other))?,
        }
    }
    out.write_str(&text[done..])
}

fn is_plain(letter: char) -> bool {
    match letter {
        '"' | '\\' => false,
        ' '..='~' => true,
        other => !drives(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_line_holds_nothing_that_drives_a_terminal() {
        let words = "a\u{9b}é\u{1b}[31m\u{7f}\u{202e}\n\"\\\t\u{1}";
        let mut line = String::new();
        text(&mut line, words);
        assert!(!line.contains(['\u{9b}', '\u{1b}', '\u{7f}', '\u{202e}', '\n']));
        assert!(line.contains('é'), "{line}");
        assert_eq!(
            serde_json::from_str::<Value>(&line).expect("JSON"),
            json!(words)
        );
    }

    #[test]
    fn a_line_is_bounded() {
        let mut line = String::from("{\"a\":1");
        for index in 0..100 {
            name(&mut line, &format!("level{index}"));
            text(&mut line, &"é".repeat(1 << 20));
        }
        end(&mut line);
        assert!(line.len() < 100 << 10, "{}", line.len());
        let value: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(value["level99"], "… (2097152 bytes more)");
    }

    #[test]
    fn no_field_stands_for_a_member_of_the_line() {
        let mut line = String::new();
        Head::new("a \"service\"", "1").begin(&mut line, Level::INFO, "t");
        name(&mut line, "level");
        text(&mut line, "ERROR");
        end(&mut line);
        let value: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(
            (&value["level"], &value["field.level"]),
            (&json!("INFO"), &json!("ERROR"))
        );
        assert_eq!(value["service"], "a \"service\"");
    }
}
