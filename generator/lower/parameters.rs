//! Parameters become fields of what an operation is asked.

use oarlock_runtime::path_names;
use serde_json::Value as Json;

use super::{
    direction::Direction,
    names,
    naming::{Naming, Wanted},
    text_kinds::{TextKind, kind},
    types::{Types, doc},
};
use crate::{
    model::{Parameter, Reading, Slot, Type, TypeKind},
    openapi::{Location, Style},
    spec::{self, ContentKind},
};

/// How long an example may be to stand in the words of a field.
const SHORT: usize = 60;

/// The parameters of an operation, in the order of the document.
pub(super) fn parameters(
    types: &mut Types,
    naming: &Naming,
    operation: &spec::Operation,
    base: &str,
) -> Vec<Parameter> {
    let template: Vec<_> = path_names(&operation.path.value).collect();
    let keys = keys(operation);
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
    let mut parameters = Vec::new();
    for (index, (parameter, name)) in operation.parameters.iter().zip(fields).enumerate() {
        let view = types.views.view(parameter.schema);
        let hint = format!("{base} {}", parameter.name);
        let slot = types.slot(parameter.schema, Direction::Request, &hint);
        // JSON text can be `null`.
        let slot = match parameter.content {
            Some(ContentKind::Json) => slot,
            _ => without_null(slot),
        };
        let default = default(types, parameter);
        let told = default.as_ref().is_none_or(|one| takes(types, &slot, one));
        let reading = match fast(types, parameter).filter(|_| told) {
            Some(reading) => reading,
            None => Reading::Described(index),
        };
        let mut place = template.iter();
        parameters.push(Parameter {
            name,
            wire: parameter.name.clone(),
            location: parameter.location,
            index: place
                .position(|name| *name == parameter.name)
                .unwrap_or_default(),
            doc: words(parameter, &view.schema),
            optional: (!parameter.required || parameter.allow_empty) && default.is_none(),
            default,
            slot,
            reading,
            encoding: parameter.encoding,
            content: parameter.content,
        });
    }
    parameters
}

/// What the document says of a parameter, with the first of its examples where that is short.
fn words(parameter: &spec::Parameter, schema: &spec::Schema) -> String {
    let mut words = match &parameter.description {
        Some(words) => words.trim_end().to_owned(),
        None => doc(schema),
    };
    let mut add = |more: &str| {
        let gap = if words.is_empty() { "" } else { "\n\n" };
        words.push_str(&format!("{gap}{more}"));
    };
    if parameter.deprecated {
        add("The document advises against it.");
    }
    let example = parameter.examples.first().map(|one| one.value.to_string());
    if let Some(example) = example.filter(|one| one.len() <= SHORT && !one.contains('`')) {
        add(&format!("Example: `{example}`."));
    }
    words
}

/// What the lock calls the parameters: their names, and where they stand as well where that alone tells them apart.
fn keys(operation: &spec::Operation) -> Vec<String> {
    let key = |one: &spec::Parameter| {
        let same = |other: &&spec::Parameter| other.name == one.name;
        match operation.parameters.iter().filter(same).count() {
            1 => one.name.clone(),
            _ => format!("{} in {}", one.name, one.location.as_str()),
        }
    };
    operation.parameters.iter().map(key).collect()
}

/// How a parameter is read by its type alone; none where that needs the contract.
fn fast(types: &mut Types, parameter: &spec::Parameter) -> Option<Reading> {
    if parameter.content.is_some() || parameter.allow_empty {
        return None;
    }
    let kind = kind(&mut types.views, parameter.schema);
    let encoding = parameter.encoding;
    match (parameter.location, encoding.style, kind) {
        (Location::Query, Style::Form, TextKind::Scalar)
        | (Location::Path | Location::Header, Style::Simple, TextKind::Scalar) => {
            Some(Reading::Scalar)
        }
        (Location::Query, Style::Form, TextKind::List) => Some(match encoding.explode {
            true => Reading::Repeated,
            false => Reading::Commas,
        }),
        (Location::Path | Location::Header, Style::Simple, TextKind::List) => Some(Reading::Commas),
        _ => None,
    }
}

/// The default of a parameter that may be absent, where its schema takes it.
fn default(types: &mut Types, parameter: &spec::Parameter) -> Option<Json> {
    if parameter.required {
        return None;
    }
    let view = types.views.view(parameter.schema);
    let default = view.schema.words.default.as_ref()?.value.clone();
    let schema = types
        .definitions
        .schema(parameter.schema, Direction::Request);
    let validator = types.definitions.validator(schema)?;
    (!default.is_null() && validator.is_valid(&default)).then_some(default)
}

/// Text can't be `null`, and neither can an item of a list in text.
pub(super) fn without_null(slot: Slot) -> Slot {
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
fn takes(types: &Types, slot: &Slot, default: &Json) -> bool {
    match (&slot.ty, default) {
        (Type::Bool, Json::Bool(_)) | (Type::String, Json::String(_)) => true,
        (Type::I32, Json::Number(number)) => number
            .as_i64()
            .is_some_and(|value| i32::try_from(value).is_ok()),
        (Type::I64 | Type::Integer, Json::Number(number)) => number.is_i64(),
        (Type::F64, Json::Number(_)) => true,
        (Type::Named(id), Json::String(text)) => match &types.defs[id.0] {
            Some(def) => matches!(&def.kind, TypeKind::Enum(variants)
                if variants.iter().any(|one| one.wire == *text)),
            None => false,
        },
        _ => false,
    }
}
