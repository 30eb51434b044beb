//! Bad input is refused in the document's own terms, every violation at once.

use std::sync::LazyLock;

use crate::{
    client::{Answer, ask},
    examples::{ID, ORDER, PET, STAFF},
    process::{Process, command},
};

static PROCESS: LazyLock<Process> = LazyLock::new(|| {
    Process::start(&[
        ("OARLOCK_EXAMPLES", "on"),
        ("OARLOCK_MAX_BODY_BYTES", "10000"),
    ])
});
const JSON: (&str, &str) = ("content-type", "application/json");

#[track_caller]
fn refused(answer: &Answer, status: u16, words: &[&str]) {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, status, "{text}");
    for word in words {
        assert!(text.contains(word), "{word} in {text}");
    }
}

fn pet(body: &str) -> Answer {
    ask(PROCESS.http, "POST", "/pets", &[STAFF, JSON], body)
}

#[test]
fn parameters_that_break_the_document() {
    let get = |target: &str| ask(PROCESS.http, "GET", target, &[], "");
    for (target, words) in [
        ("/pets?limit=x", "query limit"),
        ("/pets?limit=101", "query limit"),
        ("/pets?limit=1&limit=2", "twice"),
        ("/pets?kind=bird", "query kind"),
        ("/pets?tag=", "query tag"),
        ("/pets?tag=1&tag=2&tag=3&tag=4&tag=5&tag=6", "query tag"),
        ("/pets?kind=%ff", "UTF-8"),
    ] {
        // The operation declares `4XX` alone.
        refused(&get(target), 400, &[words, "detail"]);
    }
    for shelf in ["1,x", "", "1,,2"] {
        let answer = ask(PROCESS.http, "GET", "/pets", &[("x-shelf", shelf)], "");
        refused(&answer, 400, &["header X-Shelf"]);
    }
    let answer = ask(PROCESS.http, "GET", "/pets/1", &[STAFF], "");
    refused(&answer, 400, &["path petId"]);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
}

#[test]
fn bodies_that_break_the_document() {
    refused(&pet("{"), 422, &["not JSON"]);
    refused(&pet(""), 422, &["required"]);
    refused(&pet("[]"), 422, &["body"]);
    refused(&pet(r#"{"name":"","kind":"cat"}"#), 422, &["/name"]);
    refused(
        &pet(r#"{"name":"Mia","kind":{"cat":null}}"#),
        422,
        &["/kind"],
    );
    refused(
        &pet(r#"{"name":"Mia","kind":"cat","weight":0}"#),
        422,
        &["/weight"],
    );
    refused(
        &pet(r#"{"name":"Mia","kind":"cat","born":"2023-02-29"}"#),
        422,
        &["/born"],
    );
    refused(
        &pet(r#"{"name":"Mia","kind":"cat","name":"Mio"}"#),
        422,
        &["stands there twice"],
    );
    let nested = r#"{"name":"Mia","kind":"cat","parents":[{"name":"x","kind":"cat","chip":"1"},{"kind":"dog"}]}"#;
    refused(&pet(nested), 422, &["in 2 places"]);
    for fine in [
        PET,
        r#"{"name":"Mia","kind":"cat","chip":null,"type":"x","unknown":[1]}"#,
    ] {
        assert_eq!(pet(fine).status, 201, "{fine}");
    }
}

#[test]
fn orders_are_told_in_the_schema_of_their_own_errors() {
    let order = |body: &str| {
        let media_type = ("content-type", "application/vnd.shop+json");
        ask(PROCESS.http, "POST", "/orders", &[media_type], body)
    };
    for (body, words) in [
        (ORDER.replace("9.99", "9.999"), "/lines/0/price"),
        (ORDER.replace("1.0", "1.5"), "/lines/0/quantity"),
        (ORDER.replace("card", "cash"), "/payment"),
        (ORDER.replace("4111111111111111", "4"), "/payment/number"),
        (ORDER.replacen('{', r#"{"more":1,"#, 1), "more"),
    ] {
        let answer = order(&body);
        refused(&answer, 400, &[words]);
        let told = answer.json();
        assert_eq!(told["code"], 400, "{told}");
        assert!(
            told["message"].is_string() && told["errors"].is_array(),
            "{told}"
        );
    }
    let double = ORDER.replace(
        "}],",
        &format!("}},{}],", &ORDER[10..ORDER.find("}]").expect("a line") + 1]),
    );
    refused(&order(&double), 400, &["/lines"]);
    let answer = ask(
        PROCESS.http,
        "POST",
        "/orders",
        &[("authorization", "Bearer ?")],
        ORDER,
    );
    assert_eq!(answer.status, 415, "a media type must be said");
}

#[test]
fn what_no_operation_takes() {
    let port = PROCESS.http;
    refused(
        &ask(port, "GET", "/nothing", &[], ""),
        404,
        &["no operation has this path"],
    );
    let answer = ask(port, "PUT", "/pets", &[], "");
    refused(&answer, 405, &["GET, HEAD, POST"]);
    assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
    let answer = ask(
        port,
        "POST",
        "/pets",
        &[STAFF, ("content-type", "text/xml")],
        "<a/>",
    );
    refused(&answer, 415, &["application/json"]);
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(20_000));
    refused(&pet(&large), 413, &["10000 bytes"]);
    let answer = ask(
        port,
        "POST",
        &format!("/pets/{ID}:rename"),
        &[STAFF, ("content-type", "text/plain")],
        "",
    );
    refused(&answer, 400, &["body"]);
}

#[test]
fn callers_that_are_not_let_in() {
    let answer = ask(PROCESS.http, "POST", "/pets", &[JSON], PET);
    refused(&answer, 401, &["credential"]);
    let challenges: Vec<&str> = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "www-authenticate")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(
        challenges,
        [
            "Basic realm=\"api\", charset=\"UTF-8\"",
            "ApiKey header=\"X-Device-Key\""
        ]
    );
    let answer = ask(
        PROCESS.http,
        "POST",
        "/pets",
        &[JSON, ("authorization", "Basic ???")],
        PET,
    );
    assert_eq!(answer.status, 401);
}

#[test]
fn every_mistake_of_the_configuration_is_told() {
    let output = command()
        .env("OARLOCK_HTTP_ADDR", "nowhere")
        .env("OARLOCK_DRAIN_DELAY", "soon")
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("OARLOCK_HTTP_ADDR") && text.contains("OARLOCK_DRAIN_DELAY"),
        "{text}"
    );
}
