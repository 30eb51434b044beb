mod hostile;
mod random;

use serde_json::{Map, Value, json};

use super::{read, write};
use crate::shape::Shape;

fn shape(schema: &Value) -> Shape {
    Shape::of(schema, &Map::new())
}

fn read_as(document: &str, schema: &Value) -> Result<Vec<Value>, String> {
    read(document.as_bytes(), "root", &shape(schema))
}

fn written(value: &Value, schema: &Value) -> String {
    let document = write(value, "root", &shape(schema));
    let text = String::from_utf8(document).unwrap();
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    text.strip_prefix(head).unwrap().to_owned()
}

/// A value is written as a document, and read from it as the first choice.
fn both_ways(schema: &Value, value: &Value, document: &str) {
    assert_eq!(written(value, schema), document);
    let read = read_as(document, schema).unwrap_or_else(|error| panic!("{document}: {error}"));
    assert_eq!(read.first(), Some(value), "{document}");
}

/// The examples of OpenAPI 3.1, XML Object, each in a root element.
#[test]
fn members_take_the_names_that_the_examples_of_openapi_show() {
    let text = json!({"type": "string"});
    let animal = json!({"type": "string", "xml": {"name": "animal"}});
    let lists = [
        (
            json!({"items": text}),
            "<animals>a</animals><animals>b</animals>",
        ),
        (
            json!({"items": animal, "xml": {"name": "aliens"}}),
            "<animal>a</animal><animal>b</animal>",
        ),
        (
            json!({"items": text, "xml": {"wrapped": true}}),
            "<animals><animals>a</animals><animals>b</animals></animals>",
        ),
        (
            json!({"items": animal, "xml": {"wrapped": true}}),
            "<animals><animal>a</animal><animal>b</animal></animals>",
        ),
        (
            json!({"items": animal, "xml": {"name": "aliens", "wrapped": true}}),
            "<aliens><animal>a</animal><animal>b</animal></aliens>",
        ),
        (
            json!({"items": text, "xml": {"name": "aliens", "wrapped": true}}),
            "<aliens><aliens>a</aliens><aliens>b</aliens></aliens>",
        ),
        (
            json!({"items": text, "xml": {"name": "aliens"}}),
            "<aliens>a</aliens><aliens>b</aliens>",
        ),
    ];
    for (mut list, inner) in lists {
        list["type"] = json!("array");
        let schema = json!({"type": "object", "properties": {"animals": list}});
        let document = format!("<root>{inner}</root>");
        both_ways(&schema, &json!({"animals": ["a", "b"]}), &document);
    }
}

#[test]
fn attributes_prefixes_and_namespaces_stand_as_in_the_example_of_openapi() {
    let schema = json!({"type": "object", "xml": {"name": "Person"}, "properties": {
        "id": {"type": "integer", "xml": {"attribute": true}},
        "name": {"type": "string", "xml": {"namespace": "https://example.com/schema", "prefix": "sample"}},
    }});
    let document = "<Person id=\"123\"><sample:name xmlns:sample=\"https://example.com/schema\">example</sample:name></Person>";
    both_ways(&schema, &json!({"id": 123, "name": "example"}), document);

    let by_default =
        "<Person id='123'><name xmlns='https://example.com/schema'>example</name></Person>";
    assert_eq!(
        read_as(by_default, &schema),
        Ok(vec![json!({"id": 123, "name": "example"})])
    );
    let other = "<Person><name xmlns='urn:other'>example</name></Person>";
    let error = read_as(other, &schema).unwrap_err();
    assert!(error.contains("namespace"), "{error}");
}

