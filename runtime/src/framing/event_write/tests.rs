use std::future::pending;

use serde_json::json;

use super::super::{
    read_event_objects, read_events,
    tests::{read, written},
};
use super::*;
use crate::{Problem, items::Event};

fn lines<T: Serialize + Send + 'static>(event: Event<T>, text: bool) -> String {
    written(write_events(
        Items::of([event]),
        Duration::ZERO,
        pending(),
        text,
    ))
    .concat()
}

fn object_lines(object: Value) -> String {
    written(write_event_objects(
        Items::of([object]),
        Duration::ZERO,
        pending(),
    ))
    .concat()
}

#[test]
fn an_event_is_a_block_of_lines() {
    let event = Event::new(json!({ "a": "b\nc" }))
        .named("tick")
        .with_id("7")
        .with_retry(Duration::from_micros(2500));
    assert_eq!(
        lines(event, false),
        "id: 7\nevent: tick\nretry: 2\ndata: {\"a\":\"b\\nc\"}\n\n"
    );
    assert_eq!(lines(Event::new("a\nb"), false), "data: \"a\\nb\"\n\n");
}

#[test]
fn text_has_a_line_for_each_of_its_own() {
    for (text, expected) in [
        ("", "data:\n\n"),
        (" a", "data:  a\n\n"),
        ("a\nb\rc\r\nd", "data: a\ndata: b\ndata: c\ndata: d\n\n"),
        ("\n", "data:\ndata:\n\n"),
        ("a\r\r\n\n", "data: a\ndata:\ndata:\ndata:\n\n"),
        ("é\n\u{2028}", "data: é\ndata: \u{2028}\n\n"),
    ] {
        assert_eq!(lines(Event::new(text), true), expected, "{text:?}");
    }
    assert_eq!(lines(Event::new(1), true), "data: 1\n\n");
}

#[test]
fn what_would_break_out_of_its_line_is_left_out() {
    for odd in ["a\nb", "a\rb", "\r\n", "\n\ndata: x"] {
        assert_eq!(lines(Event::new(1).named(odd), false), "data: 1\n\n");
        assert_eq!(lines(Event::new(1).with_id(odd), false), "data: 1\n\n");
    }
    assert_eq!(lines(Event::new(1).with_id("a\0"), false), "data: 1\n\n");
    assert_eq!(
        lines(Event::new(1).named("a\0"), false),
        "event: a\0\ndata: 1\n\n"
    );
    assert_eq!(
        lines(Event::new(1).with_id("").named(""), false),
        "id:\nevent:\ndata: 1\n\n"
    );
}

#[test]
fn an_object_is_written_by_its_members() {
    for (object, expected) in [
        (
            json!({ "data": "a\nb", "id": "1", "event": "x", "retry": 5, "other": 1 }),
            "id: 1\nevent: x\nretry: 5\ndata: a\ndata: b\n\n",
        ),
        (
            json!({ "data": { "a": "b\n" }, "id": 12 }),
            "id: 12\ndata: {\"a\":\"b\\n\"}\n\n",
        ),
        (json!({ "data": null, "event": null }), "data: null\n\n"),
        (
            json!({ "data": "a", "id": "x\ny", "event": "\r", "retry": -1 }),
            "data: a\n\n",
        ),
        (json!({ "data": "a", "retry": "1\n\n" }), "data: a\n\n"),
        (json!({ "retry": 5 }), "retry: 5\n\n"),
        (json!({}), "\n"),
    ] {
        assert_eq!(object_lines(object.clone()), expected, "{object}");
    }
}

#[test]
fn what_is_no_object_cuts_the_body_off() {
    let items = Items::of([json!({ "data": 1 }), json!(1), json!({ "data": 2 })]);
    let chunks = super::super::tests::all(write_event_objects(items, Duration::ZERO, pending()));
    assert_eq!(chunks.len(), 2);
    assert!(chunks[1].is_err());
}

fn random_text(of: &[char]) -> String {
    (0..fastrand::usize(..8))
        .map(|_| fastrand::choice(of).unwrap())
        .collect()
}

#[test]
fn events_read_as_they_were_written() {
    let chars = ['a', ' ', ':', '\n', '\r', '\0', 'é', '\u{feff}', '"'];
    let plain = ['a', ' ', ':', 'é', '\u{feff}'];
    for text in [true, false] {
        let sent: Vec<_> = (0..20)
            .map(|_| {
                Event::new(random_text(&chars))
                    .named(random_text(&plain) + "!")
                    .with_id(random_text(&plain) + "!")
                    .with_retry(Duration::from_millis(fastrand::u64(..)))
            })
            .collect();
        let bytes = write_events(Items::of(sent.clone()), Duration::ZERO, pending(), text);
        let wire = written(bytes).concat();
        let parse = move |data: &str| match text {
            true => Ok(data.to_owned()),
            false => serde_json::from_str(data).map_err(|_| Problem::conflict(data)),
        };
        let came = read(wire.as_bytes(), |pieces| read_events(pieces, 200, parse));
        let expected = sent.into_iter().map(|mut event| {
            if text {
                event.data = event.data.replace("\r\n", "\n").replace('\r', "\n");
            }
            Ok(event)
        });
        assert_eq!(came, expected.collect::<Vec<_>>());
    }
}

#[test]
fn objects_read_as_they_were_written() {
    let sent = [
        json!({ "data": "a\nb\n", "id": "1", "event": "x", "retry": 5 }),
        json!({ "data": "" }),
        json!({ "data": " a", "id": "" }),
    ];
    let bytes = write_event_objects(Items::of(sent.clone()), Duration::ZERO, pending());
    let wire = written(bytes).concat();
    let came = read(wire.as_bytes(), |pieces| {
        read_event_objects(pieces, 200, Ok)
    });
    assert_eq!(came, sent.map(Ok));
}
