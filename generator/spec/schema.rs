//! Schemas: an arena, so that recursion is a matter of indices.

use serde_json::Value as Json;

use super::{Spanned, Unsupported};
use crate::source::Span;

/// Names a schema of one [`Schemas`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(pub(super) usize);

/// Every schema of a document, each once, those of `components.schemas` first and in their order.
#[derive(Debug, Default)]
pub struct Schemas(pub(super) Vec<Schema>);

impl Schemas {
    /// The schema that `id` names; ids come from the same document alone.
    pub fn get(&self, id: SchemaId) -> &Schema {
        &self.0[id.0]
    }

    /// All of them, in the order of ids.
    pub fn iter(&self) -> impl Iterator<Item = (SchemaId, &Schema)> {
        self.0
            .iter()
            .enumerate()
            .map(|(index, schema)| (SchemaId(index), schema))
    }
}

/// JSON Schema's types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of JSON Schema")]
pub enum SchemaType {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

/// One schema. Keywords that are not here are told in [`Schema::unsupported`], never dropped.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The place of the whole schema.
    pub span: Span,
    /// The name under `components.schemas`, and the place of that key.
    pub name: Option<Spanned<String>>,
    /// `$ref`. With 3.1, keywords beside it hold as well; with 3.0 they say nothing, description aside.
    pub reference: Option<SchemaId>,
    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// `readOnly`.
    pub read_only: bool,
    /// `writeOnly`.
    pub write_only: bool,
    /// `type` and 3.0's `nullable`; `None` where any type goes.
    pub types: Option<Vec<SchemaType>>,
    /// `format`.
    pub format: Option<Spanned<String>>,
    /// `enum`, and `const` as an enum of one. With `nullable: true` of 3.0 the document must still list `null`
    /// itself to allow it; a `nullable` enum without it is read as allowing it.
    pub enumeration: Option<Vec<Literal>>,
    /// `properties`, in the order of the document.
    pub properties: Vec<Property>,
    /// `required`.
    pub required: Vec<Spanned<String>>,
    /// `additionalProperties`.
    pub additional: Additional,
    /// `items`.
    pub items: Option<SchemaId>,
    /// `minItems`.
    pub min_items: Option<u64>,
    /// `maxItems`.
    pub max_items: Option<u64>,
    /// `uniqueItems`.
    pub unique_items: bool,
    /// `minProperties`.
    pub min_properties: Option<u64>,
    /// `maxProperties`.
    pub max_properties: Option<u64>,
    /// `minLength`, in characters.
    pub min_length: Option<u64>,
    /// `maxLength`, in characters.
    pub max_length: Option<u64>,
    /// `pattern`, as ECMA 262 reads it.
    pub pattern: Option<Spanned<String>>,
    /// `minimum`, `exclusiveMinimum`: the tighter of the two.
    pub minimum: Option<Bound>,
    /// `maximum`, `exclusiveMaximum`: the tighter of the two.
    pub maximum: Option<Bound>,
    /// `multipleOf`.
    pub multiple_of: Option<Spanned<serde_json::Number>>,
    /// `allOf`.
    pub all_of: Vec<SchemaId>,
    /// `oneOf`; without a discriminator it is told as unsupported as well.
    pub one_of: Vec<SchemaId>,
    /// `discriminator`.
    pub discriminator: Option<Discriminator>,
    /// `default`.
    pub default: Option<Literal>,
    /// `example`, or the first of 3.1's `examples`.
    pub example: Option<Literal>,
    /// What in this schema (not in those it refers to) is not generated yet.
    pub unsupported: Vec<Unsupported>,
}

/// A value of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// Its place.
    pub span: Span,
    /// The value.
    pub value: Json,
}

/// One property.
#[derive(Debug, Clone)]
pub struct Property {
    /// The place of its name.
    pub span: Span,
    /// Its name.
    pub name: String,
    /// Its schema.
    pub schema: SchemaId,
}

/// `additionalProperties`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Additional {
    /// Not said: anything goes.
    Unsaid,
    /// `true` or `{}`: anything goes, and is meant.
    Any,
    /// `false`.
    Refused,
    /// Values of this schema.
    Schema(SchemaId),
}

/// An end of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The place.
    pub span: Span,
    /// The number.
    pub value: serde_json::Number,
    /// Whether the number itself lies outside.
    pub exclusive: bool,
}

/// `discriminator`.
#[derive(Debug, Clone)]
pub struct Discriminator {
    /// The place of `propertyName`.
    pub span: Span,
    /// `propertyName`.
    pub property: String,
    /// Each value and the schema it stands for, in the order of the document; values that the mapping leaves
    /// out are the names of the schemas of `oneOf`, already added here.
    pub mapping: Vec<(String, SchemaId)>,
}

impl SchemaId {
    /// Its place in the order of ids.
    pub fn index(self) -> usize {
        self.0
    }
}
