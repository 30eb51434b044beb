//! A line for each request.

use std::{collections::BTreeSet, io::Write, thread::sleep, time::Duration};

use crate::{
    BOX, JSON, PARENT, TRACE,
    client::{ask, connect, exchange},
    project::Process,
    with,
};

#[test]
fn each_request_has_one_line() {
    let process = Process::start(&[]);
    let headers = [JSON, PARENT, ("authorization", "Bearer abc")];
    assert_eq!(
        ask(process.http, "POST", "/boxes/s3cret", &headers, BOX).status,
        204
    );
    assert_eq!(
        ask(process.http, "POST", "/boxes/s3cret", &headers, "{}").status,
        400
    );
    assert_eq!(
        ask(process.http, "GET", "/s3cret?s3cret", &[], "").status,
        404
    );
    assert_eq!(ask(process.http, "S3CRET", "/ask", &[], "").status, 405);
    assert_eq!(
        ask(process.http, "GET", "/ask?for=failure", &[], "").status,
        500
    );
    let lines = process.lines();
    let access = with(&lines, "target", "access");
    let told: Vec<_> = access
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
            let number = |name: &str| line[name].as_u64();
            assert!(
                line["milliseconds"].as_f64().is_some_and(|time| time > 0.0),
                "{line}"
            );
            assert!(text("peer").starts_with("127.0.0.1:"), "{line}");
            assert_eq!((text("trace_id").len(), text("span_id").len()), (32, 16));
            let ids = (
                text("operation_id"),
                text("method"),
                text("route"),
                text("level"),
            );
            (ids, number("status"), number("request_bytes"))
        })
        .collect();
    let line = |id: &str, method: &str, route: &str, level: &str, status, bytes| {
        let text = str::to_owned;
        (
            (text(id), text(method), text(route), text(level)),
            Some(status),
            Some(bytes),
        )
    };
    assert_eq!(
        told,
        [
            line(
                "fillBox",
                "POST",
                "/boxes/{number}",
                "INFO",
                204,
                BOX.len() as u64
            ),
            line("fillBox", "POST", "/boxes/{number}", "INFO", 400, 2),
            line("-", "GET", "-", "INFO", 404, 0),
            line("-", "_OTHER", "-", "INFO", 405, 0),
            line("ask", "GET", "/ask", "ERROR", 500, 0),
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
fn told(setting: &str) -> (usize, usize) {
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
    assert_eq!(told("on"), (400, 20));
    assert_eq!(told("off"), (0, 0));
    assert_eq!(told("errors"), (0, 20));
    let (sampled, failed) = told("0.25");
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
        assert_eq!(
            ask(process.http, "GET", "/ask?for=nothing", &headers, "").status,
            204
        );
    }
    let lines = process.lines();
    let access = with(&lines, "target", "access");
    assert_eq!(access.len(), 1);
    let id = access[0]["trace_id"].as_str().expect("an id");
    assert!(id.ends_with("7fffffffffffffff"), "{id}");
}
