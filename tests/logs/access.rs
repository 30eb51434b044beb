//! A line for each request.

use std::{collections::BTreeSet, io::Write, thread::sleep, time::Duration};

use serde_json::Value;

use crate::{
    BOX, JSON, PARENT, TRACE,
    client::{connect, exchange},
    vault::Process,
    with,
};

/// What a line says of its request, in a row.
fn told(line: &Value) -> String {
    let time = line["milliseconds"].as_f64();
    assert!(time.is_some_and(|time| time > 0.0), "{line}");
    let peer = line["peer"].as_str();
    assert!(
        peer.is_some_and(|peer| peer.starts_with("127.0.0.1:")),
        "{line}"
    );
    let length = |name: &str| line[name].as_str().map(str::len);
    assert_eq!(
        (length("trace_id"), length("span_id")),
        (Some(32), Some(16))
    );
    let members = [
        "level",
        "operation_id",
        "method",
        "route",
        "status",
        "request_bytes",
    ];
    let words = members.map(|name| match &line[name] {
        Value::Null => String::from("-"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    words.join(" ")
}

#[test]
fn each_request_has_one_line() {
    let process = Process::start(&[]);
    let headers = [JSON, PARENT, ("authorization", "Bearer abc")];
    let statuses = [
        process.ask("POST", "/boxes/s3cret", &headers, BOX),
        process.ask("POST", "/boxes/s3cret", &headers, "{}"),
        process.ask("GET", "/s3cret?s3cret", &[], ""),
        process.ask("S3CRET", "/ask", &[], ""),
        process.ask("GET", "/ask?for=failure", &[], ""),
    ];
    assert_eq!(statuses, [204, 400, 404, 405, 500]);
    let lines = process.lines();
    let access = with(&lines, "target", "access");
    let rows: Vec<_> = access.iter().map(|line| told(line)).collect();
    assert_eq!(
        rows,
        [
            format!("INFO fillBox POST /boxes/{{number}} 204 {}", BOX.len()),
            String::from("INFO fillBox POST /boxes/{number} 400 2"),
            String::from("INFO - GET - 404 0"),
            String::from("INFO - _OTHER - 405 0"),
            String::from("ERROR ask GET /ask 500 0"),
        ]
    );
    assert_eq!(access[0]["trace_id"], TRACE);
    assert!(
        access[4]["response_bytes"]
            .as_u64()
            .is_some_and(|bytes| bytes > 50)
    );
    let ids: BTreeSet<_> = access
        .iter()
        .map(|line| line["trace_id"].to_string())
        .collect();
    assert_eq!(ids.len(), 4, "two came with a trace of their own, the same");
}

#[test]
fn a_request_that_is_cut_has_a_line() {
    let process = Process::start(&[("OARLOCK_ACCESS_LOG", "errors")]);
    let mut stream = connect(process.http).expect("the port is open");
    stream
        .write_all(b"GET /ask?for=delay HTTP/1.1\r\nhost: test\r\n\r\n")
        .expect("it is sent");
    sleep(Duration::from_millis(200));
    drop(stream);
    sleep(Duration::from_millis(200));
    let lines = process.lines();
    let access = with(&lines, "target", "access");
    assert_eq!(access.len(), 1);
    assert_eq!(access[0]["message"], "cut");
    assert_eq!(
        (&access[0]["level"], &access[0]["operation_id"]),
        (&"ERROR".into(), &"ask".into())
    );
    assert!(access[0]["status"].is_null(), "{}", access[0]);
}

/// How many lines 400 requests have that go well, and 20 that fail.
fn counted(setting: &str) -> (usize, usize) {
    let process = Process::start(&[("OARLOCK_ACCESS_LOG", setting)]);
    let mut stream = connect(process.http).expect("the port is open");
    for index in 0..420 {
        let (kind, status) = match index % 21 {
            0 => ("failure", 500),
            _ => ("nothing", 204),
        };
        let target = format!("/ask?for={kind}");
        let answer = exchange(&mut stream, "GET", &target, &[], "").expect("an answer");
        assert_eq!(answer.status, status);
    }
    drop(stream);
    let lines = process.lines();
    let access = with(&lines, "target", "access");
    let failed = access.iter().filter(|line| line["status"] == 500).count();
    (access.len() - failed, failed)
}

#[test]
fn lines_are_sampled_and_errors_are_not() {
    assert_eq!(counted("on"), (400, 20));
    assert_eq!(counted("off"), (0, 0));
    assert_eq!(counted("errors"), (0, 20));
    let (sampled, failed) = counted("0.25");
    // 100 are expected, with a standard deviation of less than 9.
    assert!(
        (50..150).contains(&sampled) && failed == 20,
        "{sampled} and {failed}"
    );
}

#[test]
fn the_same_traces_are_sampled_everywhere() {
    let process = Process::start(&[("OARLOCK_ACCESS_LOG", "0.5")]);
    for half in ["7fffffffffffffff", "8000000000000001"] {
        let parent = format!("00-00000000000000aa{half}-00f067aa0ba902b7-01");
        let headers = [("traceparent", &*parent)];
        assert_eq!(process.ask("GET", "/ask?for=nothing", &headers, ""), 204);
    }
    let lines = process.lines();
    let access = with(&lines, "target", "access");
    assert_eq!(access.len(), 1);
    let id = access[0]["trace_id"].as_str().expect("an id");
    assert!(id.ends_with("7fffffffffffffff"), "{id}");
}
