//! What the tests of all formats share, and what holds for all of them.

use std::{
    collections::VecDeque,
    fmt::Debug,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use serde_json::Value;

use super::*;
use crate::items::Event;

/// Bytes that are all there, cut somewhere; counts how many pieces were taken.
pub(super) struct Pieces {
    left: VecDeque<io::Result<Bytes>>,
    taken: Arc<AtomicUsize>,
}

impl Pieces {
    pub(super) fn new<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let left = pieces.into_iter();
        Pieces {
            left: left
                .map(|piece| Ok(Bytes::copy_from_slice(piece)))
                .collect(),
            taken: Arc::default(),
        }
    }

    pub(super) fn then_broken(mut self) -> Self {
        self.left.push_back(Err(io::Error::other("reset")));
        self
    }

    pub(super) fn taken(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.taken)
    }
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.taken.fetch_add(1, SeqCst);
        Poll::Ready(self.left.pop_front())
    }
}

/// All that a stream gives without waiting.
pub(super) fn all<S: Stream>(stream: S) -> Vec<S::Item> {
    let mut stream = std::pin::pin!(stream);
    let mut cx = Context::from_waker(Waker::noop());
    let mut all = Vec::new();
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut cx) {
        all.push(item);
    }
    all
}

/// Items, and the status of each problem.
pub(super) type Outcome<T> = Vec<Result<T, u16>>;

pub(super) fn outcome<T>(items: Items<T>) -> Outcome<T> {
    let status = |problem: Problem| problem.status.as_u16();
    all(items)
        .into_iter()
        .map(|item| item.map_err(status))
        .collect()
}

/// Cuts at random places.
pub(super) fn random_cut(wire: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = wire;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(fastrand::usize(..=rest.len().min(9)));
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

/// What is read; the same wherever the bytes are cut.
pub(super) fn read<T: Debug + PartialEq>(
    wire: &[u8],
    read: impl Fn(Pieces) -> Items<T>,
) -> Outcome<T> {
    let whole = outcome(read(Pieces::new([wire])));
    for at in 0..=wire.len() {
        let (left, right) = wire.split_at(at);
        let cut = outcome(read(Pieces::new([left, right])));
        assert_eq!(cut, whole, "cut at {at} of {wire:?}");
    }
    let single = outcome(read(Pieces::new(wire.chunks(1))));
    assert_eq!(single, whole, "each byte of {wire:?} on its own");
    for _ in 0..50 {
        let pieces = random_cut(wire);
        let cut = outcome(read(Pieces::new(pieces.clone())));
        assert_eq!(cut, whole, "cut into {pieces:?}");
    }
    whole
}

pub(super) fn json(text: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(text)
        .map_err(|error| Problem::new(http::StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
}

/// The bytes that are written, one text for each chunk.
pub(super) fn written(bytes: impl Stream<Item = io::Result<Bytes>>) -> Vec<String> {
    all(bytes)
        .into_iter()
        .map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap())
        .collect()
}

const SEVERAL: [&str; 6] = [
    "null",
    "12",
    r#""a\n\"\\ b""#,
    r#"{"a":[{"b":"]}"},1.5]}"#,
    "[]",
    "true",
];

fn several() -> Vec<Value> {
    let values = SEVERAL.iter();
    values
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

#[test]
fn items_read_as_they_were_written() {
    for framing in [Framing::Lines, Framing::Sequence] {
        let wire = written(write_items(framing, Items::of(several())));
        assert_eq!(wire.len(), SEVERAL.len(), "a chunk for each item");
        let items = read(wire.concat().as_bytes(), |pieces| {
            read_items(framing, pieces, 100, json)
        });
        assert_eq!(items, several().into_iter().map(Ok).collect::<Vec<_>>());
    }
}

#[test]
fn a_problem_cuts_the_body_off() {
    for framing in [Framing::Lines, Framing::Sequence] {
        let items = [Ok(1), Err(Problem::internal("gone")), Ok(2)];
        let mut items = VecDeque::from(items);
        let source = std::future::poll_fn(move |_| Poll::Ready(items.pop_front()));
        let chunks = all(write_items(framing, Items::new(Polled(source))));
        assert_eq!(chunks.len(), 2);
        assert!(chunks[0].is_ok());
        assert!(chunks[1].as_ref().unwrap_err().to_string().contains("gone"));
    }
}

struct Polled<F>(F);

impl<T, F: Future<Output = Option<T>> + Unpin> Stream for Polled<F> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        Pin::new(&mut self.0).poll(cx)
    }
}

#[test]
fn an_item_that_is_no_json_cuts_the_body_off() {
    let odd = std::collections::HashMap::from([(vec![1], 1)]);
    let chunks = all(write_items(Framing::Lines, Items::of([odd.clone(), odd])));
    assert_eq!(chunks.len(), 1);
    assert!(chunks[0].is_err());
}

#[test]
fn a_body_that_breaks_off_ends_in_a_problem() {
    for framing in [Framing::Lines, Framing::Sequence] {
        let wire: &[u8] = b"\x1e1\n\x1e2\n\x1e3";
        let wire = match framing {
            Framing::Lines => b"1\n2\n3",
            Framing::Sequence => wire,
        };
        let pieces = Pieces::new(wire.chunks(2)).then_broken();
        let items = outcome(read_items(framing, pieces, 10, json));
        assert_eq!(items, [Ok(1.into()), Ok(2.into()), Err(400)]);
    }
}

/// Values of a source that counts how often it was polled.
fn counted(polls: &Arc<AtomicUsize>) -> impl Iterator<Item = usize> + Send + 'static {
    let polls = Arc::clone(polls);
    (0..40).inspect(move |_| _ = polls.fetch_add(1, SeqCst))
}

