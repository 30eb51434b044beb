//! Why no type says a schema whole, in the author's own keywords.

use super::{
    shape::{Shape, Shaped},
    view::View,
};
use crate::spec::{Additional, Document, Schema, SchemaId, SchemaType};

/// The name of a schema that has one.
pub(super) fn name_of(document: &Document, id: SchemaId) -> &str {
    let name = document.schemas.get(id).name.as_ref();
    name.map_or("", |name| &name.value)
}

/// What keeps a schema from being said by a type alone.
pub(super) fn reasons(document: &Document, id: SchemaId, view: &View, shaped: &Shaped) -> String {
    let mut found: Vec<&str> = Vec::new();
    for schema in taken_in(document, id) {
        for (there, word) in keywords(schema) {
            if there && !found.contains(&word) {
                found.push(word);
            }
        }
    }
    found.extend(of_view(&view.schema, shaped));
    if found.is_empty() {
        found.push(match document.schemas.get(id).all_of.is_empty() {
            true => "what it refers to asks for more than a type says",
            false => "`allOf`, whose members ask for different things of one value",
        });
    }
    found.join("; ")
}

/// A schema with all that it takes in by `$ref` and `allOf`, each once.
fn taken_in(document: &Document, id: SchemaId) -> Vec<&Schema> {
    let mut ids = vec![id];
    let mut next = 0;
    while let Some(id) = ids.get(next).copied() {
        let schema = document.schemas.get(id);
        for inner in schema.reference.iter().chain(&schema.all_of) {
            if !ids.contains(inner) {
                ids.push(*inner);
            }
        }
        next += 1;
    }
    ids.into_iter().map(|id| document.schemas.get(id)).collect()
}

/// The keywords that no type says, and whether they are there.
fn keywords(schema: &Schema) -> [(bool, &'static str); 12] {
    let (object, array) = (&schema.object, &schema.array);
    [
        (
            schema.dynamic_reference.is_some(),
            "`$dynamicRef`, which means what the way to it says",
        ),
        (schema.not.is_some(), "`not`"),
        (schema.condition.is_some(), "`if`"),
        (!object.patterns.is_empty(), "`patternProperties`"),
        (object.names.is_some(), "`propertyNames`"),
        (!object.dependent_required.is_empty(), "`dependentRequired`"),
        (!object.dependent_schemas.is_empty(), "`dependentSchemas`"),
        (object.unevaluated.is_some(), "`unevaluatedProperties`"),
        (array.contains.is_some(), "`contains`"),
        (array.unevaluated.is_some(), "`unevaluatedItems`"),
        (!array.prefix.is_empty(), "`prefixItems`"),
        (schema.never, "`false`, or parts that leave no value to fit"),
    ]
}

/// What a view asks for in a way that its shape does not say.
fn of_view(schema: &Schema, shaped: &Shaped) -> Vec<&'static str> {
    let object = &schema.object;
    let listed = schema.enumeration.is_some();
    let counted = object.min.or(object.max).is_some();
    let declared = |name: &str| object.properties.iter().any(|one| one.name == name);
    let barred = object.additional == Additional::Refused
        && object.required.iter().any(|one| !declared(&one.value));
    let several = schema.types.as_ref().map_or(0, Vec::len) > 1;
    let known = [
        (
            !schema.one_of.is_empty(),
            "`oneOf`, whose members are not told apart by their types or a tag alone",
        ),
        (
            !schema.any_of.is_empty(),
            "`anyOf`, of whose members several may fit, or other keywords beside it",
        ),
        (
            listed && shaped.shape == Shape::Json,
            "`enum` of other values than texts or whole numbers",
        ),
        (
            listed && shaped.shape == Shape::Enum,
            "`enum` beside limits on the text",
        ),
        (
            counted && shaped.shape == Shape::Struct,
            "`minProperties` or `maxProperties` beside `properties`",
        ),
        (
            barred,
            "`required` names a member that `additionalProperties: false` refuses",
        ),
        (
            schema.array.unique,
            "`uniqueItems` over items whose types do not keep all that is sent",
        ),
        (
            several && matches!(shaped.shape, Shape::Types(_)),
            "`type` with several types, one of which asks for more than a type says",
        ),
        (
            schema.types.is_none() && !listed && shaped.shape == Shape::Json && bare(schema),
            "keywords of several types, and no `type`",
        ),
        (
            schema
                .types
                .as_ref()
                .is_some_and(|types| types.iter().all(|one| *one == SchemaType::Null)),
            "`null` alone",
        ),
        (
            schema.discriminator.is_some(),
            "`discriminator` over schemas that are not all objects with the members beside it",
        ),
    ];
    let there = known.into_iter().filter(|(there, _)| *there);
    there.map(|(_, word)| word).collect()
}

/// Whether nothing but limits stands in a schema.
fn bare(schema: &Schema) -> bool {
    schema.one_of.is_empty() && schema.any_of.is_empty() && !schema.asks_nothing()
}
