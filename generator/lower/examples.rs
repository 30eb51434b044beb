//! An answer for each operation that its schema takes: the document's own example where that fits, else one made up.

use serde_json::{Map, Value as Json, json};

use super::{
    contract::Definitions,
    direction::{Direction, OneWay},
    operations::status_word,
    payloads::sent_media_type,
    strings,
    types::Types,
};
use crate::spec::{
    Additional, Content, ContentKind, Document, Literal, Operation, Response, Schema, SchemaId,
    SchemaType, Status,
};

/// One transparent point as a PNG image.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// How deep made-up values follow members that could be left out.
const DEPTH: usize = 4;

/// Makes examples, and the schemas that they are held against.
pub(super) struct Examples<'a> {
    definitions: Definitions<'a>,
}

impl<'a> Examples<'a> {
    pub(super) fn new(document: &'a Document, one_way: &'a OneWay) -> Self {
        Examples {
            definitions: Definitions::new(document, one_way),
        }
    }

    /// The answer for `operation`: its first success, as an entry of `examples.json`. `None` where nothing that
    /// fits could be made.
    pub(super) fn answer(
        &mut self,
        types: &mut Types,
        operation: &Operation,
        id: &str,
    ) -> Option<Json> {
        let response = success(operation)?;
        let status = match response.status {
            Status::Exact(status) => status,
            Status::Range(hundreds) => u16::from(hundreds) * 100,
            Status::Default => 200,
        };
        let mut entry = Map::new();
        entry.insert("status".into(), json!(status));
        let mut headers = Map::new();
        for header in response.headers.iter().filter(|header| header.required) {
            let given = first(&header.examples);
            let value = self.value(types, header.schema, given)?;
            headers.insert(header.name.to_lowercase(), json!(header_text(&value)));
        }
        if !headers.is_empty() {
            entry.insert("headers".into(), Json::Object(headers));
        }
        let mut bodies = Vec::new();
        let key = format!("{id} {}", status_word(response.status));
        for content in &response.contents {
            bodies.extend(self.body(types, content, &key));
        }
        if !bodies.is_empty() {
            entry.insert("bodies".into(), Json::Array(bodies));
        } else if !response.contents.is_empty() {
            return None;
        }
        Some(Json::Object(entry))
    }

    fn body(&mut self, types: &mut Types, content: &Content, key: &str) -> Option<Json> {
        let media_type = sent_media_type(content);
        let value = match (content.kind, content.schema) {
            (ContentKind::Bytes | ContentKind::Multipart, _) => Json::Null,
            (_, Some(schema)) => self.value(types, schema, first(&content.examples))?,
            (ContentKind::Json, None) => first(&content.examples).unwrap_or(json!({})),
            (_, None) => json!("example"),
        };
        let mut entry = Map::new();
        entry.insert("media_type".into(), json!(media_type));
        let (kind, value) = match content.kind {
            ContentKind::Bytes | ContentKind::Multipart if media_type == "image/png" => {
                ("base64", json!(PNG))
            }
            ContentKind::Bytes | ContentKind::Multipart => ("base64", json!("ZXhhbXBsZQ==")),
            ContentKind::Json => ("json", value),
            ContentKind::Text => ("text", json!(text_of(&value))),
            ContentKind::Form | ContentKind::Xml => {
                let key = format!("{key} {}", content.media_type.value);
                entry.insert("answer".into(), json!(key));
                ("json", value)
            }
            ContentKind::JsonLines => ("text", json!(format!("{value}\n"))),
            ContentKind::JsonSequence => ("text", json!(format!("\u{1e}{value}\n"))),
            ContentKind::Events => ("text", json!(format!("data: {}\n\n", text_of(&value)))),
            ContentKind::EventObjects => ("text", json!(event(&value))),
        };
        entry.insert(kind.into(), value);
        Some(Json::Object(entry))
    }

