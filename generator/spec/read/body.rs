//! Request bodies and responses.

use super::reader::{Reader, key_span, unsupported};
use crate::{
    document::{Entry, Node, Value},
    spec::{Content, ContentKind, RequestBody, Response, Spanned, Status, Unsupported},
};

impl<'a> Reader<'a, '_> {
    pub(super) fn request_body(
        &mut self,
        node: &'a Node,
        left_out: &mut Vec<Unsupported>,
    ) -> Option<RequestBody> {
        let node = self.object(node)?;
        self.fields(
            node,
            &["description", "content", "required"],
            "a request body",
        )?;
        if node.get("content").is_none() {
            self.missing(node, "content", "a request body");
        }
        let content = self.content(node, left_out, false)?;
        Some(RequestBody {
            span: content.media_type.span,
            required: self.boolean_of(node, "required").unwrap_or(false),
            description: self.text_of(node, "description"),
            content,
        })
    }

    /// The one media type that is supported; each other is told.
    fn content(
        &mut self,
        parent: &'a Node,
        left_out: &mut Vec<Unsupported>,
        answer: bool,
    ) -> Option<Content> {
        let mut chosen: Option<Content> = None;
        for entry in self.entries_of(parent, "content") {
            if entry.key.starts_with("x-") {
                continue;
            }
            match self.media_kind(&entry.key, &entry.node, answer) {
                None => {
                    let feature = format!("the media type `{}`", entry.key.escape_debug());
                    left_out.push(unsupported(entry.key_span, feature));
                }
                Some(_) if chosen.is_some() => {
                    left_out.push(unsupported(entry.key_span, "several media types"));
                }
                Some(kind) => chosen = self.one_content(entry, kind, left_out),
            }
        }
        chosen
    }

    fn one_content(
        &mut self,
        entry: &'a Entry,
        kind: ContentKind,
        left_out: &mut Vec<Unsupported>,
    ) -> Option<Content> {
        let node = &*entry.node;
        self.fields(
            node,
            &[
                "schema",
                "example",
                "examples",
                "encoding",
                "itemSchema",
                "prefixEncoding",
                "itemEncoding",
            ],
            "a media type",
        )?;
        if let Some(span) = key_span(node, "itemSchema") {
            left_out.push(unsupported(span, "`itemSchema`"));
        }
        if let (Some(span), false) = (
            key_span(node, "encoding"),
            self.entries_of(node, "encoding").is_empty(),
        ) {
            left_out.push(unsupported(span, "`encoding`"));
        }
        let schema = node.get("schema").filter(|_| kind != ContentKind::Bytes);
        let id = schema.map(|schema| self.reserve(schema));
        Some(Content {
            media_type: Spanned {
                span: entry.key_span,
                value: entry.key.clone(),
            },
            kind,
            schema: id,
            examples: self.examples(node),
        })
    }

    /// How the bytes of a media type become values; none where that is not supported.
    pub(super) fn media_kind(
        &mut self,
        name: &str,
        holder: &'a Node,
        answer: bool,
    ) -> Option<ContentKind> {
        let lower = name.to_ascii_lowercase();
        let essence = lower.split(';').next().unwrap_or_default().trim();
        let token = |part: &str| {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-*".contains(&byte);
            !part.is_empty() && part.bytes().all(letter)
        };
        let (family, kind) = essence.split_once('/')?;
        let plain = name.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if !token(family) || !token(kind) || !plain {
            return None;
        }
        if essence == "application/json" || essence.ends_with("+json") {
            return Some(ContentKind::Json);
        }
        if essence == "text/plain" {
            return Some(ContentKind::Text);
        }
        (answer && self.is_binary(holder)).then_some(ContentKind::Bytes)
    }

    /// Whether a media type's schema says no more than that there are bytes.
    fn is_binary(&mut self, media_type: &'a Node) -> bool {
        let Some(schema) = media_type.get("schema") else {
            return true;
        };
        let Some(schema) = self.object(schema) else {
            return false;
        };
        let word = |key: &str| match schema.get(key).map(|node| &node.value) {
            Some(Value::Scalar { text, .. }) => Some(text.as_str()),
            _ => None,
        };
        let empty = matches!(&schema.value, Value::Mapping(entries) if entries.is_empty());
        let media = word("contentMediaType").is_some() && word("contentEncoding").is_none();
        empty || media || (word("type") == Some("string") && word("format") == Some("binary"))
    }

    pub(super) fn responses(
        &mut self,
        node: &'a Node,
        left_out: &mut Vec<Unsupported>,
    ) -> Vec<Response> {
        if node.get("responses").is_none() && self.is_30() {
            self.missing(node, "responses", "an operation");
        }
        let mut responses = Vec::new();
        for entry in self.entries_of(node, "responses") {
            if entry.key.starts_with("x-") {
                continue;
            }
            match status(&entry.key) {
                Some(status) => responses.extend(self.response(node, entry, status, left_out)),
                None => {
                    let allowed = ["200", "404", "4XX", "default"];
                    self.invalid(entry.key_span, "a status", &entry.key, &allowed);
                }
            }
        }
        responses
    }

    fn response(
        &mut self,
        operation: &'a Node,
        entry: &'a Entry,
        status: Status,
        left_out: &mut Vec<Unsupported>,
    ) -> Option<Response> {
        let node = self.object(&entry.node)?;
        let known: &[&str] = match self.is_20() {
            true => &["description", "schema", "headers", "examples"],
            false => &["summary", "description", "headers", "content", "links"],
        };
        self.fields(node, known, "a response")?;
        if let (Some(span), false) = (
            key_span(node, "links"),
            self.entries_of(node, "links").is_empty(),
        ) {
            left_out.push(unsupported(span, "`links`"));
        }
        let mut headers = Vec::new();
        for header in self.entries_of(node, "headers") {
            if header.key.eq_ignore_ascii_case("content-type") {
                continue;
            }
            headers.extend(match self.is_20() {
                true => self.swagger_header(header.key_span, &header.key, &header.node),
                false => self.header(header, left_out),
            });
        }
        let content = match self.is_20() {
            true => self.swagger_answer(operation, node, left_out),
            false => self.content(node, left_out, true),
        };
        Some(Response {
            span: entry.key_span,
            status,
            description: self.text_of(node, "description").unwrap_or_default(),
            headers,
            content,
        })
    }
}

fn status(key: &str) -> Option<Status> {
    match key.as_bytes() {
        b"default" => Some(Status::Default),
        [class @ b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => Some(Status::Range(class - b'0')),
        [b'1'..=b'5', _, _] => key.parse().ok().map(Status::Exact),
        _ => None,
    }
}
