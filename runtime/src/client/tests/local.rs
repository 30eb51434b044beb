//! Clients that call nobody.

use serde_json::{Value, json};

use super::{
    mock::{Mock, Reply},
    *,
};
use crate::{Answering, Contract, Encoding, Operation, Problem, Schemas, Service};

#[tokio::test]
async fn a_mock_answers_by_operation_and_keeps_what_was_sent() {
    let mock = Mock::new()
        .on("addPet", |sent| {
            let pet: Value = sent.json().unwrap();
            Reply::json(201, &json!({ "added": pet })).header("x-left", "3")
        })
        .on("getPet", |_| Reply::error(CallError::Timeout));
    let client = Client::mock(&mock);
    let mut call = client.call("addPet", "POST", "/pets/{kind}");
    call.path("kind", Encoding::SIMPLE, "a b");
    call.query("x", Encoding::FORM, Some(&1));
    call.json("application/json", &json!({ "name": "Rex" }));
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.required_header::<i32>("x-left").unwrap(), 3);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body, json!({ "added": { "name": "Rex" } }));

    let error = client
        .call("getPet", "GET", "/pets")
        .send()
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Timeout), "{error:?}");
    let error = client.call("other", "GET", "/").send().await.unwrap_err();
    assert!(
        error.to_string().contains("no answer for `other`"),
        "{error}"
    );

    let sent = mock.sent("addPet");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].method, "POST");
    assert_eq!(sent[0].path, "/pets/a%20b?x=1");
    assert_eq!(sent[0].headers["content-type"], "application/json");
    assert_eq!(mock.sent("getPet").len(), 1, "it is sent once");
    assert!(mock.sent("other").is_empty());
}

#[tokio::test]
async fn a_mock_can_be_slow_and_wrong() {
    let mock = Mock::new()
        .on("slow", |_| Reply::empty(204).after(Duration::from_secs(5)))
        .on("ill", |_| Reply::empty(503))
        .on("wrong", |_| Reply::empty(7));
    let client = Client::mock(&mock).with_timeout(Duration::from_millis(20));
    let error = client.call("slow", "GET", "/").send().await.unwrap_err();
    assert!(matches!(error, CallError::Timeout), "{error:?}");
    let error = client.call("wrong", "GET", "/").send().await.unwrap_err();
    assert!(error.to_string().contains("7 as its status"), "{error}");
    let client = Client::mock(&mock).with_tries(3);
    let answer = client.call("ill", "GET", "/").send().await.unwrap();
    assert_eq!((answer.status().as_u16(), mock.sent("ill").len()), (503, 3));
}

struct Shop;

fn answered(call: Box<crate::Call>) -> Answering {
    Box::pin(async move {
        let id: i32 = call.read(|call| call.path(0))?;
        let left = call.context().deadline().map(|at| at.elapsed().is_zero());
        match id {
            0 => Err(Problem::not_found("there is no such pet").into()),
            _ => Ok(crate::Response::text(
                StatusCode::OK,
                "text/plain",
                format!("pet {id}, {left:?}"),
            )),
        }
    })
}

fn service() -> Service {
    const OPERATIONS: &[Operation<Shop>] = &[
        Operation {
            id: "getPet",
            method: "GET",
            path: "/pets/{id}",
            body: None,
            statuses: &[200],
            errors: &[],
            handler: |_, call| answered(call),
        },
        Operation {
            id: "listPets",
            method: "GET",
            path: "/pets",
            body: None,
            statuses: &[200],
            errors: &[],
            handler: |_, _| Box::pin(async { Err(Problem::unwritten().into()) }),
        },
    ];
    static SCHEMAS: Schemas = Schemas::new("{}");
    let contract = Contract {
        title: "Shop",
        version: "1",
        schemas: &SCHEMAS,
        examples: r#"{"listPets": {"status": 200, "bodies": [{"media_type": "application/json", "json": ["Rex"]}]}}"#,
        base_paths: &[],
        document: None,
    };
    Service::new(Shop, OPERATIONS, contract)
}

#[tokio::test]
async fn a_service_in_the_process_is_called_like_any_other() {
    for client in [
        Client::in_process(service()),
        Client::in_process(service()).with_http2(),
    ] {
        let get = async |id: &str| {
            let mut call = client.call("getPet", "GET", "/pets/{id}");
            call.path("id", Encoding::SIMPLE, id);
            let answer = call.send().await.unwrap();
            let status = answer.status().as_u16();
            (status, answer.text::<String>().await.unwrap())
        };
        assert_eq!(get("7").await, (200, "pet 7, Some(true)".into()));
        let (status, problem) = get("x").await;
        assert_eq!(status, 400, "{problem}");
        let (status, problem) = get("0").await;
        assert_eq!(status, 404);
        assert!(problem.contains("there is no such pet"), "{problem}");
        let answer = client
            .call("listPets", "GET", "/pets")
            .send()
            .await
            .unwrap();
        let example: Value = answer.json().await.unwrap();
        assert_eq!(example, json!(["Rex"]), "its handler is not written");
        let answer = client.call("getPet", "GET", "/nothing").send().await;
        assert_eq!(answer.unwrap().status(), 404);
    }
}
