//! Schemas: each node once, in a queue, so that neither recursion nor long chains of references cost stack.

use super::{
    json,
    keywords::{self, Known},
    reader::{Reader, key_span, unsupported},
    swagger,
};
use crate::{
    diagnostic::Code,
    document::{Entry, Node, Value},
    spec::{Literal, Schema, SchemaId, SchemaType, Spanned, files::identity},
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

    /// A schema that every value fits, where the document gives none.
    pub(super) fn open_schema(&mut self, place: &'a Node) -> SchemaId {
        let schema = Schema::open(place.span, self.files.resource_of(place));
        self.made_schema(schema)
    }

    /// A schema that every text fits, where the document gives none.
    pub(super) fn text_schema(&mut self, place: &'a Node) -> SchemaId {
        let mut schema = Schema::open(place.span, self.files.resource_of(place));
        schema.types = Some(vec![SchemaType::String]);
        self.made_schema(schema)
    }

    /// A schema that stands nowhere in the document, and that other parts of it ask for.
    pub(super) fn made_schema(&mut self, schema: Schema) -> SchemaId {
        self.schemas.push(Some(schema));
        SchemaId(self.schemas.len() - 1)
    }

    /// The schema that a reference leads to, named as the reference names it.
    pub(super) fn referred(&mut self, reference: &'a Node) -> Option<SchemaId> {
        let target = self.target(reference)?;
        let id = self.reserve(target);
        if let Value::Scalar { text, .. } = &reference.value
            && let Some(name) = name_in(text)
        {
            let span = target.span;
            let name = Spanned { span, value: name };
            self.names.entry(id).or_insert(name);
        }
        Some(id)
    }

    /// Reads every schema that anything has asked for.
    pub(super) fn read_schemas(&mut self) {
        while let Some((id, node)) = self.queue.pop_front() {
            let mut schema = self.schema(node);
            schema.name = self.names.get(&id).cloned();
            let dynamic = schema.dynamic_reference.is_some();
            self.schemas[id.0] = Some(schema);
            if dynamic {
                for anchor in self.files.dynamic_anchors() {
                    self.reserve(anchor);
                }
            }
        }
        // A later reference may have named a schema that was read before.
        for (id, name) in &self.names {
            if let Some(schema) = &mut self.schemas[id.0] {
                schema.name = Some(name.clone());
            }
        }
    }

    fn schema(&mut self, node: &'a Node) -> Schema {
        let mut schema = Schema::open(node.span, self.files.resource_of(node));
        let Value::Mapping(entries) = &node.value else {
            match json::boolean(node).filter(|_| !self.is_30()) {
                Some(open) => schema.never = !open,
                None => self.wrong_kind(node, "a mapping", "a schema"),
            }
            return schema;
        };
        if let Some(reference) = node.get("$ref") {
            schema.reference = self.referred(reference);
            if self.is_30() {
                self.ignored_siblings(entries);
                schema.words.description = self.text_of(node, "description");
                return schema;
            }
        }
        let around = self.around.contains(&identity(node));
        for entry in entries {
            if !(around && swagger::AROUND_SCHEMA.contains(&entry.key.as_str())) {
                self.keyword(entry, &mut schema);
            }
        }
        self.texts(node, &mut schema);
        self.nullable(node, &mut schema);
        schema.minimum = self.bound(node, "minimum", "exclusiveMinimum", |own, open| open >= own);
        schema.maximum = self.bound(node, "maximum", "exclusiveMaximum", |own, open| open <= own);
        self.discriminator(node, &mut schema);
        schema.words.binary |= is_binary(node);
        self.missing_type(node, &schema);
        schema
    }

    /// Numbers and booleans among the values of a schema of texts were meant as texts: YAML asks for quotes there.
    fn texts(&mut self, node: &'a Node, schema: &mut Schema) {
        let text = |one: &SchemaType| matches!(one, SchemaType::String | SchemaType::Null);
        let texts = schema
            .types
            .as_ref()
            .is_some_and(|types| types.iter().all(text));
        let Some(values) = schema.enumeration.as_mut().filter(|_| texts) else {
            return;
        };
        let mut meant = false;
        for one in values
            .iter_mut()
            .filter(|one| one.value.is_number() || one.value.is_boolean())
        {
            one.value = one.value.to_string().into();
            meant = true;
        }
        if let (true, Some(span)) = (meant, key_span(node, "enum").or(key_span(node, "const"))) {
            self.as_meant(
                span,
                "this schema is of texts, and a value of it is none".into(),
                "read as texts",
                "put quotes around each value".into(),
            );
        }
    }

    /// Members without `type: object`: other values than objects fit as well, which few authors mean.
    fn missing_type(&mut self, node: &'a Node, schema: &Schema) {
        let alone = schema.reference.is_none()
            && [&schema.all_of, &schema.any_of, &schema.one_of]
                .iter()
                .all(|one| one.is_empty());
        if schema.types.is_none()
            && alone
            && schema.enumeration.is_none()
            && let Some(span) = key_span(node, "properties")
        {
            self.as_meant(
                span,
                "this schema has `properties` and no `type`".into(),
                "a value that is no object fits as well",
                "add `type: object` where objects alone are meant".into(),
            );
        }
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
                let help = match entry.key.as_str() {
                    "nullable" => {
                        "for `null` as well, write `nullable: true` into the schema that the `$ref` names"
                    }
                    _ => "put the `$ref` into an `allOf`, and this beside the `allOf`",
                };
                let help = help.into();
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
            "title" => schema.words.title = self.text(node, &what),
            "description" => schema.words.description = self.text(node, &what),
            "deprecated" => schema.words.deprecated = self.boolean(node, &what).unwrap_or(false),
            "readOnly" => schema.words.read_only = self.boolean(node, &what).unwrap_or(false),
            "writeOnly" => schema.words.write_only = self.boolean(node, &what).unwrap_or(false),
            "default" => schema.words.default = Some(literal(node)),
            "example" => schema.words.examples.push(literal(node)),
            "examples" if !self.is_30() => {
                if let Value::Sequence(items) = &node.value {
                    schema
                        .words
                        .examples
                        .extend(items.iter().map(|item| literal(item)));
                }
            }
            "xml" => schema.words.xml = Some(json::value(node)),
            "type" => self.types(node, schema),
            "format" => schema.format = self.spanned(node, &what),
            "enum" => self.enumeration(node, schema),
            "const" if !self.is_30() => constant(schema, vec![literal(node)]),
            "pattern" => schema.pattern = self.spanned(node, &what),
            "minLength" => schema.min_length = self.count(node, &what),
            "maxLength" => schema.max_length = self.count(node, &what),
            "multipleOf" => schema.multiple_of = self.step(node, &what),
            "allOf" => schema.all_of = self.members(node, &what),
            "anyOf" => schema.any_of = self.members(node, &what),
            "oneOf" => schema.one_of = self.members(node, &what),
            "not" => schema.not = Some(self.reserve(node)),
            "if" if !self.is_30() => schema.condition = Some(self.reserve(node)),
            "then" if !self.is_30() => schema.consequence = Some(self.reserve(node)),
            "else" if !self.is_30() => schema.alternative = Some(self.reserve(node)),
            "$dynamicRef" if !self.is_30() => self.dynamic_reference(node, schema),
            "$dynamicAnchor" if !self.is_30() => schema.dynamic_anchor = self.text(node, &what),
            "$schema" if !self.is_30() => self.schema_keyword(node, schema),
            _ => {
                let known = self.object_keyword(entry, &mut schema.object)
                    || self.array_keyword(entry, &mut schema.array);
                match keywords::known(&entry.key, self.is_30()) {
                    _ if known => {}
                    Known::Elsewhere | Known::Silent => {}
                    Known::Never => self.unknown_field(entry, keywords::COMMON, "a schema"),
                }
            }
        }
    }

    fn schema_keyword(&mut self, node: &'a Node, schema: &mut Schema) {
        let dialect = self.text(node, "`$schema`").unwrap_or_default();
        if !super::SCHEMA_DIALECTS.contains(&dialect.trim_end_matches('#')) {
            let feature = format!("the JSON Schema dialect `{}`", dialect.escape_debug());
            schema.unsupported.push(unsupported(node.span, feature));
        }
    }

    /// A dynamic reference is one only where it leads to a dynamic anchor of its name (JSON Schema 2020-12, 8.2.3.2).
    fn dynamic_reference(&mut self, node: &'a Node, schema: &mut Schema) {
        let Some(text) = self.text(node, "`$dynamicRef`") else {
            return;
        };
        let Some(target) = self.target(node) else {
            return;
        };
        let id = self.reserve(target);
        let name = text.rsplit_once('#').map_or("", |(_, name)| name);
        let anchored = matches!(
            target.get("$dynamicAnchor").map(|anchor| &anchor.value),
            Some(Value::Scalar { text, .. }) if text == name
        );
        match anchored {
            true => schema.dynamic_reference = Some((name.to_owned(), id)),
            false => schema.all_of.push(id),
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
            if text == "file" && self.is_20() {
                types.push(self.file(word, schema));
                continue;
            }
            match TYPES
                .iter()
                .find(|(name, _)| *name == text && allowed.contains(name))
            {
                Some((_, one)) if !types.contains(one) => types.push(*one),
                Some(_) => {}
                None => self.invalid(word.span, "a type", &text, &allowed),
            }
        }
        schema.types = (!types.is_empty()).then_some(types);
    }

    /// 2.0 has files as fields of forms and as whole answers; authors write lists of them as well.
    fn file(&mut self, word: &Node, schema: &mut Schema) -> SchemaType {
        self.as_meant(
            word.span,
            "`file` is the type of a form's field and of an answer alone".into(),
            "read as bytes",
            "write `type: string` and `format: binary`".into(),
        );
        let value = "binary".into();
        let span = word.span;
        schema.format = Some(Spanned { span, value });
        schema.words.binary = true;
        SchemaType::String
    }

    fn enumeration(&mut self, node: &'a Node, schema: &mut Schema) {
        match &node.value {
            Value::Sequence(items) if !items.is_empty() || !self.is_30() => {
                constant(schema, items.iter().map(|item| literal(item)).collect());
            }
            _ => self.wrong_kind(node, "a list of at least one value", "`enum`"),
        }
    }
}

