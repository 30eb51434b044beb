//! Values that are written and read again.

mod round_trip;
mod table;

use serde_json::{Map, Value, json};

use super::*;

fn shape(schema: &Value) -> Shape {
    Shape::of(schema, &Map::new())
}

fn encoding(style: Style, explode: bool) -> Encoding {
    Encoding {
        style,
        explode,
        allow_reserved: false,
    }
}

const FORM: Encoding = Encoding {
    style: Style::Form,
    explode: true,
    allow_reserved: false,
};

fn list_of(items: &str) -> Shape {
    shape(&json!({ "type": "array", "items": { "type": items } }))
}

fn query(encoding: Encoding, shape: &Shape, text: &str) -> Result<Option<Vec<Value>>, Malformed> {
    from_query("a", encoding, shape, text, &["taken"])
}

fn first(found: Result<Option<Vec<Value>>, Malformed>) -> Value {
    found
        .expect("well formed")
        .expect("it is there")
        .swap_remove(0)
}

#[test]
fn a_text_is_every_value_that_the_types_allow() {
    let of =
        |types: Value, text: &str| Value::from(scalars(text, &shape(&json!({ "type": types }))));
    assert_eq!(of(json!(["string", "integer"]), "007"), json!([7, "007"]));
    assert_eq!(
        of(json!("integer"), "18446744073709551615"),
        json!([u64::MAX])
    );
    assert_eq!(of(json!("number"), "1e3"), json!([1e3]));
    assert_eq!(of(json!("number"), "1e999"), json!(["1e999"]));
    assert_eq!(of(json!("integer"), "1.5"), json!(["1.5"]));
    assert_eq!(
        of(json!(["boolean", "string"]), "true"),
        json!([true, "true"])
    );
    assert_eq!(of(json!("boolean"), "True"), json!(["True"]));
    assert_eq!(of(json!(["null", "integer"]), ""), json!([null]));
    assert_eq!(of(json!(["null", "string"]), "null"), json!(["null", null]));
    assert_eq!(of(json!(["null", "string"]), ""), json!(["", null]));
    assert_eq!(of(json!("object"), "{\"a\":1}"), json!([{ "a": 1 }]));
    assert_eq!(
        of(json!("object"), "{\"a\":1,\"a\":2}"),
        json!(["{\"a\":1,\"a\":2}"])
    );
    assert_eq!(scalars("5", &Shape::default()), [json!("5")]);
}

#[test]
fn a_delimiter_that_is_encoded_is_a_part_of_the_value() {
    let list = list_of("string");
    let read = from_path("a", encoding(Style::Simple, false), &list, "x%2Cy,z");
    assert_eq!(read.expect("well formed"), [json!(["x,y", "z"])]);
    let read = query(encoding(Style::Form, false), &list, "a=x%2Cy,z+%2B");
    assert_eq!(first(read), json!(["x,y", "z +"]));
    let read = query(
        encoding(Style::PipeDelimited, false),
        &list,
        "a=x%7Cy%7cz|w",
    );
    assert_eq!(first(read), json!(["x", "y", "z", "w"]));
    let read = query(encoding(Style::SpaceDelimited, false), &list, "a=x%20y+z");
    assert_eq!(first(read), json!(["x", "y", "z"]));
    let read = query(encoding(Style::TabDelimited, false), &list, "a=x%09y");
    assert_eq!(first(read), json!(["x", "y"]));
}

#[test]
fn lists_are_read_as_php_writes_them_too() {
    assert_eq!(
        first(query(FORM, &list_of("integer"), "a[]=1&a%5B%5D=2")),
        json!([1, 2])
    );
    assert_eq!(
        first(query(FORM, &list_of("integer"), "a[]=1&a=2")),
        json!([2])
    );
    assert_eq!(first(query(FORM, &list_of("integer"), "a=")), json!([]));
    assert_eq!(first(query(FORM, &list_of("string"), "a=")), json!([""]));
    let either =
        shape(&json!({ "oneOf": [{ "type": "string" }, { "type": "array", "items": {} }] }));
    assert_eq!(first(query(FORM, &either, "a=x")), json!("x"));
    assert_eq!(first(query(FORM, &either, "a=x&a=y")), json!(["x", "y"]));
}

