//! Values made up to fit schemas.

use serde_json::{Map, Value as Json, json};

use super::{direction::Direction, judge::Judge, strings, types::Types};
use crate::spec::{Additional, Schema, SchemaId, SchemaType};

/// How deep made-up values follow members that could be left out.
const DEPTH: usize = 4;
/// How many values one example may hold: where each schema holds the next one twice, there is no end to them.
const MOST: usize = 10_000;

/// Makes values up.
pub(super) struct Maker<'a, 'b, 'd> {
    types: &'a mut Types<'b>,
    /// What each part is held against, where that is wanted.
    judge: Option<&'a mut Judge<'d>>,
    /// Whether the document's examples are taken.
    own: bool,
    /// Whether members that may be absent are there.
    optional: bool,
    open: Vec<SchemaId>,
    /// How many values may still be made.
    left: usize,
}

impl<'a, 'b, 'd> Maker<'a, 'b, 'd> {
    pub(super) fn new(
        types: &'a mut Types<'b>,
        judge: Option<&'a mut Judge<'d>>,
        own: bool,
        optional: bool,
    ) -> Self {
        Maker {
            types,
            judge,
            own,
            optional,
            open: Vec::new(),
            left: MOST,
        }
    }

    fn fits(&mut self, id: SchemaId, value: &Json) -> bool {
        let validator = self
            .judge
            .as_mut()
            .and_then(|judge| judge.validator(id, Direction::Answer));
        validator.is_none_or(|one| one.is_valid(value))
    }

    pub(super) fn make(&mut self, id: SchemaId) -> Option<Json> {
        self.left = self.left.checked_sub(1)?;
        let view = self.types.views.view(id);
        let schema = &view.schema;
        if self.own {
            let words = &schema.words;
            let mut given = words.examples.iter().chain(&words.default);
            if let Some(given) = given.find(|given| self.fits(id, &given.value)) {
                return Some(given.value.clone());
            }
        }
        if let Some(values) = &schema.enumeration {
            let fitting = values.iter().find(|one| self.fits(id, &one.value));
            return fitting.map(|one| one.value.clone());
        }
        if self.open.contains(&view.identity) {
            let null = schema
                .types
                .iter()
                .flatten()
                .any(|one| *one == SchemaType::Null);
            return null.then_some(Json::Null);
        }
        self.open.push(view.identity);
        let made = self.by_type(id, schema);
        self.open.pop();
        made
    }

    fn by_type(&mut self, id: SchemaId, schema: &Schema) -> Option<Json> {
        if let Some(discriminator) = schema.discriminator.as_ref().filter(|one| one.decides) {
            return discriminator.mapping.iter().find_map(|(tag, member)| {
                let mut made = self.make(*member)?;
                made.as_object_mut()?
                    .insert(discriminator.property.clone(), json!(tag));
                Some(made).filter(|made| self.fits(id, made))
            });
        }
        let mut members = schema.one_of.iter().chain(&schema.any_of);
        let made = members.find_map(|member| {
            let made = self.make(*member)?;
            let made = match (made, self.own(schema)) {
                (Json::Object(made), Some(Json::Object(mut own))) => {
                    own.extend(made);
                    Json::Object(own)
                }
                (made, _) => made,
            };
            Some(made).filter(|made| self.fits(id, made))
        });
        made.or_else(|| self.own(schema).filter(|made| self.fits(id, made)))
    }

    /// A value of what stands in the schema itself.
    fn own(&mut self, schema: &Schema) -> Option<Json> {
        let mut types = schema.types.iter().flatten();
        let objects = !schema.object.properties.is_empty() || !schema.object.required.is_empty();
        let only = match types.find(|one| **one != SchemaType::Null) {
            Some(only) => Some(*only),
            None if schema.types.is_some() => Some(SchemaType::Null),
            None if objects => Some(SchemaType::Object),
            None if schema.array.items.is_some() => Some(SchemaType::Array),
            None => None,
        };
        Some(match only {
            None => json!("example"),
            Some(SchemaType::Null) => Json::Null,
            Some(SchemaType::Boolean) => json!(true),
            Some(SchemaType::Integer) => number(schema, true)?,
            Some(SchemaType::Number) => number(schema, false)?,
            Some(SchemaType::String) => json!(strings::example(schema)?),
            Some(SchemaType::Array) => self.list(schema)?,
            Some(SchemaType::Object) => self.object(schema)?,
        })
    }

