//! An answer for each operation that its schema takes: the document's own example where that fits, else one made up.

use serde_json::{Map, Value as Json, json};

use super::{
    direction::Direction,
    example_values::{Maker, size},
    judge::Judge,
    payloads::sent_media_type,
    types::Types,
};
use crate::spec::{Content, ContentKind, Literal, Operation, Response, SchemaId, Status};

/// One transparent point as a PNG image.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// How many values the examples of one document may hold.
const MOST: usize = 1_000_000;

/// Makes examples.
pub(super) struct Examples<'a> {
    /// What they are held against.
    judge: Judge<'a>,
    /// How many values may still be made.
    left: usize,
}

impl<'a> Examples<'a> {
    pub(super) fn new(judge: Judge<'a>) -> Self {
        Examples { judge, left: MOST }
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
        let key = format!("{id} {}", response.status);
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

    /// A value that fits `schema`: `given`, one of the document's own examples, or one made up. Where nothing that is
    /// made at a stroke fits, each part is held against its own schema on the way.
    fn value(&mut self, types: &mut Types, id: SchemaId, given: Option<Json>) -> Option<Json> {
        let validator = self.judge.validator(id, Direction::Answer)?;
        let fits = |value: &Json| validator.is_valid(value);
        if let Some(given) = given.filter(fits) {
            return Some(given);
        }
        for careful in [false, true] {
            for (own, optional) in [(true, true), (true, false), (false, true), (false, false)] {
                let judge = careful.then_some(&mut self.judge);
                let made = Maker::new(types, judge, own, optional).make(id);
                if let Some(made) = made.filter(fits) {
                    self.left = self.left.checked_sub(size(&made))?;
                    return Some(made);
                }
            }
        }
        None
    }
}

/// The success that stands for the operation: the first 2xx, else the first 3xx, else `default`, else whatever comes
/// first.
fn success(operation: &Operation) -> Option<&Response> {
    let responses = &operation.responses;
    let of_class = |class: u8| {
        responses.iter().find(|one| match one.status {
            Status::Exact(status) => status / 100 == u16::from(class),
            Status::Range(hundreds) => hundreds == class,
            Status::Default => false,
        })
    };
    let open = |one: &&Response| one.status == Status::Default;
    of_class(2)
        .or_else(|| of_class(3))
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
