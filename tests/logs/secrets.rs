//! What is secret is in no line, though the handlers log all that they know.

use crate::{BOX, JSON, project::Process};

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

/// HTTP/2 is spoken by a crate that writes what comes into its own events.
#[test]
fn no_secret_is_in_the_lines_of_a_connection() {
    let process = Process::start(&[("RUST_LOG", "trace,h2=trace,hyper=trace")]);
    let output = std::process::Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--http2-prior-knowledge",
            "--data",
            BOX,
        ])
        .args(["--header", "content-type: application/json"])
        .args(["--header", "authorization: Bearer s3cret-bearer"])
        .args(["--header", "x-anything: s3cret-anything"])
        .args(["--write-out", "%{http_code} %{http_version}"])
        .arg(format!(
            "http://127.0.0.1:{}/nothing/s3cret?s3cret",
            process.http
        ))
        .output()
        .expect("curl runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        told.ends_with("404 2"),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = process.text();
    let lines = process.lines();
    assert!(!text.contains("s3cret"), "{text}");
    assert!(
        lines.iter().any(|line| line["target"] == "access"),
        "{text}"
    );
}
