use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::Waker,
    time::Duration,
};

use super::*;

fn now<F: Future>(future: F) -> Poll<F::Output> {
    let mut cx = Context::from_waker(Waker::noop());
    std::pin::pin!(future).poll(&mut cx)
}

#[tokio::test]
async fn items_come_in_order_and_the_end_stays() {
    let mut items = Items::of([1, 2]);
    assert_eq!(items.size_hint(), (2, Some(2)));
    assert_eq!(items.next().await, Some(Ok(1)));
    assert_eq!(items.next().await, Some(Ok(2)));
    assert_eq!(format!("{items:?}"), "Items(stream)");
    assert_eq!(items.next().await, None);
    assert_eq!(items.next().await, None);
    assert_eq!(format!("{items:?}"), "Items(ended)");
}

#[test]
fn items_may_be_sent_and_hold_anything() {
    struct Opaque(#[expect(dead_code)] std::rc::Rc<()>);
    fn sent<T: Send + Unpin>(_: &T) {}
    let items: Items<Opaque> = Items(None);
    sent(&items);
    assert_eq!(format!("{items:?}"), "Items(ended)");
}

#[test]
fn a_source_is_dropped_at_its_end() {
    let held = Arc::new(());
    let inside = Arc::clone(&held);
    let mut items = Items::of(std::iter::once(1).inspect(move |_| _ = &inside));
    assert_eq!(now(items.next()), Poll::Ready(Some(Ok(1))));
    assert_eq!(Arc::strong_count(&held), 2);
    assert_eq!(now(items.next()), Poll::Ready(None));
    assert_eq!(Arc::strong_count(&held), 1);
}

#[tokio::test]
async fn a_sender_waits_for_room() {
    let (sender, mut items) = channel(2);
    assert_eq!(now(sender.send(1)), Poll::Ready(Ok(())));
    assert_eq!(now(sender.send(2)), Poll::Ready(Ok(())));
    assert_eq!(now(sender.send(3)), Poll::Pending);
    assert_eq!(items.next().await, Some(Ok(1)));
    assert_eq!(now(sender.send(4)), Poll::Ready(Ok(())));
    drop(sender);
    assert_eq!(items.next().await, Some(Ok(2)));
    assert_eq!(items.next().await, Some(Ok(4)));
    assert_eq!(items.next().await, None);
}

#[tokio::test]
async fn a_sender_is_never_more_than_its_room_ahead() {
    let (sender, mut items) = channel(1);
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    tokio::spawn(async move {
        for item in 0..50 {
            sender.send(item).await.unwrap();
            count.fetch_add(1, SeqCst);
        }
    });
    for read in 0..50 {
        assert_eq!(items.next().await, Some(Ok(read)));
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
        assert!(sent.load(SeqCst) <= read + 2);
    }
    assert_eq!(items.next().await, None);
}

#[tokio::test]
async fn any_room_is_taken() {
    for room in [0, 1, usize::MAX] {
        let (sender, mut items) = channel(room);
        sender.send(1).await.unwrap();
        assert_eq!(items.next().await, Some(Ok(1)));
    }
}

#[tokio::test]
async fn a_sender_learns_that_its_reader_is_gone() {
    let (sender, items) = channel(1);
    assert_eq!(now(sender.closed()), Poll::Pending);
    drop(items);
    sender.closed().await;
    assert_eq!(sender.send(1).await, Err(Closed));
    assert_eq!(
        sender.clone().fail(Problem::conflict("")).await,
        Err(Closed)
    );
    assert_eq!(Closed.to_string(), "the reader of the stream is gone");
}

#[tokio::test]
async fn a_problem_is_the_last_of_what_is_sent() {
    let (sender, mut items) = channel(3);
    sender.send(1).await.unwrap();
    let other = sender.clone();
    sender.fail(Problem::conflict("gone")).await.unwrap();
    other.send(2).await.unwrap();
    assert_eq!(items.next().await, Some(Ok(1)));
    assert_eq!(items.next().await, Some(Err(Problem::conflict("gone"))));
    assert_eq!(other.send(3).await, Err(Closed));
    assert_eq!(items.next().await, None);
}

#[tokio::test]
async fn a_panic_of_the_sender_does_not_look_like_the_end() {
    let (sender, mut items) = channel(1);
    let task = tokio::spawn(async move {
        sender.send(1).await.unwrap();
        assert!(sender.send(2).await.is_err(), "on purpose");
    });
    assert_eq!(items.next().await, Some(Ok(1)));
    assert_eq!(items.next().await, Some(Ok(2)));
    assert!(task.await.is_err());
    let end = items.next().await.unwrap().unwrap_err();
    assert_eq!(end.status.as_u16(), 500);
    assert_eq!(items.next().await, None);
}

#[test]
fn an_event_is_built_step_by_step() {
    let event = Event::new(1)
        .named("tick")
        .with_id("7")
        .with_retry(Duration::from_secs(1));
    assert_eq!(event.clone(), event);
    assert_eq!(
        format!("{event:?}"),
        r#"Event { data: 1, event: Some("tick"), id: Some("7"), retry: Some(1s) }"#
    );
    assert_ne!(event, Event::new(1));
}
