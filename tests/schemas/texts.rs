//! Texts that are no JSON between programs (RFC 7493) are refused, whether a type reads them or a schema checks them.

use serde_json::json;

use crate::judge::{self, Case};

#[test]
fn types_and_checked_values_refuse_the_same_texts() {
    let schemas = [
        (
            "typed",
            json!({ "type": "object", "properties": { "a": { "type": "number" } } }),
        ),
        ("open", json!({})),
        (
            "checked",
            json!({ "not": { "type": "string", "const": "never" } }),
        ),
        (
            "listed",
            json!({ "type": "object", "additionalProperties": { "type": ["number", "string", "array", "object"] } }),
        ),
    ];
    let cases = schemas.map(|(name, schema)| Case {
        name: name.to_owned(),
        schema,
    });
    let mut judge = judge::start("texts", "3.1.1", &cases, None);
    let deep = format!("{}1{}", r#"{"a":"#.repeat(200), "}".repeat(200));
    let refused = [
        r#"{"a":1e400}"#,
        r#"{"x":-1e999}"#,
        r#"{"a":1,"a":1}"#,
        r#"{"x":{"y":1,"\u0079":2}}"#,
        r#"{"x":"\ud800"}"#,
        r#"{"x":"\udc00\ud800"}"#,
        r#"{"x":01}"#,
        r#"{"x":1,}"#,
        "{\"x\":\"\t\"}",
        r#"{"x":NaN}"#,
        "{} {}",
        &deep,
    ];
    for case in &cases {
        for text in refused {
            assert!(!judge.takes(&case.name, text), "{} takes {text}", case.name);
        }
        for text in [
            r#"{"a":1.0}"#,
            r#"{"x":"\ud83d\ude00"}"#,
            "\n {\"x\" : 1e2}\n",
        ] {
            assert!(
                judge.takes(&case.name, text),
                "{} refuses {text}",
                case.name
            );
        }
    }
}
