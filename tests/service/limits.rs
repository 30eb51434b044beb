//! Callers who ask too slowly, too much or too often.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    client::{Answer, ask, connect, exchange},
    examples::STAFF,
    process::Process,
};

const EXAMPLES: (&str, &str) = ("OARLOCK_EXAMPLES", "on");

fn start(settings: &[(&str, &str)]) -> Process {
    let usual = [EXAMPLES, ("OARLOCK_DRAIN_DELAY", "0s")];
    Process::start(&[&usual, settings].concat())
}

/// How long it takes until the other end closes.
#[track_caller]
fn until_closed(stream: &mut TcpStream) -> Duration {
    let started = Instant::now();
    let mut bytes = [0; 1024];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => return started.elapsed(),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return started.elapsed(),
            Ok(_) => {}
            Err(error) => panic!("it was not closed: {error}"),
        }
    }
}

#[track_caller]
fn within(took: Duration, bounds: std::ops::Range<u64>) {
    let milliseconds = took.as_millis();
    let bounds = u128::from(bounds.start)..u128::from(bounds.end);
    assert!(bounds.contains(&milliseconds), "{milliseconds} ms");
}

/// The head of a request with a body, and the first bytes of that.
fn begin_body(stream: &mut TcpStream) {
    let (name, value) = STAFF;
    let head = format!(
        "POST /pets HTTP/1.1\r\nhost: a\r\n{name}: {value}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{\"na"
    );
    stream.write_all(head.as_bytes()).expect("it takes bytes");
}

fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = [0; 4096];
    let count = stream.read(&mut bytes).expect("an answer");
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

#[test]
fn heads_must_come_in_time() {
    let process = start(&[("OARLOCK_HEADER_TIMEOUT", "400ms")]);
    let mut silent = connect(process.http).expect("open");
    within(until_closed(&mut silent), 300..1500);
    let mut half = connect(process.http).expect("open");
    half.write_all(b"GET /pets HTTP/1.1\r\nhost")
        .expect("bytes");
    within(until_closed(&mut half), 300..1500);
    // Byte by byte is no faster.
    let mut drip = connect(process.http).expect("open");
    let started = Instant::now();
    while drip.write_all(b"G").is_ok() && started.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(20));
    }
    within(started.elapsed(), 300..2000);
    // A second request has its own time, also on a connection that was idle for longer than that.
    let mut kept = connect(process.http).expect("open");
    for _ in 0..2 {
        let answer = exchange(&mut kept, "GET", "/pets", &[], "").expect("an answer");
        assert_eq!(answer.status, 200);
        sleep(Duration::from_millis(900));
    }
    kept.write_all(b"GET /pets HTTP/1.1\r\n").expect("bytes");
    within(until_closed(&mut kept), 300..1500);
    let metrics = process.admin("/metrics").1;
    assert!(metrics.contains("error_type=\"timeout\""), "{metrics}");
}

#[test]
fn a_connection_without_requests_is_closed() {
    let process = start(&[("OARLOCK_IDLE_TIMEOUT", "500ms")]);
    let mut kept = connect(process.http).expect("open");
    let answer = exchange(&mut kept, "GET", "/pets", &[], "").expect("an answer");
    assert_eq!(answer.status, 200);
    within(until_closed(&mut kept), 400..1500);
}

#[test]
fn bodies_must_come_in_time() {
    let process = start(&[("OARLOCK_BODY_TIMEOUT", "300ms")]);
    let mut slow = connect(process.http).expect("open");
    begin_body(&mut slow);
    let told = answer(&mut slow);
    assert!(told.starts_with("HTTP/1.1 408 "), "{told}");
    assert!(told.contains("the body did not come in time"), "{told}");
}

#[test]
fn a_request_has_its_time() {
    let process = start(&[("OARLOCK_REQUEST_TIMEOUT", "300ms")]);
    let mut slow = connect(process.http).expect("open");
    begin_body(&mut slow);
    let told = answer(&mut slow);
    assert!(told.starts_with("HTTP/1.1 503 "), "{told}");
    assert!(told.contains("retry-after: 1\r\n"), "{told}");
    let off = start(&[("OARLOCK_REQUEST_TIMEOUT", "off")]);
    assert_eq!(ask(off.http, "GET", "/pets", &[], "").status, 200);
}

#[test]
fn more_requests_than_may_be_in_work_are_told_to_come_again() {
    let process = start(&[("OARLOCK_MAX_CONCURRENT_REQUESTS", "2")]);
    let mut held: Vec<TcpStream> = (0..2)
        .map(|_| connect(process.http).expect("open"))
        .collect();
    held.iter_mut().for_each(begin_body);
    sleep(Duration::from_millis(300));
    let refused = ask(process.http, "GET", "/pets", &[], "");
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (503, Some("1"))
    );
    assert_eq!(
        refused.header("content-type"),
        Some("application/problem+json")
    );
    drop(held);
    sleep(Duration::from_millis(300));
    assert_eq!(ask(process.http, "GET", "/pets", &[], "").status, 200);
}

#[test]
fn a_client_that_asks_too_often_is_told_to_wait() {
    let settings = [
        ("OARLOCK_RATE_LIMIT", "60/m"),
        ("OARLOCK_RATE_LIMIT_BURST", "3"),
    ];
    let process = start(&settings);
    let answers: Vec<Answer> = (0..5)
        .map(|_| ask(process.http, "GET", "/pets", &[], ""))
        .collect();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    assert_eq!(answers[3].header("retry-after"), Some("1"));
    sleep(Duration::from_millis(1100));
    assert_eq!(ask(process.http, "GET", "/pets", &[], "").status, 200);
    let metrics = process.admin("/metrics").1;
    assert!(
        metrics.contains("http_response_status_code=\"429\""),
        "{metrics}"
    );
}

#[test]
fn who_reads_nothing_is_let_go() {
    let process = start(&[
        ("OARLOCK_WRITE_TIMEOUT", "500ms"),
        ("OARLOCK_ACCESS_LOG", "off"),
    ]);
    let mut deaf = connect(process.http).expect("open");
    deaf.set_write_timeout(Some(Duration::from_millis(200)))
        .expect("a timeout");
    let request = b"GET /pets HTTP/1.1\r\nhost: a\r\n\r\n".repeat(1000);
    // Until nothing more goes: both sides' buffers are full of what nobody reads.
    let started = Instant::now();
    let ended = loop {
        match deaf.write(&request) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => break error.kind(),
        }
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "it was not let go"
        );
    };
    assert!(
        matches!(ended, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{ended}"
    );
    let metrics = process.admin("/metrics").1;
    assert!(metrics.contains("\noarlock_connections 0\n"), "{metrics}");
}

#[test]
fn heads_are_bounded() {
    let settings = [
        ("OARLOCK_MAX_HEADERS", "10"),
        ("OARLOCK_MAX_HEADER_BYTES", "8192"),
    ];
    let process = start(&settings);
    let long = "x".repeat(9000);
    assert_eq!(
        ask(process.http, "GET", "/pets", &[("x-long", &long)], "").status,
        431
    );
    let many: Vec<(&str, &str)> = vec![("x-many", "1"); 20];
    assert_eq!(ask(process.http, "GET", "/pets", &many, "").status, 431);
    assert_eq!(
        ask(process.http, "GET", "/pets", &many[..5], "").status,
        200
    );
}
