//! A line of JSON as it grows.

use std::{
    cell::Cell,
    io::Write,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
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
    service: Vec<u8>,
}

impl Head {
    pub(super) fn new(title: &str, version: &str) -> Self {
        let mut service = Vec::new();
        member(&mut service, "service", title);
        member(&mut service, "version", version);
        Head { service }
    }

    /// Begins a line.
    pub(super) fn begin(&self, out: &mut Vec<u8>, level: Level, target: &str) {
        begin(out, SystemTime::now());
        self.origin(out, level, target);
    }

    /// What follows the moment of a line: what it comes from.
    pub(super) fn origin(&self, out: &mut Vec<u8>, level: Level, target: &str) {
        out.extend_from_slice(b",\"level\":\"");
        out.extend_from_slice(level.as_str().as_bytes());
        out.push(b'"');
        member(out, "target", target);
        out.extend_from_slice(&self.service);
    }
}

/// Begins a line with its moment.
pub(super) fn begin(out: &mut Vec<u8>, moment: SystemTime) {
    out.extend_from_slice(b"{\"timestamp\":\"");
    timestamp(out, moment);
    out.push(b'"');
}

/// The request that a line belongs to.
pub(super) fn request(out: &mut Vec<u8>, trace: u128, span: u64, id: &str) {
    ids(out, trace, span);
    operation(out, id);
}

/// The trace that a line belongs to, and the span.
pub(super) fn ids(out: &mut Vec<u8>, trace: u128, span: u64) {
    out.extend_from_slice(b",\"trace_id\":\"");
    hexadecimal(out, &trace.to_be_bytes());
    out.extend_from_slice(b"\",\"span_id\":\"");
    hexadecimal(out, &span.to_be_bytes());
    out.push(b'"');
}

/// The operation that a line belongs to, where there is one.
pub(super) fn operation(out: &mut Vec<u8>, id: &str) {
    if !id.is_empty() {
        out.extend_from_slice(b",\"operation_id\":");
        text(out, id);
    }
}

/// Bytes as hexadecimal digits, 16 at most; what `fmt` takes ten times as long for.
fn hexadecimal(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 32];
    let pairs = text.as_chunks_mut::<2>().0;
    for (pair, byte) in pairs.iter_mut().zip(bytes) {
        *pair = [
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 0xf)],
        ];
    }
    out.extend_from_slice(&text[..2 * bytes.len()]);
}

/// What the clock on the wall shows at a moment that has been. It is asked every tenth of a second: what is counted on
/// from there is as near as a log can say.
pub(super) fn wall(moment: Instant) -> SystemTime {
    const KEPT: Duration = Duration::from_millis(100);
    thread_local! {
        static ASKED: Cell<Option<(Instant, SystemTime)>> = const { Cell::new(None) };
    }
    if let Some((asked, shown)) = ASKED.get()
        && let Some(since) = moment
            .checked_duration_since(asked)
            .filter(|since| *since < KEPT)
    {
        return shown + since;
    }
    let (now, shown) = (Instant::now(), SystemTime::now());
    ASKED.set(Some((now, shown)));
    let ago = now.saturating_duration_since(moment);
    shown.checked_sub(ago).unwrap_or(shown)
}

/// A moment (RFC 3339, in microseconds). Each thread keeps its last second as text: most lines are of that.
fn timestamp(out: &mut Vec<u8>, now: SystemTime) {
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
            out.extend_from_slice(written.as_bytes());
            return;
        };
        text = digits;
        SECOND.set((second, text));
    }
    out.extend_from_slice(&text);
    out.push(b'.');
    digits(out, since.subsec_micros(), 6);
    out.push(b'Z');
}

/// A number as so many decimal digits, ten at most.
pub(super) fn digits(out: &mut Vec<u8>, mut number: u32, count: usize) {
    let mut text = [b'0'; 10];
    for byte in text[..count].iter_mut().rev() {
        *byte += (number % 10) as u8;
        number /= 10;
    }
    out.extend_from_slice(&text[..count]);
}

/// A number as it is.
pub(super) fn number(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Ends a line.
pub(super) fn end(out: &mut Vec<u8>) {
    out.extend_from_slice(b"}\n");
}

/// Begins a member whose value comes next.
pub(super) fn name(out: &mut Vec<u8>, name: &str) {
    out.push(b',');
    let name = name.strip_prefix("r#").unwrap_or(name);
    match OWN.contains(&name) {
        true => {
            let _ = write!(out, "\"field.{name}\"");
        }
        false => {
            out.push(b'"');
            escape(name, |part| out.extend_from_slice(part.as_bytes()));
            out.push(b'"');
        }
    }
    out.push(b':');
}

fn member(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    text(out, value);
}

/// A text between quotes; what is too long is cut, and says so.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let room = match out.len() > MOST_OF_A_LINE {
        true => 0,
        false => MOST_OF_A_TEXT,
    };
    let kept = &text[..text.floor_char_boundary(room)];
    escape(kept, |part| out.extend_from_slice(part.as_bytes()));
    if kept.len() < text.len() {
        // A `Vec` takes everything.
        let _ = write!(out, "… ({} bytes more)", text.len() - kept.len());
    }
    out.push(b'"');
}

/// Text for between the quotes of JSON, in which nothing drives a terminal that shows it, or changes the order in which
/// it is read (Unicode TR36).
pub(super) fn escape(text: &str, mut put: impl FnMut(&str)) {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    if text.as_bytes().iter().all(plain) {
        return put(text);
    }
    let mut done = 0;
    for (place, letter) in text.char_indices() {
        if is_plain(letter) {
            continue;
        }
        put(&text[done..place]);
        done = place + letter.len_utf8();
        match letter {
            '"' => put("\\\""),
            '\\' => put("\\\\"),
            '\n' => put("\\n"),
            '\r' => put("\\r"),
            '\t' => put("\\t"),
            other => put(&format!("\\u{:04x}", u32::from(other))),
        }
    }
    put(&text[done..]);
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
        let mut line = Vec::new();
        text(&mut line, words);
        let line = String::from_utf8(line).expect("UTF-8");
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
            let mut own = Vec::new();
            timestamp(&mut own, now);
            let wanted = humantime::format_rfc3339_micros(now).to_string();
            assert_eq!(own, wanted.as_bytes());
        }
        let mut ids = Vec::new();
        request(
            &mut ids,
            0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736,
            0x00f0_67aa_0ba9_02b7,
            "",
        );
        assert_eq!(
            ids,
            b",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\""
        );
    }

    #[test]
    fn a_line_is_bounded() {
        let mut line = Vec::from("{\"a\":1");
        for index in 0..100 {
            name(&mut line, &format!("level{index}"));
            text(&mut line, &"é".repeat(1 << 20));
        }
        end(&mut line);
        assert!(line.len() < 100 << 10, "{}", line.len());
        let value: Value = serde_json::from_slice(&line).expect("JSON");
        assert_eq!(value["level99"], "… (2097152 bytes more)");
    }

    #[test]
    fn no_field_stands_for_a_member_of_the_line() {
        let mut line = Vec::new();
        Head::new("a \"service\"", "1").begin(&mut line, Level::INFO, "t");
        name(&mut line, "level");
        text(&mut line, "ERROR");
        end(&mut line);
        let value: Value = serde_json::from_slice(&line).expect("JSON");
        assert_eq!(
            (&value["level"], &value["field.level"]),
            (&json!("INFO"), &json!("ERROR"))
        );
        assert_eq!(value["service"], "a \"service\"");
    }
}
