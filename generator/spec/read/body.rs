//! Request bodies and responses.

use super::reader::Reader;
use crate::{
    document::{Entry, Node},
    source::Span,
    spec::{Content, Location, PartEncoding, RequestBody, Response, Spanned, Status, UNDESCRIBED},
};

/// The fields of a media type; the last three are 3.2's.
const MEDIA_TYPE: &[&str] = &[
    "schema",
    "example",
    "examples",
    "encoding",
    "itemSchema",
    "prefixEncoding",
    "itemEncoding",
];
const LINK: &[&str] = &[
    "operationRef",
    "operationId",
    "parameters",
    "requestBody",
    "description",
    "server",
];
/// The fields of `encoding`; the last three are 3.2's.
const ENCODING: &[&str] = &[
    "contentType",
    "headers",
    "style",
    "explode",
    "allowReserved",
    "encoding",
    "prefixEncoding",
    "itemEncoding",
];

impl<'a> Reader<'a, '_> {
    pub(super) fn request_body(&mut self, node: &'a Node) -> Option<RequestBody> {
        let node = self.object(node)?;
        self.fields(
            node,
            &["description", "content", "required"],
            "a request body",
        )?;
        if node.get("content").is_none() {
            self.missing(node, "content", "a request body");
        }
        let contents = self.contents(node);
        Some(RequestBody {
            span: contents.first()?.media_type.span,
            required: self.boolean_of(node, "required").unwrap_or(false),
            description: self.text_of(node, "description"),
            contents,
        })
    }

    fn contents(&mut self, parent: &'a Node) -> Vec<Content> {
        let mut contents = Vec::new();
        for entry in self.entries_of(parent, "content") {
            if !entry.key.starts_with("x-") {
                contents.extend(self.content(entry));
            }
        }
        contents
    }

    fn content(&mut self, entry: &'a Entry) -> Option<Content> {
        let node = self.object(&entry.node)?;
        self.fields(node, MEDIA_TYPE, "a media type")?;
        if !self.is_media_type(entry.key_span, &entry.key) {
            return None;
        }
        let kind = self.media_kind(&entry.key, node)?;
        let schema = self.content_schema(kind, node);
        let unasked = self.is_unasked(kind, node);
        Some(Content {
            unasked,
            media_type: Spanned {
                span: entry.key_span,
                value: entry.key.clone(),
            },
            kind,
            schema: schema.map(|schema| self.reserve(schema)),
            parts: self.part_encodings(node),
            examples: self.examples(node),
        })
    }

    fn part_encodings(&mut self, node: &'a Node) -> Vec<PartEncoding> {
        let mut parts = Vec::new();
        for entry in self.entries_of(node, "encoding") {
            let Some(node) = self.object(&entry.node) else {
                continue;
            };
            if self.fields(node, ENCODING, "`encoding`").is_none() {
                continue;
            }
            let styled = ["style", "explode", "allowReserved"];
            let styled = styled.iter().any(|key| node.get(key).is_some());
            parts.push(PartEncoding {
                name: entry.key.clone(),
                media_type: self.text_of(node, "contentType"),
                encoding: styled.then(|| self.encoding(node, Location::Query)),
            });
        }
        parts
    }

    pub(super) fn responses(&mut self, node: &'a Node) -> Vec<Response> {
        if node.get("responses").is_none() && self.is_30() {
            self.as_meant(
                node.span,
                "an operation has no `responses`".into(),
                "read as if any success were declared",
                "add `responses`".into(),
            );
        }
        let mut responses = Vec::new();
        for entry in self.entries_of(node, "responses") {
            if entry.key.starts_with("x-") {
                continue;
            }
            match status(&entry.key) {
                Some(status) => responses.extend(self.response(node, entry, status)),
                None => {
                    let allowed = ["200", "404", "4XX", "default"];
                    self.invalid(entry.key_span, "a status", &entry.key, &allowed);
                }
            }
        }
        if !responses.iter().any(is_success) {
            responses.push(undescribed(node.span));
        }
        responses
    }

    fn response(
        &mut self,
        operation: &'a Node,
        entry: &'a Entry,
        status: Status,
    ) -> Option<Response> {
        let node = self.object(&entry.node)?;
        let known: &[&str] = match self.is_20() {
            true => &["description", "schema", "headers", "examples"],
            false => &["summary", "description", "headers", "content", "links"],
        };
        self.fields(node, known, "a response")?;
        let mut headers = Vec::new();
        for header in self.entries_of(node, "headers") {
            if header.key.eq_ignore_ascii_case("content-type") {
                continue;
            }
            headers.extend(match self.is_20() {
                true => self.swagger_header(header.key_span, &header.key, &header.node),
                false => self.header(header),
            });
        }
        let contents = match self.is_20() {
            true => self.swagger_answer(operation, node, status),
            false => self.contents(node),
        };
        if node.get("description").is_none() && !self.is_32() {
            self.as_meant(
                entry.key_span,
                format!(
                    "the response `{}` has no `description`",
                    entry.key.escape_debug()
                ),
                "OpenAPI asks each response for one before 3.2",
                "say in a line what this answer means: the variant's documentation comes from it"
                    .into(),
            );
        }
        Some(Response {
            span: entry.key_span,
            status,
            description: self.text_of(node, "description").unwrap_or_default(),
            headers,
            contents,
            links: self.links(node),
        })
    }

    /// What a caller may do next, a line for each link.
    fn links(&mut self, node: &'a Node) -> Vec<String> {
        let mut lines = Vec::new();
        for entry in self.entries_of(node, "links") {
            let Some(link) = self.object(&entry.node) else {
                continue;
            };
            if self.fields(link, LINK, "a link").is_none() {
                continue;
            }
            let target = self
                .text_of(link, "operationId")
                .or_else(|| self.text_of(link, "operationRef"));
            let words = self.text_of(link, "description");
            let parts = [target.map(|target| format!("`{target}`")), words];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            lines.push(format!("`{}`: {}", entry.key, parts.join(", ")));
        }
        lines
    }
}

/// Whether an answer may tell that all went well.
fn is_success(response: &Response) -> bool {
    match response.status {
        Status::Exact(code) => (200..400).contains(&code),
        Status::Range(class) => (2..4).contains(&class),
        Status::Default => true,
    }
}

/// The success of an operation on whose success the document says nothing.
fn undescribed(span: Span) -> Response {
    Response {
        span,
        status: Status::Range(2),
        description: UNDESCRIBED.into(),
        headers: Vec::new(),
        contents: Vec::new(),
        links: Vec::new(),
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
