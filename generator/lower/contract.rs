//! The exact schemas of requests as JSON Schema 2020-12: what the runtime tells violations from, and what examples
//! are held against.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::types::{Direction, Types, integer, only_type};
use crate::{
    model::Type,
    spec::{Additional, Location, Operation, Schema, SchemaId, SchemaType, Style},
};

/// Schemas under their keys, as far as something has asked for them.
#[derive(Default)]
pub(super) struct Definitions(BTreeMap<String, Json>);

impl Definitions {
    /// Everything asked for so far.
    pub(super) fn json(&self) -> Json {
        Json::Object(self.0.clone().into_iter().collect())
    }

    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        self.0.get(key)
    }

    /// The JSON Schema of `id`: a reference where it has a name or is referred to.
    pub(super) fn schema(&mut self, types: &mut Types, id: SchemaId, way: Direction) -> Json {
        let view = types.views.view(id);
        let named = types
            .views
            .document()
            .schemas
            .get(view.identity)
            .name
            .clone();
        if named.is_none() && view.identity == id {
            return self.keywords(types, &view.schema, way);
        }
        let way = types.direction(view.identity, way);
        let base = named.map_or_else(
            || format!("schema-{}", view.identity.index()),
            |name| name.value,
        );
        let key = match way {
            Direction::Request => format!("{base}.request"),
            Direction::Both | Direction::Answer => base,
        };
        if !self.0.contains_key(&key) {
            self.0.insert(key.clone(), Json::Bool(true));
            let target = types.views.view(view.identity);
            let schema = self.keywords(types, &target.schema, way);
            self.0.insert(key.clone(), schema);
        }
        json!({ "$ref": format!("#/$defs/{}", escaped(&key)) })
    }

    fn keywords(&mut self, types: &mut Types, schema: &Schema, way: Direction) -> Json {
        let mut out = Map::new();
        let null = schema
            .types
            .iter()
            .flatten()
            .any(|one| *one == SchemaType::Null);
        if let Some(only) = only_type(schema) {
            out.insert(
                "type".into(),
                match null && only != SchemaType::Null {
                    true => json!([type_word(only), "null"]),
                    false => json!(type_word(only)),
                },
            );
        }
        if let Some(format) = &schema.format {
            out.insert("format".into(), json!(format.value));
        }
        if let Some(values) = &schema.enumeration {
            let mut values: Vec<Json> = values.iter().map(|one| one.value.clone()).collect();
            if null && !values.contains(&Json::Null) {
                values.push(Json::Null);
            }
            out.insert("enum".into(), Json::Array(values));
        }
        limits(schema, &mut out);
        self.members(types, schema, way, &mut out);
        if let Some(items) = schema.items {
            out.insert("items".into(), self.schema(types, items, way));
        }
        self.choice(types, schema, way, &mut out);
        Json::Object(out)
    }

    fn members(
        &mut self,
        types: &mut Types,
        schema: &Schema,
        way: Direction,
        out: &mut Map<String, Json>,
    ) {
        let mut properties = Map::new();
        let mut hidden = Vec::new();
        for property in &schema.properties {
            let words = types.views.view(property.schema);
            let skip = match way {
                Direction::Request => words.schema.read_only,
                Direction::Answer => words.schema.write_only,
                Direction::Both => false,
            };
            match skip {
                true => hidden.push(property.name.as_str()),
                false => {
                    let schema = self.schema(types, property.schema, way);
                    properties.insert(property.name.clone(), schema);
                }
            }
        }
        let required = schema.required.iter().map(|one| one.value.as_str());
        let required: Vec<&str> = required.filter(|name| !hidden.contains(name)).collect();
        if !required.is_empty() {
            out.insert("required".into(), json!(required));
        }
        if !properties.is_empty() {
            out.insert("properties".into(), Json::Object(properties));
        }
        match schema.additional {
            Additional::Unsaid | Additional::Any => {}
            Additional::Refused => {
                out.insert("additionalProperties".into(), json!(false));
            }
            Additional::Schema(value) => {
                let value = self.schema(types, value, way);
                out.insert("additionalProperties".into(), value);
            }
        }
    }

    /// A tagged choice: the tag decides, and then its schema holds.
    fn choice(
        &mut self,
        types: &mut Types,
        schema: &Schema,
        way: Direction,
        out: &mut Map<String, Json>,
    ) {
        let Some(discriminator) = schema.discriminator.as_ref() else {
            return;
        };
        if schema.one_of.is_empty() {
            return;
        }
        let tag = &discriminator.property;
        let tags: Vec<&str> = discriminator
            .mapping
            .iter()
            .map(|(tag, _)| tag.as_str())
            .collect();
        out.insert("type".into(), json!("object"));
        out.insert("required".into(), json!([tag]));
        out.insert("properties".into(), json!({ tag: { "enum": tags } }));
        let mut cases = Vec::new();
        for (value, member) in &discriminator.mapping {
            let then = self.schema(types, *member, way);
            cases.push(json!({
                "if": { "properties": { tag: { "const": value } } },
                "then": then,
            }));
        }
        out.insert("allOf".into(), Json::Array(cases));
    }

    /// What a request of `operation` must keep to.
    pub(super) fn operation(&mut self, types: &mut Types, operation: &Operation) -> Json {
        let mut parameters = Vec::new();
        for parameter in &operation.parameters {
            let view = types.views.view(parameter.schema);
            let list = only_type(&view.schema) == Some(SchemaType::Array);
            let single = match (list, view.schema.items) {
                (true, Some(items)) => only_type(&types.views.view(items).schema),
                (true, None) => None,
                (false, _) => only_type(&view.schema),
            };
            let place = match parameter.location {
                Location::Path => "path",
                Location::Query => "query",
                Location::Header => "header",
            };
            let list = list.then_some(match parameter.style {
                Style::Repeated => "repeated",
                Style::Commas => "commas",
            });
            parameters.push(json!({
                "name": parameter.name,
                "in": place,
                "required": parameter.required,
                "list": list,
                "kind": single.map_or("string", type_word),
                "schema": self.schema(types, parameter.schema, Direction::Request),
            }));
        }
        let mut entry = Map::new();
        if !parameters.is_empty() {
            entry.insert("parameters".into(), Json::Array(parameters));
        }
        if let Some(body) = &operation.body {
            let kind = match body.content.kind {
                crate::spec::ContentKind::Text => "text",
                _ => "json",
            };
            let schema = match body.content.schema {
                Some(id) => self.schema(types, id, Direction::Request),
                None => json!(true),
            };
            entry.insert(
                "body".into(),
                json!({ "required": body.required, "kind": kind, "schema": schema }),
            );
        }
        Json::Object(entry)
    }
}

fn limits(schema: &Schema, out: &mut Map<String, Json>) {
    let counts = [
        ("minLength", schema.min_length),
        ("maxLength", schema.max_length),
        ("minItems", schema.min_items),
        ("maxItems", schema.max_items),
        ("minProperties", schema.min_properties),
        ("maxProperties", schema.max_properties),
    ];
    for (keyword, count) in counts {
        if let Some(count) = count {
            out.insert(keyword.into(), json!(count));
        }
    }
    if schema.unique_items {
        out.insert("uniqueItems".into(), json!(true));
    }
    if let Some(pattern) = &schema.pattern {
        out.insert("pattern".into(), json!(pattern.value));
    }
    if only_type(schema) == Some(SchemaType::Integer) && integer(schema) == Type::I32 {
        out.insert("minimum".into(), json!(i32::MIN));
        out.insert("maximum".into(), json!(i32::MAX));
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

/// A key in a JSON Pointer in a URI fragment (RFC 6901, sections 3 and 6).
fn escaped(key: &str) -> String {
    let mut out = String::new();
    for byte in key.replace('~', "~0").replace('/', "~1").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(byte.into());
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
