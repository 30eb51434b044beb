//! What requests and answers must keep to and how their values are written, as entries of `contract.json`.

use serde_json::{Map, Value as Json, json};

use super::{
    direction::Direction,
    parts::{self, Part},
    text_kinds::{TextKind, kind},
    types::Types,
};
use crate::{
    model,
    openapi::{Encoding, Location, Status},
    spec::{Content, ContentKind, Operation, Parameter},
};

/// The entry of one operation.
pub(super) fn entry(types: &mut Types, operation: &Operation, lowered: &model::Operation) -> Json {
    let mut entry = Map::new();
    let parameters = operation.parameters.iter().zip(&lowered.parameters);
    let parameters: Vec<Json> = parameters
        .map(|(one, lowered)| parameter(types, one, lowered))
        .collect();
    if !parameters.is_empty() {
        entry.insert("parameters".into(), Json::Array(parameters));
    }
    if let Some(body) = &operation.body {
        let contents = body.contents.iter();
        let contents: Vec<Json> = contents
            .map(|one| content(types, one, Direction::Request))
            .collect();
        let body = json!({ "required": body.required, "contents": contents });
        entry.insert("body".into(), body);
    }
    let offers = offers(lowered);
    if !offers.is_empty() {
        entry.insert("offers".into(), json!(offers));
    }
    Json::Object(entry)
}

/// The media types in which an operation tells its success.
fn offers(operation: &model::Operation) -> Vec<&str> {
    let good = |status: Status| match status {
        Status::Exact(code) => (200..300).contains(&code),
        Status::Range(class) => class == 2,
        Status::Default => false,
    };
    let answers = operation.answers.iter().filter(|one| good(one.status));
    let payloads = answers.filter_map(|one| one.payload.as_ref());
    let mut offers: Vec<&str> = Vec::new();
    for one in payloads.flat_map(|payload| payload.carried()) {
        if !offers.contains(&one.declared.as_str()) {
            offers.push(&one.declared);
        }
    }
    offers
}

fn parameter(types: &mut Types, parameter: &Parameter, lowered: &model::Parameter) -> Json {
    let mut entry = Map::new();
    entry.insert("name".into(), json!(parameter.name));
    entry.insert("in".into(), json!(parameter.location.as_str()));
    entry.insert("required".into(), json!(parameter.required));
    match parameter.content {
        Some(kind) => _ = entry.insert("content".into(), json!(kind.as_str())),
        None => encoding(parameter.encoding, &mut entry),
    }
    if parameter.allow_empty {
        entry.insert("allowEmpty".into(), json!(true));
    }
    if let (Some(default), model::Reading::Described(_)) = (&lowered.default, lowered.reading) {
        entry.insert("default".into(), default.clone());
    }
    let schema = types
        .definitions
        .schema(parameter.schema, Direction::Request);
    entry.insert("schema".into(), schema);
    Json::Object(entry)
}

fn encoding(encoding: Encoding, entry: &mut Map<String, Json>) {
    entry.insert("style".into(), json!(encoding.style.as_str()));
    entry.insert("explode".into(), json!(encoding.explode));
    if encoding.allow_reserved {
        entry.insert("allowReserved".into(), json!(true));
    }
}

/// How a body under one media type is written, and its exact schema.
pub(super) fn content(types: &mut Types, content: &Content, way: Direction) -> Json {
    let mut entry = Map::new();
    entry.insert("kind".into(), json!(content.kind.as_str()));
    if let Some(id) = content.schema {
        match content.kind {
            ContentKind::Form => {
                let fields = fields(types, content);
                if !fields.is_empty() {
                    entry.insert("fields".into(), Json::Array(fields));
                }
            }
            ContentKind::Multipart => {
                entry.insert("parts".into(), Json::Object(all_parts(types, content)));
            }
            ContentKind::Xml => {
                let view = types.views.view(id);
                let name = view.schema.name.as_ref();
                let root = name.map_or("root", |name| name.value.as_str());
                entry.insert("root".into(), json!(root));
            }
            _ => {}
        }
        entry.insert("schema".into(), types.definitions.schema(id, way));
    }
    Json::Object(entry)
}

/// The members of a form that are not written as usual: `form` with `explode`. Objects are JSON unless it is said
/// otherwise (OpenAPI 3.1, encoding object, `contentType`).
fn fields(types: &mut Types, content: &Content) -> Vec<Json> {
    let view = content.schema.map(|id| types.views.view(id));
    let properties = view.iter().flat_map(|view| &view.schema.object.properties);
    let mut fields = Vec::new();
    for property in properties {
        let said = content.parts.iter().find(|one| one.name == property.name);
        let media_type = said.and_then(|one| one.media_type.as_deref());
        let styled = said.and_then(|one| one.encoding);
        let json = media_type.is_some_and(|one| one.contains("json"));
        let open = matches!(kind(&mut types.views, property.schema), TextKind::Parts)
            && !is_list(types, property.schema);
        let mut entry = Map::new();
        if styled.is_none() && !json && !open {
            continue;
        }
        let mut written = Map::new();
        encoding(
            styled.unwrap_or_else(|| Encoding::usual(Location::Query)),
            &mut written,
        );
        entry.insert("name".into(), json!(property.name));
        entry.insert("encoding".into(), Json::Object(written));
        if styled.is_none() {
            entry.insert("json".into(), json!(true));
        }
        fields.push(Json::Object(entry));
    }
    fields
}

fn is_list(types: &mut Types, id: crate::spec::SchemaId) -> bool {
    let view = types.views.view(id);
    let kinds = view.schema.types.iter().flatten();
    kinds
        .into_iter()
        .any(|one| *one == crate::spec::SchemaType::Array)
}

/// What each part of a form holds.
fn all_parts(types: &mut Types, content: &Content) -> Map<String, Json> {
    let members = parts::members(types, content);
    let mut all = Map::new();
    for Part {
        property,
        file,
        schema,
        list,
        json,
    } in members
    {
        let mut entry = Map::new();
        if list {
            entry.insert("list".into(), json!(true));
        }
        if file {
            entry.insert("file".into(), json!(true));
        } else {
            if json {
                entry.insert("json".into(), json!(true));
            }
            let schema = types.definitions.schema(schema, Direction::Request);
            entry.insert("schema".into(), schema);
        }
        all.insert(property.name.clone(), Json::Object(entry));
    }
    all
}
