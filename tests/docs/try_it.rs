//! Requests from the page to the API: they reach this service's operations and nothing else.

use std::{
    io::{Read, Write},
    net::TcpListener,
    time::{Duration, Instant},
};

use crate::{
    client::{ask, connect, exchange},
    process::Process,
    start,
};

const FROM_PAGE: (&str, &str) = ("oarlock-docs", "try-it");

#[test]
fn a_request_of_the_page_is_answered_by_the_api() {
    let process = start(&[]);
    let asked = ask(
        process.admin,
        "GET",
        "/docs/try/stalls?limit=2",
        &[FROM_PAGE],
        "",
    );
    let direct = ask(process.http, "GET", "/stalls?limit=2", &[], "");
    assert_eq!((asked.status, &asked.body), (200, &direct.body));
    let wrong = ask(
        process.admin,
        "GET",
        "/docs/try/stalls?limit=0",
        &[FROM_PAGE],
        "",
    );
    assert_eq!(wrong.status, 400, "it is checked like any other");
    let json = ("content-type", "application/json");
    let body = r#"{"id":9,"name":"Lamps"}"#;
    assert_eq!(
        ask(
            process.admin,
            "POST",
            "/docs/try/stalls",
            &[FROM_PAGE, json],
            body
        )
        .status,
        201
    );
    let wrong = ask(
        process.admin,
        "POST",
        "/docs/try/stalls",
        &[FROM_PAGE, json],
        r#"{"id":9}"#,
    );
    assert_eq!(wrong.status, 400);
    assert_eq!(
        ask(
            process.admin,
            "DELETE",
            "/docs/try/stalls/7",
            &[FROM_PAGE],
            ""
        )
        .status,
        204
    );
    let metrics = process.admin("/metrics").1;
    let counted = metrics.lines().find(|line| {
        line.starts_with("http_server_request_duration_seconds_count")
            && line.contains("openStall")
            && line.contains("201")
    });
    assert!(
        counted.is_some_and(|line| line.ends_with(" 1")),
        "it is counted like any other: {counted:?}"
    );
}

#[test]
fn cookies_go_where_the_page_wants_them() {
    let process = start(&[]);
    let cookie = ("oarlock-docs-cookie", "sid=abc");
    assert_eq!(
        ask(
            process.admin,
            "GET",
            "/docs/try/ledger",
            &[FROM_PAGE, cookie],
            ""
        )
        .status,
        200
    );
    // A cookie of the admin port's host is none of the API's.
    let own = ("cookie", "sid=abc");
    assert_eq!(
        ask(
            process.admin,
            "GET",
            "/docs/try/ledger",
            &[FROM_PAGE, own],
            ""
        )
        .status,
        401
    );
}

#[test]
fn other_sites_have_no_way_in() {
    let process = start(&[]);
    let evil = ("origin", "https://evil.invalid");
    let asked = ("access-control-request-headers", "oarlock-docs");
    let preflight = ask(
        process.admin,
        "OPTIONS",
        "/docs/try/stalls",
        &[evil, asked, ("access-control-request-method", "GET")],
        "",
    );
    assert_eq!(preflight.status, 403);
    for port in [process.admin, process.http] {
        let answer = ask(port, "GET", "/stalls", &[evil], "");
        let allowed = answer.headers.iter().any(|(name, _)| {
            name.to_ascii_lowercase()
                .starts_with("access-control-allow")
        });
        assert!(!allowed, "no port lets other sites read");
    }
    assert!(
        preflight
            .headers
            .iter()
            .all(|(name, _)| !name.to_ascii_lowercase().starts_with("access-control"))
    );
    for (method, headers) in [
        ("GET", vec![]),
        ("GET", vec![evil]),
        ("POST", vec![("content-type", "text/plain"), evil]),
        ("GET", vec![("oarlock-docs", "")]),
        ("GET", vec![("oarlock-docs", "other")]),
    ] {
        let answer = ask(process.admin, method, "/docs/try/stalls", &headers, "");
        assert_eq!(answer.status, 403, "{method} {headers:?}");
        assert!(String::from_utf8_lossy(&answer.body).contains("only the docs page asks here"));
    }
}

