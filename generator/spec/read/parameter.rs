//! Parameters and the headers of responses.

use super::{
    reader::{Reader, key_span, unsupported},
    schema::literal,
};
use crate::{
    document::{Entry, Node},
    source::Span,
    spec::{Header, Literal, Location, Parameter, SchemaId, Spanned, Style, Unsupported},
};

const FIELDS: &[&str] = &[
    "name",
    "in",
    "description",
    "required",
    "deprecated",
    "allowEmptyValue",
    "style",
    "explode",
    "allowReserved",
    "schema",
    "example",
    "examples",
    "content",
];
const STYLES: &[&str] = &[
    "form",
    "simple",
    "matrix",
    "label",
    "spaceDelimited",
    "pipeDelimited",
    "deepObject",
];
/// Headers that OpenAPI describes elsewhere and asks to ignore here.
const IGNORED: [&str; 3] = ["accept", "content-type", "authorization"];

impl<'a> Reader<'a, '_> {
    /// Reads a parameter; none where it is wrong, not supported, or one that OpenAPI asks to ignore.
    pub(super) fn parameter(
        &mut self,
        node: &'a Node,
        left_out: &mut Vec<Unsupported>,
    ) -> Option<Parameter> {
        let node = self.object(node)?;
        self.fields(node, FIELDS, "a parameter")?;
        let name = self.required_text(node, "name", "a parameter");
        let location = self.location(node, left_out);
        let (name, location) = (name?, location?);
        if location == Location::Header && !self.is_own_header(&name) {
            return None;
        }
        for key in ["allowReserved", "allowEmptyValue"] {
            if self.boolean_of(node, key) == Some(true) {
                let span = key_span(node, key).unwrap_or(node.span);
                left_out.push(unsupported(span, format!("`{key}`")));
            }
        }
        let style = self.style(node, location, left_out);
        let schema = self.schema_as_text(node, "a parameter", left_out)?;
        let required = self.boolean_of(node, "required").unwrap_or(false);
        Some(Parameter {
            span: name.span,
            name: name.value,
            location,
            required: required || location == Location::Path,
            deprecated: self.boolean_of(node, "deprecated").unwrap_or(false),
            description: self.text_of(node, "description"),
            style,
            schema,
            examples: self.examples(node),
        })
    }

    /// Whether a header is one that parameters may describe.
    pub(super) fn is_own_header(&mut self, name: &Spanned<String>) -> bool {
        let ignored = IGNORED.contains(&name.value.to_ascii_lowercase().as_str());
        !ignored && self.header_name(name.span, &name.value)
    }

    fn location(&mut self, node: &Node, left_out: &mut Vec<Unsupported>) -> Option<Location> {
        let place = self.required_text(node, "in", "a parameter")?;
        match place.value.as_str() {
            "path" => Some(Location::Path),
            "query" => Some(Location::Query),
            "header" => Some(Location::Header),
            "cookie" => {
                left_out.push(unsupported(place.span, "a parameter in a cookie"));
                None
            }
            other => {
                let allowed = ["path", "query", "header", "cookie"];
                self.invalid(place.span, "a place of a parameter", other, &allowed);
                None
            }
        }
    }

    /// Whether a text can name a header (RFC 9110, 5.1).
    pub(super) fn header_name(&mut self, span: Span, name: &str) -> bool {
        let valid = http::HeaderName::from_bytes(name.as_bytes()).is_ok();
        if !valid {
            self.invalid(
                span,
                "the name of a header",
                name,
                &["letters", "digits", "-", "_"],
            );
        }
        valid
    }

    fn schema_as_text(
        &mut self,
        node: &'a Node,
        what: &str,
        left_out: &mut Vec<Unsupported>,
    ) -> Option<SchemaId> {
        if let Some(span) = key_span(node, "content") {
            left_out.push(unsupported(span, format!("`content` of {what}")));
            return None;
        }
        let Some(schema) = node.get("schema") else {
            self.missing(node, "schema", what);
            return None;
        };
        Some(self.reserve(schema))
    }

    fn style(&mut self, node: &Node, location: Location, left_out: &mut Vec<Unsupported>) -> Style {
        let usual = if location == Location::Query {
            "form"
        } else {
            "simple"
        };
        let explode = self.boolean_of(node, "explode");
        if let Some(style) = node.get("style")
            && let Some(word) = self.text(style, "`style`")
        {
            if !STYLES.contains(&word.as_str()) {
                self.invalid(style.span, "a style", &word, STYLES);
            } else if word != usual {
                left_out.push(unsupported(style.span, format!("`style: {word}`")));
            }
        }
        match location == Location::Query && explode != Some(false) {
            true => Style::Repeated,
            false => Style::Commas,
        }
    }

    /// `example` or `examples`.
    pub(super) fn examples(&mut self, node: &'a Node) -> Vec<Literal> {
        if let Some(example) = node.get("example") {
            return vec![literal(example)];
        }
        let mut all = Vec::new();
        for entry in self.entries_of(node, "examples") {
            let example = self.object(&entry.node);
            let value = example.and_then(|one| one.get("value").or_else(|| one.get("dataValue")));
            all.extend(value.map(literal));
        }
        all
    }

    pub(super) fn header(
        &mut self,
        entry: &'a Entry,
        left_out: &mut Vec<Unsupported>,
    ) -> Option<Header> {
        let node = self.object(&entry.node)?;
        self.fields(node, FIELDS, "a header")?;
        if !self.header_name(entry.key_span, &entry.key) {
            return None;
        }
        let schema = self.schema_as_text(node, "a header", left_out)?;
        Some(Header {
            span: entry.key_span,
            name: entry.key.clone(),
            required: self.boolean_of(node, "required").unwrap_or(false),
            description: self.text_of(node, "description"),
            schema,
            examples: self.examples(node),
        })
    }
}
