use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::{ContentKind, Encoding, Schemas, Style};

const BEARER: Scheme = Scheme {
    name: "token",
    kind: SchemeKind::Bearer,
};
const BASIC: Scheme = Scheme {
    name: "login",
    kind: SchemeKind::Basic,
};
const KEY: Scheme = Scheme {
    name: "key",
    kind: SchemeKind::ApiKeyHeader("X-Key"),
};
const QUERY: Scheme = Scheme {
    name: "query",
    kind: SchemeKind::ApiKeyQuery("api key"),
};
const COOKIE: Scheme = Scheme {
    name: "cookie",
    kind: SchemeKind::ApiKeyCookie("sid"),
};

async fn sent(call: Call<'_>) -> String {
    call.send().await.unwrap().text().await.unwrap()
}

async fn refused(call: Call<'_>) -> String {
    match call.send().await {
        Err(CallError::Request(words)) => words,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn parameters_stand_where_they_belong() {
    let served = serve(told).await;
    let client = Client::new(&format!("{}/v1/", served.address)).unwrap();
    let mut call = client.call("a", "GET", "/pets/{petId}/{part}.{kind}#two");
    call.path("petId", Encoding::SIMPLE, "a/b ä");
    call.path("part", Encoding::new(Style::Label, true), &[1, 2]);
    call.path("kind", Encoding::SIMPLE, &true);
    call.query("limit", Encoding::FORM, Some(&5));
    call.query("none", Encoding::FORM, None::<&i32>);
    call.query(
        "tags",
        Encoding::new(Style::PipeDelimited, false),
        Some(&["x", "y|"]),
    );
    call.query("at", Encoding::DEEP_OBJECT, Some(&json!({"x": 1})));
    call.query_json("filter", Some(&json!({"a": [1]})));
    call.query("path", Encoding::FORM.reserved(), Some("a/b"));
    call.header("x-shelf", false, Some(&["a", "b,c"]));
    call.header_json("x-json", Some(&json!({"a": 1})));
    call.cookie("session", Encoding::FORM, Some("a;b"));
    call.cookie_json("other", Some(&json!([1])));
    call.accept(&["application/json", "text/*"]);
    let text = sent(call).await;
    let line = "GET /v1/pets/a%2Fb%20%C3%A4/.1.2.true?limit=5&tags=x%7Cy%7C&at%5Bx%5D=1\
                &filter=%7B%22a%22%3A%5B1%5D%7D&path=a/b\n";
    assert!(text.starts_with(line), "{text}");
    for header in [
        "x-shelf: a,\"b,c\"\n",
        "x-json: {\"a\":1}\n",
        "cookie: session=a%3Bb; other=%5B1%5D\n",
        "accept: application/json, text/*\n",
    ] {
        assert!(text.contains(header), "{text}");
    }
}

#[tokio::test]
async fn a_query_can_be_one_value() {
    let served = serve(told).await;
    let client = served.client();
    for (kind, value, query) in [
        (
            ContentKind::Form,
            json!({"a": [1, 2], "b": "x y"}),
            "?a=1&a=2&b=x%20y",
        ),
        (ContentKind::Json, json!({"a": 1}), "?%7B%22a%22%3A1%7D"),
        (ContentKind::Text, json!("a&b"), "?a%26b"),
    ] {
        let mut call = client.call("a", "GET", "/");
        call.query_string(kind, Some(&value));
        let text = sent(call).await;
        assert!(text.starts_with(&format!("GET /{query}\n")), "{text}");
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_not_sent() {
    let served = serve(told).await;
    let client = served.client();
    for value in ["", ".", ".."] {
        let mut call = client.call("a", "GET", "/pets/{id}");
        call.path("id", Encoding::SIMPLE, value);
        assert!(refused(call).await.contains("`{id}`"));
    }
    assert!(
        refused(client.call("a", "GET", "/pets/{id}"))
            .await
            .contains("missing")
    );
    let mut call = client.call("a", "GET", "/");
    call.header("x-a", false, Some("a\r\nb: c"));
    call.header("x b", false, Some("later faults are not told"));
    assert_eq!(
        refused(call).await,
        "a: the value of `x-a` cannot stand in a header"
    );
    let mut call = client.call("a", "POST", "/");
    call.json("application/json", &BTreeMap::from([((1, 2), 3)]));
    assert!(refused(call).await.contains("JSON"));
    assert!(
        refused(client.call("a", "G T", "/"))
            .await
            .contains("method")
    );
    assert_eq!(served.connections.load(SeqCst), 0);
}

#[tokio::test]
async fn the_first_alternative_that_is_held_is_shown() {
    let served = serve(told).await;
    let alternatives: &[&[Scheme]] = &[&[BEARER], &[KEY, BASIC], &[QUERY, COOKIE], &[]];
    let text = |client: Client| async move {
        let mut call = client.call("a", "GET", "/");
        call.secure(alternatives);
        sent(call).await
    };
    let client = served
        .client()
        .with_credential("key", Credential::api_key("k1"));
    let none = text(client.clone()).await;
    assert!(
        !none.contains("k1") && none.starts_with("GET /\n"),
        "{none}"
    );
    let client = client.with_credential("login", Credential::basic("ann", "pw"));
    let both = text(client.clone()).await;
    assert!(
        both.contains("x-key: k1\n") && both.contains("authorization: Basic YW5uOnB3\n"),
        "{both}"
    );
    let client = client.with_credential("token", Credential::bearer("t1"));
    let first = text(client.clone()).await;
    assert!(
        first.contains("authorization: Bearer t1\n") && !first.contains("k1"),
        "{first}"
    );
    let keys = served
        .client()
        .with_credential("query", Credential::api_key("a b"))
        .with_credential("cookie", Credential::api_key("c"));
    let keys = text(keys).await;
    assert!(
        keys.starts_with("GET /?api%20key=a%20b\n") && keys.contains("cookie: sid=c\n"),
        "{keys}"
    );
}

#[tokio::test]
async fn a_credential_of_another_kind_is_not_shown() {
    let served = serve(told).await;
    let of = |name: &str, credential| served.client().with_credential(name, credential);
    let digest = Scheme {
        name: "d",
        kind: SchemeKind::Http("digest"),
    };
    let client = of("d", Credential::authorization("Digest", "x=1"));
    let mut call = client.call("a", "GET", "/");
    call.secure(&[&[digest]]);
    assert!(sent(call).await.contains("authorization: Digest x=1\n"));
    for (client, schemes) in [
        (of("token", Credential::api_key("secret")), &[BEARER][..]),
        (of("login", Credential::basic("secret:", "x")), &[BASIC]),
        (of("key", Credential::api_key("secret\n")), &[KEY]),
        (
            of("token", Credential::bearer("secret"))
                .with_credential("login", Credential::basic("a", "b")),
            &[BEARER, BASIC],
        ),
    ] {
        let mut call = client.call("a", "GET", "/");
        call.secure(&[schemes]);
        assert!(!refused(call).await.contains("secret"));
        assert!(!format!("{client:?} {:?}", client.settings.credentials).contains("secret"));
    }
}

static SCHEMAS: Schemas = Schemas::new(
    r#"{"operations": {"op": {"body": {"required": true, "contents": [
        {"kind": "xml", "root": "pet", "schema": {"type": "object"}},
        {"kind": "form", "schema": {"type": "object"}},
        {"kind": "multipart", "schema": {"type": "object"}, "parts": {
            "tags": {"list": true}, "meta": {"json": true}}}
    ]}}}}"#,
);

