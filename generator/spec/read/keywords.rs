//! The keywords for objects and for lists, and which others there are.

use super::{json, reader::Reader};
use crate::{
    diagnostic::Code,
    document::{Entry, Node, Scalar, Value},
    spec::{Additional, ArrayKeywords, ObjectKeywords, Property, SchemaId, Spanned},
};

/// What is known of a keyword that no reader has taken.
pub(super) enum Known {
    /// It is read together with another.
    Elsewhere,
    /// It says nothing on what is valid, or holds schemas for references alone.
    Silent,
    /// The dialect does not have it.
    Never,
}

/// Keywords that an author may have meant.
pub(super) const COMMON: &[&str] = &[
    "$ref",
    "title",
    "description",
    "deprecated",
    "readOnly",
    "writeOnly",
    "type",
    "format",
    "enum",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "discriminator",
    "default",
    "example",
    "nullable",
    "xml",
    "externalDocs",
    "const",
    "examples",
];
const ELSEWHERE: &[&str] = &[
    "$ref",
    "nullable",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "discriminator",
];
const SILENT: &[&str] = &["xml", "externalDocs", "collectionFormat"];
const SILENT_31: &[&str] = &[
    "$comment",
    "$defs",
    "definitions",
    "$id",
    "$anchor",
    "$vocabulary",
    "contentMediaType",
    "contentEncoding",
    "contentSchema",
];

pub(super) fn known(keyword: &str, is_30: bool) -> Known {
    match keyword {
        one if ELSEWHERE.contains(&one) => Known::Elsewhere,
        one if SILENT.contains(&one) || (!is_30 && SILENT_31.contains(&one)) => Known::Silent,
        _ => Known::Never,
    }
}

impl<'a> Reader<'a, '_> {
    /// Reads a keyword for objects; whether it is one.
    pub(super) fn object_keyword(&mut self, entry: &'a Entry, object: &mut ObjectKeywords) -> bool {
        let node = &*entry.node;
        let what = format!("`{}`", entry.key);
        match entry.key.as_str() {
            "properties" => self.properties(node, object),
            "required" => self.required(node, object),
            "additionalProperties" => object.additional = self.additional(node),
            "minProperties" => object.min = self.count(node, &what),
            "maxProperties" => object.max = self.count(node, &what),
            _ if self.is_30() => return false,
            "patternProperties" => {
                for entry in self.mapping(node, &what).unwrap_or_default() {
                    let pattern = Spanned {
                        span: entry.key_span,
                        value: entry.key.clone(),
                    };
                    object.patterns.push((pattern, self.reserve(&entry.node)));
                }
            }
            "propertyNames" => object.names = Some(self.reserve(node)),
            "dependentRequired" => {
                for entry in self.mapping(node, &what).unwrap_or_default() {
                    let names = self.words_of(&entry.node, "`dependentRequired`");
                    object.dependent_required.push((entry.key.clone(), names));
                }
            }
            "dependentSchemas" => {
                for entry in self.mapping(node, &what).unwrap_or_default() {
                    object
                        .dependent_schemas
                        .push((entry.key.clone(), self.reserve(&entry.node)));
                }
            }
            "unevaluatedProperties" => object.unevaluated = Some(self.reserve(node)),
            _ => return false,
        }
        true
    }

    /// Reads a keyword for lists; whether it is one.
    pub(super) fn array_keyword(&mut self, entry: &'a Entry, array: &mut ArrayKeywords) -> bool {
        let node = &*entry.node;
        let what = format!("`{}`", entry.key);
        match entry.key.as_str() {
            "items" => array.items = Some(self.reserve(node)),
            "minItems" => array.min = self.count(node, &what),
            "maxItems" => array.max = self.count(node, &what),
            "uniqueItems" => array.unique = self.boolean(node, &what).unwrap_or(false),
            _ if self.is_30() => return false,
            "prefixItems" => array.prefix = self.members(node, &what),
            "contains" => array.contains = Some(self.reserve(node)),
            "minContains" => array.min_contains = self.count(node, &what),
            "maxContains" => array.max_contains = self.count(node, &what),
            "unevaluatedItems" => array.unevaluated = Some(self.reserve(node)),
            _ => return false,
        }
        true
    }

    fn properties(&mut self, node: &'a Node, object: &mut ObjectKeywords) {
        for entry in self.mapping(node, "`properties`").unwrap_or_default() {
            object.properties.push(Property {
                span: entry.key_span,
                name: entry.key.clone(),
                schema: self.reserve(&entry.node),
            });
        }
    }

    fn required(&mut self, node: &'a Node, object: &mut ObjectKeywords) {
        let Value::Sequence(items) = &node.value else {
            if matches!(node.scalar(), Some(Scalar::Boolean(_))) {
                self.required_of_its_own(node);
            } else if !self.null_for_list(node, "`required`") {
                self.wrong_kind(node, "a list of names", "`required`");
            }
            return;
        };
        for item in items {
            if let Some(name) = self.spanned(item, "a name in `required`")
                && !object.required.iter().any(|one| one.value == name.value)
            {
                object.required.push(name);
            }
        }
    }

    /// `required: true` on a property, as parameters have it and schemas do not.
    fn required_of_its_own(&mut self, node: &Node) {
        self.report(
            Code::WrongKind,
            node.span,
            "`required` of a schema lists the names of its properties, and is `true` or `false`".into(),
            "a property cannot say this of itself",
            "list this property's name in the `required` of the object that has it, as in `required: [name]`".into(),
        );
    }

    fn words_of(&mut self, node: &'a Node, what: &str) -> Vec<String> {
        let Value::Sequence(items) = &node.value else {
            self.wrong_kind(node, "a list of names", what);
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| self.text(item, what))
            .collect()
    }

    fn additional(&mut self, node: &'a Node) -> Additional {
        match (json::boolean(node), &node.value) {
            (Some(true), _) => Additional::Any,
            (Some(false), _) => Additional::Refused,
            (None, Value::Mapping(entries)) if entries.is_empty() => Additional::Any,
            (None, _) => Additional::Schema(self.reserve(node)),
        }
    }

    pub(super) fn members(&mut self, node: &'a Node, what: &str) -> Vec<SchemaId> {
        match &node.value {
            Value::Sequence(items) if !items.is_empty() => {
                items.iter().map(|item| self.reserve(item)).collect()
            }
            _ => {
                self.wrong_kind(node, "a list of schemas", what);
                Vec::new()
            }
        }
    }
}
