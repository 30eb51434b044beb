//! Swagger 2.0 where it differs from OpenAPI 3.0: schemas that stand in parameters and headers themselves, bodies among
//! the parameters, media types beside them.

use super::{
    operation::Site,
    reader::{Reader, key_span, unsupported},
    schema::literal,
};
use crate::{
    document::{Node, Value},
    source::Span,
    spec::{
        Content, ContentKind, Header, Location, Parameter, RequestBody, SchemaId, Spanned, Style,
        Unsupported, files::identity,
    },
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
const PARAMETER: &[&str] = &[
    "name",
    "in",
    "description",
    "required",
    "schema",
    "type",
    "format",
    "allowEmptyValue",
    "items",
    "collectionFormat",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
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

/// What an operation's `parameters` come to.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<RequestBody>,
}

impl<'a> Reader<'a, '_> {
    /// The parameters of an operation and of its path, and the body among them.
    pub(super) fn swagger_parameters(
        &mut self,
        site: &Site<'a, '_>,
        left_out: &mut Vec<Unsupported>,
    ) -> Asked {
        let operation = &*site.entry.node;
        let mut asked = Asked::default();
        for parent in [site.item, operation] {
            for node in self.sequence_of(parent, "parameters") {
                let Some(node) = self.object(node) else {
                    continue;
                };
                if self.fields(node, PARAMETER, "a parameter").is_none() {
                    continue;
                }
                let place = self.required_text(node, "in", "a parameter");
                match place.as_ref().map(|place| place.value.as_str()) {
                    Some("body") => asked.body = self.swagger_body(operation, node, left_out),
                    Some("formData") => {
                        let span = place.map_or(node.span, |place| place.span);
                        left_out.push(unsupported(span, "a parameter in form data"));
                    }
                    Some(word) => {
                        let parameter = self.swagger_parameter(node, word.to_owned(), left_out);
                        asked.parameters.extend(parameter);
                    }
                    None => {}
                }
            }
        }
        // What the operation says of a parameter comes later and wins.
        let mut last: Vec<Parameter> = Vec::new();
        for parameter in asked.parameters.drain(..) {
            last.retain(|one| (&one.name, one.location) != (&parameter.name, parameter.location));
            last.push(parameter);
        }
        asked.parameters = last;
        self.template_parameters(site, &asked.parameters);
        asked
    }

    fn swagger_parameter(
        &mut self,
        node: &'a Node,
        place: String,
        left_out: &mut Vec<Unsupported>,
    ) -> Option<Parameter> {
        let name = self.required_text(node, "name", "a parameter")?;
        let location = match place.as_str() {
            "path" => Location::Path,
            "query" => Location::Query,
            "header" => Location::Header,
            word => {
                let span = node.get("in").map_or(node.span, |place| place.span);
                let allowed = ["path", "query", "header", "body", "formData"];
                self.invalid(span, "a place of a parameter", word, &allowed);
                return None;
            }
        };
        if location == Location::Header && !self.is_own_header(&name) {
            return None;
        }
        if self.boolean_of(node, "allowEmptyValue") == Some(true) {
            let span = key_span(node, "allowEmptyValue").unwrap_or(node.span);
            left_out.push(unsupported(span, "`allowEmptyValue`"));
        }
        let style = self.collection_format(node, left_out);
        Some(Parameter {
            span: name.span,
            name: name.value,
            location,
            required: self.boolean_of(node, "required").unwrap_or(false)
                || location == Location::Path,
            deprecated: false,
            description: self.text_of(node, "description"),
            style,
            schema: self.reserve_around(node),
            examples: Vec::new(),
        })
    }

    fn collection_format(&mut self, node: &Node, left_out: &mut Vec<Unsupported>) -> Style {
        let Some(format) = node.get("collectionFormat") else {
            return Style::Commas;
        };
        match self.text(format, "`collectionFormat`").as_deref() {
            Some("multi") => return Style::Repeated,
            Some("csv") | None => {}
            Some(word @ ("ssv" | "tsv" | "pipes")) => {
                left_out.push(unsupported(
                    format.span,
                    format!("`collectionFormat: {word}`"),
                ));
            }
            Some(word) => {
                let allowed = ["csv", "ssv", "tsv", "pipes", "multi"];
                self.invalid(format.span, "a `collectionFormat`", word, &allowed);
            }
        }
        Style::Commas
    }

    /// The schema whose keywords stand among the fields of a parameter or a header.
    fn reserve_around(&mut self, node: &'a Node) -> SchemaId {
        self.around.insert(identity(node));
        self.reserve(node)
    }

    fn swagger_body(
        &mut self,
        operation: &'a Node,
        node: &'a Node,
        left_out: &mut Vec<Unsupported>,
    ) -> Option<RequestBody> {
        if node.get("schema").is_none() {
            self.missing(node, "schema", "a body");
            return None;
        }
        let types = self.media_types(operation, "consumes", node.span);
        let content = self.swagger_content(&types, node, left_out, false)?;
        Some(RequestBody {
            span: content.media_type.span,
            required: self.boolean_of(node, "required").unwrap_or(false),
            description: self.text_of(node, "description"),
            content,
        })
    }

    /// What a response holds.
    pub(super) fn swagger_answer(
        &mut self,
        operation: &'a Node,
        node: &'a Node,
        left_out: &mut Vec<Unsupported>,
    ) -> Option<Content> {
        node.get("schema")?;
        let types = self.media_types(operation, "produces", node.span);
        self.swagger_content(&types, node, left_out, true)
    }

    /// The operation's own media types, or the document's, or JSON.
    fn media_types(&mut self, operation: &'a Node, key: &str, span: Span) -> Vec<Spanned<String>> {
        let own = if operation.get(key).is_some() {
            operation
        } else {
            self.root
        };
        let mut types = Vec::new();
        for item in self.sequence_of(own, key) {
            types.extend(self.spanned(item, "a media type"));
        }
        if types.is_empty() {
            let value = "application/json".to_owned();
            types.push(Spanned { span, value });
        }
        types
    }

    fn swagger_content(
        &mut self,
        types: &[Spanned<String>],
        holder: &'a Node,
        left_out: &mut Vec<Unsupported>,
        answer: bool,
    ) -> Option<Content> {
        let mut chosen: Option<Content> = None;
        for one in types {
            let file = holder.get("schema").and_then(|schema| schema.get("type"));
            let file = matches!(file.map(|kind| &kind.value), Some(Value::Scalar { text, .. }) if text == "file");
            let kind = match file && answer {
                true => Some(ContentKind::Bytes),
                false => self.media_kind(&one.value, holder, answer),
            };
            match kind {
                None => {
                    let feature = format!("the media type `{}`", one.value.escape_debug());
                    left_out.push(unsupported(one.span, feature));
                }
                Some(_) if chosen.is_some() => {
                    left_out.push(unsupported(one.span, "several media types"))
                }
                Some(kind) => {
                    let schema = holder.get("schema").filter(|_| kind != ContentKind::Bytes);
                    let example = holder.get("examples").and_then(|all| all.get(&one.value));
                    chosen = Some(Content {
                        media_type: one.clone(),
                        kind,
                        schema: schema.map(|schema| self.reserve(schema)),
                        examples: example.map(literal).into_iter().collect(),
                    });
                }
            }
        }
        chosen
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
            schema: self.reserve_around(node),
            examples: Vec::new(),
        })
    }
}
