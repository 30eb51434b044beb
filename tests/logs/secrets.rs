//! What is secret is in no line, though the handlers log all that they know.

use std::{io::Write, thread::sleep, time::Duration};

use crate::{JSON, client::connect, vault::Process};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[test]
fn no_secret_is_in_any_line() {
    let process = Process::start(&[
        ("RUST_LOG", "trace"),
        ("OARLOCK_LOG_REDACT", "X-Internal, X-Other"),
    ]);
    let headers = [
        ("authorization", "Bearer s3cret-bearer"),
        ("proxy-authorization", "Basic s3cret-proxy"),
        ("cookie", "crumb=s3cret-crumb; theme=s3cret-theme"),
        ("vault-pass", "s3cret-pass"),
        ("x-api-key", "s3cret-key"),
        ("x-internal", "s3cret-internal"),
        ("x-plain", "not so"),
    ];
    let target = "/boxes/7?pin=s3cret-pin&sesame=s3cret-sesame&access_token=s3cret-token";
    let json =
        r#"{"owner":"Ann","phrase":"s3cret-phrase","riddle":"s3cret, \"riddle\"","weight":3}"#;
    let form = "owner=Ann&phrase=s3cret-phrase&riddle=s3cret-riddle&weight=3";
    let fill = |kind, body: &str| {
        let headers = [&[kind], &headers[..]].concat();
        process.ask("POST", target, &headers, body)
    };
    assert_eq!((fill(JSON, json), fill(FORM, form)), (204, 204));
    // What breaks the document is told to the caller with its values, and to nobody else.
    for (from, to) in [
        ("-phrase", ""),
        ("s3cret, ", "no s3cret"),
        (":3", ":\"s3cret\""),
    ] {
        assert_eq!(fill(JSON, &json.replace(from, to)), 400, "{from}");
    }
    for (from, to) in [
        ("-phrase", ""),
        ("s3cret-riddle", "no+s3cret"),
        ("=3", "=s3cret"),
    ] {
        assert_eq!(fill(FORM, &form.replace(from, to)), 400, "{from}");
    }
    assert_eq!(fill(JSON, "{\"owner\":\"s3cret"), 400);
    for target in ["/s3cret?s3cret=s3cret", "/ask?for=s3cret", "/%zz/s3cret"] {
        assert!(process.ask("GET", target, &headers, "") >= 400);
    }
    let lines = process.lines();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let found: Vec<_> = text
        .lines()
        .filter(|line| line.contains("s3cret"))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
    // What is not secret is there, and the handlers did log.
    for (words, least) in [
        ("[redacted]", 30),
        ("x-plain", 2),
        ("not so", 2),
        ("weight", 4),
        ("\"TRACE\"", 2),
        ("\"DEBUG\"", 2),
    ] {
        let found = text.matches(words).count();
        assert!(found >= least, "{words}: {found} in\n{text}");
    }
}

/// A field of a head, as HPACK writes it without its tables (RFC 7541, 6.2.2).
fn field(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| {
        [
            &[u8::try_from(text.len()).expect("it is short")],
            text.as_bytes(),
        ]
        .concat()
    };
    [vec![0], text(name), text(value)].concat()
}

/// A frame (RFC 9113, 4.1).
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("it is short");
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// HTTP/2 is spoken by a crate that writes what comes, a path that is none for one, into events of its own.
#[test]
fn no_secret_is_in_the_lines_of_a_connection() {
    let process = Process::start(&[("RUST_LOG", "trace,h2=trace,hyper=trace")]);
    for path in ["/s3cret?s3cret", "/ s3cret"] {
        let head = [
            field(":method", "GET"),
            field(":scheme", "http"),
            field(":authority", "test"),
            field(":path", path),
            field("authorization", "Bearer s3cret"),
        ];
        let bytes = [
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            frame(4, 0, 0, &[]),
            frame(1, 5, 1, &head.concat()),
        ];
        let mut stream = connect(process.http).expect("the port is open");
        stream.write_all(&bytes.concat()).expect("it is sent");
        sleep(Duration::from_millis(200));
    }
    let lines = process.lines();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    assert!(!text.contains("s3cret"), "{text}");
    let access = lines.iter().filter(|line| line["status"] == 404).count();
    assert_eq!(access, 1, "the other is no request: {text}");
}
