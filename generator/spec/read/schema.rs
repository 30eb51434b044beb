//! Schemas: each node once, in a queue, so that neither recursion nor long chains of references cost stack.

use super::{
    json,
    reader::{Reader, identity, unsupported},
};
use crate::{
    diagnostic::Code,
    document::{Entry, Node, Value},
    spec::{Additional, Literal, Property, Schema, SchemaId, SchemaType, Spanned},
};

const TYPES: [(&str, SchemaType); 7] = [
    ("null", SchemaType::Null),
    ("boolean", SchemaType::Boolean),
    ("integer", SchemaType::Integer),
    ("number", SchemaType::Number),
    ("string", SchemaType::String),
    ("array", SchemaType::Array),
    ("object", SchemaType::Object),
];

const KNOWN: &[&str] = &[
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

/// Keywords of both dialects, and then of 3.1 alone, that are not supported yet.
const UNSUPPORTED: &[&str] = &["anyOf", "not"];
const UNSUPPORTED_31: &[&str] = &[
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "prefixItems",
    "contains",
    "minContains",
    "maxContains",
    "patternProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "$dynamicRef",
    "$dynamicAnchor",
    "$anchor",
    "$id",
    "contentSchema",
    "$recursiveRef",
    "$recursiveAnchor",
    "dependencies",
    "additionalItems",
];
/// Keywords of 3.1 that say nothing on what is valid.
const HARMLESS_31: &[&str] = &[
    "$comment",
    "$defs",
    "contentMediaType",
    "contentEncoding",
    "$vocabulary",
];

impl<'a> Reader<'a, '_> {
    pub(super) fn reserve_named(&mut self, node: &'a Node, name: Spanned<String>) {
        let id = self.reserve(node);
        self.names.entry(id).or_insert(name);
    }

    /// The id of the schema that a node is; it is read when its turn comes.
    pub(super) fn reserve(&mut self, node: &'a Node) -> SchemaId {
        if let Some(id) = self.ids.get(&identity(node)) {
            return *id;
        }
        let id = SchemaId(self.schemas.len());
        self.schemas.push(None);
        self.ids.insert(identity(node), id);
        self.queue.push_back((id, node));
        id
    }

    /// Reads every schema that anything has asked for.
    pub(super) fn read_schemas(&mut self) {
        while let Some((id, node)) = self.queue.pop_front() {
            let mut schema = self.schema(node);
            schema.name = self.names.get(&id).cloned();
            self.schemas[id.0] = Some(schema);
        }
    }

    fn schema(&mut self, node: &'a Node) -> Schema {
        let mut schema = empty(node);
        let Value::Mapping(entries) = &node.value else {
            match json::boolean(node).filter(|_| !self.is_30()) {
                Some(true) => {}
                Some(false) => schema
                    .unsupported
                    .push(unsupported(node.span, "the schema `false`")),
                None => self.wrong_kind(node, "a mapping", "a schema"),
            }
            return schema;
        };
        if let Some(reference) = node.get("$ref") {
            let target = self.target(reference, &mut schema.unsupported);
            schema.reference = target.map(|target| self.reserve(target));
            if self.is_30() {
                self.ignored_siblings(entries);
                schema.description = self.text_of(node, "description");
                return schema;
            }
        }
        for entry in entries {
            self.keyword(entry, &mut schema);
        }
        self.nullable(node, &mut schema);
        schema.minimum = self.bound(node, "minimum", "exclusiveMinimum", |own, open| open >= own);
        schema.maximum = self.bound(node, "maximum", "exclusiveMaximum", |own, open| open <= own);
        self.choice(node, &mut schema);
        enumeration_kind(&mut schema);
        schema
    }

    /// 3.0 reads nothing beside a `$ref`.
    fn ignored_siblings(&mut self, entries: &[Entry]) {
        for entry in entries {
            let fine = ["$ref", "description", "summary"].contains(&entry.key.as_str());
            if !fine && !entry.key.starts_with("x-") {
                let message = format!(
                    "OpenAPI 3.0 ignores `{}` beside a `$ref`",
                    entry.key.escape_debug()
                );
                let help = "put the `$ref` into an `allOf`, and this beside the `allOf`".into();
                self.report(
                    Code::IgnoredSibling,
                    entry.key_span,
                    message,
                    "it says nothing here",
                    help,
                );
            }
        }
    }

    fn keyword(&mut self, entry: &'a Entry, schema: &mut Schema) {
        let node = &*entry.node;
        let what = format!("`{}`", entry.key);
        match entry.key.as_str() {
            "$ref" | "nullable" | "minimum" | "maximum" | "exclusiveMinimum"
            | "exclusiveMaximum" | "oneOf" | "discriminator" | "xml" | "externalDocs" => {}
            "title" => schema.title = self.text(node, &what),
            "description" => schema.description = self.text(node, &what),
            "deprecated" => schema.deprecated = self.boolean(node, &what).unwrap_or(false),
            "readOnly" => schema.read_only = self.boolean(node, &what).unwrap_or(false),
            "writeOnly" => schema.write_only = self.boolean(node, &what).unwrap_or(false),
            "type" => self.types(node, schema),
            "format" => schema.format = self.spanned(node, &what),
            "pattern" => schema.pattern = self.spanned(node, &what),
            "minItems" => schema.min_items = self.count(node, &what),
            "maxItems" => schema.max_items = self.count(node, &what),
            "minLength" => schema.min_length = self.count(node, &what),
            "maxLength" => schema.max_length = self.count(node, &what),
            "minProperties" => schema.min_properties = self.count(node, &what),
            "maxProperties" => schema.max_properties = self.count(node, &what),
            "uniqueItems" => schema.unique_items = self.boolean(node, &what).unwrap_or(false),
            "multipleOf" => schema.multiple_of = self.step(node, &what),
            "enum" => schema.enumeration = self.enumeration(node),
            "const" if !self.is_30() => schema.enumeration = Some(vec![literal(node)]),
            "default" => schema.default = Some(literal(node)),
            "example" => schema.example = Some(literal(node)),
            "examples" if !self.is_30() => {
                if let (None, Value::Sequence(items)) = (&schema.example, &node.value) {
                    schema.example = items.first().map(|first| literal(first));
                }
            }
            "properties" => self.properties(node, schema),
            "required" => self.required(node, schema),
            "additionalProperties" => schema.additional = self.additional(node),
            "items" => schema.items = Some(self.reserve(node)),
            "allOf" => schema.all_of = self.members(node, &what),
            other => self.other_keyword(entry, other, schema),
        }
    }

    fn other_keyword(&mut self, entry: &'a Entry, keyword: &str, schema: &mut Schema) {
        let is_31 = !self.is_30();
        if UNSUPPORTED.contains(&keyword) || (is_31 && UNSUPPORTED_31.contains(&keyword)) {
            schema
                .unsupported
                .push(unsupported(entry.key_span, format!("`{keyword}`")));
        } else if is_31 && keyword == "$schema" {
            let dialect = self.text(&entry.node, "`$schema`").unwrap_or_default();
            if !super::SCHEMA_DIALECTS.contains(&dialect.trim_end_matches('#')) {
                let feature = format!("the JSON Schema dialect `{}`", dialect.escape_debug());
                schema
                    .unsupported
                    .push(unsupported(entry.node.span, feature));
            }
        } else if !(is_31 && HARMLESS_31.contains(&keyword)) {
            self.unknown_field(entry, KNOWN, "a schema");
        }
    }

    fn types(&mut self, node: &'a Node, schema: &mut Schema) {
        let words: Vec<&Node> = match &node.value {
            Value::Sequence(items) if !self.is_30() => items.iter().map(|item| &**item).collect(),
            _ => vec![node],
        };
        let allowed: Vec<&str> = TYPES
            .iter()
            .map(|(name, _)| *name)
            .skip(usize::from(self.is_30()))
            .collect();
        let mut types = Vec::new();
        for word in words {
            let null = matches!(&word.value, Value::Scalar { text, .. } if text == "null");
            let text = if null {
                Some("null".into())
            } else {
                self.text(word, "`type`")
            };
            let Some(text) = text else { continue };
            match TYPES
                .iter()
                .find(|(name, _)| *name == text && allowed.contains(name))
            {
                Some((_, one)) if !types.contains(one) => types.push(*one),
                Some(_) => {}
                None => self.invalid(word.span, "a type", &text, &allowed),
            }
        }
        if types.iter().filter(|one| **one != SchemaType::Null).count() > 1 {
            schema
                .unsupported
                .push(unsupported(node.span, "several types"));
        }
        schema.types = (!types.is_empty()).then_some(types);
    }

    fn enumeration(&mut self, node: &'a Node) -> Option<Vec<Literal>> {
        match &node.value {
            Value::Sequence(items) if !items.is_empty() => {
                Some(items.iter().map(|item| literal(item)).collect())
            }
            _ => {
                self.wrong_kind(node, "a list of at least one value", "`enum`");
                None
            }
        }
    }

    fn properties(&mut self, node: &'a Node, schema: &mut Schema) {
        for entry in self.mapping(node, "`properties`").unwrap_or_default() {
            schema.properties.push(Property {
                span: entry.key_span,
                name: entry.key.clone(),
                schema: self.reserve(&entry.node),
            });
        }
    }

    fn required(&mut self, node: &'a Node, schema: &mut Schema) {
        let Value::Sequence(items) = &node.value else {
            return self.wrong_kind(node, "a list of names", "`required`");
        };
        for item in items {
            if let Some(name) = self.spanned(item, "a name in `required`")
                && !schema.required.iter().any(|one| one.value == name.value)
            {
                schema.required.push(name);
            }
        }
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

fn literal(node: &Node) -> Literal {
    Literal {
        span: node.span,
        value: json::value(node),
    }
}

/// Tells an `enum` that is neither of texts nor of integers.
fn enumeration_kind(schema: &mut Schema) {
    let Some(values) = &schema.enumeration else {
        return;
    };
    let mut rest = values
        .iter()
        .map(|one| &one.value)
        .filter(|value| !value.is_null())
        .peekable();
    let null_alone = rest.peek().is_none();
    let rest: Vec<_> = rest.collect();
    let texts = rest.iter().all(|value| value.is_string());
    let integers = rest.iter().all(|value| value.is_i64());
    let wanted = if texts {
        SchemaType::String
    } else {
        SchemaType::Integer
    };
    let typed = schema
        .types
        .as_ref()
        .is_none_or(|types| types.contains(&wanted));
    let feature = match (null_alone, texts || integers, typed) {
        (true, ..) => "an `enum` of `null` alone",
        (_, false, _) => "an `enum` of other values than texts or integers",
        (.., false) => "an `enum` whose values are not of its `type`",
        _ => return,
    };
    let span = values.first().map_or(schema.span, |first| first.span);
    schema.unsupported.push(unsupported(span, feature));
}

fn empty(node: &Node) -> Schema {
    Schema {
        span: node.span,
        name: None,
        reference: None,
        title: None,
        description: None,
        deprecated: false,
        read_only: false,
        write_only: false,
        types: None,
        format: None,
        enumeration: None,
        properties: Vec::new(),
        required: Vec::new(),
        additional: Additional::Unsaid,
        items: None,
        min_items: None,
        max_items: None,
        unique_items: false,
        min_properties: None,
        max_properties: None,
        min_length: None,
        max_length: None,
        pattern: None,
        minimum: None,
        maximum: None,
        multiple_of: None,
        all_of: Vec::new(),
        one_of: Vec::new(),
        discriminator: None,
        default: None,
        example: None,
        unsupported: Vec::new(),
    }
}
