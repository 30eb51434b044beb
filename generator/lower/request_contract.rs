//! What a request of an operation must keep to, as an entry of `contract.json`.

use serde_json::{Map, Value as Json, json};

use super::{
    direction::Direction,
    plain_keywords::type_word,
    types::{Types, parameter_type},
};
use crate::spec::{ContentKind, Location, Operation, Parameter, SchemaType, Style};

/// The entry of one operation.
pub(super) fn entry(types: &mut Types, operation: &Operation) -> Json {
    let mut entry = Map::new();
    let parameters: Vec<Json> = operation
        .parameters
        .iter()
        .map(|one| parameter(types, one))
        .collect();
    if !parameters.is_empty() {
        entry.insert("parameters".into(), Json::Array(parameters));
    }
    if let Some(body) = &operation.body {
        let kind = match body.content.kind {
            ContentKind::Text => "text",
            _ => "json",
        };
        let schema = match body.content.schema {
            Some(id) => types.definitions.schema(id, Direction::Request),
            None => json!(true),
        };
        entry.insert(
            "body".into(),
            json!({ "required": body.required, "kind": kind, "schema": schema }),
        );
    }
    Json::Object(entry)
}

fn parameter(types: &mut Types, parameter: &Parameter) -> Json {
    let view = types.views.view(parameter.schema);
    let list = parameter_type(&view.schema) == Some(SchemaType::Array);
    let single = match (list, view.schema.array.items) {
        (true, Some(items)) => parameter_type(&types.views.view(items).schema),
        (true, None) => None,
        (false, _) => parameter_type(&view.schema),
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
    json!({
        "name": parameter.name,
        "in": place,
        "required": parameter.required,
        "list": list,
        "kind": single.map_or("string", type_word),
        "schema": types.definitions.schema(parameter.schema, Direction::Request),
    })
}
