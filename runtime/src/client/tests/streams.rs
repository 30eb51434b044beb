use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;

use super::*;
use crate::{Event, Events, IntoPart, Items, Part, Parts, SentPart};

const CHUNK: usize = 64 * 1024;
const CHUNKS: usize = 2048;
/// What both ends' buffers hold at most, the kernel's included: newer Linux takes up to 4 MiB to be sent and 32 MiB received for
/// a connection, each way.
const HELD: usize = 80 * 1024 * 1024;

/// Makes 128 MiB and counts what it has made.
struct Made(usize, Arc<AtomicUsize>);

impl Stream for Made {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.0 == CHUNKS {
            return Poll::Ready(None);
        }
        self.0 += 1;
        self.1.fetch_add(CHUNK, SeqCst);
        Poll::Ready(Some(Ok(Bytes::from(vec![7; CHUNK]))))
    }
}

/// Reads all, and gives how many bytes there were and how far behind the sender was the reader at most.
async fn taken(mut body: Body, made: &AtomicUsize) -> (usize, usize) {
    let (mut taken, mut behind) = (0, 0);
    while let Some(bytes) = body.next().await {
        taken += bytes.unwrap().len();
        behind = behind.max(made.load(SeqCst).saturating_sub(taken));
    }
    (taken, behind)
}

#[tokio::test]
async fn bodies_of_any_size_take_little_memory() {
    let served = serve(|request: Request<Incoming>| async move {
        let body = Body::received(crate::body::Received::of(request.into_body()));
        // Both ways at once: what comes up goes down again.
        answer(200, &[], body)
    })
    .await;
    let made = Arc::new(AtomicUsize::new(0));
    let client = served.client();
    let mut call = client.call("a", "POST", "/");
    call.bytes(
        "application/octet-stream",
        Body::stream(Made(0, made.clone())),
    );
    let answer = call.send().await.unwrap();
    // A slow reader slows the sender down.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(made.load(SeqCst) < HELD, "{}", made.load(SeqCst));
    let (taken, behind) = taken(answer.bytes(), &made).await;
    assert_eq!(taken, CHUNK * CHUNKS);
    assert!(behind < HELD, "{behind}");
}

#[tokio::test]
async fn files_are_sent_as_they_come() {
    struct File(Part);
    impl IntoPart for File {
        fn into_part(self) -> SentPart {
            SentPart::file("file", self.0)
        }
    }
    let served = serve(|request: Request<Incoming>| async move {
        let body = Body::received(crate::body::Received::of(request.into_body()));
        answer(200, &[], body)
    })
    .await;
    let made = Arc::new(AtomicUsize::new(0));
    let part = Part::new("big", "a/b", Body::stream(Made(0, made.clone())));
    let client = served.client();
    let mut call = client.call("a", "POST", "/");
    call.parts(Parts::of([File(part)]));
    let (taken, behind) = taken(call.send().await.unwrap().bytes(), &made).await;
    assert!(taken > CHUNK * CHUNKS && behind < HELD, "{taken} {behind}");
}

#[tokio::test]
async fn items_and_events_are_sent() {
    let served = serve(told).await;
    let client = served.client();
    type Fill = fn(&mut Call<'_>);
    let cases: [(Fill, &str); 5] = [
        (
            |call| call.json_lines("a/b", Items::of([1, 2])),
            "\n\n1\n2\n",
        ),
        (
            |call| call.json_sequence("a/b", Items::of([1])),
            "\n\n\u{1e}1\n",
        ),
        (
            |call| call.events("a/b", Events::of([Event::new("x").named("e")])),
            "\n\nevent: e\ndata: \"x\"\n\n",
        ),
        (
            |call| call.text_events("a/b", Events::of([Event::new("x".to_owned())])),
            "\n\ndata: x\n\n",
        ),
        (
            |call| {
                call.event_objects(
                    "a/b",
                    Items::of([serde_json::json!({"data": "x", "id": "1"})]),
                )
            },
            "\n\nid: 1\ndata: x\n\n",
        ),
    ];
    for (fill, end) in cases {
        let mut call = client.call("a", "POST", "/");
        fill(&mut call);
        let text: String = call.send().await.unwrap().text().await.unwrap();
        assert!(
            text.ends_with(end) && text.contains("content-type: a/b\n"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_breaks_the_call() {
    let served = serve(told).await;
    let client = served.client();
    let mut call = client.call("a", "POST", "/");
    call.json_lines("a/b", Items::<i32>::new(Failing));
    let error = call.send().await.unwrap_err();
    assert!(matches!(error, CallError::Broken(_)), "{error}");
}

struct Failing;

impl Stream for Failing {
    type Item = Result<i32, crate::Problem>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(Some(Err(crate::Problem::internal("gone"))))
    }
}

#[test]
fn calls_and_answers_may_wait_on_any_thread() {
    fn sent<T: Send>(_: T) {}
    async fn whole(client: Client) -> Result<i32, CallError> {
        let mut call = client.call("a", "POST", "/");
        call.json("application/json", &1);
        let answer = call.send().await?;
        match answer.status().as_u16() {
            200 => answer.json().await,
            _ => Err(answer.unexpected().await),
        }
    }
    sent(whole(Client::default()));
}