/// Whatever address a request names, nothing but this service's operations answers.
#[test]
fn nothing_else_can_be_reached() {
    let process = start(&[]);
    let trap = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    trap.set_nonblocking(true).expect("it listens");
    let there = trap.local_addr().expect("an address");
    let targets = [
        format!("/docs/try/http://{there}/"),
        format!("/docs/try//{there}/"),
        format!("/docs/try/@{there}/"),
        format!("/docs/try/%2f%2f{there}/"),
        format!("/docs/try?url=http://{there}/"),
        "/docs/try".to_owned(),
        "/docs/try/".to_owned(),
        "/docs/try/../../metrics".to_owned(),
        "/docs/try/%2e%2e/%2e%2e/metrics".to_owned(),
        "/docs/try/metrics".to_owned(),
        "/docs/try/readyz".to_owned(),
        "/docs/try/log-level".to_owned(),
        "/docs/try/docs/try/stalls".to_owned(),
        "/docs/try/docs".to_owned(),
    ];
    for target in &targets {
        for method in ["GET", "POST", "PUT"] {
            let answer = ask(process.admin, method, target, &[FROM_PAGE], "");
            assert_eq!(answer.status, 404, "{method} {target}: {answer:?}");
        }
    }
    let mut stream = connect(process.admin).expect("the port is open");
    let tunnel =
        format!("CONNECT {there} HTTP/1.1\r\nhost: {there}\r\noarlock-docs: try-it\r\n\r\n");
    stream.write_all(tunnel.as_bytes()).expect("it is sent");
    let mut start_of_answer = [0; 12];
    stream.read_exact(&mut start_of_answer).expect("an answer");
    assert!(start_of_answer.starts_with(b"HTTP/1.1 4"), "no tunnel");
    named_elsewhere(&process, &there.to_string());
    std::thread::sleep(Duration::from_millis(200));
    assert!(trap.accept().is_err(), "nobody has asked there");
}

/// A request that names another host in its line, or in its headers, is asked here all the same, by its own method.
fn named_elsewhere(process: &Process, there: &str) {
    let absolute = format!("http://{there}/docs/try/stalls");
    assert_eq!(
        ask(process.admin, "GET", &absolute, &[FROM_PAGE], "").status,
        200
    );
    for name in [
        "x-forwarded-host",
        "forwarded",
        "x-original-url",
        "x-rewrite-url",
        "x-forwarded-uri",
    ] {
        let answer = ask(
            process.admin,
            "GET",
            "/docs/try/stalls",
            &[FROM_PAGE, (name, there)],
            "",
        );
        assert_eq!(answer.status, 200, "{name}");
    }
    for name in [
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
    ] {
        let answer = ask(
            process.admin,
            "GET",
            "/docs/try/stalls/7",
            &[FROM_PAGE, (name, "DELETE")],
            "",
        );
        assert_eq!(answer.status, 200, "{name} makes no other method of it");
    }
}

/// A body holds no second request: the head is read once, by one reader.
#[test]
fn no_request_hides_within_another() {
    let process = start(&[]);
    let hidden = "DELETE /docs/try/stalls/7 HTTP/1.1\r\nhost: x\r\noarlock-docs: try-it\r\n\r\n";
    let json = ("content-type", "application/json");
    let mut stream = connect(process.admin).expect("the port is open");
    let answer = exchange(
        &mut stream,
        "POST",
        "/docs/try/stalls",
        &[FROM_PAGE, json],
        hidden,
    )
    .expect("an answer");
    assert_eq!(answer.status, 400);
    let chunked = ("transfer-encoding", "chunked");
    let both = [FROM_PAGE, json, chunked, ("content-length", "4")];
    let body = format!("0\r\n\r\n{hidden}");
    let mut stream = connect(process.admin).expect("the port is open");
    // Refused at once, or read as chunked alone with nothing behind it taken for a request.
    if let Ok(answer) = exchange(&mut stream, "POST", "/docs/try/stalls", &both, &body) {
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    std::thread::sleep(Duration::from_millis(200));
    let metrics = process.admin("/metrics").1;
    let closed = metrics.lines().find(|line| {
        line.starts_with("http_server_request_duration_seconds_count")
            && line.contains("closeStall")
            && !line.ends_with(" 0")
    });
    assert_eq!(closed, None);
}

/// Once the API port takes nothing any more, neither does the page, though the admin port is there to the end.
#[test]
fn the_page_asks_no_longer_than_the_api_takes() {
    let mut process = start(&[("OARLOCK_DRAIN_DELAY", "0s")]);
    let mut slow = connect(process.http).expect("the port is open");
    let head = "POST /stalls HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 22\r\n\r\n";
    slow.write_all(head.as_bytes()).expect("it is sent");
    std::thread::sleep(Duration::from_millis(300));
    let tried = || ask(process.admin, "GET", "/docs/try/stalls", &[FROM_PAGE], "").status;
    assert_eq!(tried(), 200);
    process.terminate();
    let until = Instant::now() + Duration::from_secs(10);
    while tried() != 503 {
        assert!(Instant::now() < until, "the page still asks");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(
        process.admin("/docs").0,
        200,
        "the page itself can still be read"
    );
    slow.write_all(br#"{"id":9,"name":"Lamp"}"#)
        .expect("it is sent");
    let mut answer = String::new();
    slow.read_to_string(&mut answer).expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 201"),
        "what was in work is finished: {answer}"
    );
    assert_eq!(process.exit_code(), Some(0));
}
