//! What stands on the wire, written and read by hand.

use std::{
    io::{Read, Write},
    sync::LazyLock,
    time::Instant,
};

use crate::{
    client::{Answer, ask, connect},
    workshop::Process,
};

static PROCESS: LazyLock<Process> = LazyLock::new(|| Process::start("workshop", &[]));
const JSON: (&str, &str) = ("content-type", "application/json");
const NOTE: &str = r#"{"id":1,"text":"x"}"#;

/// What is asked, and what is found in the answer.
const UNDERSTOOD: &[(&str, &str)] = &[
    (
        "/tools?where%5Broom%5D=1&where[shelf]=a%20b",
        r#""where":{"room":1,"shelf":"a b"}"#,
    ),
    ("/tools?sizes=1%7C2|3", r#""sizes":[1,2,3]"#),
    ("/tools?key=100", r#""key":100"#),
    ("/tools?key=99", r#""key":"99""#),
    ("/tools", r#""sort":["name","size"]"#),
    ("/tools", r#""kind":"saw""#),
    ("/tools?sort=a%2Cb&sort=+", r#""sort":["a,b"," "]"#),
    ("/tools?flag=true", r#""flag":true"#),
    ("/tools?from=a/b?c", r#""from":"a/b?c""#),
    (
        "/tools/search?room=2&shelf=%C3%BC",
        r#"{"room":2,"shelf":"ü"}"#,
    ),
    ("/tools/.1.2/matrix;room=3;exact=true", r#""exact":true"#),
    ("/tools/1-2", "3"),
    ("/tools/a%2Fb.json", "a/b"),
    ("/v1/tools/1-2", "3"),
];
/// What is asked, and what is said of it.
const REFUSED: &[(&str, &str)] = &[
    ("/tools?where[room]=0", "query where /room"),
    ("/tools?where[room]=1&where[other]=2", "query where"),
    ("/tools?sizes=1|x", "query sizes /1"),
    ("/tools?key=5000x", "query key"),
    ("/tools?kind=hammer", "query kind"),
    ("/tools?flag=maybe", "query flag"),
    (
        "/tools?filter=%7B%22room%22%3A1%2C%22room%22%3A2%7D",
        "twice",
    ),
    ("/tools?filter=x", "not JSON"),
    ("/tools/search?room=0", "query all /room"),
    ("/tools/1.2/matrix;room=3", "path ids"),
    ("/tools/.1/matrix;place=3", "path place"),
    ("/tools/1-x", "path to"),
];

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

fn get(target: &str) -> Answer {
    ask(PROCESS.http, "GET", target, &[], "")
}

#[track_caller]
fn told(answer: &Answer, status: u16, words: &str) {
    let found = text(answer);
    assert_eq!(answer.status, status, "{found}");
    assert!(found.contains(words), "{words} in {found}");
}

fn note(headers: &[(&str, &str)], body: &str) -> Answer {
    ask(PROCESS.http, "POST", "/notes", headers, body)
}

#[test]
fn parameters_in_every_place_are_read_or_told() {
    for (target, words) in UNDERSTOOD {
        told(&get(target), 200, words);
    }
    for (target, words) in REFUSED {
        told(&get(target), 400, words);
    }
    let empty = get("/tools?flag");
    told(&empty, 200, r#""sort""#);
    assert!(!text(&empty).contains("flag"), "{}", text(&empty));
    let cookies = [("cookie", "session=a%3Db; seen=1,2; other=x")];
    told(
        &ask(PROCESS.http, "GET", "/tools", &cookies, ""),
        200,
        r#""session":"a=b","seen":[1,2]"#,
    );
    let cookies = [("cookie", "seen=1,x")];
    told(
        &ask(PROCESS.http, "GET", "/tools", &cookies, ""),
        400,
        "cookie seen /1",
    );
    let header = [("x-bounds", "room=4,shelf=low")];
    told(
        &ask(PROCESS.http, "GET", "/tools", &header, ""),
        200,
        r#""bounds":{"room":4,"shelf":"low"}"#,
    );
    let header = [("x-bounds", "room=zero")];
    told(
        &ask(PROCESS.http, "GET", "/tools", &header, ""),
        400,
        "header X-Bounds",
    );
}

#[test]
fn methods_and_bodies_on_them() {
    told(
        &ask(PROCESS.http, "QUERY", "/tools", &[JSON], r#"{"room":1}"#),
        200,
        "1",
    );
    assert_eq!(ask(PROCESS.http, "LINK", "/tools", &[], "").status, 204);
    let dropped = ask(PROCESS.http, "DELETE", "/tools", &[JSON], r#"["a"]"#);
    told(&dropped, 200, "1");
    assert_eq!(dropped.header("deprecation"), Some("@0"));
    told(&ask(PROCESS.http, "DELETE", "/tools", &[], ""), 200, "0");
    let patch = ask(PROCESS.http, "PATCH", "/tools", &[], "");
    assert_eq!(
        (patch.status, patch.header("allow")),
        (405, Some("DELETE, GET, HEAD, LINK, QUERY"))
    );
    let head = ask(PROCESS.http, "HEAD", "/doors/maybe", &[], "");
    assert_eq!(
        (head.status, head.header("content-length")),
        (200, Some("6"))
    );
}

#[test]
fn media_types_are_told_apart_and_negotiated() {
    let xml = ("content-type", "text/xml");
    told(&note(&[xml], "<note/>"), 415, "media type");
    let xml = ("content-type", "application/xml; charset=UTF-8");
    let sent = r#"<note id="3"><text>&lt;a&gt;</text><tags><tag>x</tag></tags></note>"#;
    told(
        &note(&[xml], sent),
        200,
        r#"{"id":3,"text":"<a>","tags":["x"]}"#,
    );
    told(&note(&[xml], "<note><text>a</text></note>"), 400, "id");
    told(&note(&[xml], "<!DOCTYPE note><note/>"), 400, "body");
    let form = ("content-type", "application/x-www-form-urlencoded");
    told(
        &note(&[form], "id=4&text=a+b%26&tags=x&tags=y"),
        200,
        r#"{"id":4,"text":"a b&","tags":["x","y"]}"#,
    );
    told(&note(&[form], "id=4&text=a&other=1"), 400, "body");
    told(
        &note(
            &[("content-type", "text/plain")],
            "more than twenty characters",
        ),
        400,
        "body",
    );
    told(
        &note(&[("content-type", "text/plain; charset=latin1")], "x"),
        415,
        "media type",
    );
    told(&note(&[], "x"), 415, "media type");
    told(&note(&[JSON], ""), 400, "required");
    for (accept, status, media_type) in [
        ("application/xml", 200, "application/xml"),
        (
            "application/*;q=0.1, application/xml",
            200,
            "application/xml",
        ),
        ("text/html, */*;q=0.1", 200, "application/json"),
        (
            "application/json;q=0, application/*",
            200,
            "application/xml",
        ),
        ("application/vnd.workshop+json", 200, "application/json"),
        ("image/png", 406, "application/problem+json"),
    ] {
        let answer = note(&[JSON, ("accept", accept)], NOTE);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (status, Some(media_type)),
            "{accept}"
        );
    }
    assert_eq!(
        note(&[JSON], r#"{"urgent":true}"#).status,
        202,
        "the overload that fits"
    );
}

#[test]
fn compressed_bodies_are_read_within_bounds() {
    let gzip = ("content-encoding", "gzip");
    let send = |encoding, body: &[u8]| ask(PROCESS.http, "POST", "/notes", &[JSON, encoding], body);
    // `gzip -n` of `{"id":1,"text":"x"}`.
    let good = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xab\x56\xca\x4c\x51\xb2\x32\xd4\x51\x2a\x49\xad\x28\x51\xb2\x52\xaa\x50\xaa\x05\x00\x02\x39\xe8\x19\x13\x00\x00\x00";
    told(&send(gzip, good), 200, NOTE);
    told(&send(gzip, &good[..20]), 400, "");
    let unknown = send(("content-encoding", "lzma"), NOTE.as_bytes());
    told(&unknown, 415, "lzma");
    assert_eq!(
        unknown.header("accept-encoding"),
        Some("gzip, deflate, br, zstd")
    );
}

#[test]
fn parts_are_read_as_they_come() {
    let sent = |parts: &[(&str, &str)]| {
        let part = |(head, body): &(&str, &str)| {
            format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
        };
        let body: String = parts.iter().map(part).collect();
        let form = ("content-type", "multipart/form-data; boundary=b");
        ask(
            PROCESS.http,
            "POST",
            "/files",
            &[form],
            format!("{body}--b--\r\n"),
        )
    };
    let (title, file) = (("name=title", "t"), ("name=file; filename=f", "123"));
    let typed = (
        "name=more; filename=\"p.png\"\r\nContent-Type: image/png",
        "4",
    );
    told(
        &sent(&[title, typed, file]),
        200,
        r#"["title t","more p.png image/png 1","file f - 3"]"#,
    );
    told(
        &sent(&[title, ("name=place", r#"{"room":2}"#), file]),
        200,
        "place 2",
    );
    told(&sent(&[title]), 400, "file");
    told(&sent(&[title, title, file]), 400, "title");
    told(&sent(&[title, file, ("name=extra", "1")]), 400, "extra");
    told(&sent(&[title, file, ("name=count", "x")]), 400, "count");
    told(&sent(&[("name=title", ""), file]), 400, "title");
    let form = ("content-type", "multipart/form-data; boundary=b");
    let broken = ask(
        PROCESS.http,
        "POST",
        "/files",
        &[form],
        "--b\r\nContent-Dis",
    );
    assert_eq!(broken.status, 400, "{}", text(&broken));
    let whole = "--b\r\nContent-Disposition: form-data; name=title\r\n\r\nt\r\n--b\r\n\
                 Content-Disposition: form-data; name=place\r\n\r\n{\"room\":0}\r\n--b--\r\n";
    told(
        &ask(PROCESS.http, "POST", "/forms", &[form], whole),
        400,
        "body place /room",
    );
}

#[test]
fn chunks_and_expectations() {
    let chunked = [
        ("transfer-encoding", "chunked"),
        ("content-type", "application/octet-stream"),
    ];
    let body = "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
    told(
        &ask(PROCESS.http, "PUT", "/blobs", &chunked, body),
        200,
        "5",
    );
    let mut stream = connect(PROCESS.http).expect("the port is open");
    let head = "PUT /blobs HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\n\
                content-type: application/octet-stream\r\ncontent-length: 4\r\n\r\n";
    stream.write_all(head.as_bytes()).expect("sent");
    let mut first = [0; 25];
    stream.read_exact(&mut first).expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"1234").expect("sent");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("an answer");
    assert!(
        rest.starts_with("HTTP/1.1 200") && rest.ends_with("\r\n\r\n4"),
        "{rest}"
    );
}

#[test]
fn streams_of_items() {
    let lines = [("content-type", "application/jsonl")];
    let send =
        |body: &str, headers: &[(&str, &str)]| ask(PROCESS.http, "POST", "/lines", headers, body);
    let two = "{\"id\":1,\"text\":\"a\"}\n\n{\"id\":2,\"text\":\"b\"}";
    told(
        &send(two, &lines),
        200,
        "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"b\"}\n",
    );
    let sequence = [lines[0], ("accept", "application/json-seq")];
    told(
        &send(two, &sequence),
        200,
        "\u{1e}{\"id\":1,\"text\":\"a\"}\n\u{1e}{",
    );
    told(&send("{\"id\":1}\n", &lines), 400, "text");
    told(&send("{\n", &lines), 400, "not JSON");
    let news = ask(PROCESS.http, "GET", "/news", &[("last-event-id", "7")], "");
    told(&news, 200, "id: 8\ndata: {\"id\":8,");
    assert_eq!(news.header("cache-control"), Some("no-store"));
    told(&get("/news/objects"), 200, "event: told\ndata: one\n");
}

/// A stream of events without an end does not hold up the way out.
#[test]
fn endless_events_end_with_the_service() {
    let mut process = Process::start("workshop", &[("OARLOCK_DRAIN_STREAMS", "500ms")]);
    let mut stream = connect(process.http).expect("the port is open");
    stream
        .write_all(b"GET /news?endless=true HTTP/1.1\r\nhost: x\r\n\r\n")
        .expect("sent");
    let mut some = [0; 600];
    stream.read_exact(&mut some).expect("events");
    let began = Instant::now();
    assert_eq!(process.stop(), Some(0), "{}", process.log());
    assert!(began.elapsed().as_secs() < 5, "the drain waits for little");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).expect("the end");
    assert!(
        rest.ends_with("0\r\n\r\n"),
        "the body comes to its end: {rest:?}"
    );
}

#[test]
fn doors_open_to_those_who_may() {
    let door = |path: &str, headers: &[(&str, &str)]| ask(PROCESS.http, "GET", path, headers, "");
    told(&door("/doors/either?key=q%201", &[]), 200, "query key");
    told(
        &door("/doors/either?key=q%201&key=q%201", &[]),
        401,
        "credential",
    );
    told(
        &door("/doors/either", &[("cookie", "door=c%3B1")]),
        200,
        "cookie key",
    );
    let scoped = door("/doors/either", &[("authorization", "Bearer ann")]);
    told(&scoped, 403, "may not");
    let challenge = Some("Bearer error=\"insufficient_scope\", scope=\"doors:open\"");
    assert!(
        scoped
            .headers
            .iter()
            .any(|(_, value)| Some(value.as_str()) == challenge),
        "{scoped:?}"
    );
    let basic = ("authorization", "Basic ZXZlOnA=");
    told(
        &door("/doors/both", &[basic, ("x-key", "h1")]),
        200,
        "header key and eve",
    );
    for headers in [&[basic][..], &[("x-key", "h1")], &[basic, ("x-key", "no")]] {
        let refused = door("/doors/both", headers);
        told(&refused, 401, "");
        assert_eq!(
            refused.header("www-authenticate"),
            Some("ApiKey header=\"X-Key\"")
        );
    }
    told(&door("/doors/maybe", &[]), 200, "nobody");
    told(
        &door("/doors/maybe", &[("authorization", "digest x")]),
        401,
        "digest",
    );
    told(
        &door("/doors/odd", &[("client-cert", ":Y2VydA==:")]),
        200,
        "certificate",
    );
    told(&door("/doors/odd", &[]), 401, "credential");
}
