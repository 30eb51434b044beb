use serde_json::json;

use super::super::tests::{Outcome, Pieces, outcome, random_cut, read};
use super::*;

fn text(data: &str) -> Result<String, Problem> {
    match data {
        "refused" => Err(Problem::conflict("no")),
        data => Ok(data.to_owned()),
    }
}

fn events(wire: impl AsRef<[u8]>) -> Outcome<Event<String>> {
    read(wire.as_ref(), |pieces| read_events(pieces, 30, text))
}

fn objects(wire: impl AsRef<[u8]>) -> Outcome<Value> {
    read(wire.as_ref(), |pieces| read_event_objects(pieces, 30, Ok))
}

fn event(data: &str) -> Event<String> {
    Event::new(data.to_owned())
}

#[test]
fn lines_end_in_any_of_three_ways() {
    for end in ["\n", "\r", "\r\n"] {
        let wire = "event: tick|data: a|data: b|id: 1|||data: c||".replace('|', end);
        let expected = [
            Ok(event("a\nb").named("tick").with_id("1")),
            Ok(event("c").with_id("1")),
        ];
        assert_eq!(events(wire), expected, "{end:?}");
    }
    assert_eq!(
        events("data: a\r\n\ndata: b\n\r"),
        [Ok(event("a")), Ok(event("b"))]
    );
    assert_eq!(
        events("data: a\r\rdata: b\n\n"),
        [Ok(event("a")), Ok(event("b"))]
    );
    assert_eq!(
        events("data: a\n\r\ndata: b\n\r\n"),
        [Ok(event("a")), Ok(event("b"))]
    );
}

#[test]
fn an_event_is_given_out_at_its_blank_line_even_where_a_line_feed_may_follow() {
    let pieces = Pieces::new([b"data: a\r\r".as_slice(), b"\ndata: b\n\n"]);
    let taken = pieces.taken();
    let mut events = read_events(pieces, 30, text);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let first = std::pin::Pin::new(&mut events).poll_next(&mut cx);
    assert_eq!(first, std::task::Poll::Ready(Some(Ok(event("a")))));
    assert_eq!(taken.load(std::sync::atomic::Ordering::SeqCst), 1);
    assert_eq!(outcome(events), [Ok(event("b"))]);
}

/// The examples of the standard.
#[test]
fn the_examples_of_the_standard_read_as_it_says() {
    assert_eq!(
        events("data: YHOO\ndata: +2\ndata: 10\n\n"),
        [Ok(event("YHOO\n+2\n10"))]
    );
    assert_eq!(
        events(
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"
        ),
        [
            Ok(event("first event").with_id("1")),
            Ok(event("second event")),
            Ok(event(" third event"))
        ]
    );
    assert_eq!(
        events("data\n\ndata\ndata\n\ndata:"),
        [Ok(event("")), Ok(event("\n"))]
    );
    assert_eq!(
        events("data:test\n\ndata: test\n\n"),
        [Ok(event("test")), Ok(event("test"))]
    );
}

#[test]
fn a_byte_order_mark_is_taken_off_the_start_only() {
    assert_eq!(events("\u{feff}data: a\n\n"), [Ok(event("a"))]);
    assert_eq!(events("\u{feff}:c\ndata: a\n\n"), [Ok(event("a"))]);
    assert_eq!(events("\u{feff}\ndata: a\n\n"), [Ok(event("a"))]);
    assert_eq!(events("\u{feff}\u{feff}data: a\n\n"), []);
    assert_eq!(events(":c\n\u{feff}data: a\n\n"), []);
    assert_eq!(events("\n\u{feff}data: a\n\n"), []);
}

#[test]
fn other_lines_say_nothing() {
    let long = "x".repeat(500);
    let wire =
        format!(":{long}\n: data: no\nDATA: no\n data: no\nother: x\nother\ndata: a\n:{long}\n\n");
    assert_eq!(events(wire), [Ok(event("a"))]);
}

#[test]
fn a_value_is_what_follows_the_first_colon_and_one_space() {
    assert_eq!(events("data:a:b\n\n"), [Ok(event("a:b"))]);
    assert_eq!(events("data: : \n\n"), [Ok(event(": "))]);
    assert_eq!(events("data:\ta\n\n"), [Ok(event("\ta"))]);
    assert_eq!(events("data : a\n\n"), []);
}

#[test]
fn an_event_without_data_is_not_given_out_but_its_id_and_retry_hold() {
    assert_eq!(
        events("event: x\nid: 1\nretry: 5\n\ndata: a\n\ndata: b\n\n"),
        [
            Ok(event("a").with_id("1").with_retry(Duration::from_millis(5))),
            Ok(event("b").with_id("1"))
        ]
    );
}

#[test]
fn an_id_holds_until_the_next_one() {
    assert_eq!(
        events("id: 1\ndata: a\n\nid: x\0y\ndata: b\n\nid:\ndata: c\n\n"),
        [
            Ok(event("a").with_id("1")),
            Ok(event("b").with_id("1")),
            Ok(event("c"))
        ]
    );
}

