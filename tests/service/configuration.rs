//! Where settings come from, and what becomes of those that are wrong.

use std::{fs, path::Path, process::Output};

use crate::{
    examples::STAFF,
    process::{Process, command},
};

fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = command();
    command.args(arguments).envs(settings.iter().copied());
    command.output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// A file of these tests.
fn file(name: &str, text: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("it can be written");
    path.to_str().expect("a path of text").to_owned()
}

#[test]
fn the_settings_in_force_are_shown_with_their_origin() {
    let path = file("shown.yaml", "max: { connections: 12 }\n");
    let settings = [
        ("OARLOCK_CONFIG", &*path),
        ("OARLOCK_DRAIN_TIMEOUT", "7s"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=SECRET"),
    ];
    let output = run(&["--print-config"], &settings);
    let shown = text(&output.stdout);
    assert_eq!(
        (output.status.code(), text(&output.stderr)),
        (Some(0), String::new())
    );
    let lines: Vec<&str> = shown.lines().collect();
    let holds = |start: &str, end: &str| {
        let found = lines
            .iter()
            .any(|line| line.starts_with(start) && line.ends_with(end));
        assert!(found, "{start} … {end} in {shown}");
    };
    holds(
        "max_connections: 12 ",
        &format!("# max_connections in {path}"),
    );
    holds("drain_timeout: 7s ", "# environment");
    holds("max_body_bytes: 2097152 ", "# default");
    holds("# OTEL_EXPORTER_OTLP_HEADERS=(hidden) ", "# environment");
    assert!(!shown.contains("SECRET"));
}

#[test]
fn mistakes_stop_the_start_and_are_all_told() {
    let path = file("mistaken.yaml", "drian: { delay: 1s }\nhttp_addr: 80\n");
    let settings = [
        ("OARLOCK_CONFIG", &*path),
        ("OARLOCK_EXAMPELS", "on"),
        ("OARLOCK_MAX_CONNECTIONS_FILE", "/none"),
    ];
    for arguments in [&[][..], &["--print-config"], &["healthcheck"]] {
        let output = run(arguments, &settings);
        assert_eq!(output.status.code(), Some(2));
        let told = text(&output.stderr);
        for words in [
            "OARLOCK_EXAMPELS is no setting of this service; did you mean OARLOCK_EXAMPLES?",
            "drian_delay is no setting of this service; did you mean drain_delay?",
            "is \"80\", but must be an address",
            "OARLOCK_MAX_CONNECTIONS_FILE: /none cannot be read",
        ] {
            assert!(told.contains(words), "{words} in {told}");
        }
        assert_eq!(told.lines().count(), 4, "{told}");
    }
}

#[test]
fn a_service_runs_by_its_file() {
    let path = file(
        "running.yaml",
        "examples: on\nmax_body_bytes: 64\ndrain_delay: 0s\n",
    );
    let mut process = Process::start(&[("OARLOCK_CONFIG", &path)]);
    let body = format!("{{\"name\":\"{}\"}}", "x".repeat(100));
    let answer = crate::client::ask(
        process.http,
        "POST",
        "/pets",
        &[STAFF, ("content-type", "application/json")],
        &body,
    );
    assert_eq!(answer.status, 413);
    process.terminate();
    assert_eq!(process.exit_code(), Some(0));
}