#[test]
fn a_namespace_is_declared_once_where_it_first_applies() {
    let inner = json!({"type": "string", "xml": {"prefix": "p"}});
    let schema = json!({
        "type": "object",
        "xml": {"name": "a", "namespace": "urn:a", "prefix": "p"},
        "properties": {
            "b": inner,
            "c": {"type": "string", "xml": {"namespace": "urn:c"}},
            "d": {"type": "string", "xml": {"namespace": "urn:d", "prefix": "p"}},
            "e": {"type": "string", "xml": {"namespace": "urn:a", "prefix": "p", "attribute": true}},
            "f": {"type": "string", "xml": {"namespace": "urn:f", "prefix": "p", "attribute": true}},
        },
    });
    let document = "<p:a xmlns:p=\"urn:a\" p:e=\"5\" f=\"6\"><p:b>2</p:b><c xmlns=\"urn:c\">3</c>\
                    <p:d xmlns:p=\"urn:d\">4</p:d></p:a>";
    let value = json!({"b": "2", "c": "3", "d": "4", "e": "5", "f": "6"});
    assert_eq!(written(&value, &schema), document);
    // `f` has no namespace in the document, though its prefix says that it should: it is not the member.
    assert_ne!(read_as(document, &schema), Ok(vec![value]));
}

#[test]
fn a_list_at_the_root_and_lists_in_lists_are_wrapped() {
    let items = json!({"type": "integer", "xml": {"name": "n"}});
    let flat = json!({"type": "array", "items": items, "xml": {"name": "all"}});
    both_ways(&flat, &json!([1, 2]), "<all><n>1</n><n>2</n></all>");
    both_ways(&flat, &json!([]), "<all/>");
    let deep = json!({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}});
    both_ways(
        &deep,
        &json!([[1], [], [2, 3]]),
        "<root><root><root>1</root></root><root/><root><root>2</root><root>3</root></root></root>",
    );
    let error = read_as("<all><m>1</m></all>", &flat).unwrap_err();
    assert_eq!(error, "line 1, byte 6: `m` stands where `n` is expected");
}

#[test]
fn text_is_read_as_each_type_that_it_may_have() {
    let cases = [
        (json!({"type": "boolean"}), " 1 ", vec![json!(true)]),
        (json!({"type": ["boolean", "integer"]}), "1", vec![json!(1)]),
        (json!({"type": "integer"}), "+007", vec![json!(7)]),
        (json!({"type": "integer"}), "1.5", vec![json!(1.5)]),
        (
            json!({"type": "integer"}),
            "18446744073709551615",
            vec![json!(u64::MAX)],
        ),
        (json!({"type": "number"}), "1e999", vec![json!("1e999")]),
        (json!({"type": "integer"}), "x", vec![json!("x")]),
        (json!({"type": "string"}), " 7 ", vec![json!(" 7 ")]),
        (
            json!({"type": ["string", "integer"]}),
            "7",
            vec![json!(7), json!("7")],
        ),
        (
            json!({"type": ["string", "integer"]}),
            "007",
            vec![json!("007")],
        ),
        (json!({"type": ["integer", "null"]}), "", vec![Value::Null]),
        (json!({"type": ["string", "null"]}), "", vec![json!("")]),
        (json!({"type": "array"}), " ", vec![json!([])]),
        (
            json!({"type": ["object", "null"]}),
            "",
            vec![json!({}), Value::Null],
        ),
        (json!({}), "true", vec![json!(true), json!("true")]),
    ];
    for (schema, text, values) in cases {
        let document = format!("<root>{text}</root>");
        assert_eq!(read_as(&document, &schema), Ok(values), "{schema} {text:?}");
    }
    let nil = "<root xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true'/>";
    assert_eq!(
        read_as(nil, &json!({"type": ["string", "null"]})),
        Ok(vec![Value::Null])
    );
}

#[test]
fn what_the_schema_does_not_name_is_kept_as_text() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
    let document = "<root b='1' xml:space='preserve'><a>2</a><c>3</c><d>4</d><d>5</d><e f='6'><g>7</g></e></root>";
    let value = json!({"a": 2, "b": "1", "c": "3", "d": ["4", "5"], "e": {"f": "6", "g": "7"}});
    assert_eq!(read_as(document, &schema), Ok(vec![value]));
    let others = json!({"type": "object", "additionalProperties": {"type": "integer"}});
    assert_eq!(
        read_as("<root><x>1</x></root>", &others),
        Ok(vec![json!({"x": 1})])
    );
}

