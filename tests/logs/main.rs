//! The log of a service from outside: its lines, what they must not hold, and what happens where nobody reads them.

mod access;
#[path = "../service/client.rs"]
mod client;
mod pressure;
#[path = "../project/mod.rs"]
mod project;
mod secrets;
mod vault;

use std::thread::sleep;
use std::time::Duration;

use client::ask;
use serde_json::Value;
use vault::Process;

pub(crate) const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
pub(crate) const PARENT: (&str, &str) = (
    "traceparent",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
);
pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
pub(crate) const BOX: &str =
    r#"{"owner":"Ann","phrase":"open sesame","riddle":"sphinx","weight":3}"#;

/// The lines with a member.
pub(crate) fn with<'l>(lines: &'l [Value], name: &str, value: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line[name] == value).collect()
}

#[test]
fn every_line_says_when_where_and_for_whom() {
    let process = Process::start(&[("RUST_LOG", "trace")]);
    let target = "/boxes/7?pin=1234";
    let headers = [JSON, PARENT, ("authorization", "Bearer abc")];
    assert_eq!(ask(process.http, "POST", target, &headers, BOX).status, 204);
    let lines = process.lines();
    for line in &lines {
        let time = line["timestamp"].as_str().expect("a time");
        assert!(time.len() == 27 && time.ends_with('Z'), "{line}");
        assert_eq!(
            (&line["service"], &line["version"]),
            (&"Vault".into(), &"2.0.0".into())
        );
        assert!(
            line["target"].is_string() && line["message"].is_string(),
            "{line}"
        );
    }
    for (level, words) in [
        ("TRACE", "trace"),
        ("DEBUG", "debug"),
        ("INFO", "filled by Ann"),
        ("ERROR", "error"),
    ] {
        let found = with(&lines, "message", words);
        assert_eq!(found.len(), 1, "{words}");
        let line = found[0];
        assert_eq!(
            (&line["level"], &line["trace_id"]),
            (&level.into(), &TRACE.into()),
            "{line}"
        );
        assert_eq!(
            (&line["operation_id"], &line["target"]),
            (&"fillBox".into(), &"vault::vault".into())
        );
        assert_eq!(line["span_id"].as_str().map(str::len), Some(16), "{line}");
    }
    let mine = with(&lines, "message", "filled by Ann")[0];
    assert_eq!(
        (&mine["level"], &mine["field.level"]),
        (&"INFO".into(), &"mine".into())
    );
}

#[test]
fn a_panic_is_one_line_with_its_place() {
    let process = Process::start(&[]);
    let pass = ("vault-pass", "s3cret-words");
    for kind in ["panic", "words", "unwrap", "index"] {
        let answer = ask(
            process.http,
            "GET",
            &format!("/ask?for={kind}"),
            &[PARENT, pass],
            "",
        );
        assert_eq!(answer.status, 500);
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
    }
    assert_eq!(
        ask(process.http, "GET", "/ask?for=nothing", &[], "").status,
        204
    );
    assert_eq!(process.metric("oarlock_panics_total"), 4);
    let text = process.text();
    assert!(!text.contains("s3cret-words"), "{text}");
    let lines = process.lines();
    let panics = with(&lines, "message", "a panic");
    let words: Vec<_> = panics
        .iter()
        .filter_map(|line| line["panic"].as_str())
        .collect();
    assert_eq!(
        words,
        [
            "the vault broke",
            "(its words hold values, and are left out)",
            "called `Result::unwrap()` on an `Err` value",
            "index out of bounds: the len is 2 but the index is 14"
        ]
    );
    for line in panics {
        assert_eq!(
            (&line["level"], &line["trace_id"]),
            (&"ERROR".into(), &TRACE.into()),
            "{line}"
        );
        assert_eq!(line["operation_id"], "ask");
        let place = line["place"].as_str().expect("a place");
        assert!(place.starts_with("services/vault/src/vault.rs:"), "{line}");
    }
    let errors = with(&lines, "level", "ERROR");
    assert_eq!(
        errors.len(),
        8,
        "a line of the panic and one of the request each"
    );
}

#[test]
fn the_level_changes_while_it_runs() {
    let process = Process::start(&[]);
    let fill = || {
        let headers = [JSON, ("authorization", "Bearer abc")];
        assert_eq!(
            ask(process.http, "POST", "/boxes/7", &headers, BOX).status,
            204
        );
        sleep(Duration::from_millis(200));
    };
    let count = |words: &str| process.text().matches(words).count();
    fill();
    assert_eq!((count("\"TRACE\""), count("\"answered\"")), (0, 1));
    assert_eq!(
        ask(process.admin, "PUT", "/log-level", &[], "info,vault=trace").status,
        200
    );
    fill();
    assert_eq!((count("\"TRACE\""), count("\"answered\"")), (1, 2));
    assert_eq!(
        ask(process.admin, "PUT", "/log-level", &[], "info,access=off").status,
        200
    );
    fill();
    assert_eq!((count("\"TRACE\""), count("\"answered\"")), (1, 2));
    assert_eq!(
        ask(process.admin, "PUT", "/log-level", &[], "a=b=c").status,
        400
    );
}

#[test]
fn lines_for_people_are_asked_for() {
    let process = Process::start(&[("OARLOCK_LOG_FORMAT", "pretty")]);
    assert_eq!(
        ask(process.http, "GET", "/ask?for=nothing", &[PARENT], "").status,
        204
    );
    sleep(Duration::from_millis(200));
    let text = process.text();
    let line = text
        .lines()
        .find(|line| line.contains("answered"))
        .expect("a line");
    let wanted = format!(
        "INFO access answered trace_id={TRACE} operation_id=ask method=GET route=/ask status=204"
    );
    assert!(line.contains(&wanted), "{line}");
    assert!(
        !text.contains('\u{1b}'),
        "no colours but on a terminal: {text:?}"
    );
}

/// `script` (util-linux) gives the service a terminal.
#[test]
fn a_terminal_has_colours_unless_they_are_not_wanted() {
    for (no_color, coloured) in [("", true), ("1", false)] {
        let text = vault::on_a_terminal(no_color);
        assert!(text.contains("serving"), "{text}");
        assert!(!text.contains("{\"timestamp\""), "{text}");
        assert_eq!(text.contains("\u{1b}[32m"), coloured, "{text:?}");
    }
}