    fn list(&mut self, schema: &Schema) -> Option<Json> {
        let array = &schema.array;
        let least = usize::try_from(array.min.unwrap_or(0)).ok()?.min(1000);
        let mut items = Vec::new();
        for id in &array.prefix {
            items.push(self.make(*id)?);
        }
        let item = match array.items.or(array.contains) {
            Some(item) => self.make(item),
            None => Some(json!("example")),
        };
        let most = array.max.unwrap_or(u64::MAX);
        let wanted = least.max(usize::from(array.prefix.is_empty()));
        match item {
            Some(item) if most > 0 => {
                let more = wanted.saturating_sub(items.len());
                self.left = self.left.checked_sub(size(&item).saturating_mul(more))?;
                items.extend(std::iter::repeat_n(item, more));
                Some(Json::Array(items))
            }
            _ if least <= items.len() => Some(Json::Array(items)),
            _ => None,
        }
    }

    fn object(&mut self, schema: &Schema) -> Option<Json> {
        let mut members = Map::new();
        let object = &schema.object;
        let required = object.required_names();
        for property in &object.properties {
            if self.types.one_way.hides(property.schema, Direction::Answer) {
                continue;
            }
            let needed = required.contains(&*property.name);
            if needed || (self.optional && self.open.len() < DEPTH) {
                match self.make(property.schema) {
                    Some(value) => _ = members.insert(property.name.clone(), value),
                    None if needed => return None,
                    None => {}
                }
            }
        }
        let named = object.property_names();
        let rest = object
            .required
            .iter()
            .filter(|one| !named.contains(&*one.value));
        let mut extra: Vec<String> = rest.map(|one| one.value.clone()).collect();
        let least = usize::try_from(object.min.unwrap_or(0)).ok()?.min(1000);
        for number in (members.len() + extra.len())..least {
            extra.push(format!("key{number}"));
        }
        for name in extra {
            let value = match object.additional {
                Additional::Schema(value) => self.make(value)?,
                _ => json!("example"),
            };
            members.insert(name, value);
        }
        Some(Json::Object(members))
    }
}

/// How many values a value holds, itself counted.
pub(super) fn size(value: &Json) -> usize {
    match value {
        Json::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Json::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// The least number in the range, or the greatest below its upper end.
fn number(schema: &Schema, whole: bool) -> Option<Json> {
    let step = schema
        .multiple_of
        .as_ref()
        .and_then(|step| step.value.as_f64());
    let unit = step.unwrap_or(1.0);
    let inside = |value: f64| {
        let above = schema.minimum.as_ref().is_none_or(|bound| {
            bound
                .value
                .as_f64()
                .is_some_and(|end| value > end || (value == end && !bound.exclusive))
        });
        let below = schema.maximum.as_ref().is_none_or(|bound| {
            bound
                .value
                .as_f64()
                .is_some_and(|end| value < end || (value == end && !bound.exclusive))
        });
        above && below
    };
    let end =
        |bound: &Option<crate::spec::Bound>| bound.as_ref().and_then(|one| one.value.as_f64());
    let (low, high) = (end(&schema.minimum), end(&schema.maximum));
    let mut candidates = vec![1.0, unit, 0.0];
    if let Some(low) = low {
        let first = (low / unit).ceil() * unit;
        candidates.extend([first, first + unit]);
    }
    if let Some(high) = high {
        let last = (high / unit).floor() * unit;
        candidates.extend([last, last - unit]);
    }
    if let (Some(low), Some(high), false) = (low, high, whole) {
        candidates.push(f64::midpoint(low, high));
    }
    let fits = |value: &f64| inside(*value) && (step.is_none() || (value / unit).fract() == 0.0);
    let value = candidates.into_iter().find(fits)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked to be whole and in range"
    )]
    Some(match value.fract() == 0.0 && value.abs() < 9e15 {
        true => json!(value as i64),
        false if whole => return None,
        false => json!(value),
    })
}
