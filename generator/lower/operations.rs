//! Operations become methods: what they are asked, what they answer.

use serde_json::Value as Json;

use super::{
    direction::Direction,
    names::{self, Scope},
    types::{Types, doc, parameter_type},
};
use crate::{
    model::{Answer, Body, Content, HeaderField, Operation, Parameter, Slot, Type},
    spec::{self, ContentKind, Location, SchemaType, Status},
};

/// The names of operations, which one `App` has all together.
#[derive(Default)]
pub(super) struct OperationNames {
    ids: Scope,
    methods: Scope,
    pub(super) types: Scope,
}

/// Turns one operation into its method; its security and error answers are left to their own passes.
pub(super) fn lower(
    types: &mut Types,
    taken: &mut OperationNames,
    operation: &spec::Operation,
) -> Operation {
    let id = taken.ids.claim(&operation_id(operation));
    let method_name = taken.methods.claim(&names::field_name(&id));
    let base = taken.types.claim(&names::variant_name(&id));
    let mut fields = Scope::default();
    let parameters = parameters(types, operation, &mut fields, &base);
    let body = operation
        .body
        .as_ref()
        .map(|body| lower_body(types, body, &mut fields, &base));
    let mut variants = Scope::default();
    let answers = operation
        .responses
        .iter()
        .map(|response| answer(types, response, &mut variants, &base))
        .collect();
    Operation {
        doc: operation_doc(operation),
        request_type: format!("{base}Request"),
        response_type: format!("{base}Response"),
        id,
        method_name,
        method: operation.method,
        path: operation.path.value.clone(),
        deprecated: operation.deprecated,
        parameters,
        body,
        answers,
        security: None,
        errors: Vec::new(),
    }
}

/// `operationId`, or the method and the path.
pub(super) fn operation_id(operation: &spec::Operation) -> String {
    match &operation.id {
        Some(id) => id.value.clone(),
        None => {
            let mut words = vec![operation.method.as_str().to_lowercase()];
            let parts = operation
                .path
                .value
                .split(|letter: char| !letter.is_alphanumeric());
            words.extend(parts.filter(|part| !part.is_empty()).map(str::to_owned));
            words.join("_")
        }
    }
}

fn operation_doc(operation: &spec::Operation) -> String {
    let place = format!(
        "`{} {}`",
        operation.method.as_str(),
        operation.path.value.replace('`', "'")
    );
    let words = [&operation.summary, &operation.description];
    let mut parts: Vec<&str> = words.iter().filter_map(|one| one.as_deref()).collect();
    parts.dedup();
    parts.push(&place);
    parts.join("\n\n")
}

fn parameters(
    types: &mut Types,
    operation: &spec::Operation,
    fields: &mut Scope,
    base: &str,
) -> Vec<Parameter> {
    let template = placeholders(&operation.path.value);
    let mut parameters = Vec::new();
    for parameter in &operation.parameters {
        let view = types.views.view(parameter.schema);
        let hint = format!("{base} {}", parameter.name);
        let slot = types.slot(parameter.schema, Direction::Request, &hint);
        let list = parameter_type(&view.schema) == Some(SchemaType::Array);
        let default = view
            .schema
            .words
            .default
            .as_ref()
            .map(|default| default.value.clone());
        let words = parameter.description.clone();
        parameters.push(Parameter {
            name: fields.claim(&names::field_name(&parameter.name)),
            wire: parameter.name.clone(),
            location: parameter.location,
            index: template
                .iter()
                .position(|name| *name == parameter.name)
                .unwrap_or(0),
            doc: words.unwrap_or_else(|| doc(&view.schema)),
            default: default.filter(|default| !parameter.required && takes(&slot, default)),
            slot: without_null(slot),
            list: list.then_some(parameter.style),
            required: parameter.required || parameter.location == Location::Path,
        });
    }
    parameters
}

/// Text can't be `null`, and neither can an item of a list in text.
fn without_null(slot: Slot) -> Slot {
    match slot.ty {
        Type::Nullable(inner) => without_null(*inner),
        Type::List(item) => Slot {
            ty: Type::List(Box::new(without_null(*item))),
            checks: slot.checks,
        },
        _ => slot,
    }
}

