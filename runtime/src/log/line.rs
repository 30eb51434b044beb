//! A line of JSON as it grows.

use std::{
    cell::Cell,
    fmt::{self, Write},
    time::{Duration, SystemTime, UNIX_EPOCH},
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
        out.push_str("{\"timestamp\":\"");
        timestamp(out, SystemTime::now());
        out.push_str("\",\"level\":\"");
        out.push_str(level.as_str());
        out.push('"');
        member(out, "target", target);
        out.push_str(&self.service);
    }
}

/// The request that a line belongs to.
pub(super) fn request(out: &mut String, trace: u128, span: u64, operation: &str) {
    out.push_str(",\"trace_id\":\"");
    hexadecimal(out, trace, 32);
    out.push_str("\",\"span_id\":\"");
    hexadecimal(out, span.into(), 16);
    out.push('"');
    if !operation.is_empty() {
        out.push_str(",\"operation_id\":");
        text(out, operation);
    }
}

/// A number as so many hexadecimal digits; what `fmt` takes ten times as long for.
fn hexadecimal(out: &mut String, number: u128, digits: u32) {
    for place in (0..digits).rev() {
        #[expect(clippy::cast_possible_truncation, reason = "four bits")]
        let digit = (number >> (4 * place)) as u32 & 0xf;
        out.extend(char::from_digit(digit, 16));
    }
}

/// A moment (RFC 3339, in microseconds). Each thread keeps its last second as text: most lines are of that.
fn timestamp(out: &mut String, now: SystemTime) {
    thread_local! {
        static SECOND: Cell<(u64, [u8; 19])> = const { Cell::new((u64::MAX, [0; 19])) };
    }
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (mut second, mut text) = SECOND.get();
    if second != since.as_secs() {
        second = since.as_secs();
        let whole = UNIX_EPOCH + Duration::from_secs(second);
        let written = humantime::format_rfc3339_seconds(whole).to_string();
        // Up to the year 9999 the form has one length.
        let Ok(digits) = written.as_bytes()[..written.len().min(19)].try_into() else {
            out.push_str(&written);
            return;
        };
        text = digits;
        SECOND.set((second, text));
    }
    out.extend(text.iter().map(|byte| char::from(*byte)));
    out.push('.');
    digits(out, since.subsec_micros(), 6);
    out.push('Z');
}

/// A number as so many decimal digits.
pub(super) fn digits(out: &mut String, number: u32, count: u32) {
    for place in (0..count).rev() {
        out.extend(char::from_digit(number / 10_u32.pow(place) % 10, 10));
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
    fn moments_and_ids_are_written_as_the_standards_have_them() {
        for (seconds, micros) in [
            (0, 0),
            (1_795_649_439, 921_612),
            (1_795_649_439, 7),
            (253_402_300_799, 999_999),
        ] {
            let now = UNIX_EPOCH + Duration::new(seconds, micros * 1000);
            let mut own = String::new();
            timestamp(&mut own, now);
            assert_eq!(own, humantime::format_rfc3339_micros(now).to_string());
        }
        let mut ids = String::new();
        request(
            &mut ids,
            0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736,
            0x00f0_67aa_0ba9_02b7,
            "",
        );
        assert_eq!(
            ids,
            ",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\""
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
