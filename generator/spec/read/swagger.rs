//! Swagger 2.0 where it differs from OpenAPI 3.0: media types beside bodies and answers, and headers that are schemas
//! themselves. Its parameters stand in `swagger_parameter`.

use super::{reader::Reader, schema::literal};
use crate::{
    document::Node,
    source::Span,
    spec::{Content, ContentKind, Header, RequestBody, SchemaId, Spanned, Status, files::identity},
};

/// The fields of a document.
pub(super) const FIELDS: &[&str] = &[
    "swagger",
    "info",
    "host",
    "basePath",
    "schemes",
    "consumes",
    "produces",
    "paths",
    "definitions",
    "parameters",
    "responses",
    "securityDefinitions",
    "security",
    "tags",
    "externalDocs",
];
/// The fields of an operation.
pub(super) const OPERATION: &[&str] = &[
    "tags",
    "summary",
    "description",
    "externalDocs",
    "operationId",
    "consumes",
    "produces",
    "parameters",
    "responses",
    "schemes",
    "deprecated",
    "security",
];
/// Fields of a parameter or a header that are not keywords of its schema.
pub(super) const AROUND_SCHEMA: &[&str] = &[
    "name",
    "in",
    "description",
    "required",
    "allowEmptyValue",
    "collectionFormat",
];

impl<'a> Reader<'a, '_> {
    /// The schema whose keywords stand among the fields of a parameter or a header.
    pub(super) fn reserve_around(&mut self, node: &'a Node) -> SchemaId {
        self.around.insert(identity(node));
        self.reserve(node)
    }

    /// The body that a parameter `in: body` describes.
    pub(super) fn swagger_body(
        &mut self,
        operation: &'a Node,
        node: &'a Node,
    ) -> Option<RequestBody> {
        if node.get("schema").is_none() {
            self.as_meant(
                node.span,
                "a body has no `schema`".into(),
                "read as any value",
                "add `schema`".into(),
            );
        }
        let types = self.media_types(operation, "consumes", node.span);
        let contents = self.swagger_contents(&types, node);
        Some(RequestBody {
            span: contents.first()?.media_type.span,
            required: self.boolean_of(node, "required").unwrap_or(false),
            description: self.text_of(node, "description"),
            contents,
        })
    }

    /// What a response holds. Media types of streams are those of all answers; what is no success is one value.
    pub(super) fn swagger_answer(
        &mut self,
        operation: &'a Node,
        node: &'a Node,
        status: Status,
    ) -> Vec<Content> {
        if node.get("schema").is_none() {
            return Vec::new();
        }
        let types = self.media_types(operation, "produces", node.span);
        let mut contents = self.swagger_contents(&types, node);
        let success = matches!(status, Status::Exact(200..300) | Status::Range(2));
        for one in contents.iter_mut().filter(|_| !success) {
            if matches!(one.kind, ContentKind::JsonLines | ContentKind::JsonSequence) {
                one.kind = ContentKind::Json;
            }
        }
        contents
    }

    /// The operation's own media types, or the document's, or JSON.
    pub(super) fn media_types(
        &mut self,
        operation: &'a Node,
        key: &str,
        span: Span,
    ) -> Vec<Spanned<String>> {
        let own = if operation.get(key).is_some() {
            operation
        } else {
            self.root
        };
        let mut types: Vec<Spanned<String>> = Vec::new();
        for item in self.sequence_of(own, key) {
            if let Some(one) = self.spanned(item, "a media type")
                && self.is_media_type(one.span, &one.value)
                && types.iter().all(|known| known.value != one.value)
            {
                types.push(one);
            }
        }
        if types.is_empty() {
            let value = "application/json".to_owned();
            types.push(Spanned { span, value });
        }
        types
    }

    fn swagger_contents(&mut self, types: &[Spanned<String>], holder: &'a Node) -> Vec<Content> {
        let mut contents = Vec::new();
        for one in types {
            let Some(kind) = self.media_kind(&one.value, holder) else {
                continue;
            };
            let schema = self.content_schema(kind, holder);
            let unasked = self.is_unasked(kind, holder);
            let example = holder.get("examples").and_then(|all| all.get(&one.value));
            contents.push(Content {
                unasked,
                media_type: one.clone(),
                kind,
                schema: schema.map(|schema| self.reserve(schema)),
                parts: Vec::new(),
                examples: example.map(literal).into_iter().collect(),
            });
        }
        contents
    }

    /// A header of a response.
    pub(super) fn swagger_header(
        &mut self,
        span: Span,
        name: &str,
        node: &'a Node,
    ) -> Option<Header> {
        self.mapping(node, "a header")?;
        self.header_name(span, name).then(|| Header {
            span,
            name: name.to_owned(),
            required: false,
            description: self.text_of(node, "description"),
            explode: false,
            content: None,
            schema: self.reserve_around(node),
            examples: Vec::new(),
        })
    }
}