    /// A value that fits `schema`: `given`, one of the document's own examples, or one made up.
    fn value(&mut self, types: &mut Types, id: SchemaId, given: Option<Json>) -> Option<Json> {
        let schema = self.definitions.schema(id, Direction::Answer);
        let validator = self.definitions.validator(schema)?;
        let fits = |value: &Json| validator.is_valid(value);
        if let Some(given) = given.filter(fits) {
            return Some(given);
        }
        for own in [true, false] {
            for optional in [true, false] {
                let mut maker = Maker {
                    types,
                    own,
                    optional,
                    open: Vec::new(),
                };
                if let Some(made) = maker.make(id).filter(fits) {
                    return Some(made);
                }
            }
        }
        None
    }
}

/// The success that stands for the operation: the first 2xx, else `default`, else whatever comes first.
fn success(operation: &Operation) -> Option<&Response> {
    let good = |one: &&Response| match one.status {
        Status::Exact(status) => (200..300).contains(&status),
        Status::Range(hundreds) => hundreds == 2,
        Status::Default => false,
    };
    let open = |one: &&Response| one.status == Status::Default;
    let responses = &operation.responses;
    responses
        .iter()
        .find(good)
        .or_else(|| responses.iter().find(open))
        .or_else(|| responses.first())
}

/// A value in `style: simple`.
fn header_text(value: &Json) -> String {
    match value {
        Json::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(","),
        Json::Object(members) => {
            let pairs = members.iter();
            let pairs = pairs.map(|(name, value)| format!("{name},{}", text_of(value)));
            pairs.collect::<Vec<_>>().join(",")
        }
        other => text_of(other),
    }
}

/// An event on the wire, from its fields.
fn event(value: &Json) -> String {
    let fields = ["id", "event", "retry", "data"];
    let mut text = String::new();
    for field in fields {
        if let Some(value) = value.get(field).filter(|value| !value.is_null()) {
            text.push_str(&format!("{field}: {}\n", text_of(value)));
        }
    }
    text + "\n"
}

fn text_of(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn first(examples: &[Literal]) -> Option<Json> {
    examples.first().map(|one| one.value.clone())
}

/// Makes values up.
struct Maker<'a, 'b> {
    types: &'a mut Types<'b>,
    /// Whether the document's examples are taken.
    own: bool,
    /// Whether members that may be absent are there.
    optional: bool,
    open: Vec<SchemaId>,
}

impl Maker<'_, '_> {
    fn make(&mut self, id: SchemaId) -> Option<Json> {
        let view = self.types.views.view(id);
        let schema = &view.schema;
        if self.own {
            let given = schema
                .words
                .examples
                .first()
                .or(schema.words.default.as_ref());
            if let Some(given) = given {
                return Some(given.value.clone());
            }
        }
        if let Some(values) = &schema.enumeration {
            return values.first().map(|first| first.value.clone());
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
        let made = self.by_type(schema);
        self.open.pop();
        made
    }

    fn by_type(&mut self, schema: &Schema) -> Option<Json> {
        if let Some(discriminator) = schema.discriminator.as_ref().filter(|one| one.decides) {
            return discriminator.mapping.iter().find_map(|(tag, member)| {
                let mut made = self.make(*member)?;
                made.as_object_mut()?
                    .insert(discriminator.property.clone(), json!(tag));
                Some(made)
            });
        }
        let mut members = schema.one_of.iter().chain(&schema.any_of);
        if let Some(made) = members.find_map(|member| self.make(*member)) {
            let own = self.own(schema);
            return Some(match (made, own) {
                (Json::Object(made), Some(Json::Object(mut own))) => {
                    own.extend(made);
                    Json::Object(own)
                }
                (made, _) => made,
            });
        }
        self.own(schema)
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
        let required = |name: &str| object.required.iter().any(|one| one.value == name);
        for property in &object.properties {
            if self.types.one_way.hides(property.schema, Direction::Answer) {
                continue;
            }
            let needed = required(&property.name);
            if needed || (self.optional && self.open.len() < DEPTH) {
                match self.make(property.schema) {
                    Some(value) => _ = members.insert(property.name.clone(), value),
                    None if needed => return None,
                    None => {}
                }
            }
        }
        let named = |name: &str| object.properties.iter().any(|one| one.name == name);
        let rest = object.required.iter().filter(|one| !named(&one.value));
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
