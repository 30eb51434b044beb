//! Parameters of Swagger 2.0: their schemas stand among their own fields, and bodies are parameters too.

use super::{operation::Site, reader::Reader};
use crate::{
    document::{Node, Value},
    source::Span,
    spec::{
        Content, ContentKind, Encoding, Location, Parameter, PartEncoding, Property, RequestBody,
        Schema, SchemaId, SchemaType, Spanned, Style,
    },
};

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
/// What an operation's `parameters` come to.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<RequestBody>,
}

/// A parameter `in: formData`.
struct Field {
    name: Spanned<String>,
    schema: SchemaId,
    required: bool,
    file: bool,
    encoding: Option<Encoding>,
}

impl<'a> Reader<'a, '_> {
    /// The parameters of an operation and of its path, and the body among them.
    pub(super) fn swagger_parameters(&mut self, site: &Site<'a, '_>) -> Asked {
        let operation = site.node;
        let (mut all, mut body, mut form) = (Vec::new(), None, Vec::new());
        for parent in site.items.iter().rev().chain([&operation]) {
            for node in self.sequence_of(parent, "parameters") {
                let Some(node) = self.object(node) else {
                    continue;
                };
                if self.fields(node, PARAMETER, "a parameter").is_none() {
                    continue;
                }
                let place = self.required_text(node, "in", "a parameter");
                match place.map(|place| place.value).as_deref() {
                    Some("body") => body = self.swagger_body(operation, node),
                    Some("formData") => form.extend(self.form_field(node)),
                    Some(word) => all.extend(self.swagger_parameter(node, word)),
                    None => {}
                }
            }
        }
        // What the operation says of a parameter comes later and wins.
        let mut last: Vec<Parameter> = Vec::new();
        for parameter in all {
            last.retain(|one| (&one.name, one.location) != (&parameter.name, parameter.location));
            last.push(parameter);
        }
        let last = self.template_parameters(site, last);
        if !form.is_empty() {
            body = Some(self.form_body(operation, form));
        }
        Asked {
            parameters: last,
            body,
        }
    }

    fn swagger_parameter(&mut self, node: &'a Node, place: &str) -> Option<Parameter> {
        let name = self.required_text(node, "name", "a parameter")?;
        let location = match place {
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
        let format = self.collection_format(node);
        let usual = Encoding::usual(location);
        let encoding = match format {
            Some((style, explode)) if location == Location::Query => Encoding {
                style,
                explode,
                ..usual
            },
            _ => Encoding {
                explode: false,
                ..usual
            },
        };
        Some(Parameter {
            span: name.span,
            name: name.value,
            location,
            required: self.boolean_of(node, "required").unwrap_or(false)
                || location == Location::Path,
            deprecated: false,
            description: self.text_of(node, "description"),
            encoding,
            allow_empty: self.boolean_of(node, "allowEmptyValue").unwrap_or(false),
            content: None,
            schema: self.reserve_around(node),
            examples: Vec::new(),
        })
    }

    /// How a list is written, where it is said.
    fn collection_format(&mut self, node: &Node) -> Option<(Style, bool)> {
        let format = node.get("collectionFormat")?;
        let word = self.text(format, "`collectionFormat`")?;
        match word.as_str() {
            "multi" => Some((Style::Form, true)),
            "csv" => Some((Style::Form, false)),
            "ssv" => Some((Style::SpaceDelimited, false)),
            "tsv" => Some((Style::TabDelimited, false)),
            "pipes" => Some((Style::PipeDelimited, false)),
            word => {
                let allowed = ["csv", "ssv", "tsv", "pipes", "multi"];
                self.invalid(format.span, "a `collectionFormat`", word, &allowed);
                None
            }
        }
    }

    fn form_field(&mut self, node: &'a Node) -> Option<Field> {
        let name = self.required_text(node, "name", "a parameter")?;
        let word = node.get("type").map(|kind| &kind.value);
        let is_file = |node: &Node| {
            let word = node.get("type").map(|kind| &kind.value);
            matches!(word, Some(Value::Scalar { text, .. }) if text == "file")
        };
        let file = is_file(node);
        let files = node.get("items").is_some_and(is_file);
        let schema = match file {
            true => {
                let mut bytes = Schema::open(node.span, self.files.resource_of(node));
                bytes.types = Some(vec![SchemaType::String]);
                bytes.words.description = self.text_of(node, "description");
                bytes.words.binary = true;
                bytes.format = Some(Spanned {
                    span: node.span,
                    value: "binary".into(),
                });
                self.made_schema(bytes)
            }
            false => self.reserve_around(node),
        };
        let list = matches!(word, Some(Value::Scalar { text, .. }) if text == "array");
        let (style, explode) = self.collection_format(node).unwrap_or((Style::Form, false));
        Some(Field {
            name,
            schema,
            required: self.boolean_of(node, "required").unwrap_or(false),
            file: file || files,
            encoding: list.then_some(Encoding {
                style,
                explode,
                allow_reserved: false,
            }),
        })
    }

    /// The body that the fields of a form are together.
    fn form_body(&mut self, operation: &'a Node, fields: Vec<Field>) -> RequestBody {
        let span = fields[0].name.span;
        let has_file = fields.iter().any(|field| field.file);
        let types = self.form_types(operation, span, has_file);
        let mut schema = Schema::open(span, self.files.resource_of(operation));
        schema.types = Some(vec![SchemaType::Object]);
        let (mut parts, mut required) = (Vec::new(), false);
        for field in fields {
            if field.required {
                required = true;
                schema.object.required.push(field.name.clone());
            }
            parts.extend(field.encoding.map(|encoding| PartEncoding {
                name: field.name.value.clone(),
                media_type: None,
                encoding: Some(encoding),
            }));
            schema.object.properties.push(Property {
                span: field.name.span,
                name: field.name.value,
                schema: field.schema,
            });
        }
        let schema = self.made_schema(schema);
        let contents = types.into_iter().map(|(media_type, kind)| Content {
            unasked: false,
            media_type,
            kind,
            schema: Some(schema),
            parts: parts.clone(),
            examples: Vec::new(),
        });
        RequestBody {
            span,
            required,
            description: None,
            contents: contents.collect(),
        }
    }

    /// The media types of a form: those of the two kinds that are listed, and what fits best where none is.
    fn form_types(
        &mut self,
        operation: &'a Node,
        span: Span,
        has_file: bool,
    ) -> Vec<(Spanned<String>, ContentKind)> {
        let mut types = Vec::new();
        for one in self.media_types(operation, "consumes", span) {
            let kind = match one.value.to_ascii_lowercase().as_str() {
                "multipart/form-data" => ContentKind::Multipart,
                "application/x-www-form-urlencoded" if !has_file => ContentKind::Form,
                _ => continue,
            };
            types.push((one, kind));
        }
        if types.is_empty() {
            let (value, kind) = match has_file {
                true => ("multipart/form-data", ContentKind::Multipart),
                false => ("application/x-www-form-urlencoded", ContentKind::Form),
            };
            let value = value.to_owned();
            types.push((Spanned { span, value }, kind));
        }
        types
    }
}
