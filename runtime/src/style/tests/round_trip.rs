//! Values at random, and texts that are none.

use super::*;

const LETTERS: [char; 34] = [
    'a', 'b', 'R', '0', '7', ' ', '+', '%', ',', '|', '"', '\\', ':', '/', '?', '#', '[', ']', '@',
    '!', '$', '&', '\'', '(', ')', '*', ';', '=', '.', '-', '\t', 'é', '語', '🦀',
];

/// A text without the characters that a style has no way to hold.
fn text(random: &mut fastrand::Rng, without: &[char], least: usize) -> String {
    let count = random.usize(least..6);
    let letters = std::iter::repeat_with(|| random.choice(LETTERS).unwrap_or('a'));
    letters
        .filter(|one| !without.contains(one))
        .take(count)
        .collect()
}

fn scalar(random: &mut fastrand::Rng, without: &[char]) -> (Value, Value) {
    let (kind, value) = match random.u8(0..5) {
        0 => ("boolean", json!(random.bool())),
        1 => ("integer", json!(random.i64(..))),
        2 => ("integer", json!(random.u64(..))),
        3 if !without.contains(&'.') => ("number", json!((random.f64() - 0.5) * 1e6)),
        _ => ("string", json!(text(random, without, 0))),
    };
    let kinds = match random.u8(0..3) {
        0 => json!(kind),
        1 => json!([kind, "string"]),
        _ => json!(["integer", "boolean", "number", "null", "string"]),
    };
    (value, json!({ "type": kinds }))
}

fn list(random: &mut fastrand::Rng, without: &[char]) -> (Value, Value) {
    let items = (0..random.usize(1..5)).map(|_| scalar(random, without));
    let (items, kinds): (Vec<_>, Vec<_>) = items.unzip();
    (
        json!(items),
        json!({ "type": "array", "items": { "anyOf": kinds } }),
    )
}

fn object(random: &mut fastrand::Rng, without: &[char]) -> (Value, Value) {
    let mut members = Map::new();
    let mut schemas = Map::new();
    for _ in 0..random.usize(1..5) {
        let name = text(random, without, 1);
        let (value, schema) = scalar(random, without);
        members.insert(name.clone(), value);
        schemas.insert(name, schema);
    }
    let schema = json!({ "type": "object", "properties": schemas });
    (Value::Object(members), schema)
}

type Make = fn(&mut fastrand::Rng, &[char]) -> (Value, Value);

const KINDS: [Make; 3] = [scalar, list, object];
const NAMES: [&str; 3] = ["color", "c d[]=é", "x"];

/// Writes values and reads them again: `without` are the characters that the encoding cannot hold in a value of the
/// kind.
fn hold(
    encodings: &[Encoding],
    without: impl Fn(Encoding, usize) -> Option<Vec<char>>,
    through: impl Fn(&str, Encoding, &Value, &Shape) -> (String, Result<Option<Vec<Value>>, Malformed>),
) {
    let mut random = fastrand::Rng::with_seed(7);
    for encoding in encodings {
        for round in 0..3_000 {
            let kind = round % KINDS.len();
            let Some(without) = without(*encoding, kind) else {
                continue;
            };
            let (value, schema) = KINDS[kind](&mut random, &without);
            let name = random.choice(NAMES).unwrap_or("x");
            let (text, read) = through(name, *encoding, &value, &shape(&schema));
            let found =
                read.unwrap_or_else(|wrong| panic!("{encoding:?} {value} {text}: {wrong:?}"));
            let found =
                found.unwrap_or_else(|| panic!("{encoding:?} {value} {text}: it is not there"));
            assert!(
                found.contains(&value),
                "{encoding:?} {name} {value} {schema} {text}: {found:?}"
            );
        }
    }
}

fn encodings(styles: &[Style], reserved: bool) -> Vec<Encoding> {
    let explodes = [false, true].into_iter();
    explodes
        .flat_map(|explode| styles.iter().map(move |style| encoding(*style, explode)))
        .flat_map(|one| {
            [
                one,
                Encoding {
                    allow_reserved: reserved,
                    ..one
                },
            ]
        })
        .collect()
}

/// `%` before two digits passes where reserved characters do.
fn triples(encoding: Encoding, mut without: Vec<char>) -> Vec<char> {
    if encoding.allow_reserved {
        without.push('%');
    }
    without
}

#[test]
fn paths() {
    let styles = [Style::Simple, Style::Label, Style::Matrix];
    let without = |encoding: Encoding, kind| {
        let dots = encoding.style == Style::Label && encoding.explode && kind > 0;
        Some(triples(encoding, if dots { vec!['.'] } else { vec![] }))
    };
    hold(
        &encodings(&styles, true),
        without,
        |name, encoding, value, shape| {
            let text = to_path(name, encoding, value);
            assert!(
                !text.contains(['/', '?', '#', ' ']) && text.is_ascii(),
                "{text}"
            );
            let read = from_path(name, encoding, shape, &text);
            (text, read.map(Some))
        },
    );
}