#[test]
fn nothing_passes_for_a_member_that_goes_by_another_name() {
    let schema = json!({"type": "object", "properties": {
        "a": {"type": "string", "xml": {"name": "b"}},
        "c": {"type": "string"},
    }});
    for document in [
        "<root><a>1</a></root>",
        "<root c='1'/>",
        "<root><c>1</c><c>2</c></root>",
        "<root d='1'><d>2</d></root>",
        "<root d='1'>text</root>",
        "<root>text<c>1</c></root>",
        "<other/>",
    ] {
        assert!(read_as(document, &schema).is_err(), "{document}");
    }
}

#[test]
fn a_missing_list_is_read_as_absent_and_as_empty() {
    let list = json!({"type": "array", "items": {"type": "string"}});
    let schema = json!({"type": "object", "properties": {"a": list, "b": list}});
    let values = read_as("<root><a>1</a></root>", &schema);
    assert_eq!(
        values,
        Ok(vec![json!({"a": ["1"]}), json!({"a": ["1"], "b": []})])
    );
    assert_eq!(
        written(&json!({"a": [], "b": ["1"]}), &schema),
        "<root><b>1</b></root>"
    );
}

#[test]
fn one_element_is_a_list_where_it_must_be_and_may_be_one_otherwise() {
    let either =
        json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]});
    let schema = json!({"type": "object", "properties": {"a": either}});
    let values = read_as("<root><a>x</a></root>", &schema);
    assert_eq!(values, Ok(vec![json!({"a": "x"}), json!({"a": ["x"]})]));
}

#[test]
fn many_doubts_leave_the_ends_alone() {
    let schema = json!({"type": "array", "items": {"type": ["integer", "string"]}});
    let document = format!("<root>{}</root>", "<root>1</root>".repeat(100));
    let ends = vec![json!(vec![1; 100]), json!(vec!["1"; 100])];
    assert_eq!(read_as(&document, &schema), Ok(ends));
    let few = "<root><root>1</root><root>2</root></root>";
    let all = vec![
        json!([1, 2]),
        json!([1, "2"]),
        json!(["1", 2]),
        json!(["1", "2"]),
    ];
    assert_eq!(read_as(few, &schema), Ok(all));
}

#[test]
fn what_xml_cannot_carry_is_replaced() {
    let value = json!({"first name": "a\u{0}b", "1": "\r\n\t<&>'\"]]>", "": 1});
    let document = written(&value, &json!({"type": "object"}));
    let known = json!({"type": "object", "properties": {
        "first name": {"type": "string"}, "1": {"type": "string"}, "": {"type": "integer"},
    }});
    let read = read_as(&document, &known);
    let expected = json!({"first name": "a\u{fffd}b", "1": "\r\n\t<&>'\"]]>", "": 1});
    assert_eq!(read, Ok(vec![expected]), "{document}");
    let attribute = json!({"type": "object", "properties": {
        "xmlns": {"type": "string", "xml": {"attribute": true}},
    }});
    let value = json!({"xmlns": "\r\n\t<&>'\""});
    let document = written(&value, &attribute);
    assert!(document.starts_with("<root _xmlns="), "{document}");
}

#[test]
fn text_is_whole_whatever_stands_in_it() {
    let text = json!({"type": "string"});
    let document = "\u{feff}<?xml version='1.0' encoding='utf-8'?><!-- a --><?b c?>\n\
                    <root>1<!-- d --><![CDATA[<2>]]>&#x33;&amp;&#52;<?e?>\r\n</root>\n<!-- f -->";
    assert_eq!(read_as(document, &text), Ok(vec![json!("1<2>3&4\n")]));
}
