//! What values of a schema look like, as far as Rust can say it. Every value that the schema takes has the shape;
//! where the shape takes more, it is not exact, and the exact schema has to decide.

use std::collections::HashSet;

use super::{
    union_shape::union,
    view::{View, Views},
};
use crate::spec::{Additional, Literal, Schema, SchemaId, SchemaType};

/// What values of a schema look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// Any JSON.
    Json,
    /// One of some texts.
    Enum,
    /// One JSON type other than an object.
    Plain(SchemaType),
    /// An object with known members.
    Struct,
    /// An object whose members all have one type.
    Map,
    /// An object whose tag says which of several structs it is.
    Tagged,
    /// One of several schemas, by trying one after the other.
    Choice(Vec<SchemaId>),
    /// One of several JSON types of one schema.
    Types(Vec<SchemaType>),
    /// What this schema looks like.
    Same(SchemaId),
    /// This JSON type in its shape, and any JSON of another type.
    Or(SchemaType),
}

/// A shape, and how far it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shaped {
    pub(super) shape: Shape,
    /// Whether the shape and its limits take just what the schema takes.
    pub(super) exact: bool,
    /// Whether `null` fits as well.
    pub(super) nullable: bool,
}

/// The shape of a view.
pub(super) fn shape(views: &mut Views, view: &View) -> Shaped {
    let schema = &view.schema;
    let listed = |types: &Vec<SchemaType>| types.contains(&SchemaType::Null);
    let null_value = |values: &Vec<Literal>| values.iter().any(|one| one.value.is_null());
    let nullable = schema.types.as_ref().is_some_and(listed)
        && schema.enumeration.as_ref().is_none_or(null_value)
        && schema.one_of.is_empty()
        && schema.any_of.is_empty();
    let found = |shape, exact: bool| Shaped {
        shape,
        exact: exact && !view.loose,
        nullable,
    };
    if schema.never || view.dynamic {
        return Shaped {
            nullable: false,
            ..found(Shape::Json, false)
        };
    }
    let decided = schema.discriminator.as_ref().is_some_and(|one| one.decides);
    if decided || !schema.one_of.is_empty() || !schema.any_of.is_empty() {
        return union(views, view);
    }
    if let Some(values) = &schema.enumeration {
        let (shape, exact) = enumeration(schema, values);
        return found(shape, exact);
    }
    let (shape, exact) = by_type(schema);
    let unique = !schema.array.unique
        || schema
            .array
            .items
            .is_none_or(|items| keeps_all(views, items, &mut HashSet::new()));
    match shape {
        Shape::Or(_) if view.loose => found(Shape::Json, false),
        _ => found(shape, exact && unique),
    }
}

/// Whether the types of values keep every member, so that values that differ stay different.
fn keeps_all(views: &mut Views, id: SchemaId, seen: &mut HashSet<SchemaId>) -> bool {
    if !seen.insert(id) {
        return true;
    }
    let view = views.view(id);
    let schema = &view.schema;
    let set = kinds(schema);
    // A double holds several integers for one.
    let rounds = schema
        .types
        .iter()
        .flatten()
        .any(|one| *one == SchemaType::Number);
    let choice = !schema.one_of.is_empty() || !schema.any_of.is_empty();
    let object = &schema.object;
    let drops = set & OBJECT != 0
        && !(object.properties.is_empty() && object.required.is_empty())
        && object.additional == Additional::Unsaid;
    let items = schema.array.items.filter(|_| set & ARRAY != 0);
    let mut parts = object.properties.iter().map(|one| one.schema).chain(items);
    !rounds && !choice && !drops && parts.all(|part| keeps_all(views, part, seen))
}

fn enumeration(schema: &Schema, values: &[Literal]) -> (Shape, bool) {
    let rest = || {
        values
            .iter()
            .map(|one| &one.value)
            .filter(|one| !one.is_null())
    };
    let takes = |wanted: &[SchemaType]| {
        let types = schema.types.as_ref();
        types.is_none_or(|types| types.iter().any(|one| wanted.contains(one)))
    };
    // Without a type, `null` among the values is one of them.
    let null = schema.types.is_none() && rest().count() < values.len();
    let limited = schema.pattern.is_some() || schema.min_length.or(schema.max_length).is_some();
    match rest().next() {
        None => (Shape::Json, false),
        _ if null => (Shape::Json, false),
        Some(_) if rest().all(|one| one.is_string()) && takes(&[SchemaType::String]) => {
            (Shape::Enum, !limited)
        }
        Some(_)
            if rest().all(|one| one.is_i64())
                && takes(&[SchemaType::Integer, SchemaType::Number]) =>
        {
            (Shape::Plain(SchemaType::Integer), true)
        }
        Some(_) => (Shape::Json, false),
    }
}

