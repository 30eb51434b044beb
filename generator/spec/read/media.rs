//! Media types: how the bytes of each become values.

use super::{reader::Reader, schema::is_binary};
use crate::{
    document::{Node, Value},
    source::Span,
    spec::ContentKind,
};

/// The members of an event as the standard for server-sent events names them.
const EVENT: [&str; 4] = ["data", "event", "id", "retry"];
/// How deep the members of an `allOf` or a `oneOf` are looked through.
const DEPTH: usize = 5;

/// What a schema says at first sight, before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// There is no schema, or it says nothing.
    Open,
    /// Text.
    Text,
    /// Bytes.
    Binary,
    /// A number or a boolean.
    Scalar,
    /// A list or an object.
    Parts,
}

impl<'a> Reader<'a, '_> {
    /// Whether a text is a media type or a range of them (RFC 9110, 8.3.1 and 12.5.1); told where it is not.
    pub(super) fn is_media_type(&mut self, span: Span, name: &str) -> bool {
        let token = |part: &str| {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-*".contains(&byte);
            !part.is_empty() && part.bytes().all(letter)
        };
        let plain = name.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        let valid = essence(name)
            .split_once('/')
            .is_some_and(|(family, kind)| token(family) && token(kind));
        if !valid || !plain {
            let known = ["application/json", "text/plain", "application/octet-stream"];
            self.invalid(span, "a media type", name, &known);
        }
        valid && plain
    }

    /// How the bytes of a media type become values, told by its name and, where that leaves it open, by the schema
    /// in `holder`.
    pub(super) fn media_kind(&mut self, name: &str, holder: &'a Node) -> Option<ContentKind> {
        let essence = essence(name);
        let (family, kind) = essence.split_once('/')?;
        let sight = match holder.get("schema") {
            Some(schema) => self.sight(schema, DEPTH),
            None => Sight::Open,
        };
        if sight == Sight::Binary && self.is_20() {
            return Some(ContentKind::Bytes);
        }
        let json = kind == "json" || kind.ends_with("+json") || kind.starts_with("json+");
        Some(match (family, kind) {
            ("text", "event-stream") => self.event_kind(holder),
            (
                "application",
                "jsonl" | "ndjson" | "x-ndjson" | "json-lines" | "x-jsonlines" | "x-json-stream",
            )
            | (_, "x-jsonl") => ContentKind::JsonLines,
            (_, "json-seq") => ContentKind::JsonSequence,
            (_, kind) if kind.ends_with("+json-seq") => ContentKind::JsonSequence,
            ("application" | "text", _) if json => ContentKind::Json,
            (_, kind) if kind.ends_with("+json") => ContentKind::Json,
            ("application", "x-www-form-urlencoded") => ContentKind::Form,
            ("multipart", "form-data") => ContentKind::Multipart,
            ("application" | "text", "xml") => xml(sight),
            (_, kind) if kind.ends_with("+xml") => xml(sight),
            ("text", _) => match sight {
                Sight::Binary => ContentKind::Bytes,
                Sight::Parts => ContentKind::Json,
                _ => ContentKind::Text,
            },
            ("image" | "audio" | "video" | "font" | "multipart", _)
            | ("application", "octet-stream") => ContentKind::Bytes,
            ("*", "*") if sight == Sight::Text => ContentKind::Text,
            ("*", "*") if sight == Sight::Scalar => ContentKind::Json,
            _ => match sight {
                Sight::Parts => ContentKind::Json,
                _ => ContentKind::Bytes,
            },
        })
    }

    /// Whether a content that is handed on as bytes has a schema that says more of it than that.
    pub(super) fn is_unasked(&mut self, kind: ContentKind, holder: &'a Node) -> bool {
        let schema = holder.get("schema").filter(|_| kind == ContentKind::Bytes);
        schema
            .is_some_and(|schema| matches!(self.sight(schema, DEPTH), Sight::Scalar | Sight::Parts))
    }

    /// The schema of a content; of a stream that of one item, and none where there are only bytes.
    pub(super) fn content_schema(&mut self, kind: ContentKind, node: &'a Node) -> Option<&'a Node> {
        let schema = node.get("schema");
        match kind {
            ContentKind::Bytes => None,
            ContentKind::JsonLines
            | ContentKind::JsonSequence
            | ContentKind::Events
            | ContentKind::EventObjects => {
                let whole = || {
                    let schema = schema?;
                    let items = self.object(schema).and_then(|schema| schema.get("items"));
                    Some(items.unwrap_or(schema))
                };
                node.get("itemSchema").or_else(whole)
            }
            _ => schema,
        }
    }

    /// An item of 3.2 is the event itself; a `schema` may describe it as well, or only its data.
    fn event_kind(&mut self, holder: &'a Node) -> ContentKind {
        if holder.get("itemSchema").is_some() {
            return ContentKind::EventObjects;
        }
        let schema = holder.get("schema").and_then(|schema| self.object(schema));
        let schema = schema.and_then(|schema| match schema.get("items") {
            Some(items) => self.object(items),
            None => Some(schema),
        });
        let members = schema.and_then(|schema| schema.get("properties"));
        let whole = match members.map(|node| &node.value) {
            Some(Value::Mapping(entries)) => {
                let known = |name: &str| EVENT.contains(&name);
                entries.iter().any(|one| one.key == "data")
                    && entries.iter().all(|one| known(&one.key))
            }
            _ => false,
        };
        match whole {
            true => ContentKind::EventObjects,
            false => ContentKind::Events,
        }
    }

    fn sight(&mut self, schema: &'a Node, depth: usize) -> Sight {
        let Some(schema) = self.object(schema) else {
            return Sight::Open;
        };
        let word = |key: &str| match schema.get(key).map(|node| &node.value) {
            Some(Value::Scalar { text, .. }) => Some(text.as_str()),
            Some(Value::Sequence(items)) => items.iter().find_map(|item| match &item.value {
                Value::Scalar { text, .. } if text != "null" => Some(text.as_str()),
                _ => None,
            }),
            _ => None,
        };
        match word("type") {
            Some("file") => return Sight::Binary,
            _ if is_binary(schema) => return Sight::Binary,
            Some("string") => return Sight::Text,
            Some("object" | "array") => return Sight::Parts,
            Some(_) => return Sight::Scalar,
            None => {}
        }
        if ["properties", "items", "additionalProperties"]
            .iter()
            .any(|key| schema.get(key).is_some())
        {
            return Sight::Parts;
        }
        if schema.get("enum").is_some() || schema.get("const").is_some() {
            return Sight::Text;
        }
        let mut sight = Sight::Open;
        if depth > 0 {
            for key in ["allOf", "anyOf", "oneOf"] {
                let Some(Value::Sequence(members)) = schema.get(key).map(|node| &node.value) else {
                    continue;
                };
                for member in members {
                    sight = widest(sight, self.sight(member, depth - 1));
                }
            }
        }
        sight
    }
}

/// What two schemas of one value say together.
fn widest(one: Sight, other: Sight) -> Sight {
    match (one, other) {
        (Sight::Parts, _) | (_, Sight::Parts) => Sight::Parts,
        (Sight::Open, sight) | (sight, _) => sight,
    }
}

/// XML whose schema has no parts is taken as it is written.
fn xml(sight: Sight) -> ContentKind {
    match sight {
        Sight::Parts | Sight::Scalar => ContentKind::Xml,
        Sight::Binary => ContentKind::Bytes,
        Sight::Text | Sight::Open => ContentKind::Text,
    }
}

fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.to_ascii_lowercase()
}