#[test]
fn what_is_not_written_as_its_style_asks_is_malformed() {
    let text = shape(&json!({ "type": "string" }));
    let object = shape(&json!({ "type": "object" }));
    assert_eq!(query(FORM, &text, "a=1&a=2"), Err(Malformed::twice()));
    assert_eq!(query(FORM, &text, "a=%FF"), Err(Malformed::not_utf8()));
    assert_eq!(query(FORM, &text, "%FF=1&b=2"), Ok(None));
    let wrong = |read: Read, words: &str| {
        let Malformed(told) = read.expect_err(words);
        assert!(told.contains(words), "{told}");
    };
    let path = |style, shape: &Shape, raw| from_path("a", encoding(style, false), shape, raw);
    wrong(path(Style::Matrix, &text, "5"), ";a=");
    wrong(path(Style::Matrix, &text, ";b=5"), ";a=");
    wrong(path(Style::Label, &text, "5"), "begin with `.`");
    wrong(path(Style::Simple, &object, "R,1,G"), "has no value");
    wrong(
        path(Style::Simple, &object, "R,1,R,2"),
        "`R`: it stands there twice",
    );
    let deep = |text: &str| query(encoding(Style::DeepObject, true), &object, text);
    assert!(
        deep("a[b=1").is_err() && deep("a[b]c=1").is_err() && deep("a[b]=1&a[b][c]=1").is_err()
    );
    assert!(deep(&format!("a{}=1", "[b]".repeat(13))).is_err());
}

#[test]
fn deep_objects_nest_and_keep_the_order_of_lists() {
    let schema = json!({ "type": "object", "properties": {
        "b": { "type": "array", "items": { "type": "integer" } },
        "c": { "type": "object", "properties": { "d": { "type": "boolean" } } },
        "e": { "type": "array", "items": { "type": "object", "properties": { "f": { "type": "integer" } } } },
    } });
    let shape = shape(&schema);
    let read = |text: &str| first(query(encoding(Style::DeepObject, true), &shape, text));
    assert_eq!(read("a[b]=1&a[b]=2"), json!({ "b": [1, 2] }));
    assert_eq!(read("a[b][]=2&a[b][]=1"), json!({ "b": [2, 1] }));
    assert_eq!(read("a[b][10]=3&a%5Bb%5D%5B9%5D=2"), json!({ "b": [2, 3] }));
    assert_eq!(
        read("a[c][d]=true&a[x]=1"),
        json!({ "c": { "d": true }, "x": "1" })
    );
    let value = json!({ "b": [1], "c": { "d": false }, "e": [{ "f": 1 }, { "f": 2 }] });
    let mut text = String::new();
    to_query("a", encoding(Style::DeepObject, true), &value, &mut text);
    assert_eq!(read(&text), value);
}

#[test]
fn an_exploded_object_takes_its_members_and_no_others_parameters() {
    let open = shape(
        &json!({ "type": "object", "properties": { "R": { "type": "integer" } },
        "additionalProperties": { "type": "integer" } }),
    );
    let named = shape(&json!({ "type": "object", "properties": { "R": { "type": "integer" } } }));
    let text = "R=1&G=2&taken=3";
    assert_eq!(first(query(FORM, &open, text)), json!({ "R": 1, "G": 2 }));
    assert_eq!(first(query(FORM, &named, text)), json!({ "R": 1 }));
    assert_eq!(query(FORM, &named, "G=2"), Ok(None));
}

