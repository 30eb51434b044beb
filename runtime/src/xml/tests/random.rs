use fastrand::Rng;
use serde_json::{Value, json};

use super::{read, shape, write};

fn text(random: &mut Rng) -> Value {
    let signs: Vec<char> = "aZ09 \t\r\n<>&'\"[]-é漢\u{1f600}:;#%\u{85}"
        .chars()
        .collect();
    let length = random.usize(..6);
    let text: String = (0..length).filter_map(|_| random.choice(&signs)).collect();
    Value::String(text)
}

fn list(random: &mut Rng, least: usize, item: impl Fn(&mut Rng) -> Value) -> Value {
    let length = random.usize(least..4);
    (0..length).map(|_| item(random)).collect()
}

fn node(random: &mut Rng, depth: usize) -> Value {
    let mut members = serde_json::Map::new();
    let mut add = |random: &mut Rng, name: &str, make: &dyn Fn(&mut Rng) -> Value| {
        if random.bool() {
            let value = make(random);
            members.insert(name.to_owned(), value);
        }
    };
    add(random, "id", &|random| json!(random.i64(..)));
    add(random, "label", &text);
    add(random, "ratio", &|random| json!(random.f64() * 1e9));
    add(random, "on", &|random| json!(random.bool()));
    add(random, "first name", &text);
    add(random, "maybe", &|random| match random.bool() {
        true => Value::Null,
        false => text(random),
    });
    add(random, "tags", &|random| list(random, 1, text));
    add(random, "numbers", &|random| {
        list(random, 0, |random| json!(random.u16(..)))
    });
    add(random, "table", &|random| {
        list(random, 1, |random| {
            list(random, 0, |random| json!(random.i8(..)))
        })
    });
    add(
        random,
        "free",
        &|random| json!({"k": text(random), "l": {"m": "x"}}),
    );
    if depth > 0 {
        add(random, "child", &|random| node(random, depth - 1));
        add(random, "children", &|random| {
            list(random, 0, |random| node(random, depth - 1))
        });
        add(random, "beside", &|random| {
            list(random, 1, |random| node(random, depth - 1))
        });
    }
    Value::Object(members)
}

fn schema(depth: usize) -> Value {
    let integers = json!({"type": "array", "items": {"type": "integer"}});
    let mut schema = json!({"type": "object", "xml": {"name": "node", "namespace": "urn:n"}, "properties": {
        "id": {"type": "integer", "xml": {"attribute": true, "namespace": "urn:i", "prefix": "i"}},
        "label": {"type": "string", "xml": {"attribute": true, "name": "Label"}},
        "ratio": {"type": "number", "xml": {"namespace": "urn:r", "prefix": "i"}},
        "on": {"type": "boolean"},
        "first name": {"type": "string"},
        "maybe": {"type": ["string", "null"]},
        "tags": {"type": "array", "items": {"type": "string", "xml": {"name": "tag"}}},
        "numbers": {"type": "array", "items": {"type": "integer"}, "xml": {"wrapped": true, "prefix": "n", "namespace": "urn:w"}},
        "table": {"type": "array", "items": integers, "xml": {"name": "row"}},
        "free": {"type": "object"},
    }});
    if depth > 0 {
        let inner = self::schema(depth - 1);
        let properties = &mut schema["properties"];
        let mut named = inner.clone();
        named["xml"]["name"] = json!("other");
        properties["child"] = inner.clone();
        properties["children"] = json!({"type": "array", "items": inner, "xml": {"wrapped": true}});
        properties["beside"] = json!({"type": "array", "items": named});
    }
    schema
}

#[test]
fn random_values_are_read_as_they_were_written() {
    let shape = shape(&schema(2));
    let mut random = Rng::with_seed(1);
    for _ in 0..2_000 {
        let value = node(&mut random, 2);
        let document = write(&value, "root", &shape);
        let text = String::from_utf8_lossy(&document);
        let read = read(&document, "root", &shape)
            .unwrap_or_else(|error| panic!("{error}\n{value}\n{text}"));
        assert!(read.contains(&value), "{value}\n{text}\n{read:?}");
    }
}
