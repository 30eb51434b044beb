//! Every operation answers before a line is written, and nothing made up leaves a service that is not told to.

use crate::{
    client::{Answer, ask},
    process::Process,
};

pub(crate) const ID: &str = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
pub(crate) const STAFF: (&str, &str) = ("authorization", "Basic dXNlcjpwYXNz");
pub(crate) const PET: &str = r#"{"name":"Mia","kind":"cat","weight":4.5}"#;
pub(crate) const ORDER: &str = r#"{"lines":[{"price":9.99,"pet":"f81d4fae-7dec-11d0-a765-00a0c91e6bf6","quantity":1.0}],"payment":{"method":"card","number":"4111111111111111"}}"#;
const JSON: (&str, &str) = ("content-type", "application/json");

/// Each operation, well asked, and the status that it declares.
fn every_operation(port: u16) -> Vec<(Answer, u16)> {
    let shop = ("content-type", "Application/Vnd.Shop+JSON; charset=utf-8");
    let pet = format!("/pets/{ID}");
    vec![
        (
            ask(
                port,
                "GET",
                "/pets?limit=5&tag=a&tag=b%20c&kind=guinea-pig",
                &[("x-shelf", "1, 2")],
                "",
            ),
            200,
        ),
        (ask(port, "POST", "/pets", &[STAFF, JSON], PET), 201),
        (ask(port, "GET", &pet, &[("x-device-key", "k")], ""), 200),
        (ask(port, "DELETE", &pet, &[STAFF], ""), 204),
        (
            ask(
                port,
                "POST",
                &format!("{pet}:rename"),
                &[STAFF, ("content-type", "text/plain")],
                "Mio",
            ),
            200,
        ),
        (
            ask(port, "GET", &format!("{pet}/picture"), &[STAFF], ""),
            200,
        ),
        (
            ask(
                port,
                "POST",
                "/orders",
                &[shop, ("authorization", "bearer abc.def")],
                ORDER,
            ),
            202,
        ),
        (ask(port, "POST", "/orders", &[shop], ORDER), 202),
    ]
}

#[test]
fn every_operation_answers_with_an_example() {
    let process = Process::start(&[("OARLOCK_EXAMPLES", "on")]);
    for (answer, status) in every_operation(process.http) {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(
            answer.header("x-oarlock-example"),
            Some("true"),
            "{answer:?}"
        );
    }
    let pets = ask(process.http, "GET", "/pets", &[], "");
    assert!(
        pets.header("x-total")
            .is_some_and(|total| total.parse::<i64>().is_ok()),
        "{pets:?}"
    );
    let first = &pets.json()[0];
    assert!(
        first["name"].is_string() && first["secret"].is_null(),
        "{first}"
    );
    let picture = ask(
        process.http,
        "GET",
        &format!("/pets/{ID}/picture"),
        &[STAFF],
        "",
    );
    assert_eq!(picture.header("content-type"), Some("image/png"));
    assert!(picture.body.starts_with(b"\x89PNG"));
    let head = ask(process.http, "HEAD", "/pets", &[], "");
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn nothing_made_up_leaves_a_service_that_is_not_told_to() {
    let process = Process::start(&[]);
    let answer = ask(process.http, "GET", "/pets", &[], "");
    assert_eq!(
        (answer.status, answer.json()["title"].as_str()),
        (501, Some("Not Implemented"))
    );
    assert_eq!(answer.header("x-oarlock-example"), None);
    let answer = ask(process.http, "GET", &format!("/pets/{ID}"), &[STAFF], "");
    assert_eq!(answer.status, 401, "an unwritten verifier refuses");
    process.log_with("\"operation_id\":\"listPets\"");
}

#[test]
fn operators_see_probes_metrics_version_and_traces() {
    let process = Process::start(&[("OARLOCK_EXAMPLES", "on"), ("RUST_LOG", "warn")]);
    for (target, words) in [
        ("/livez", "alive\n"),
        ("/readyz", "ready\n"),
        ("/startupz", "started\n"),
    ] {
        assert_eq!(process.admin(target), (200, words.to_owned()));
    }
    assert!(process.admin("/version").1.contains("\"Petstore\""));
    assert_eq!(process.admin("/nothing").0, 404);
    assert_eq!(
        ask(process.admin, "POST", "/livez", &[], "").header("allow"),
        Some("GET, HEAD")
    );
    ask(process.http, "GET", "/pets", &[], "");
    ask(process.http, "GET", "/nowhere", &[], "");
    let metrics = process.admin("/metrics").1;
    for line in [
        "http_server_request_duration_seconds_count{operation_id=\"listPets\",http_request_method=\"GET\",http_route=\"/pets\",http_response_status_code=\"200\"} 1",
        "http_response_status_code=\"404\"} 1",
        "http_server_active_requests{operation_id=\"listPets\",http_request_method=\"GET\",http_route=\"/pets\"} 0",
    ] {
        assert!(metrics.contains(line), "{line} in\n{metrics}");
    }
    let put = ask(process.admin, "PUT", "/log-level", &[], "debug");
    assert_eq!((put.status, &*put.body), (200, &b"debug\n"[..]));
    assert_eq!(
        ask(process.admin, "PUT", "/log-level", &[], "a=b=c").status,
        400
    );
}

#[test]
fn a_log_line_carries_the_trace_of_its_request() {
    let process = Process::start(&[]);
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    ask(process.http, "GET", "/pets", &[("traceparent", parent)], "");
    let log = process.log_with("a request failed");
    let line = log
        .lines()
        .find(|line| line.contains("a request failed"))
        .expect("a line");
    let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
    assert_eq!(line["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(
        (&line["status"], &line["service"]),
        (&501.into(), &"Petstore".into())
    );
}
