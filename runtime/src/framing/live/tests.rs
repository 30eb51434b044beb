use std::{future::pending, task::Waker};

use tokio::{sync::oneshot, time::advance};

use super::super::write_events;
use super::*;
use crate::items::{Closed, Event, channel};

const ALIVE: Duration = Duration::from_secs(15);

/// What there is to write now.
fn now<S: Stream<Item = io::Result<Bytes>>>(mut bytes: Pin<&mut S>) -> Poll<Option<Bytes>> {
    let mut cx = Context::from_waker(Waker::noop());
    let next = bytes.as_mut().poll_next(&mut cx);
    next.map(|chunk| chunk.map(Result::unwrap))
}

fn chunk(text: &'static str) -> Poll<Option<Bytes>> {
    Poll::Ready(Some(Bytes::from_static(text.as_bytes())))
}

#[tokio::test(start_paused = true)]
async fn a_comment_is_written_whenever_nothing_was_for_long() {
    let (sender, items) = channel(4);
    let mut bytes = std::pin::pin!(write_events(items, ALIVE, pending(), false));
    assert_eq!(now(bytes.as_mut()), Poll::Pending);
    advance(ALIVE - Duration::from_millis(2)).await;
    assert_eq!(now(bytes.as_mut()), Poll::Pending);
    advance(Duration::from_millis(3)).await;
    assert_eq!(now(bytes.as_mut()), chunk(":\n\n"));
    assert_eq!(now(bytes.as_mut()), Poll::Pending);

    advance(ALIVE / 2).await;
    sender.send(Event::new(1)).await.unwrap();
    assert_eq!(now(bytes.as_mut()), chunk("data: 1\n\n"));
    advance(ALIVE * 2 / 3).await;
    assert_eq!(now(bytes.as_mut()), Poll::Pending, "counted from the event");
    advance(ALIVE / 2).await;
    sender.send(Event::new(2)).await.unwrap();
    assert_eq!(
        now(bytes.as_mut()),
        chunk("data: 2\n\n"),
        "an event comes first"
    );
    assert_eq!(now(bytes.as_mut()), Poll::Pending);
}

#[tokio::test(start_paused = true)]
async fn a_comment_wakes_its_reader() {
    let (_sender, items) = channel::<Event<u8>>(1);
    let mut bytes = std::pin::pin!(write_events(items, ALIVE, pending(), false));
    let begun = Instant::now();
    for round in 1..=3 {
        let next = std::future::poll_fn(|cx| bytes.as_mut().poll_next(cx)).await;
        assert_eq!(next.unwrap().unwrap(), COMMENT);
        let passed = begun.elapsed();
        assert!(passed >= ALIVE * round && passed < ALIVE * round + Duration::from_millis(50));
    }
}

#[tokio::test(start_paused = true)]
async fn no_comment_is_written_where_none_is_asked_for() {
    for alive in [Duration::ZERO, Duration::MAX] {
        let (_sender, items) = channel::<Event<u8>>(1);
        let mut bytes = std::pin::pin!(write_events(items, alive, pending(), false));
        for _ in 0..3 {
            assert_eq!(now(bytes.as_mut()), Poll::Pending);
            advance(Duration::from_secs(1000)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_body_ends_with_the_service() {
    let (leave, left) = oneshot::channel::<()>();
    let (sender, items) = channel(4);
    sender.send(Event::new(1)).await.unwrap();
    sender.send(Event::new(2)).await.unwrap();
    let ended = async move { _ = left.await };
    let mut bytes = Box::pin(write_events(items, ALIVE, ended, false));
    assert_eq!(now(bytes.as_mut()), chunk("data: 1\n\n"));
    leave.send(()).unwrap();
    assert_eq!(now(bytes.as_mut()), Poll::Ready(None));
    assert_eq!(now(bytes.as_mut()), Poll::Ready(None));
    assert_eq!(sender.send(Event::new(3)).await, Err(Closed));
}

#[tokio::test(start_paused = true)]
async fn a_waiting_body_is_woken_when_the_service_leaves() {
    let (leave, left) = oneshot::channel::<()>();
    let (_sender, items) = channel::<Event<u8>>(1);
    let ended = async move { _ = left.await };
    let mut bytes = Box::pin(write_events(items, Duration::MAX, ended, false));
    let waiting = tokio::spawn(async move {
        let next = std::future::poll_fn(|cx| bytes.as_mut().poll_next(cx)).await;
        next.is_none()
    });
    tokio::task::yield_now().await;
    leave.send(()).unwrap();
    assert!(waiting.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn the_body_ends_with_its_events() {
    let (sender, items) = channel(1);
    let mut bytes = std::pin::pin!(write_events(items, ALIVE, pending(), false));
    sender.send(Event::new(1)).await.unwrap();
    drop(sender);
    assert_eq!(now(bytes.as_mut()), chunk("data: 1\n\n"));
    assert_eq!(now(bytes.as_mut()), Poll::Ready(None));
    advance(ALIVE * 2).await;
    assert_eq!(now(bytes.as_mut()), Poll::Ready(None));
}
