//! Operations become methods: what they are asked, what they answer.

use std::collections::HashMap;

use super::{
    direction::Direction,
    names::{self, Scope},
    naming::{Naming, Wanted},
    parameters::{parameters, without_null},
    payloads::{Site, payload},
    text_kinds::{TextKind, kind},
    types::{Types, doc},
};
use crate::{
    model::{Answer, Body, HeaderField, HeaderForm, Operation, Owner},
    spec::{self, ContentKind, Status},
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
        .map(|one| format!("{} {}", one.method.as_str(), keyed_path(one)))
        .collect();
    // That two have one `operationId` has been told.
    let mut ids: HashMap<&str, usize> = HashMap::new();
    for id in operations.iter().filter_map(|one| one.id.as_ref()) {
        *ids.entry(&id.value).or_default() += 1;
    }
    let span = |one: &spec::Operation| match &one.id {
        Some(id) if ids.get(id.value.as_str()).is_some_and(|count| *count > 1) => None,
        id => Some(id.as_ref().map_or(one.span, |id| id.span)),
    };
    let wanted = operations.iter().zip(&places).map(|(one, key)| Wanted {
        key,
        name: operation_id(one),
        span: span(one),
    });
    let given = naming.claim_all("operations", wanted.collect());
    let by_id = |name: fn(&str) -> String| {
        let named = operations.iter().zip(&given);
        let wanted = named.map(|(one, key)| Wanted {
            key,
            name: name(key),
            span: span(one),
        });
        wanted.collect::<Vec<_>>()
    };
    let methods = naming.claim_all("methods", by_id(names::method_name));
    let bases = naming.claim_all("operation types", by_id(names::variant_name));
    let all = given.iter().cloned().zip(methods).zip(bases);
    all.map(|((id, method_name), base)| OperationNames {
        id,
        method_name,
        base,
    })
    .collect()
}

/// Which way the bodies of an operation go, as far as `readOnly` and `writeOnly` are concerned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ways {
    pub(super) asked: Direction,
    pub(super) answered: Direction,
}

impl Ways {
    /// Callers ask the service.
    pub(super) const INCOMING: Ways = Ways {
        asked: Direction::Request,
        answered: Direction::Answer,
    };
    /// The service tells others what it has: what may only be read is in what it sends.
    pub(super) const OUTGOING: Ways = Ways {
        asked: Direction::Answer,
        answered: Direction::Request,
    };
}

/// Turns one operation into its method; its security and error answers are left to their own passes.
pub(super) fn lower(
    types: &mut Types,
    naming: &Naming,
    called: OperationNames,
    operation: &spec::Operation,
    ways: Ways,
) -> Operation {
    let OperationNames {
        id,
        method_name,
        base,
    } = called;
    types.owner = Owner::Operation(id.clone());
    // The body's field comes first, so that it is called so whatever the parameters are.
    let body = operation
        .body
        .as_ref()
        .and_then(|body| lower_body(types, naming, body, &base, ways.asked));
    let parameters = parameters(types, naming, operation, &base);
    let mut variants = Scope::default();
    let mut answers = Vec::new();
    for response in &operation.responses {
        let place = AnswerPlace {
            operation: &id,
            base: &base,
            name: variants.claim(&status_name(response.status)),
            way: ways.answered,
        };
        answers.push(answer(types, naming, response, place));
    }
    let (summary, details) = operation_words(operation);
    Operation {
        summary,
        details,
        place: operation_place(operation),
        request_type: format!("{base}Request"),
        response_type: format!("{base}Response"),
        id,
        method_name,
        method: operation.method.clone(),
        path: keyed_path(operation),
        deprecated: operation.deprecated,
        parameters,
        body,
        answers,
        security: None,
        errors: Vec::new(),
    }
}

/// The path as the document's key has it, whose names are plain.
pub(super) fn keyed_path(operation: &spec::Operation) -> String {
    match &operation.overload {
        Some(behind) => format!("{}#{behind}", operation.path.value),
        None => operation.path.value.clone(),
    }
}

/// `operationId`, or the method and the path.
pub(super) fn operation_id(operation: &spec::Operation) -> String {
    match &operation.id {
        Some(id) => id.value.clone(),
        None => {
            let mut words = vec![operation.method.as_str().to_lowercase()];
            let path = keyed_path(operation);
            let parts = path.split(|letter: char| !letter.is_alphanumeric());
            words.extend(parts.filter(|part| !part.is_empty()).map(str::to_owned));
            words.join("_")
        }
    }
}

/// What the document says of an operation: in short, and beside that.
fn operation_words(operation: &spec::Operation) -> (String, String) {
    let summary = operation.summary.as_deref().unwrap_or_default().trim();
    let description = operation.description.as_deref().unwrap_or_default().trim();
    match summary.is_empty() || summary == description {
        true => (description.to_owned(), String::new()),
        false => (summary.to_owned(), description.to_owned()),
    }
}

fn operation_place(operation: &spec::Operation) -> String {
    // What a service sends has no path: its name tells more than what makes it unique.
    let path = match operation.path.value.starts_with('/') {
        true => keyed_path(operation),
        false => operation.path.value.clone(),
    };
    let place = format!("`{} {}`", operation.method.as_str(), path.replace('`', "'"));
    let servers = operation.servers.iter();
    let servers = servers.map(|one| format!("`{}`", one.url.value.replace('`', "'")));
    let servers = servers.collect::<Vec<_>>().join(", ");
    match servers.is_empty() {
        true => place,
        false => format!("{place}\n\nServed at {servers}."),
    }
}

fn lower_body(
    types: &mut Types,
    naming: &Naming,
    body: &spec::RequestBody,
    base: &str,
    way: Direction,
) -> Option<Body> {
    let name = naming.claim(
        &format!("fields of {base}Request"),
        &Wanted {
            key: "body",
            name: "body".into(),
            span: None,
        },
    );
    let site = Site {
        way,
        base,
        answer: None,
    };
    Some(Body {
        name,
        doc: body.description.clone().unwrap_or_default(),
        required: body.required,
        payload: payload(types, naming, &body.contents, &site)?,
    })
}

/// Where an answer stands.
struct AnswerPlace<'s> {
    operation: &'s str,
    base: &'s str,
    name: String,
    way: Direction,
}

fn answer(
    types: &mut Types,
    naming: &Naming,
    response: &spec::Response,
    place: AnswerPlace,
) -> Answer {
    let AnswerPlace {
        operation,
        base,
        name,
        way,
    } = place;
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
            described: header_form(types, header),
            slot: without_null(types.slot(header.schema, way, &hint)),
            required: header.required,
        });
    }
    let base = format!("{base} {name}");
    let site = Site {
        way,
        base: &base.replace(' ', ""),
        answer: Some(format!("{operation} {}", response.status)),
    };
    let mut words = vec![response.description.trim_end().to_owned()];
    words.extend(response.links.iter().map(|link| format!("Link {link}")));
    Answer {
        status: response.status,
        doc: words.join("\n\n"),
        headers,
        payload: payload(types, naming, &response.contents, &site),
        name,
    }
}

fn header_form(types: &mut Types, header: &spec::Header) -> Option<HeaderForm> {
    let plain = matches!(
        kind(&mut types.views, header.schema),
        TextKind::Scalar | TextKind::List
    );
    match (header.content, header.explode) {
        (Some(ContentKind::Json), _) => Some(HeaderForm::Json),
        _ if plain => None,
        (_, true) => Some(HeaderForm::Exploded),
        (_, false) => Some(HeaderForm::Simple),
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
