use super::super::{
    Framing, read_items,
    tests::{Outcome, json, random_cut, read},
};
use super::*;

fn lines(wire: &[u8], most: usize) -> Outcome<serde_json::Value> {
    read(wire, |pieces| {
        read_items(Framing::Lines, pieces, most, json)
    })
}

#[test]
fn a_line_is_an_item() {
    for wire in [
        "1\n2\n",
        "1\n2",
        "1\r\n2\r\n",
        "1\r\n2\r",
        "\n1\n \t\r\n\n2\n\r\n",
        " 1 \n\t2",
    ] {
        assert_eq!(
            lines(wire.as_bytes(), 10),
            [Ok(1.into()), Ok(2.into())],
            "{wire:?}"
        );
    }
    for wire in ["", "\n", "\r\n \n"] {
        assert_eq!(lines(wire.as_bytes(), 10), [], "{wire:?}");
    }
    assert_eq!(
        lines("\"é\u{2028}\"\n".as_bytes(), 10),
        [Ok("é\u{2028}".into())]
    );
}

#[test]
fn reading_goes_on_behind_a_line_that_is_refused() {
    assert_eq!(
        lines(b"1\nx\n2\n", 10),
        [Ok(1.into()), Err(422), Ok(2.into())]
    );
    assert_eq!(lines(b"[1,\n2]\n", 10), [Err(422), Err(422)]);
}

#[test]
fn a_line_may_be_as_long_as_allowed() {
    for end in ["\n", "\r\n", ""] {
        let wire = format!("1\n12345{end}");
        assert_eq!(lines(wire.as_bytes(), 5), [Ok(1.into()), Ok(12345.into())]);
        assert_eq!(lines(wire.as_bytes(), 4), [Ok(1.into()), Err(413)]);
    }
    assert_eq!(lines(b"1\n         \n2\n", 5), [Ok(1.into()), Err(413)]);
    assert_eq!(lines(b"\n\n", 0), []);
    assert_eq!(lines(b"1\n", 0), [Err(413)]);
    assert_eq!(lines(b"1\n", usize::MAX), [Ok(1.into())]);
}

#[test]
fn random_bytes_do_no_harm() {
    for _ in 0..50_000 {
        let wire: Vec<u8> = (0..fastrand::usize(..60))
            .map(|_| fastrand::choice(*b"\n\n\r 12{}\"\\\x1e\xff\0").unwrap())
            .collect();
        let most = fastrand::usize(..12);
        let mut lines = Lines::new(most, Box::new(|text| Ok(text.len())));
        let mut over = false;
        for piece in random_cut(&wire) {
            let mut piece = Bytes::copy_from_slice(piece);
            while !over && let Some(found) = lines.take(&mut piece) {
                over = found.is_break();
                assert!(found.is_break() || found.continue_value().unwrap().unwrap() <= most);
            }
            assert!(lines.held.capacity() <= 2 * (most + CR).max(8));
        }
        if !over {
            lines.end();
        }
    }
}