/// Whether a schema's texts stand for bytes as they are: `format: binary`, an encoding that changes nothing, or a media
/// type of its own without any (OpenAPI 3.1, working with binary data).
pub(super) fn is_binary(node: &Node) -> bool {
    let word = |key: &str| match node.get(key).map(|node| &node.value) {
        Some(Value::Scalar { text, .. }) => Some(text.to_ascii_lowercase()),
        _ => None,
    };
    match (word("contentEncoding").as_deref(), word("contentMediaType")) {
        (Some("binary" | "8bit" | "7bit"), _) | (None, Some(_)) => true,
        _ => word("format").as_deref() == Some("binary"),
    }
}

pub(super) fn literal(node: &Node) -> Literal {
    Literal {
        span: node.span,
        value: json::value(node),
    }
}

/// Notes the values of `enum` or `const`; of both, those that stand in both.
fn constant(schema: &mut Schema, mut values: Vec<Literal>) {
    if let Some(known) = schema.enumeration.take() {
        values.retain(|one| known.iter().any(|other| other.value == one.value));
    }
    schema.enumeration = Some(values);
}

/// The name of a component of another file, or of the file itself.
fn name_in(reference: &str) -> Option<String> {
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let (folder, name) = pointer.rsplit_once('/').unwrap_or(("", ""));
    let home = ["/components/schemas", "/definitions", "/$defs"];
    if home.iter().any(|home| folder.ends_with(home)) {
        let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        return Some(name.replace("~1", "/").replace("~0", "~"));
    }
    let stem = file.rsplit('/').next()?.split('.').next()?;
    (pointer.is_empty() && !stem.is_empty()).then(|| stem.to_owned())
}
