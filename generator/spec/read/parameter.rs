//! Parameters and the headers of responses.

use super::{reader::Reader, schema::literal};
use crate::{
    document::{Entry, Node},
    source::Span,
    spec::{ContentKind, Encoding, Header, Literal, Location, Parameter, SchemaId, Spanned, Style},
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
const STYLES: [Style; 8] = [
    Style::Form,
    Style::Simple,
    Style::Matrix,
    Style::Label,
    Style::SpaceDelimited,
    Style::PipeDelimited,
    Style::DeepObject,
    Style::Cookie,
];
/// Where parameters stand; the last is 3.2's.
const LOCATIONS: [Location; 5] = [
    Location::Path,
    Location::Query,
    Location::Header,
    Location::Cookie,
    Location::QueryString,
];
/// Headers that OpenAPI describes elsewhere and asks to ignore here.
const IGNORED: [&str; 3] = ["accept", "content-type", "authorization"];

/// Where a parameter's or a header's value is described: by `schema`, or by the one media type of `content`.
struct Described {
    schema: SchemaId,
    content: Option<ContentKind>,
    examples: Vec<Literal>,
}

impl<'a> Reader<'a, '_> {
    /// Reads a parameter; none where it is wrong, or one that OpenAPI asks to ignore.
    pub(super) fn parameter(&mut self, node: &'a Node) -> Option<Parameter> {
        let node = self.object(node)?;
        self.fields(node, FIELDS, "a parameter")?;
        let name = self.required_text(node, "name", "a parameter");
        let location = self.location(node);
        let (name, location) = (name?, location?);
        if location == Location::Header && !self.is_own_header(&name) {
            return None;
        }
        let encoding = self.encoding(node, location);
        let described = self.described(node, "a parameter")?;
        let required = self.boolean_of(node, "required").unwrap_or(false);
        Some(Parameter {
            span: name.span,
            name: name.value,
            location,
            required: required || location == Location::Path,
            deprecated: self.boolean_of(node, "deprecated").unwrap_or(false),
            description: self.text_of(node, "description"),
            encoding,
            allow_empty: self.boolean_of(node, "allowEmptyValue").unwrap_or(false),
            content: described.content,
            schema: described.schema,
            examples: described.examples,
        })
    }

    /// Whether a header is one that parameters may describe.
    pub(super) fn is_own_header(&mut self, name: &Spanned<String>) -> bool {
        let ignored = IGNORED.contains(&name.value.to_ascii_lowercase().as_str());
        !ignored && self.header_name(name.span, &name.value)
    }

    fn location(&mut self, node: &Node) -> Option<Location> {
        let place = self.required_text(node, "in", "a parameter")?;
        let allowed = match self.is_30() {
            true => &LOCATIONS[..4],
            false => &LOCATIONS[..],
        };
        let found = allowed.iter().find(|one| one.as_str() == place.value);
        if found.is_none() {
            let words: Vec<&str> = allowed.iter().map(|one| one.as_str()).collect();
            self.invalid(place.span, "a place of a parameter", &place.value, &words);
        }
        found.copied()
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

    fn described(&mut self, node: &'a Node, what: &str) -> Option<Described> {
        if let Some(schema) = node.get("schema") {
            return Some(Described {
                schema: self.reserve(schema),
                content: None,
                examples: self.examples(node),
            });
        }
        let Some(entry) = self.entries_of(node, "content").first() else {
            self.as_meant(
                node.span,
                format!("{what} has no `schema`"),
                "read as a text",
                "add `schema`".into(),
            );
            return Some(Described {
                schema: self.text_schema(node),
                content: None,
                examples: self.examples(node),
            });
        };
        let holder = self.object(&entry.node)?;
        let kind = self.media_kind(&entry.key, holder)?;
        let examples = self.examples(holder);
        let schema = match holder.get("schema") {
            Some(schema) => self.reserve(schema),
            None => self.open_schema(holder),
        };
        let content = Some(match kind {
            ContentKind::Text | ContentKind::Form | ContentKind::Xml => kind,
            _ => ContentKind::Json,
        });
        Some(Described {
            schema,
            content,
            examples,
        })
    }

    /// `style`, `explode` and `allowReserved`.
    pub(super) fn encoding(&mut self, node: &Node, location: Location) -> Encoding {
        let mut encoding = Encoding::usual(location);
        if let Some(style) = node.get("style")
            && let Some(word) = self.text(style, "`style`")
        {
            match STYLES.iter().find(|one| one.as_str() == word) {
                Some(known) if fits(*known, location) => encoding.style = *known,
                Some(_) => self.as_meant(
                    style.span,
                    format!(
                        "`{word}` is no style of a parameter in {}",
                        location.as_str()
                    ),
                    "read as if it were not there",
                    format!("write `{}`, or leave it out", encoding.style.as_str()),
                ),
                None => {
                    let allowed = STYLES.iter().filter(|one| fits(**one, location));
                    let words: Vec<&str> = allowed.map(|one| one.as_str()).collect();
                    let what = format!("a style of a parameter in {}", location.as_str());
                    self.invalid(style.span, &what, &word, &words);
                }
            }
            encoding.explode = matches!(encoding.style, Style::Form | Style::Cookie);
        }
        if let Some(explode) = self.boolean_of(node, "explode") {
            encoding.explode = explode;
        }
        encoding.allow_reserved = self.boolean_of(node, "allowReserved").unwrap_or(false);
        encoding
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

    pub(super) fn header(&mut self, entry: &'a Entry) -> Option<Header> {
        let node = self.object(&entry.node)?;
        self.fields(node, FIELDS, "a header")?;
        if !self.header_name(entry.key_span, &entry.key) {
            return None;
        }
        let described = self.described(node, "a header")?;
        Some(Header {
            span: entry.key_span,
            name: entry.key.clone(),
            required: self.boolean_of(node, "required").unwrap_or(false),
            description: self.text_of(node, "description"),
            explode: self.boolean_of(node, "explode").unwrap_or(false),
            content: described.content,
            schema: described.schema,
            examples: described.examples,
        })
    }
}

/// Whether a style is for parameters in a place (OpenAPI 3.1, style values).
fn fits(style: Style, location: Location) -> bool {
    match style {
        Style::Matrix | Style::Label => location == Location::Path,
        Style::Simple => matches!(location, Location::Path | Location::Header),
        Style::Form => matches!(location, Location::Query | Location::Cookie),
        Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject => {
            location == Location::Query
        }
        Style::Cookie => location == Location::Cookie,
        Style::TabDelimited => false,
    }
}
