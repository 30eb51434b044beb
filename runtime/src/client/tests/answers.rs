use serde::Deserialize;
use serde_json::{Value, json};

use super::*;
use crate::{HeaderForm, Schemas};

static SCHEMAS: Schemas = Schemas::new(
    r#"{"answers": {
        "xml": {"kind": "xml", "root": "pet", "schema": {"type": "object", "properties": {"age": {"type": "integer"}}}},
        "text": {"kind": "text", "schema": {"type": "integer"}},
        "items": {"kind": "jsonLines", "schema": {"type": "integer", "minimum": 0}},
        "events": {"kind": "events", "schema": {"type": "object", "required": ["a"]}}
    }}"#,
);

async fn got(headers: &'static [(&'static str, &'static str)], body: &'static str) -> Answer {
    let served = serve(move |_| async move { answer(200, headers, body) }).await;
    let client = served.client();
    client.call("op", "GET", "/").send().await.unwrap()
}

fn unread<T: std::fmt::Debug>(read: Result<T, CallError>) -> String {
    match read {
        Err(CallError::Unread(words)) => words,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn headers_are_read_as_their_types() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Range {
        from: i32,
        name: String,
    }
    let headers = &[
        ("x-total", "12"),
        ("x-list", "1, 2"),
        ("x-list", "3"),
        ("x-range", "from,1,name,2"),
        ("x-exploded", "from=1,name=2"),
        ("x-json", r#"{"from": 1, "name": "2"}"#),
    ];
    let answer = got(headers, "").await;
    assert_eq!(answer.required_header::<i32>("x-total").unwrap(), 12);
    assert_eq!(answer.header::<i32>("x-none").unwrap(), None);
    assert_eq!(
        answer.required_header_commas::<i32>("X-List").unwrap(),
        [1, 2, 3]
    );
    for (name, form) in [
        ("x-range", HeaderForm::Simple),
        ("x-exploded", HeaderForm::Exploded),
        ("x-json", HeaderForm::Json),
    ] {
        let range = answer
            .required_described_header::<Range>(name, form)
            .unwrap();
        assert_eq!(
            range,
            Range {
                from: 1,
                name: "2".into()
            }
        );
    }
    let texts = answer.described_header::<Vec<String>>("x-list", HeaderForm::Simple);
    assert_eq!(texts.unwrap().unwrap(), ["1", "2", "3"]);
    assert_eq!(
        unread(answer.required_header::<i32>("x-none")),
        "op: the header `x-none` is missing"
    );
    assert!(unread(answer.header::<i32>("x-json")).contains("not of its type"));
    assert!(
        unread(answer.described_header::<Range>("x-total", HeaderForm::Json)).contains("x-total")
    );
}

#[tokio::test]
async fn the_media_type_chooses() {
    let answer = got(&[("content-type", "text/csv; charset=utf-8")], "").await;
    assert_eq!(
        answer.content(&["application/json", "text/csv"]).unwrap(),
        1
    );
    assert!(unread(answer.content(&["application/json"])).contains("text/csv"));
    let untyped = got(&[], "").await;
    assert_eq!(untyped.content(&["application/octet-stream"]).unwrap(), 0);
}

#[tokio::test]
async fn bodies_are_read_as_their_types() {
    assert_eq!(got(&[], "[1]").await.json::<Vec<i32>>().await.unwrap(), [1]);
    let words = unread(got(&[], "{\"a\":\n x}").await.json::<Value>().await);
    assert!(
        words.starts_with("op: its body:") && words.contains("line 2"),
        "{words}"
    );
    assert_eq!(got(&[], "ä").await.text::<String>().await.unwrap(), "ä");
    let latin = got(&[("content-type", "text/plain; charset=latin1")], "a").await;
    assert!(unread(latin.text::<String>().await).contains("latin1"));
    let xml = got(&[], "<pet><age>7</age></pet>").await;
    let xml: Value = xml.described(&SCHEMAS, "xml").await.unwrap();
    assert_eq!(xml, json!({"age": 7}));
    assert_eq!(
        got(&[], "12")
            .await
            .described::<i32>(&SCHEMAS, "text")
            .await
            .unwrap(),
        12
    );
    assert_eq!(
        got(&[], "12")
            .await
            .described::<i32>(&SCHEMAS, "none")
            .await
            .unwrap(),
        12
    );
    assert!(
        unread(got(&[], "x").await.described::<i32>(&SCHEMAS, "text").await).contains("its body")
    );
    assert_eq!(got(&[], "abc").await.bytes().bytes(3).await.unwrap(), "abc");
    let coded = serve(|_| async { answer(200, &[("content-encoding", "x-own")], "abc") }).await;
    let error = coded
        .client()
        .call("op", "GET", "/")
        .send()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("x-own"), "{error}");
}

#[tokio::test]
async fn bodies_have_a_bound() {
    let served = serve(|_| async { answer(200, &[], "[1,2,3,4,5]") }).await;
    let client = served.client().with_max_answer(10);
    let read = client.call("op", "GET", "/").send().await.unwrap();
    assert!(unread(read.json::<Value>().await).contains("more than 10 bytes"));
    let error = client
        .call("op", "GET", "/")
        .send()
        .await
        .unwrap()
        .unexpected()
        .await;
    let CallError::Unexpected { body, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(body, "[1,2,3,4,5");
}

#[tokio::test]
async fn what_is_not_expected_is_kept() {
    let served = serve(|_| async { answer(503, &[("retry-after", "5")], "later") }).await;
    let client = served.client().with_tries(1);
    let answer = client.call("op", "GET", "/").send().await.unwrap();
    let error = answer.unexpected().await;
    assert!(error.to_string().contains("503"), "{error}");
    let CallError::Unexpected {
        status,
        headers,
        body,
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!((status.as_u16(), &body[..]), (503, &b"later"[..]));
    assert_eq!(headers["retry-after"], "5");
}

#[tokio::test]
async fn items_keep_to_the_contract() {
    let mut items = got(&[], "1\n-1\n2\n")
        .await
        .json_lines::<i32>(&SCHEMAS, "items");
    assert_eq!(items.next().await.unwrap().unwrap(), 1);
    let problem = items.next().await.unwrap().unwrap_err();
    assert_eq!(problem.status.as_u16(), 502);
    assert!(
        !problem.is_refusal() && problem.detail.contains("`op`"),
        "{problem}"
    );
    assert_eq!(items.next().await.unwrap().unwrap(), 2);
    assert!(items.next().await.is_none());

    let mut free = got(&[], "\u{1e}-1\n")
        .await
        .json_sequence::<i32>(&SCHEMAS, "none");
    assert_eq!(free.next().await.unwrap().unwrap(), -1);
    let text = "event: tick\ndata: {\"a\": 1}\n\ndata: {}\n\n";
    let mut events = got(&[], text).await.events::<Value>(&SCHEMAS, "events");
    let first = events.next().await.unwrap().unwrap();
    assert_eq!(
        (first.event.as_deref(), first.data),
        (Some("tick"), json!({"a": 1}))
    );
    assert!(events.next().await.unwrap().is_err());
    let mut plain = got(&[], "data: hello\n\n")
        .await
        .events::<String>(&SCHEMAS, "none");
    assert_eq!(plain.next().await.unwrap().unwrap().data, "hello");
    let mut objects = got(&[], "id: 7\ndata: x\n\n")
        .await
        .event_objects::<Value>(&SCHEMAS, "none");
    assert_eq!(
        objects.next().await.unwrap().unwrap(),
        json!({"id": "7", "data": "x"})
    );
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told() {
    let served = serve(|_| async {
        let (sender, items) = crate::channel::<i32>(1);
        tokio::spawn(async move {
            sender.send(1).await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
            _ = sender.fail(crate::Problem::internal("gone")).await;
        });
        let bytes = crate::framing::write_items(crate::framing::Framing::Lines, items);
        answer(200, &[], Body::stream(bytes))
    })
    .await;
    let read = served.client().call("op", "GET", "/").send().await.unwrap();
    let error = read.text::<String>().await.unwrap_err();
    assert!(matches!(error, CallError::Broken(_)), "{error}");
}
