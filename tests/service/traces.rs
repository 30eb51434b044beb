//! Traces without an exporter: the headers that are read, and the settings that are held. With one: `tests/stages/traces`.

use std::{
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    client::ask,
    process::{Process, command},
};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// The trace that a request's access line belongs to.
fn logged(process: &Process, headers: &[(&str, &str)]) -> String {
    let lines = || {
        let log = process.log();
        let lines = log.lines().filter(|line| line.contains("\"access\""));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let before = lines().len();
    ask(process.http, "GET", "/pets", headers, "");
    // A thread writes it, a moment after the answer.
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(line) = lines().get(before) {
            let line: Value = serde_json::from_str(line).expect("JSON");
            return line["trace_id"].as_str().expect("a text").to_owned();
        }
        assert!(Instant::now() < until, "no access line");
        sleep(Duration::from_millis(2));
    }
}

#[test]
fn other_headers_are_read_where_they_are_chosen() {
    let b3 = format!("{TRACE}-00f067aa0ba902b7-1");
    let uber = format!("{TRACE}:f067aa0ba902b7:0:1");
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let all = [
        ("traceparent", &*parent),
        ("b3", &b3),
        ("uber-trace-id", &uber),
    ];
    for (chosen, read) in [
        ("", &all[..1]),
        ("b3", &all[1..2]),
        ("jaeger,baggage", &all[2..]),
        ("none", &[]),
    ] {
        let process = Process::start(&[("OTEL_PROPAGATORS", chosen)]);
        for header in all {
            let expected = read.contains(&header);
            assert_eq!(
                logged(&process, &[header]) == TRACE,
                expected,
                "{chosen}: {header:?}"
            );
        }
    }
}

#[test]
fn mistakes_in_the_settings_of_traces_are_told_at_once() {
    let output = command()
        .env("OTEL_PROPAGATORS", "tracecontext,xray")
        .env("OTEL_TRACES_SAMPLER", "sometimes")
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "https://name:SECRET@c:4318")
        .env("OARLOCK_HTTP_ADDR", "8080")
        .stderr(Stdio::piped())
        .output()
        .expect("it starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    for name in [
        "OTEL_PROPAGATORS",
        "OTEL_TRACES_SAMPLER",
        "_OTLP_ENDPOINT",
        "_HTTP_ADDR",
    ] {
        assert!(told.contains(name), "{name} in {told}");
    }
    assert!(!told.contains("SECRET"), "{told}");
}

#[test]
fn an_endpoint_without_the_exporter_is_a_warning() {
    let process = Process::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")]);
    assert!(
        process.log().contains("built without the exporter"),
        "{}",
        process.log()
    );
    assert!(!process.admin("/metrics").1.contains("oarlock_spans"));
    let quiet = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
        ("OTEL_TRACES_EXPORTER", "none"),
    ];
    let process = Process::start(&quiet);
    assert!(!process.log().contains("exporter"), "{}", process.log());
}
