//! Requests of many kinds, and what the client itself counts of them.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    thread,
    time::Duration,
};

use crate::client::{connect, exchange};

/// Labels of a series and how often it was seen.
pub(crate) type Counts = BTreeMap<String, u64>;

/// A request that leaves its connection open.
struct Kept {
    operation: Operation,
    method: &'static str,
    target: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    status: u16,
}

/// The name and the route.
type Operation = Option<(&'static str, &'static str)>;

const LIST: Operation = Some(("listPapers", "/papers"));
const ADD: Operation = Some(("addPaper", "/papers"));
const DROP: Operation = Some(("dropPaper", "/papers/{number}"));
const SCAN: Operation = Some(("storeScan", "/scans"));
const WAIT: Operation = Some(("wait", "/wait"));
const TAPE: Operation = Some(("playTape", "/tape"));
const KEY: (&str, &str) = ("authorization", "Bearer key");
const JSON: (&str, &str) = ("content-type", "application/json");
const BYTES: (&str, &str) = ("content-type", "application/octet-stream");

#[rustfmt::skip]
const KEPT: [Kept; 22] = [
    Kept { operation: LIST, method: "GET", target: "/papers", headers: &[], body: "", status: 200 },
    Kept { operation: LIST, method: "HEAD", target: "/papers", headers: &[], body: "", status: 200 },
    Kept { operation: LIST, method: "GET", target: "/papers?limit=0", headers: &[], body: "", status: 400 },
    Kept { operation: LIST, method: "GET", target: "/papers?limit=404", headers: &[], body: "", status: 404 },
    Kept { operation: LIST, method: "GET", target: "/papers", headers: &[("accept", "text/xml")], body: "", status: 406 },
    Kept { operation: LIST, method: "GET", target: "/papers?limit=418", headers: &[], body: "", status: 418 },
    Kept { operation: LIST, method: "GET", target: "/papers?limit=429", headers: &[], body: "", status: 429 },
    Kept { operation: LIST, method: "GET", target: "/papers?limit=503", headers: &[], body: "", status: 503 },
    Kept { operation: LIST, method: "GET", target: "/papers?limit=599", headers: &[], body: "", status: 599 },
    Kept { operation: ADD, method: "POST", target: "/papers", headers: &[JSON], body: r#"{"title":"Evening"}"#, status: 201 },
    Kept { operation: ADD, method: "POST", target: "/papers", headers: &[JSON], body: r#"{"title":""}"#, status: 422 },
    Kept { operation: DROP, method: "DELETE", target: "/papers/7", headers: &[KEY], body: "", status: 204 },
    Kept { operation: DROP, method: "DELETE", target: "/papers/7", headers: &[], body: "", status: 401 },
    Kept { operation: DROP, method: "DELETE", target: "/papers/x", headers: &[KEY], body: "", status: 400 },
    Kept { operation: SCAN, method: "PUT", target: "/scans", headers: &[BYTES], body: "0123456789", status: 200 },
    Kept { operation: SCAN, method: "PUT", target: "/scans", headers: &[BYTES, ("transfer-encoding", "chunked")], body: "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", status: 200 },
    Kept { operation: Some(("copyScan", "/scans")), method: "POST", target: "/scans", headers: &[BYTES], body: "0123456789", status: 200 },
    Kept { operation: Some(("playReel", "/reels")), method: "GET", target: "/reels", headers: &[], body: "", status: 200 },
    Kept { operation: Some(("panic", "/panic")), method: "GET", target: "/panic", headers: &[], body: "", status: 500 },
    Kept { operation: None, method: "PUT", target: "/papers", headers: &[], body: "", status: 405 },
    Kept { operation: None, method: "BREW", target: "/papers", headers: &[], body: "", status: 405 },
    Kept { operation: None, method: "GET", target: "/nowhere", headers: &[], body: "", status: 404 },
];

/// The labels of requests that ended in one way.
pub(crate) fn labels(
    operation: Operation,
    method: &str,
    status: Option<u16>,
    error: &str,
) -> String {
    let known = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
    let method = if known.contains(&method) {
        method
    } else {
        "_OTHER"
    };
    let mut labels = Vec::new();
    if let Some((id, _)) = operation {
        labels.push(format!("operation_id=\"{id}\""));
    }
    labels.push(format!("http_request_method=\"{method}\""));
    if let Some((_, route)) = operation {
        labels.push(format!("http_route=\"{route}\""));
    }
    if let Some(status) = status {
        labels.push(format!("http_response_status_code=\"{status}\""));
    }
    if !error.is_empty() {
        labels.push(format!("error_type=\"{error}\""));
    }
    labels.join(",")
}

/// A part of the traffic: `count` requests on kept connections, every hundredth of them one that breaks its own.
pub(crate) fn part(port: u16, seed: usize, count: usize) -> Counts {
    let mut counts = Counts::new();
    let mut stream = connect(port).expect("the port is open");
    for index in seed..seed + count {
        if index % 100 == 99 {
            *counts.entry(broken(port, index / 100)).or_default() += 1;
            continue;
        }
        let kept = &KEPT[index % KEPT.len()];
        let other = format!("/nowhere/{index}/{}", index * 7919);
        let target = if kept.target == "/nowhere" {
            &other
        } else {
            kept.target
        };
        let answer = exchange(&mut stream, kept.method, target, kept.headers, kept.body);
        let answer = answer.unwrap_or_else(|error| panic!("{error} of {} {target}", kept.method));
        assert_eq!(
            answer.status, kept.status,
            "{} {target} {answer:?}",
            kept.method
        );
        let labels = labels(kept.operation, kept.method, Some(answer.status), "");
        *counts.entry(labels).or_default() += 1;
    }
    counts
}

/// A request that ends its connection; the labels that it is to be counted under.
fn broken(port: u16, index: usize) -> String {
    let mut stream = connect(port).expect("the port is open");
    let answered = |operation, method, status| labels(operation, method, Some(status), "");
    match index % 12 {
        kind @ (0 | 1) => {
            let (media_type, body) = match kind {
                0 => ("application/json", "x".repeat(20_000)),
                _ => ("text/plain", "x".to_owned()),
            };
            let headers = [("connection", "close"), ("content-type", media_type)];
            let answer = exchange(&mut stream, "POST", "/papers", &headers, body);
            answered(ADD, "POST", answer.expect("an answer").status)
        }
        2 => {
            let head = b"GET /papers HTTP/1.1\r\nno colon\r\n\r\n";
            answered(None, "", refused(&mut stream, head))
        }
        3 => {
            let fields = "x: y\r\n".repeat(200);
            let head = format!("GET /papers HTTP/1.1\r\n{fields}\r\n");
            answered(None, "", refused(&mut stream, head.as_bytes()))
        }
        4 => {
            let head = format!("GET /{} HTTP/1.1\r\n\r\n", "y".repeat(70_000));
            answered(None, "", refused(&mut stream, head.as_bytes()))
        }
        // All of the body is there, and wrong.
        5 => {
            let head = "POST /papers HTTP/1.1\r\ncontent-type: application/json\r\n";
            let bad = format!("{head}transfer-encoding: chunked\r\n\r\nno size\r\n");
            answered(ADD, "POST", refused(&mut stream, bad.as_bytes()))
        }
        kind => cut_off(&mut stream, kind),
    }
}

/// A caller that goes away in the middle.
fn cut_off(stream: &mut TcpStream, kind: usize) -> String {
    let cancelled = |operation, method, status| labels(operation, method, status, "cancelled");
    let wait = "GET /wait HTTP/1.1\r\n\r\n";
    match kind {
        // A head that does not come whole is no request, but somebody was cut.
        6 => {
            cut(stream, "GET /papers HTTP/1.1\r\nho", 0);
            cancelled(None, "", None)
        }
        // Gone before the handler answers; at once, or a while later.
        7 | 8 => {
            cut(stream, wait, if kind == 7 { 0 } else { 2 });
            cancelled(WAIT, "GET", None)
        }
        // It has seen the beginning of an answer.
        9 => {
            let head = b"GET /tape HTTP/1.1\r\n\r\n";
            stream.write_all(head).expect("it is sent");
            stream.read_exact(&mut [0; 3000]).expect("a beginning");
            cancelled(TAPE, "GET", Some(200))
        }
        // Half of a body: the answer tells it, if anybody still listens.
        10 => {
            let head = "PUT /scans HTTP/1.1\r\ncontent-type: application/octet-stream\r\n";
            cut(stream, &format!("{head}content-length: 99\r\n\r\nhalf"), 2);
            cancelled(SCAN, "PUT", Some(409))
        }
        _ => {
            let head = "POST /papers HTTP/1.1\r\ncontent-type: application/json\r\n";
            cut(stream, &format!("{head}content-length: 99\r\n\r\n{{"), 2);
            cancelled(ADD, "POST", Some(422))
        }
    }
}

fn cut(stream: &mut TcpStream, bytes: &str, milliseconds: u64) {
    stream.write_all(bytes.as_bytes()).expect("it is sent");
    thread::sleep(Duration::from_millis(milliseconds));
    stream.shutdown(Shutdown::Both).expect("it is closed");
}

/// The status of the answer to something that is no request.
fn refused(stream: &mut TcpStream, bytes: &[u8]) -> u16 {
    // The other side need not read all of it.
    let _ = stream.write_all(bytes);
    let mut start = [0; 12];
    stream.read_exact(&mut start).expect("an answer");
    let status = std::str::from_utf8(&start[9..]).expect("a status");
    status.parse().expect("a status")
}

/// What the service counted, by the labels of its durations.
pub(crate) fn counted(metrics: &str, family: &str) -> Counts {
    let start = format!("{family}_count{{");
    let series = metrics
        .lines()
        .filter_map(|line| line.strip_prefix(&start)?.split_once("} "));
    series
        .map(|(labels, count)| (labels.to_owned(), count.parse().expect("a count")))
        .collect()
}

/// Asks for as many paths that nothing has, many on their way at once.
pub(crate) fn distinct_paths(port: u16, count: usize) {
    const AT_ONCE: usize = 100;
    let mut stream = connect(port).expect("the port is open");
    for first in (0..count).step_by(AT_ONCE) {
        let heads = (first..first + AT_ONCE)
            .map(|index| format!("GET /papers/{index}/x{index} HTTP/1.1\r\n\r\n"));
        stream
            .write_all(heads.collect::<String>().as_bytes())
            .expect("they are sent");
        let (mut seen, mut bytes, mut piece) = (0, Vec::new(), [0; 16 << 10]);
        while seen < AT_ONCE {
            let read = stream.read(&mut piece).expect("answers");
            assert!(read > 0, "the connection is closed");
            bytes.extend_from_slice(&piece[..read]);
            let text = String::from_utf8_lossy(&bytes);
            // Each ends with its problem.
            seen = text.matches("has this path\"}").count();
        }
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(text.matches("HTTP/1.1 404").count(), AT_ONCE, "{text}");
    }
}