fn one<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    match Pin::new(stream).poll_next(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(item) => item,
        Poll::Pending => None,
    }
}

#[test]
fn a_source_is_not_asked_before_its_reader_asks() {
    let polls = Arc::new(AtomicUsize::new(0));
    let never = std::future::pending;
    let alive = Duration::ZERO;
    let items = || Items::of(counted(&polls));
    let events = || Items::of(counted(&polls).map(Event::new));
    let objects = || Items::of(counted(&polls).map(|data| serde_json::json!({ "data": data })));
    let number = |data: &str| json(data.as_bytes());
    let whole: [Items<Value>; 4] = [
        read_items(
            Framing::Lines,
            write_items(Framing::Lines, items()),
            9,
            json,
        ),
        read_items(
            Framing::Sequence,
            write_items(Framing::Sequence, items()),
            9,
            json,
        ),
        {
            let bytes = write_events(events(), alive, never(), false);
            let mut events = read_events(bytes, 9, number);
            let data = std::future::poll_fn(move |cx| {
                let next = Pin::new(&mut events).poll_next(cx);
                next.map(|event| event.map(|event| event.map(|event| event.data)))
            });
            Items::new(Polled(data))
        },
        {
            let bytes = write_event_objects(objects(), alive, never());
            read_event_objects(bytes, 9, move |object| {
                number(object["data"].as_str().unwrap())
            })
        },
    ];
    for mut items in whole {
        polls.store(0, SeqCst);
        for read in 0..40 {
            assert_eq!(polls.load(SeqCst), read, "nothing is read ahead");
            assert_eq!(one(&mut items), Some(Ok(read.into())));
        }
        assert_eq!(one(&mut items), None);
    }
}

#[test]
fn pieces_are_taken_one_by_one() {
    let wire: [&[u8]; 4] = [
        b"\x1e1\n",
        b"\x1e[\n\"]\\\"\",2]\n",
        b"\x1e\"\\\"\\\\\"\n",
        b"\x1e{\"}\":\n4}\n",
    ];
    let pieces = Pieces::new(wire);
    let taken = pieces.taken();
    let mut items = read_items(Framing::Sequence, pieces, 20, json);
    for read in 1..=4 {
        assert!(one(&mut items).unwrap().is_ok());
        assert_eq!(taken.load(SeqCst), read);
    }
}

#[test]
fn an_item_without_end_is_not_kept() {
    let start: [&[u8]; 2] = [b"\x1e", b"{\"a\":"];
    for framing in [Framing::Lines, Framing::Sequence] {
        let pieces = Pieces::new(start.into_iter().chain([b"         ".as_slice(); 1000]));
        let taken = pieces.taken();
        let items = outcome(read_items(framing, pieces, 50, json));
        assert_eq!(items, [Err(413)]);
        assert!(taken.load(SeqCst) < 10);
    }
}

#[test]
fn many_small_pieces_of_one_item_take_no_time() {
    let wire = format!("\"{}\"\n", "a".repeat(3_000_000));
    let pieces = Pieces::new(wire.as_bytes().chunks(3));
    let begun = std::time::Instant::now();
    let items = outcome(read_items(Framing::Lines, pieces, 4_000_000, json));
    assert_eq!(items.len(), 1);
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "each byte is looked at once"
    );
}
