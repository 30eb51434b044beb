//! The service's own tests: its handlers through its generated client, without a socket; and what calls others, against a
//! mock of them.

use oarlock_runtime::{
    client::{Client as Connection, Credential, mock::{Mock, Reply}},
};
use workshop_api::{client::Client, doors::*, tools::*, types::Place};

use crate::App;

fn connection() -> Connection {
    Connection::in_process(workshop_api::service(App))
}

#[tokio::test]
async fn handlers_are_called_as_they_are_served() {
    let client = Client(connection());
    let place: Place = serde_json::from_str(r#"{"room":1}"#).unwrap();
    let answer = client.search_tools(SearchToolsRequest { body: place.clone() }).await.unwrap();
    assert!(matches!(answer, SearchToolsResponse::Ok(found) if found == place));
    #[expect(deprecated, reason = "the document says so")]
    let refused = client.drop_tools(DropToolsRequest { body: Some(vec![String::new(); 4]) }).await.unwrap();
    assert!(matches!(refused, DropToolsResponse::Default { status, .. } if status == 400), "it is checked");

    let answer = client.either().await.unwrap();
    assert!(matches!(answer, EitherResponse::Default { status, .. } if status == 401), "nobody comes in");
    let known = Client(connection().with_credential("queryKey", Credential::api_key("q 1")));
    let answer = known.either().await.unwrap();
    assert!(matches!(answer, EitherResponse::Ok(who) if who == "query key"));
}

#[tokio::test]
async fn a_mock_stands_in_for_a_service() {
    let mock = Mock::new().on("searchTools", |sent| {
        let place: serde_json::Value = sent.json().unwrap();
        Reply::json(200, &place)
    });
    let client = Client(Connection::mock(&mock));
    let place: Place = serde_json::from_str(r#"{"room":7}"#).unwrap();
    let answer = client.search_tools(SearchToolsRequest { body: place.clone() }).await.unwrap();
    assert!(matches!(answer, SearchToolsResponse::Ok(found) if found == place));
    let sent = mock.sent("searchTools");
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].method.as_str(), sent[0].path.as_str()), ("QUERY", "/tools"));
}