#[test]
fn items_of_a_header_may_stand_between_quotes() {
    let read = |explode, shape: &Shape, raw| {
        let found = from_header(encoding(Style::Simple, explode), shape, raw);
        found.expect("well formed").swap_remove(0)
    };
    let list = list_of("string");
    assert_eq!(
        read(false, &list, r#" a ,"b, \"c\"", d%20 "#),
        json!(["a", "b, \"c\"", "d%20"])
    );
    assert_eq!(read(false, &list, "\"a,b"), json!(["\"a", "b"]));
    assert_eq!(read(false, &list, r#""a"b,c"#), json!([r#""a"b"#, "c"]));
    assert_eq!(read(false, &list, ""), json!([]));
    let object = shape(&json!({ "type": "object" }));
    assert_eq!(
        read(true, &object, r#"a="1,2", b=3"#),
        json!({ "a": "1,2", "b": "3" })
    );
}

#[test]
fn cookies_are_decoded_where_their_style_encodes() {
    let headers = ["b=1; a=x%20y", "c=2"];
    let text = shape(&json!({ "type": "string" }));
    let read = |style, value: &'static str| {
        first(from_cookie(
            "a",
            encoding(style, true),
            &text,
            [value].into_iter(),
            &[],
        ))
    };
    let found = from_cookie("a", FORM, &text, headers.into_iter(), &[]);
    assert_eq!(first(found), json!("x y"));
    assert_eq!(read(Style::Cookie, "a=\"x%20y\""), json!("x%20y"));
    let list = list_of("integer");
    assert_eq!(
        first(from_cookie("a", FORM, &list, ["a=1; a=2"].into_iter(), &[])),
        json!([1, 2])
    );
    let evil = to_cookie("a", encoding(Style::Cookie, true), &json!("x; b=1"));
    assert_eq!(evil.as_deref(), Some("a=x%3B b=1"));
}

#[test]
fn a_form_is_an_object_and_keeps_what_the_schema_does_not_have() {
    let schema = json!({ "type": "object", "properties": {
        "n": { "type": "integer" },
        "tags": { "type": "array", "items": { "type": "string" } },
        "nested": { "type": "object", "properties": { "x": { "type": "integer" } } },
        "deep": { "type": "object", "properties": { "x": { "type": "integer" } } },
        "csv": { "type": "array", "items": { "type": "integer" } },
        "raw": {},
    } });
    let field = |name: &str, style, json| Field {
        name: name.to_owned(),
        encoding: encoding(style, false),
        json,
    };
    let fields = [
        field("deep", Style::DeepObject, false),
        field("csv", Style::Form, false),
        field("raw", Style::Form, true),
    ];
    let value = json!({ "n": 5, "tags": ["a b", "c&d"], "nested": { "x": 1 }, "deep": { "x": 2 }, "csv": [1, 2],
        "raw": { "any": [null] }, "more": "m", "many": ["1", "2"] });
    let text = form_from_object(&fields, &value);
    let read = object_from_form(&fields, &shape(&schema), &text).expect("well formed");
    assert_eq!(read.first(), Some(&value), "{text}");
    assert!(object_from_form(&fields, &shape(&schema), "n=1&n=2").is_err());
    assert!(object_from_form(&fields, &shape(&schema), "raw={").is_err());
    assert_eq!(
        object_from_form(&[], &shape(&schema), ""),
        Ok(vec![json!({})])
    );
}

#[test]
fn an_exploded_field_of_a_form_claims_its_members() {
    let schema = json!({ "type": "object", "properties": {
        "color": { "type": "object", "properties": { "R": { "type": "integer" } } } } });
    let fields = [Field {
        name: "color".to_owned(),
        encoding: FORM,
        json: false,
    }];
    let value = json!({ "color": { "R": 100 } });
    let text = form_from_object(&fields, &value);
    assert_eq!(text, "R=100");
    assert_eq!(
        object_from_form(&fields, &shape(&schema), &text),
        Ok(vec![value])
    );
}

#[test]
fn choices_are_few_however_many_there_are() {
    let items = json!({ "type": ["array"], "items": { "type": ["integer", "string"] } });
    for count in [1, 5, 6, 60, 5_000] {
        let text = vec!["7"; count].join(",");
        let found = from_path("a", encoding(Style::Simple, false), &shape(&items), &text)
            .expect("well formed");
        assert!(found.len() > 1 && found.len() <= 32, "{}", found.len());
        assert_eq!(found.first(), Some(&Value::from(vec![7; count])));
        assert!(found.contains(&Value::from(vec!["7"; count])));
    }
}

#[test]
fn reserved_characters_stand_where_they_are_allowed_and_triples_pass() {
    let reserved = |style, explode| Encoding {
        allow_reserved: true,
        ..encoding(style, explode)
    };
    let value = json!(":/?#[]@!$&'()*+,;=%41% ");
    let mut out = String::new();
    to_query("a=", reserved(Style::Form, true), &value, &mut out);
    assert_eq!(out, "a%3D=:/?%23%5B%5D@!$%26'()*%2B,;=%41%25%20");
    let path = to_path("a", reserved(Style::Simple, false), &value);
    assert_eq!(path, ":%2F%3F%23%5B%5D@!$&'()*+,;=%41%25%20");
    let path = to_path("a", reserved(Style::Simple, false), &json!(["b,c", "d:"]));
    assert_eq!(path, "b%2Cc,d:");
}

#[test]
fn whole_numbers_are_written_in_digits() {
    let simple = encoding(Style::Simple, false);
    let text = to_path("a", simple, &json!([5.0, 1e20, 0.5, -1]));
    assert_eq!(text, "5,100000000000000000000,0.5,-1");
    let read = from_path("a", simple, &list_of("integer"), "100000000000000000000");
    assert_eq!(read, Ok(vec![json!([1e20])]));
}

#[test]
fn contracts_name_styles_as_the_document_does() {
    let field: Field = serde_json::from_value(json!({ "name": "a",
        "encoding": { "style": "spaceDelimited", "explode": false } }))
    .expect("a field");
    assert_eq!(field.encoding, encoding(Style::SpaceDelimited, false));
}

#[test]
fn a_form_of_many_names_is_read_in_time() {
    let text: String = (0..50_000).map(|name| format!("{name}=&")).collect();
    let shape =
        shape(&json!({ "type": "object", "additionalProperties": { "type": ["string", "null"] } }));
    let found = object_from_form(&[], &shape, &text).expect("well formed");
    let members = |value: &Value| value.as_object().map(Map::len);
    assert_eq!(found.first().and_then(members), Some(50_000));
    assert!(first(query(FORM, &shape, &text)).is_object());
}

#[test]
fn what_a_tag_decides_is_read_by_its_type() {
    let shape = shape(&json!({ "allOf": [
        { "type": "object", "properties": { "kind": { "enum": ["a"] } } },
        {
            "if": { "properties": { "kind": { "const": "a" } } },
            "then": { "properties": { "on": { "type": "boolean" } } },
        },
    ] }));
    let found = object_from_form(&[], &shape, "kind=a&on=true").expect("well formed");
    assert_eq!(found[0], json!({ "kind": "a", "on": true }));
}
