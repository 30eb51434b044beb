//! The table of OpenAPI 3.1.1 (Style Examples), its cookies from 3.2.

use super::*;

struct Row {
    style: Style,
    explode: bool,
    /// The texts of `""`, a string, a list and an object; empty where the table has none.
    texts: [Option<&'static str>; 4],
}

const NONE: Option<&str> = None;

const fn row(style: Style, explode: bool, texts: [Option<&'static str>; 4]) -> Row {
    Row {
        style,
        explode,
        texts,
    }
}

#[rustfmt::skip]
const PATHS: [Row; 6] = [
    row(Style::Matrix, false, [Some(";color"), Some(";color=blue"), Some(";color=blue,black,brown"), Some(";color=B,150,G,200,R,100")]),
    row(Style::Matrix, true, [Some(";color"), Some(";color=blue"), Some(";color=blue;color=black;color=brown"), Some(";B=150;G=200;R=100")]),
    row(Style::Label, false, [Some("."), Some(".blue"), Some(".blue,black,brown"), Some(".B,150,G,200,R,100")]),
    row(Style::Label, true, [Some("."), Some(".blue"), Some(".blue.black.brown"), Some(".B=150.G=200.R=100")]),
    row(Style::Simple, false, [Some(""), Some("blue"), Some("blue,black,brown"), Some("B,150,G,200,R,100")]),
    row(Style::Simple, true, [Some(""), Some("blue"), Some("blue,black,brown"), Some("B=150,G=200,R=100")]),
];

#[rustfmt::skip]
const QUERIES: [Row; 5] = [
    row(Style::Form, false, [Some("color="), Some("color=blue"), Some("color=blue,black,brown"), Some("color=B,150,G,200,R,100")]),
    row(Style::Form, true, [Some("color="), Some("color=blue"), Some("color=blue&color=black&color=brown"), Some("B=150&G=200&R=100")]),
    row(Style::SpaceDelimited, false, [NONE, NONE, Some("color=blue%20black%20brown"), Some("color=B%20150%20G%20200%20R%20100")]),
    row(Style::PipeDelimited, false, [NONE, NONE, Some("color=blue%7Cblack%7Cbrown"), Some("color=B%7C150%7CG%7C200%7CR%7C100")]),
    row(Style::DeepObject, true, [NONE, NONE, NONE, Some("color%5BB%5D=150&color%5BG%5D=200&color%5BR%5D=100")]),
];

#[rustfmt::skip]
const COOKIES: [Row; 2] = [
    row(Style::Cookie, false, [Some("color="), Some("color=blue"), Some("color=blue,black,brown"), Some("color=B,150,G,200,R,100")]),
    row(Style::Cookie, true, [Some("color="), Some("color=blue"), Some("color=blue; color=black; color=brown"), Some("B=150; G=200; R=100")]),
];

/// The table's values and their shapes; a map of ours is in the order of its names.
fn values() -> [(Value, Shape); 4] {
    let object = json!({ "type": "object", "properties":
        { "R": { "type": "integer" }, "G": { "type": "integer" }, "B": { "type": "integer" } } });
    let text = shape(&json!({ "type": "string" }));
    [
        (json!(""), text.clone()),
        (json!("blue"), text),
        (json!(["blue", "black", "brown"]), list_of("string")),
        (json!({ "B": 150, "G": 200, "R": 100 }), shape(&object)),
    ]
}

fn hold(
    rows: &[Row],
    write: impl Fn(Encoding, &Value) -> String,
    read: impl Fn(Encoding, &Shape, &str) -> Option<Vec<Value>>,
) {
    for row in rows {
        let encoding = encoding(row.style, row.explode);
        for ((value, shape), text) in values().iter().zip(row.texts) {
            let Some(text) = text else { continue };
            assert_eq!(write(encoding, value), text, "{encoding:?}");
            let found = read(encoding, shape, text);
            assert_eq!(
                found.as_deref(),
                Some(std::slice::from_ref(value)),
                "{encoding:?} {text}"
            );
        }
    }
}

#[test]
fn paths() {
    hold(
        &PATHS,
        |encoding, value| to_path("color", encoding, value),
        |encoding, shape, text| from_path("color", encoding, shape, text).ok(),
    );
}

#[test]
fn headers() {
    hold(
        PATHS.get(4..).expect("simple"),
        to_header,
        |encoding, shape, text| from_header(encoding, shape, text).ok(),
    );
}

#[test]
fn queries() {
    hold(
        &QUERIES,
        |encoding, value| {
            let mut out = String::new();
            to_query("color", encoding, value, &mut out);
            out
        },
        |encoding, shape, text| {
            from_query("color", encoding, shape, text, &[]).expect("well formed")
        },
    );
}

#[test]
fn cookies() {
    hold(
        &COOKIES,
        |encoding, value| to_cookie("color", encoding, value).expect("a cookie"),
        |encoding, shape, text| {
            let header = std::iter::once(text);
            from_cookie("color", encoding, shape, header, &[]).expect("well formed")
        },
    );
}

#[test]
fn what_earlier_tables_say() {
    let [_, _, (list, lists), (object, objects)] = values();
    let label = encoding(Style::Label, false);
    let read = |shape, text| from_path("color", label, shape, text).expect("well formed");
    assert!(read(&lists, ".blue.black.brown").contains(&list));
    assert!(read(&objects, ".R.100.G.200.B.150").contains(&object));
    let deep = encoding(Style::DeepObject, true);
    let text = "color[R]=100&color[G]=200&color[B]=150";
    assert_eq!(
        first(from_query("color", deep, &objects, text, &[])),
        object
    );
}

#[test]
fn empty_lists_are_undefined() {
    for value in [json!([]), json!({})] {
        for explode in [false, true] {
            for style in [Style::Matrix, Style::Label, Style::Simple] {
                assert_eq!(to_path("color", encoding(style, explode), &value), "");
            }
            let mut out = String::new();
            to_query("color", encoding(Style::Form, explode), &value, &mut out);
            assert_eq!(out, "");
            assert_eq!(
                to_cookie("color", encoding(Style::Form, explode), &value),
                None
            );
        }
    }
    for style in [Style::Matrix, Style::Label, Style::Simple] {
        let found = from_path("color", encoding(style, false), &list_of("integer"), "");
        assert_eq!(found, Ok(vec![json!([])]));
    }
}
