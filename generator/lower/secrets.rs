//! What no log may show: members and parameters that are `writeOnly` or passwords, and API keys.

use std::collections::BTreeSet;

use super::direction;
use crate::{
    openapi::SchemeKind,
    spec::{Document, Operation, Schema},
};

/// Their names, sorted.
pub(super) fn secrets(document: &Document, operations: &[&Operation]) -> Vec<String> {
    let secret = direction::flagged(document, is_secret);
    let schemas = document.schemas.iter();
    let members = schemas.flat_map(|(_, schema)| &schema.object.properties);
    let members = members
        .filter(|one| secret.contains(&one.schema))
        .map(|one| &*one.name);
    let parameters = operations.iter().flat_map(|one| &one.parameters);
    let parameters = parameters
        .filter(|one| secret.contains(&one.schema))
        .map(|one| &*one.name);
    let keys = document
        .security_schemes
        .iter()
        .filter_map(|scheme| match &scheme.kind {
            SchemeKind::ApiKey(_, name) => Some(&**name),
            _ => None,
        });
    let names: BTreeSet<&str> = members.chain(parameters).chain(keys).collect();
    names.into_iter().map(str::to_owned).collect()
}

fn is_secret(schema: &Schema) -> bool {
    let format = schema.format.as_ref();
    schema.words.write_only || format.is_some_and(|format| format.value == "password")
}
