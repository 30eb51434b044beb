//! The parts of `multipart/form-data`: which of them are files, and what the others hold.

use super::{
    direction::Direction,
    names,
    naming::{Naming, Wanted},
    parameters::without_null,
    text_kinds::{TextKind, kind},
    types::{Types, doc},
};
use crate::{
    model::{PartVariant, Parts},
    spec::{self, Additional, Property, Schema, SchemaId, SchemaType},
};

/// How deep the alternatives of a form are looked through.
const DEPTH: usize = 4;

/// A member of a form, as it is sent.
pub(super) struct Part {
    pub(super) property: Property,
    /// Whether its bytes are taken as they come.
    pub(super) file: bool,
    /// The schema of one part: of a list that of an item, which has a part of its own.
    pub(super) schema: SchemaId,
    pub(super) list: bool,
    /// Whether it is JSON: said so, or a value that has parts (OpenAPI 3.1, encoding object, `contentType`).
    pub(super) json: bool,
}

/// The members of a form, those of its alternatives as well.
pub(super) fn members(types: &mut Types, content: &spec::Content) -> Vec<Part> {
    let mut properties = Vec::new();
    if let Some(id) = content.schema {
        gather(types, id, DEPTH, &mut properties);
    }
    properties.retain(|one| !types.one_way.hides(one.schema, Direction::Request));
    let parts = properties.into_iter();
    parts
        .map(|property| part(types, content, property))
        .collect()
}

fn gather(types: &mut Types, id: SchemaId, depth: usize, found: &mut Vec<Property>) {
    let view = types.views.view(id);
    for property in &view.schema.object.properties {
        if found.iter().all(|one| one.name != property.name) {
            found.push(property.clone());
        }
    }
    let alternatives = view.schema.any_of.iter().chain(&view.schema.one_of);
    for one in alternatives.filter(|_| depth > 0) {
        gather(types, *one, depth - 1, found);
    }
}

fn part(types: &mut Types, content: &spec::Content, property: Property) -> Part {
    let view = types.views.view(property.schema);
    let items = match &view.schema.types {
        Some(kinds) if kinds.contains(&SchemaType::Array) => view.schema.array.items,
        _ => None,
    };
    let schema = items.unwrap_or(property.schema);
    let said = content.parts.iter().find(|one| one.name == property.name);
    let media_type = said.and_then(|one| one.media_type.as_deref());
    let json = media_type.map(|one| one.contains("json"));
    let has_parts = kind(&mut types.views, schema) == TextKind::Parts;
    let view = types.views.view(schema);
    Part {
        json: json.unwrap_or(has_parts),
        file: is_file(&view.schema, media_type),
        property,
        schema,
        list: items.is_some(),
    }
}

/// Bytes by their schema, or by a media type that is neither JSON nor text; from 3.1 on a schema that says nothing
/// stands for bytes as well.
fn is_file(schema: &Schema, media_type: Option<&str>) -> bool {
    let told = media_type.is_some_and(|one| {
        let one = one.to_ascii_lowercase();
        !one.contains("json") && !one.starts_with("text/") && !one.contains("form-urlencoded")
    });
    let text = schema
        .types
        .as_ref()
        .is_none_or(|types| types.contains(&SchemaType::String));
    let open = schema.asks_nothing() && media_type.is_none();
    schema.words.binary || (told && text) || open
}

/// Whether a form has files; one whose parts have no names may.
pub(super) fn has_files(types: &mut Types, content: &spec::Content) -> bool {
    let Some(id) = content.schema else {
        return true;
    };
    let view = types.views.view(id);
    let parts = members(types, content);
    let typed = matches!(view.schema.object.additional, Additional::Schema(id)
        if !types.views.view(id).schema.words.binary);
    parts.iter().any(|part| part.file) || (parts.is_empty() && !typed)
}

/// The enum of a form's parts.
pub(super) fn parts(
    types: &mut Types,
    naming: &Naming,
    content: &spec::Content,
    base: &str,
) -> Parts {
    let key = format!("{base}Part");
    let wanted = Wanted {
        key: &key,
        name: key.clone(),
        span: None,
    };
    let type_name = naming.claim("bodies", &wanted);
    let scope = format!("variants of {type_name}");
    let view = content.schema.map(|id| types.views.view(id));
    let mut variants = Vec::new();
    let mut open = true;
    if let Some(view) = &view {
        open = view.schema.object.additional != Additional::Refused;
        let members = members(types, content);
        let wanted = members.iter().map(|part| Wanted {
            key: &part.property.name,
            name: names::variant_name(&part.property.name),
            span: Some(part.property.span),
        });
        let given = naming.claim_all(&scope, wanted.collect());
        for (part, name) in members.iter().zip(given) {
            let words = types.views.view(part.property.schema);
            let hint = format!("{base} {}", part.property.name);
            let slot = (!part.file)
                .then(|| without_null(types.slot(part.schema, Direction::Request, &hint)));
            variants.push(PartVariant {
                name,
                wire: part.property.name.clone(),
                doc: doc(&words.schema),
                slot,
                json: part.json,
            });
        }
    }
    let wanted = Wanted {
        key: "",
        name: "Other".into(),
        span: None,
    };
    Parts {
        type_name,
        parts: variants,
        other: open.then(|| naming.claim(&scope, &wanted)),
    }
}