#[test]
fn headers() {
    let without = |_, kind| Some(if kind == 0 { vec![' ', '\t'] } else { vec![] });
    hold(
        &encodings(&[Style::Simple], false),
        without,
        |_, encoding, value, shape| {
            let text = to_header(encoding, value);
            let read = from_header(encoding, shape, &text);
            (text, read.map(Some))
        },
    );
}

#[test]
fn queries() {
    let styles = [
        Style::Form,
        Style::SpaceDelimited,
        Style::PipeDelimited,
        Style::TabDelimited,
        Style::DeepObject,
    ];
    let without = |encoding: Encoding, kind| {
        let held = match (encoding.style, encoding.explode || kind == 0) {
            (Style::SpaceDelimited, false) => vec![' '],
            (Style::PipeDelimited, false) => vec!['|'],
            (Style::TabDelimited, false) => vec!['\t'],
            (Style::DeepObject, _) => vec![']'],
            _ => vec![],
        };
        Some(triples(encoding, held))
    };
    hold(
        &encodings(&styles, true),
        without,
        |name, encoding, value, shape| {
            let mut text = "before=1".to_owned();
            to_query(name, encoding, value, &mut text);
            assert!(
                !text.contains(['#', '+', ' ', '[']) && text.is_ascii(),
                "{text}"
            );
            text.push_str("&after=%FF");
            let read = from_query(name, encoding, shape, &text, &["before", "after"]);
            (text, read)
        },
    );
}

#[test]
fn cookies() {
    let without = |encoding: Encoding, kind| {
        let plain = encoding.style == Style::Cookie;
        let parted = if encoding.explode || kind == 0 {
            ';'
        } else {
            ','
        };
        Some(match plain {
            true => vec![' ', '\t', '"', ';', '=', parted],
            false => triples(encoding, vec![]),
        })
    };
    hold(
        &encodings(&[Style::Form, Style::Cookie], true),
        without,
        |_, encoding, value, shape| {
            let text = to_cookie("color", encoding, value).unwrap_or_default();
            let jar = format!("before=1; {text};after=2");
            let read = from_cookie("color", encoding, shape, std::iter::once(&*jar), &[]);
            (text, read)
        },
    );
}

#[test]
fn forms() {
    let mut random = fastrand::Rng::with_seed(8);
    for _ in 0..3_000 {
        let (mut value, mut schema) = object(&mut random, &['[', ']']);
        for (name, make) in ["one", "two", "three"].iter().zip(KINDS) {
            let (member, own) = make(&mut random, &['[', ']']);
            value[name] = member;
            schema["properties"][name] = own;
        }
        let text = form_from_object(&[], &value);
        let found = object_from_form(&[], &shape(&schema), &text).expect(&text);
        let same = found.contains(&value) || found.len() > 16;
        assert!(same, "{value} {text} {found:?}");
    }
}

#[test]
fn no_text_makes_a_reading_panic() {
    let schemas = [
        json!({}),
        json!({ "type": "integer" }),
        json!({ "type": ["array", "null"], "items": { "type": ["integer", "string"] } }),
        json!({ "type": "object", "properties": { "a": { "type": "array" } }, "additionalProperties": {} }),
        json!({ "type": ["object", "array", "string"], "items": {}, "properties": { "a": { "type": "object" } } }),
        json!({ "allOf": [{ "type": "string" }, { "type": "object" }] }),
    ];
    let shapes = schemas.map(|schema| shape(&schema));
    let styles = [
        Style::Matrix,
        Style::Label,
        Style::Simple,
        Style::Form,
        Style::SpaceDelimited,
        Style::TabDelimited,
        Style::PipeDelimited,
        Style::DeepObject,
        Style::Cookie,
    ];
    const PIECES: [&str; 20] = [
        "a", "b", "[", "]", "[]", "=", "&", ";", ",", ".", "%", "%20", "%7C", "%FF", "\"", "\\",
        "+", "{", "é", "0",
    ];
    let mut random = fastrand::Rng::with_seed(9);
    for _ in 0..100_000 {
        let encoding = encoding(random.choice(styles).unwrap_or(Style::Form), random.bool());
        let text: String = match random.bool() {
            true => {
                let bytes: Vec<u8> = (0..random.usize(..24)).map(|_| random.u8(..)).collect();
                String::from_utf8_lossy(&bytes).into_owned()
            }
            false => (0..random.usize(..12))
                .filter_map(|_| random.choice(PIECES))
                .collect(),
        };
        let shape = &shapes[random.usize(..shapes.len())];
        let field = Field {
            name: "a".to_owned(),
            encoding,
            json: random.bool(),
        };
        let few = |found: Option<Vec<Value>>| {
            assert!(
                found.is_none_or(|found| !found.is_empty() && found.len() <= 32),
                "{text}"
            );
        };
        few(from_path("a", encoding, shape, &text).ok());
        few(from_header(encoding, shape, &text).ok());
        few(from_query("a", encoding, shape, &text, &["b"])
            .ok()
            .flatten());
        few(
            from_cookie("a", encoding, shape, std::iter::once(&*text), &["b"])
                .ok()
                .flatten(),
        );
        few(object_from_form(&[field], shape, &text).ok());
    }
}