/// Whether a default can be written as a literal of the type.
fn takes(slot: &Slot, default: &Json) -> bool {
    match (&slot.ty, default) {
        (Type::Bool, Json::Bool(_)) | (Type::String, Json::String(_)) => true,
        (Type::I32, Json::Number(number)) => number
            .as_i64()
            .is_some_and(|value| i32::try_from(value).is_ok()),
        (Type::I64 | Type::Integer, Json::Number(number)) => number.is_i64(),
        (Type::F64, Json::Number(_)) => true,
        _ => false,
    }
}

/// The names between braces, in their order.
fn placeholders(path: &str) -> Vec<&str> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect()
}

fn lower_body(types: &mut Types, body: &spec::RequestBody, fields: &mut Scope, base: &str) -> Body {
    let hint = format!("{base} body");
    Body {
        name: fields.claim("body"),
        doc: body.description.clone().unwrap_or_default(),
        required: body.required,
        media_type: sent_media_type(&body.content.media_type.value),
        content: content(types, &body.content, Direction::Request, &hint),
    }
}

fn content(types: &mut Types, content: &spec::Content, way: Direction, hint: &str) -> Content {
    let mut slot = |open: Type| match content.schema {
        Some(schema) => types.slot(schema, way, hint),
        None => Slot::plain(open),
    };
    match content.kind {
        ContentKind::Json => Content::Json(slot(Type::Json)),
        ContentKind::Text => Content::Text(slot(Type::String)),
        ContentKind::Bytes => Content::Bytes,
    }
}

/// The media type as it is sent: a range such as `*/*` has to become one type.
pub(super) fn sent_media_type(declared: &str) -> String {
    let lower = declared.trim().to_ascii_lowercase();
    match lower.as_str() {
        "*/*" | "application/*" => "application/octet-stream".into(),
        "image/*" => "image/png".into(),
        "text/*" => "text/plain".into(),
        other if other.ends_with("/*") => "application/octet-stream".into(),
        _ => declared.trim().to_owned(),
    }
}

fn answer(
    types: &mut Types,
    response: &spec::Response,
    variants: &mut Scope,
    base: &str,
) -> Answer {
    let name = variants.claim(&status_name(response.status));
    let mut fields = Scope::default();
    fields.reserve("status");
    fields.reserve("body");
    let mut headers = Vec::new();
    for header in &response.headers {
        let view = types.views.view(header.schema);
        let hint = format!("{base} {name} {}", header.name);
        headers.push(HeaderField {
            name: fields.claim(&names::field_name(&header.name)),
            wire: header.name.to_ascii_lowercase(),
            doc: header
                .description
                .clone()
                .unwrap_or_else(|| doc(&view.schema)),
            slot: without_null(types.slot(header.schema, Direction::Answer, &hint)),
            required: header.required,
        });
    }
    let body = response.content.as_ref().map(|one| {
        let hint = format!("{base} {name} body");
        let media_type = sent_media_type(&one.media_type.value);
        (media_type, content(types, one, Direction::Answer, &hint))
    });
    Answer {
        name,
        status: response.status,
        doc: response.description.trim_end().to_owned(),
        headers,
        body,
    }
}

/// The name of a status: its phrase of RFC 9110, without prose of the document.
pub(super) fn status_name(status: Status) -> String {
    match status {
        Status::Default => "Default".into(),
        Status::Range(1) => "Informational".into(),
        Status::Range(2) => "Success".into(),
        Status::Range(3) => "Redirection".into(),
        Status::Range(4) => "ClientError".into(),
        Status::Range(_) => "ServerError".into(),
        Status::Exact(code) => {
            let known = http::StatusCode::from_u16(code).ok();
            match known.and_then(|code| code.canonical_reason()) {
                Some(phrase) => names::variant_name(&phrase.replace('\'', "")),
                None => format!("Status{code}"),
            }
        }
    }
}
