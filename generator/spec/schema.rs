//! Schemas: an arena, so that recursion is a matter of indices.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::{ResourceId, Spanned, Unsupported};
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

    /// Whether any schema has a `$dynamicRef`.
    pub fn has_dynamic_references(&self) -> bool {
        self.0
            .iter()
            .any(|schema| schema.dynamic_reference.is_some())
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
    /// The resource that it stands in.
    pub resource: ResourceId,
    /// The name under `components.schemas` or its like in another file, and the place of that key.
    pub name: Option<Spanned<String>>,
    /// What it says of itself.
    pub words: Words,
    /// The schema `false`: no value fits.
    pub never: bool,
    /// `$ref`. From 3.1 on, keywords beside it hold as well; before, they say nothing, description aside.
    pub reference: Option<SchemaId>,
    /// `$dynamicRef`: the anchor's name, and where it leads first.
    pub dynamic_reference: Option<(String, SchemaId)>,
    /// `$dynamicAnchor`.
    pub dynamic_anchor: Option<String>,
    /// `type` and 3.0's `nullable`; `None` where any type goes.
    pub types: Option<Vec<SchemaType>>,
    /// `format`.
    pub format: Option<Spanned<String>>,
    /// `enum`, and `const` as an enum of one. With `nullable: true` of 3.0 the document must still list `null`
    /// itself to allow it; a `nullable` enum without it is read as allowing it.
    pub enumeration: Option<Vec<Literal>>,
    /// What objects must keep to.
    pub object: ObjectKeywords,
    /// What lists must keep to.
    pub array: ArrayKeywords,
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
    /// `anyOf`.
    pub any_of: Vec<SchemaId>,
    /// `oneOf`.
    pub one_of: Vec<SchemaId>,
    /// `discriminator`.
    pub discriminator: Option<Discriminator>,
    /// `not`.
    pub not: Option<SchemaId>,
    /// `if`.
    pub condition: Option<SchemaId>,
    /// `then`.
    pub consequence: Option<SchemaId>,
    /// `else`.
    pub alternative: Option<SchemaId>,
    /// What in this schema (not in those it refers to) is not generated yet.
    pub unsupported: Vec<Unsupported>,
}

/// What a schema says of itself, without a word on what is valid.
#[derive(Debug, Clone, Default)]
pub struct Words {
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
    /// `default`.
    pub default: Option<Literal>,
    /// `example`, and 3.1's `examples`.
    pub examples: Vec<Literal>,
    /// Whether the text stands for bytes: `format: binary`, or a media type of its own.
    pub binary: bool,
    /// `xml`.
    pub xml: Option<Json>,
}

/// The keywords for objects.
#[derive(Debug, Clone, Default)]
pub struct ObjectKeywords {
    /// `properties`, in the order of the document.
    pub properties: Vec<Property>,
    /// `required`.
    pub required: Vec<Spanned<String>>,
    /// `additionalProperties`.
    pub additional: Additional,
    /// `patternProperties`.
    pub patterns: Vec<(Spanned<String>, SchemaId)>,
    /// `propertyNames`.
    pub names: Option<SchemaId>,
    /// `minProperties`.
    pub min: Option<u64>,
    /// `maxProperties`.
    pub max: Option<u64>,
    /// `dependentRequired`.
    pub dependent_required: Vec<(String, Vec<String>)>,
    /// `dependentSchemas`.
    pub dependent_schemas: Vec<(String, SchemaId)>,
    /// `unevaluatedProperties`.
    pub unevaluated: Option<SchemaId>,
}

impl ObjectKeywords {
    /// The names of `properties`.
    pub fn property_names(&self) -> HashSet<&str> {
        self.properties.iter().map(|one| &*one.name).collect()
    }

    /// The names in `required`.
    pub fn required_names(&self) -> HashSet<&str> {
        self.required.iter().map(|one| &*one.value).collect()
    }
}