#[test]
fn the_last_of_a_name_counts() {
    let wire = "event: x\nevent: y\nid: 1\nid: 2\nretry: 1\nretry: 2\ndata: a\n\nevent: z\nevent\ndata: b\n\n";
    assert_eq!(
        events(wire),
        [
            Ok(event("a")
                .named("y")
                .with_id("2")
                .with_retry(Duration::from_millis(2))),
            Ok(event("b").with_id("2"))
        ]
    );
}

#[test]
fn retry_is_digits_only() {
    for retry in [
        "",
        "1s",
        "-1",
        "+1",
        "1.0",
        " 1",
        "99999999999999999999999",
        "\u{661}",
    ] {
        let wire = format!("retry: {retry}\ndata: a\n\n");
        assert_eq!(events(wire), [Ok(event("a"))], "{retry:?}");
    }
    let retry = Duration::from_millis(10);
    assert_eq!(
        events("retry:0010\nretry: x\ndata: a\n\n"),
        [Ok(event("a").with_retry(retry))]
    );
}

#[test]
fn an_unfinished_event_is_dropped() {
    for wire in [
        "data: a\n\ndata: b",
        "data: a\n\ndata: b\n",
        "data: a\r\n\r\ndata: b\r\n",
    ] {
        assert_eq!(events(wire), [Ok(event("a"))], "{wire:?}");
    }
    let broken = Pieces::new([b"data: a\n\ndata: b\n".as_slice()]).then_broken();
    assert_eq!(
        outcome(read_events(broken, 30, text)),
        [Ok(event("a")), Err(400)]
    );
}

#[test]
fn bytes_that_are_not_utf_8_are_replaced() {
    assert_eq!(
        events(b"data: \xffa\xc3\n\n"),
        [Ok(event("\u{fffd}a\u{fffd}"))]
    );
    assert_eq!(events("data: é\u{1f980}\n\n"), [Ok(event("é\u{1f980}"))]);
}

#[test]
fn reading_goes_on_behind_data_that_is_refused() {
    assert_eq!(
        events("data: a\n\ndata: refused\nid: 1\n\ndata: b\n\n"),
        [Ok(event("a")), Err(409), Ok(event("b").with_id("1"))]
    );
}

#[test]
fn an_event_may_be_as_long_as_allowed() {
    let longest = "x".repeat(30);
    assert_eq!(
        events(format!("\u{feff}data: {longest}\n\n")),
        [Ok(event(&longest))]
    );
    assert_eq!(events(format!("data: {longest}x\n\n")), [Err(413)]);
    assert_eq!(events(format!("data:{}", longest.repeat(9))), [Err(413)]);
    let ten = "x".repeat(10);
    assert_eq!(
        events(format!("data:{ten}\nevent:{ten}\nid:{ten}\n\n")).len(),
        1
    );
    assert_eq!(
        events(format!("data:{ten}\nevent:{ten}\nid:{ten}x\n\ndata: a\n\n")),
        [Err(413)]
    );
    assert_eq!(events("data\n".repeat(31) + "\n").len(), 1);
    assert_eq!(events("data\n".repeat(32) + "\n"), [Err(413)]);
    assert_eq!(
        events(format!("other: {}\n\n", longest.repeat(2))),
        [Err(413)]
    );
}

#[test]
fn an_object_says_what_stands_in_the_event() {
    assert_eq!(
        objects(
            "data: {\"a\":1}\nid: 1\nevent: x\nretry: 5\n\ndata: b\n\nid: 2\n\ndata: c\nid\nevent\n\n"
        ),
        [
            Ok(json!({ "data": "{\"a\":1}", "id": "1", "event": "x", "retry": 5 })),
            Ok(json!({ "data": "b" })),
            Ok(json!({ "data": "c", "id": "" })),
        ]
    );
}

#[test]
fn random_bytes_do_no_harm() {
    let words: [&[u8]; 12] = [
        b"\n",
        b"\r",
        b"\n\n",
        b"data",
        b"id",
        b"event",
        b"retry",
        b":",
        b": ",
        b"1",
        b"\xff\xbb\xef\0",
        "\u{feff}".as_bytes(),
    ];
    for _ in 0..50_000 {
        let words = (0..fastrand::usize(..30)).map(|_| fastrand::choice(words).unwrap());
        let wire: Vec<u8> = words.flatten().copied().collect();
        let most = fastrand::usize(..20);
        let mut stream = EventStream::new(most, Box::new(|block| Some(Ok(block.size()))));
        let mut over = false;
        for piece in random_cut(&wire) {
            let mut piece = Bytes::copy_from_slice(piece);
            while !over && let Some(found) = stream.take(&mut piece) {
                over = found.is_break();
                assert!(found.is_break() || found.continue_value().unwrap().unwrap() <= most);
            }
            assert!(stream.held.capacity() <= 2 * (most + AROUND).max(8));
            assert!(over || stream.block.size() <= most);
        }
    }
}

#[test]
fn random_streams_read_the_same_however_they_are_cut() {
    let words = [
        "\n", "\r", "\n\n", "data", "data: ", "id", "retry:1", ":", "é", "\u{feff}",
    ];
    for _ in 0..500 {
        let words = (0..fastrand::usize(..20)).map(|_| fastrand::choice(words).unwrap());
        let wire: String = words.collect();
        events(&wire);
        objects(&wire);
    }
}
