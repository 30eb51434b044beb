use super::super::{
    Framing, read_items,
    tests::{Outcome, json, random_cut, read},
};
use super::*;

fn sequence(wire: &[u8], most: usize) -> Outcome<serde_json::Value> {
    read(wire, |pieces| {
        read_items(Framing::Sequence, pieces, most, json)
    })
}

#[test]
fn each_text_has_a_separator_in_front_and_a_line_feed_behind() {
    for wire in [
        "\x1e1\n\x1e[2]\n",
        "\x1e1\r\n\x1e[2]\r\n",
        "\x1e1 \x1e[2]",
        "\x1e1\t\x1e[2]\x1e",
        "\x1e\x1e\x1e1\n\x1e\x1e[2]\n\x1e\x1e",
        "\n\x1e\n1\n\n \x1e\n\x1e [\n2\n]\n\n",
    ] {
        let items = sequence(wire.as_bytes(), 20);
        assert_eq!(
            items,
            [Ok(1.into()), Ok(serde_json::json!([2]))],
            "{wire:?}"
        );
    }
    for wire in ["", "\x1e", "\x1e\x1e", "\x1e\n", " \n", "\x1e \x1e\n"] {
        assert_eq!(sequence(wire.as_bytes(), 20), [], "{wire:?}");
    }
}

#[test]
fn brackets_and_quotes_in_strings_are_text() {
    let wire = b"\x1e{\"a\\\"}\":\n\"]\\\\\"}\n\x1e\"{[\"\n\x1e\"\\\"[\"\n";
    let items = sequence(wire, 50);
    assert_eq!(
        items,
        [
            Ok(serde_json::json!({"a\"}": "]\\"})),
            Ok("{[".into()),
            Ok("\"[".into())
        ]
    );
}

#[test]
fn what_may_be_cut_off_is_refused() {
    for text in ["1", "12", "-1.5", "true", "false", "null", " 7", "tru"] {
        let before_next = format!("\x1e{text}\x1e\"a\"\n");
        assert_eq!(
            sequence(before_next.as_bytes(), 20),
            [Err(400), Ok("a".into())]
        );
        let at_end = format!("\x1e\"a\"\n\x1e{text}");
        assert_eq!(sequence(at_end.as_bytes(), 20), [Ok("a".into()), Err(400)]);
    }
    for text in ["\"b\"", "{}", "[1]"] {
        let wire = format!("\x1e{text}\x1e1\n\x1e{text}");
        let item: Result<serde_json::Value, u16> = Ok(serde_json::from_str(text).unwrap());
        assert_eq!(
            sequence(wire.as_bytes(), 20),
            [item.clone(), Ok(1.into()), item]
        );
    }
}

#[test]
fn what_shows_that_it_was_cut_off_is_left_to_the_parser() {
    for text in ["{\"a\":1", "[1,", "\"abc", "\"abc\n", "{\"a\":\"\n"] {
        let wire = format!("\x1e{text}\x1e2\n");
        assert_eq!(
            sequence(wire.as_bytes(), 20),
            [Err(422), Ok(2.into())],
            "{text:?}"
        );
    }
    assert_eq!(
        sequence(b"\x1enul\n\x1e}\n\x1e2\n", 20),
        [Err(422), Err(422), Ok(2.into())]
    );
}

#[test]
fn what_has_no_separator_is_refused_once() {
    assert_eq!(sequence(b"1\n2\n\x1e3\n", 20), [Err(400), Ok(3.into())]);
    assert_eq!(sequence(b"{\"a\":1}\n", 20), [Err(400)]);
    assert_eq!(
        sequence(b"\x1e1\n2\n 4\n\x1e3\n", 20),
        [Ok(1.into()), Err(400), Ok(3.into())]
    );
}

#[test]
fn a_text_may_be_as_long_as_allowed() {
    assert_eq!(
        sequence(b"\x1e1\n\x1e12345\n", 5),
        [Ok(1.into()), Ok(12345.into())]
    );
    assert_eq!(
        sequence(b"\x1e1\n\x1e12345\n\x1e1\n", 4),
        [Ok(1.into()), Err(413)]
    );
    assert_eq!(sequence(b"\x1e[123]\x1e[123]", 5).len(), 2);
    assert_eq!(sequence(b"\x1e[123]\x1e[123]", 4), [Err(413)]);
    assert_eq!(sequence(b"\x1e        ", 4), [Err(413)]);
    assert_eq!(sequence(b"\x1e\n\x1e\x1e", 0), []);
}

#[test]
fn random_bytes_do_no_harm() {
    for _ in 0..50_000 {
        let wire: Vec<u8> = (0..fastrand::usize(..60))
            .map(|_| fastrand::choice(*b"\x1e\x1e\x1e\n\n\r 12{}[]\"\"\\\xff\0").unwrap())
            .collect();
        let most = fastrand::usize(..12);
        let mut sequence = Sequence::new(most, Box::new(|text| Ok(text.len())));
        let mut over = false;
        for piece in random_cut(&wire) {
            let mut piece = Bytes::copy_from_slice(piece);
            while !over && let Some(found) = sequence.take(&mut piece) {
                over = found.is_break();
                let item = found.continue_value().and_then(Result::ok);
                assert!(item.is_none_or(|length| length <= most));
            }
            assert!(sequence.held.capacity() <= 2 * (most + LF).max(8));
        }
        if !over {
            sequence.end();
        }
    }
}

#[test]
fn random_sequences_read_the_same_however_they_are_cut() {
    for _ in 0..500 {
        let wire: Vec<u8> = (0..fastrand::usize(..30))
            .map(|_| fastrand::choice(*b"\x1e\x1e\n\n 1{}\"\\").unwrap())
            .collect();
        sequence(&wire, fastrand::usize(..12));
    }
}