/// The keywords for lists.
#[derive(Debug, Clone, Default)]
pub struct ArrayKeywords {
    /// `items`.
    pub items: Option<SchemaId>,
    /// `prefixItems`.
    pub prefix: Vec<SchemaId>,
    /// `contains`.
    pub contains: Option<SchemaId>,
    /// `minContains`.
    pub min_contains: Option<u64>,
    /// `maxContains`.
    pub max_contains: Option<u64>,
    /// `minItems`.
    pub min: Option<u64>,
    /// `maxItems`.
    pub max: Option<u64>,
    /// `uniqueItems`.
    pub unique: bool,
    /// `unevaluatedItems`.
    pub unevaluated: Option<SchemaId>,
}

impl Schema {
    /// A schema that every value fits.
    pub fn open(span: Span, resource: ResourceId) -> Self {
        Schema {
            span,
            resource,
            name: None,
            words: Words::default(),
            never: false,
            reference: None,
            dynamic_reference: None,
            dynamic_anchor: None,
            types: None,
            format: None,
            enumeration: None,
            object: ObjectKeywords::default(),
            array: ArrayKeywords::default(),
            min_length: None,
            max_length: None,
            pattern: None,
            minimum: None,
            maximum: None,
            multiple_of: None,
            all_of: Vec::new(),
            any_of: Vec::new(),
            one_of: Vec::new(),
            discriminator: None,
            not: None,
            condition: None,
            consequence: None,
            alternative: None,
            unsupported: Vec::new(),
        }
    }

    /// Whether any value fits.
    pub fn asks_nothing(&self) -> bool {
        let (object, array) = (&self.object, &self.array);
        !self.never
            && self.children().is_empty()
            && self.types.is_none()
            && self.enumeration.is_none()
            && self.pattern.is_none()
            && self.minimum.is_none()
            && self.maximum.is_none()
            && self.multiple_of.is_none()
            && object.required.is_empty()
            && object.additional != Additional::Refused
            && object.dependent_required.is_empty()
            && !array.unique
            && [
                self.min_length,
                self.max_length,
                array.min,
                array.max,
                object.min,
                object.max,
            ]
            .iter()
            .all(Option::is_none)
    }

    /// Every schema that this one names, in place or by reference.
    pub fn children(&self) -> Vec<SchemaId> {
        let mapped = self.discriminator.iter().flat_map(|one| &one.mapping);
        let (object, array) = (&self.object, &self.array);
        let additional = match object.additional {
            Additional::Schema(id) => Some(id),
            _ => None,
        };
        let mut all: Vec<SchemaId> = Vec::new();
        all.extend(self.reference);
        all.extend(self.dynamic_reference.iter().map(|(_, id)| *id));
        all.extend(self.all_of.iter().chain(&self.any_of).chain(&self.one_of));
        all.extend(mapped.map(|(_, id)| *id));
        all.extend(
            [self.not, self.condition, self.consequence, self.alternative]
                .into_iter()
                .flatten(),
        );
        all.extend(object.properties.iter().map(|one| one.schema));
        all.extend(object.patterns.iter().map(|(_, id)| *id));
        all.extend(object.dependent_schemas.iter().map(|(_, id)| *id));
        all.extend(
            [additional, object.names, object.unevaluated]
                .into_iter()
                .flatten(),
        );
        all.extend(&array.prefix);
        all.extend(
            [array.items, array.contains, array.unevaluated]
                .into_iter()
                .flatten(),
        );
        all
    }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Additional {
    /// Not said: anything goes.
    #[default]
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
    /// out are the names of the schemas of `oneOf` or `anyOf`, already added here.
    pub mapping: Vec<(String, SchemaId)>,
    /// Whether each member of `oneOf` or `anyOf` has a value, so that the value alone decides.
    pub decides: bool,
    /// What other values and none mean: the schema without any heir, of a discriminator beside no choice, whose
    /// schemas are those that take this one up by `allOf`.
    pub rest: Option<SchemaId>,
}

impl SchemaId {
    /// Its place in the order of ids.
    pub fn index(self) -> usize {
        self.0
    }
}
