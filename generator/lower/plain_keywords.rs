//! The keywords that hold no schemas, as JSON Schema 2020-12.

use oarlock_runtime::check::FORMATS;
use serde_json::{Map, Value as Json, json};

use crate::spec::{Schema, SchemaType};

/// The keywords that hold no schemas.
pub(super) fn plain_keywords(schema: &Schema, out: &mut Map<String, Json>) {
    if let Some(types) = &schema.types {
        let words: Vec<&str> = types.iter().map(|one| type_word(*one)).collect();
        out.insert(
            "type".into(),
            match &words[..] {
                [only] => json!(only),
                many => json!(many),
            },
        );
    }
    if let Some(format) = asserted_format(schema) {
        out.insert("format".into(), json!(format));
    }
    if let Some(values) = &schema.enumeration {
        let values = values.iter().map(|one| one.value.clone()).collect();
        out.insert("enum".into(), Json::Array(values));
    }
    let counts = [
        ("minLength", schema.min_length),
        ("maxLength", schema.max_length),
        ("minItems", schema.array.min),
        ("maxItems", schema.array.max),
        ("minContains", schema.array.min_contains),
        ("maxContains", schema.array.max_contains),
        ("minProperties", schema.object.min),
        ("maxProperties", schema.object.max),
    ];
    for (keyword, count) in counts {
        if let Some(count) = count {
            out.insert(keyword.into(), json!(count));
        }
    }
    if let Some(pattern) = &schema.pattern {
        out.insert("pattern".into(), json!(pattern.value));
    }
    for (bound, closed, open) in [
        (&schema.minimum, "minimum", "exclusiveMinimum"),
        (&schema.maximum, "maximum", "exclusiveMaximum"),
    ] {
        if let Some(bound) = bound {
            let keyword = if bound.exclusive { open } else { closed };
            out.insert(keyword.into(), Json::Number(bound.value.clone()));
        }
    }
    if let Some(step) = &schema.multiple_of {
        out.insert("multipleOf".into(), Json::Number(step.value.clone()));
    }
    if let Some((least, most)) = integer_range(schema) {
        out.insert(
            "allOf".into(),
            json!([{ "minimum": least, "maximum": most }]),
        );
    }
}

/// The format of a schema of texts, where it is one that is held.
fn asserted_format(schema: &Schema) -> Option<&str> {
    let text = |one: &SchemaType| matches!(one, SchemaType::String | SchemaType::Null);
    let types = schema.types.as_ref()?;
    let texts = types.contains(&SchemaType::String) && types.iter().all(text);
    let format = schema
        .format
        .as_ref()
        .filter(|_| texts && schema.enumeration.is_none())?;
    FORMATS
        .contains(&format.value.as_str())
        .then_some(format.value.as_str())
}

/// The range that the format of an integer sets (OpenAPI 3.1, data types).
fn integer_range(schema: &Schema) -> Option<(i64, i64)> {
    let integer = |one: &SchemaType| matches!(one, SchemaType::Integer | SchemaType::Null);
    if schema.enumeration.is_some()
        || !schema
            .types
            .as_ref()
            .is_some_and(|types| types.iter().all(integer))
    {
        return None;
    }
    match schema.format.as_ref().map(|format| format.value.as_str()) {
        Some("int32") => Some((i32::MIN.into(), i32::MAX.into())),
        Some("int64") => Some((i64::MIN, i64::MAX)),
        _ => None,
    }
}

/// JSON Schema's word for a type.
pub(super) fn type_word(one: SchemaType) -> &'static str {
    match one {
        SchemaType::Null => "null",
        SchemaType::Boolean => "boolean",
        SchemaType::Integer => "integer",
        SchemaType::Number => "number",
        SchemaType::String => "string",
        SchemaType::Array => "array",
        SchemaType::Object => "object",
    }
}
