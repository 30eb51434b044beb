//! A line for people, made of the line of JSON.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::line::escape;

const DIM: &str = "2";

/// The members that are not shown: they are the same in every line, or of no use to a person.
const LEFT_OUT: [&str; 7] = [
    "timestamp",
    "level",
    "target",
    "service",
    "version",
    "message",
    "span_id",
];

/// Adds a line.
pub(super) fn add(out: &mut String, json: &[u8], coloured: bool) {
    let Ok(line) = serde_json::from_slice::<Map<String, Value>>(json) else {
        return;
    };
    let text = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut paint = |code: &str, text: &str| {
        if coloured {
            // A `String` takes everything.
            let _ = write!(out, "\u{1b}[{code}m");
        }
        escape(text, |part| out.push_str(part));
        if coloured {
            out.push_str("\u{1b}[0m");
        }
    };
    let time = text("timestamp").get(11..23).unwrap_or_default();
    paint(DIM, time);
    paint("0", " ");
    let level = text("level");
    let colour = match level {
        "ERROR" => "1;31",
        "WARN" => "33",
        "INFO" => "32",
        "DEBUG" => "34",
        _ => "35",
    };
    paint(colour, &format!("{level:>5}"));
    paint(DIM, &format!(" {}", text("target")));
    paint("0", &format!(" {}", text("message")));
    for (name, value) in &line {
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        paint(DIM, &format!(" {name}="));
        match value {
            Value::String(text) => paint("0", text),
            other => paint("0", &other.to_string()),
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"timestamp":"2026-01-02T03:04:05.678901Z","level":"WARN","target":"shop","service":"s","version":"1","trace_id":"ab","message":"low \u001b[31m","left":3}"#;

    #[test]
    fn a_line_for_people() {
        let mut out = String::new();
        add(&mut out, LINE.as_bytes(), false);
        assert_eq!(
            out,
            "03:04:05.678  WARN shop low \\u001b[31m trace_id=ab left=3\n"
        );
        out.clear();
        add(&mut out, LINE.as_bytes(), true);
        assert!(out.contains("\u{1b}[33m WARN\u{1b}[0m"), "{out:?}");
        assert!(!out.contains("\u{1b}[31m"), "{out:?}");
    }
}
