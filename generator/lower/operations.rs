//! Operations become methods: what they are asked, what they answer.

use serde_json::Value as Json;

use super::{
    direction::Direction,
    names::{self, Scope},
    naming::{Naming, Wanted},
    types::{Types, doc, parameter_type},
};
use crate::{
    model::{Answer, Body, Content, HeaderField, Operation, Parameter, Slot, Type},
    spec::{self, ContentKind, Location, SchemaType, Status},
};

/// What one operation is called.
pub(super) struct OperationNames {
    id: String,
    method_name: String,
    /// What the names of its types begin with.
    base: String,
}

/// Names all operations, which one `App` has together.
pub(super) fn name_all(naming: &Naming, operations: &[&spec::Operation]) -> Vec<OperationNames> {
    let places: Vec<String> = operations
        .iter()
        .map(|one| format!("{} {}", one.method.as_str(), one.path.value))
        .collect();
    let span = |one: &spec::Operation| Some(one.id.as_ref().map_or(one.span, |id| id.span));
    let wanted = operations.iter().zip(&places).map(|(one, key)| Wanted {
        key,
        name: operation_id(one),
        span: span(one),
    });
    let ids = naming.claim_all("operations", wanted.collect());
    let by_id = |name: fn(&str) -> String| {
        let named = operations.iter().zip(&ids);
        let wanted = named.map(|(one, key)| Wanted {
            key,
            name: name(key),
            span: span(one),
        });
        wanted.collect::<Vec<_>>()
    };
    let methods = naming.claim_all("methods", by_id(names::field_name));
    let bases = naming.claim_all("operation types", by_id(names::variant_name));
    let all = ids.iter().cloned().zip(methods).zip(bases);
    all.map(|((id, method_name), base)| OperationNames {
        id,
        method_name,
        base,
    })
    .collect()
}

/// Turns one operation into its method; its security and error answers are left to their own passes.
pub(super) fn lower(
    types: &mut Types,
    naming: &Naming,
    called: OperationNames,
    operation: &spec::Operation,
) -> Operation {
    let OperationNames {
        id,
        method_name,
        base,
    } = called;
    // The body's field comes first, so that it is called so whatever the parameters are.
    let body = operation
        .body
        .as_ref()
        .map(|body| lower_body(types, naming, body, &base));
    let parameters = parameters(types, naming, operation, &base);
    let mut variants = Scope::default();
    let answers = operation
        .responses
        .iter()
        .map(|response| answer(types, naming, &mut variants, response, &base))
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
    naming: &Naming,
    operation: &spec::Operation,
    base: &str,
) -> Vec<Parameter> {
    let template = placeholders(&operation.path.value);
    let mut parameters = Vec::new();
    let keys: Vec<String> = operation
        .parameters
        .iter()
        .map(|one| {
            let same = |other: &&spec::Parameter| other.name == one.name;
            match operation.parameters.iter().filter(same).count() {
                1 => one.name.clone(),
                _ => format!("{} in {:?}", one.name, one.location).to_lowercase(),
            }
        })
        .collect();
    let wanted = operation
        .parameters
        .iter()
        .zip(&keys)
        .map(|(one, key)| Wanted {
            key,
            name: names::field_name(&one.name),
            span: Some(one.span),
        });
    let fields = naming.claim_all(&format!("fields of {base}Request"), wanted.collect());
    for (parameter, name) in operation.parameters.iter().zip(fields) {
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
            name,
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

fn lower_body(types: &mut Types, naming: &Naming, body: &spec::RequestBody, base: &str) -> Body {
    let hint = format!("{base} body");
    Body {
        name: naming.claim(
            &format!("fields of {base}Request"),
            &Wanted {
                key: "body",
                name: "body".into(),
                span: None,
            },
        ),
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
    naming: &Naming,
    variants: &mut Scope,
    response: &spec::Response,
    base: &str,
) -> Answer {
    let name = variants.claim(&status_name(response.status));
    let scope = format!("fields of {base}Response::{name}");
    naming.reserve(&scope, "status");
    naming.reserve(&scope, "body");
    let mut headers = Vec::new();
    let wanted = response.headers.iter().map(|header| Wanted {
        key: &header.name,
        name: names::field_name(&header.name),
        span: Some(header.span),
    });
    let fields = naming.claim_all(&scope, wanted.collect());
    for (header, field) in response.headers.iter().zip(fields) {
        let view = types.views.view(header.schema);
        let hint = format!("{base} {name} {}", header.name);
        headers.push(HeaderField {
            name: field,
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