#[tokio::test]
async fn described_bodies_are_written_by_the_contract() {
    let served = serve(told).await;
    let client = served.client();
    let value = json!({"name": "x y", "tags": [1, 2]});
    for (index, expected) in ["<pet>", "name=x%20y&tags=1&tags=2"].iter().enumerate() {
        let mut call = client.call("op", "POST", "/");
        call.described("a/b", &SCHEMAS, index, &value);
        let text = sent(call).await;
        assert!(
            text.contains(expected) && text.contains("content-type: a/b\n"),
            "{text}"
        );
    }
    let mut call = client.call("op", "POST", "/");
    call.described(
        "multipart/form-data",
        &SCHEMAS,
        2,
        &json!({"tags": ["a", "b"], "meta": {"c": 1}}),
    );
    let text = sent(call).await;
    assert_eq!(text.matches("name=\"tags\"").count(), 2, "{text}");
    assert!(
        text.contains("Content-Type: application/json\r\n\r\n{\"c\":1}\r\n"),
        "{text}"
    );
    let mut call = client.call("op", "POST", "/");
    call.described("a/b", &SCHEMAS, 3, &value);
    assert!(refused(call).await.contains("contract"));
}

#[tokio::test]
async fn a_call_within_a_request_belongs_to_its_trace() {
    let served = serve(told).await;
    let client = served.client();
    let mut headers = http::HeaderMap::new();
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    headers.insert("traceparent", parent.parse().unwrap());
    let tracing = std::sync::Arc::new(crate::trace::Tracing::quiet());
    let entered = crate::handler::enter(crate::handler::Current {
        ids: tracing.begin(&headers),
        operation: "a",
        tracing,
        deadline: None,
    });
    let call = client.call("a", "GET", "/");
    drop(entered);
    let text = sent(call).await;
    assert!(
        text.contains("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-"),
        "{text}"
    );
    assert!(!text.contains("00f067aa0ba902b7"), "{text}");
    assert!(
        !sent(client.call("a", "GET", "/"))
            .await
            .contains("traceparent")
    );
}