pub(super) fn by_type(schema: &Schema) -> (Shape, bool) {
    let Some(types) = &schema.types else {
        return typeless(schema);
    };
    let mut others: Vec<SchemaType> = Vec::new();
    for one in types.iter().filter(|one| **one != SchemaType::Null) {
        let covered = *one == SchemaType::Integer && types.contains(&SchemaType::Number);
        if !covered && !others.contains(one) {
            others.push(*one);
        }
    }
    match others[..] {
        [] => (Shape::Json, false),
        [only] => one_type(schema, only),
        _ => {
            let exact = others.iter().all(|one| one_type(schema, *one).1);
            (Shape::Types(others), exact)
        }
    }
}

/// The shape of values of one JSON type.
pub(super) fn one_type(schema: &Schema, only: SchemaType) -> (Shape, bool) {
    let (object, array) = (&schema.object, &schema.array);
    match only {
        SchemaType::Object => {
            let counted = object.min.or(object.max).is_some();
            let named = !object.properties.is_empty()
                || !object.required.is_empty()
                || object.additional == Additional::Refused;
            // What must be there and may not be there.
            let barred = object.additional == Additional::Refused
                && !object.required_names().is_subset(&object.property_names());
            match named {
                true => (
                    Shape::Struct,
                    !counted && !barred && object.patterns.is_empty(),
                ),
                false => (Shape::Map, object.patterns.is_empty()),
            }
        }
        SchemaType::Array => (Shape::Plain(SchemaType::Array), array.prefix.is_empty()),
        other => (Shape::Plain(other), true),
    }
}

/// Without `type`, keywords speak of their own type alone, and any value of another fits.
fn typeless(schema: &Schema) -> (Shape, bool) {
    let (object, array) = (&schema.object, &schema.array);
    let objects = !object.properties.is_empty()
        || !object.required.is_empty()
        || !matches!(object.additional, Additional::Unsaid | Additional::Any)
        || !object.patterns.is_empty()
        || object.min.or(object.max).is_some();
    let arrays = array.items.is_some()
        || !array.prefix.is_empty()
        || array.unique
        || array.min.or(array.max).is_some();
    let others = schema.min_length.or(schema.max_length).is_some()
        || schema.pattern.is_some()
        || schema.minimum.is_some()
        || schema.maximum.is_some()
        || schema.multiple_of.is_some();
    match (objects, arrays, others) {
        (false, false, false) => (Shape::Json, true),
        (true, false, false) => (
            Shape::Or(SchemaType::Object),
            one_type(schema, SchemaType::Object).1,
        ),
        (false, true, false) => (
            Shape::Or(SchemaType::Array),
            one_type(schema, SchemaType::Array).1,
        ),
        _ => (Shape::Json, false),
    }
}

pub(super) const NULL: u8 = 1;
const BOOLEAN: u8 = 2;
const NUMBER: u8 = 4;
const STRING: u8 = 8;
pub(super) const ARRAY: u8 = 16;
pub(super) const OBJECT: u8 = 32;

/// The JSON types that values of a schema can have, as a set of bits.
pub(super) fn kinds(schema: &Schema) -> u8 {
    let of_type = |one: &SchemaType| match one {
        SchemaType::Null => NULL,
        SchemaType::Boolean => BOOLEAN,
        SchemaType::Integer | SchemaType::Number => NUMBER,
        SchemaType::String => STRING,
        SchemaType::Array => ARRAY,
        SchemaType::Object => OBJECT,
    };
    let of_value = |one: &Literal| match &one.value {
        serde_json::Value::Null => NULL,
        serde_json::Value::Bool(_) => BOOLEAN,
        serde_json::Value::Number(_) => NUMBER,
        serde_json::Value::String(_) => STRING,
        serde_json::Value::Array(_) => ARRAY,
        serde_json::Value::Object(_) => OBJECT,
    };
    let all = u8::MAX;
    let types = schema.types.as_ref().map_or(all, |types| {
        types.iter().map(of_type).fold(0, |set, one| set | one)
    });
    let values = schema.enumeration.as_ref();
    types
        & values.map_or(all, |values| {
            values.iter().map(of_value).fold(0, |set, one| set | one)
        })
}
