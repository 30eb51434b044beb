//! The exact schemas as JSON Schema 2020-12: what the runtime tells violations from, what types that Rust cannot say
//! are checked by, and what examples are held against. Every keyword of the document is there, no reading of ours.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value as Json, json};

use super::{
    direction::{Direction, OneWay},
    plain_keywords::plain_keywords,
};
use crate::spec::{Additional, Document, Schema, SchemaId};

/// Schemas under their keys, as far as something has asked for them.
pub(super) struct Definitions<'a> {
    document: &'a Document,
    one_way: &'a OneWay,
    keys: HashMap<SchemaId, String>,
    /// Whether the document has dynamic references, for which each resource must keep its bounds.
    dynamic: bool,
    taken: HashSet<String>,
    made: BTreeMap<String, Json>,
    resources: HashMap<String, usize>,
}

impl<'a> Definitions<'a> {
    pub(super) fn new(document: &'a Document, one_way: &'a OneWay) -> Self {
        let mut shared = HashSet::new();
        for (id, schema) in document.schemas.iter() {
            shared.extend(schema.reference);
            shared.extend(schema.dynamic_reference.iter().map(|(_, target)| *target));
            shared.extend(
                schema
                    .discriminator
                    .iter()
                    .flat_map(|one| one.mapping.iter().map(|(_, id)| *id)),
            );
            if schema.name.is_some() || schema.dynamic_anchor.is_some() {
                shared.insert(id);
            }
            let resource = |id: &SchemaId| document.schemas.get(*id).resource;
            shared.extend(
                schema
                    .children()
                    .iter()
                    .filter(|child| resource(child) != schema.resource),
            );
        }
        let mut keys = HashMap::new();
        let mut taken = HashSet::new();
        for (id, schema) in document
            .schemas
            .iter()
            .filter(|(id, _)| shared.contains(id))
        {
            let base = match &schema.name {
                Some(name) => name.value.clone(),
                None => format!("schema-{}", id.index()),
            };
            let mut key = base.clone();
            let mut number = 2;
            while !taken.insert(key.clone()) {
                key = format!("{base}-{number}");
                number += 1;
            }
            keys.insert(id, key);
        }
        Definitions {
            document,
            one_way,
            keys,
            dynamic: document.schemas.has_dynamic_references(),
            taken,
            made: BTreeMap::new(),
            resources: HashMap::new(),
        }
    }

    /// Everything asked for so far.
    pub(super) fn json(&self) -> Json {
        if !self.dynamic {
            return Json::Object(self.made.clone().into_iter().collect());
        }
        let mut resources: BTreeMap<usize, Map<String, Json>> = BTreeMap::new();
        for (key, schema) in &self.made {
            resources
                .entry(self.resources[key])
                .or_default()
                .insert(key.clone(), schema.clone());
        }
        let entries = resources.into_iter().map(|(resource, definitions)| {
            let schema = json!({ "$id": resource_name(resource), "$defs": definitions });
            (format!("resource-{resource}"), schema)
        });
        Json::Object(entries.collect())
    }

    /// The JSON Schema of `id`: a reference where it has a name or is referred to.
    pub(super) fn schema(&mut self, id: SchemaId, way: Direction) -> Json {
        match self.keys.contains_key(&id) {
            true => {
                let key = self.key(id, way);
                self.reference(id, &key)
            }
            false => self.keywords(id, way),
        }
    }

    /// The key under which the schema `id` stands, for a type of this name that is checked by it.
    pub(super) fn key_for(&mut self, id: SchemaId, way: Direction, name: &str) -> String {
        if !self.keys.contains_key(&id) {
            let numbered = (2..).map(|number| format!("{name}-{number}"));
            let mut names = std::iter::once(name.to_owned()).chain(numbered);
            let key = names.find(|key| self.taken.insert(key.clone()));
            self.keys.insert(id, key.unwrap_or_default());
        }
        self.key(id, way)
    }

    fn key(&mut self, id: SchemaId, way: Direction) -> String {
        let way = self.one_way.of(id, way);
        let fresh = || format!("schema-{}", id.index());
        let base = self.keys.entry(id).or_insert_with(fresh);
        let key = match way {
            Direction::Request => format!("{base}.request"),
            Direction::Both | Direction::Answer => base.clone(),
        };
        if self.dynamic && self.made.is_empty() {
            self.made.insert(key.clone(), Json::Bool(true));
            for (id, schema) in self.document.schemas.iter() {
                if schema.dynamic_anchor.is_some() {
                    self.key(id, way);
                }
            }
            self.made.remove(&key);
        }
        if !self.made.contains_key(&key) {
            self.made.insert(key.clone(), Json::Bool(true));
            let resource = self.document.schemas.get(id).resource.0;
            self.resources.insert(key.clone(), resource);
            let schema = self.keywords(id, way);
            self.made.insert(key.clone(), schema);
        }
        key
    }

    fn reference(&self, id: SchemaId, key: &str) -> Json {
        let pointer = format!("#/$defs/{}", escaped(key));
        json!({ "$ref": match self.dynamic {
            true => format!("{}{pointer}", resource_name(self.document.schemas.get(id).resource.0)),
            false => pointer,
        }})
    }

    fn keywords(&mut self, id: SchemaId, way: Direction) -> Json {
        let schema = self.document.schemas.get(id);
        if schema.never {
            return Json::Bool(false);
        }
        let mut out = Map::new();
        if let Some(target) = schema.reference {
            let key = self.key(target, way);
            if let Json::Object(reference) = self.reference(target, &key) {
                out.extend(reference);
            }
        }
        self.dynamics(schema, way, &mut out);
        plain_keywords(schema, &mut out);
        if let Some(xml) = &schema.words.xml {
            out.insert("xml".into(), xml.clone());
        }
        self.members(schema, way, &mut out);
        self.items(schema, way, &mut out);
        self.applicators(schema, way, &mut out);
        Json::Object(out)
    }

    fn dynamics(&mut self, schema: &Schema, way: Direction, out: &mut Map<String, Json>) {
        if let Some((name, target)) = &schema.dynamic_reference {
            self.key(*target, way);
            let resource = self.document.schemas.get(*target).resource.0;
            out.insert(
                "$dynamicRef".into(),
                json!(format!("{}#{name}", resource_name(resource))),
            );
        }
        if let Some(anchor) = schema.dynamic_anchor.as_ref().filter(|_| self.dynamic) {
            out.insert("$dynamicAnchor".into(), json!(anchor));
        }
    }

    fn members(&mut self, schema: &Schema, way: Direction, out: &mut Map<String, Json>) {
        let object = &schema.object;
        let mut properties = Map::new();
        let mut hidden = Vec::new();
        for property in &object.properties {
            let value = match self.one_way.hides(property.schema, way) {
                true => {
                    hidden.push(property.name.as_str());
                    Json::Bool(true)
                }
                false => self.schema(property.schema, way),
            };
            properties.insert(property.name.clone(), value);
        }
        let required = object.required.iter().map(|one| one.value.as_str());
        let required: Vec<&str> = required.filter(|name| !hidden.contains(name)).collect();
        if !required.is_empty() {
            out.insert("required".into(), json!(required));
        }
        if !properties.is_empty() {
            out.insert("properties".into(), Json::Object(properties));
        }
        match object.additional {
            Additional::Unsaid => {}
            Additional::Any => _ = out.insert("additionalProperties".into(), json!(true)),
            Additional::Refused => _ = out.insert("additionalProperties".into(), json!(false)),
            Additional::Schema(value) => {
                let value = self.schema(value, way);
                out.insert("additionalProperties".into(), value);
            }
        }
        let patterns = object
            .patterns
            .iter()
            .map(|(pattern, id)| (pattern.value.clone(), *id));
        self.schemas("patternProperties", patterns.collect(), way, out);
        self.schemas(
            "dependentSchemas",
            object.dependent_schemas.clone(),
            way,
            out,
        );
        if !object.dependent_required.is_empty() {
            let entries = object.dependent_required.iter();
            let entries = entries.map(|(name, needs)| (name.clone(), json!(needs)));
            out.insert("dependentRequired".into(), Json::Object(entries.collect()));
        }
        self.one("propertyNames", object.names, way, out);
        self.one("unevaluatedProperties", object.unevaluated, way, out);
    }

    fn items(&mut self, schema: &Schema, way: Direction, out: &mut Map<String, Json>) {
        let array = &schema.array;
        self.many("prefixItems", &array.prefix, way, out);
        self.one("items", array.items, way, out);
        self.one("contains", array.contains, way, out);
        self.one("unevaluatedItems", array.unevaluated, way, out);
        if array.unique {
            out.insert("uniqueItems".into(), json!(true));
        }
    }

    fn applicators(&mut self, schema: &Schema, way: Direction, out: &mut Map<String, Json>) {
        self.many("allOf", &schema.all_of, way, out);
        self.one("not", schema.not, way, out);
        self.one("if", schema.condition, way, out);
        self.one("then", schema.consequence, way, out);
        self.one("else", schema.alternative, way, out);
        if self.tagged(schema, way, out) {
            return;
        }
        self.many("anyOf", &schema.any_of, way, out);
        self.many("oneOf", &schema.one_of, way, out);
    }

    /// A choice whose members each have a value of the discriminator: the value decides, and then its schema holds.
    fn tagged(&mut self, schema: &Schema, way: Direction, out: &mut Map<String, Json>) -> bool {
        let Some(discriminator) = schema.discriminator.as_ref().filter(|one| one.decides) else {
            return false;
        };
        let tag = &discriminator.property;
        let tags: Vec<&str> = discriminator
            .mapping
            .iter()
            .map(|(tag, _)| tag.as_str())
            .collect();
        let head =
            json!({ "type": "object", "required": [tag], "properties": { tag: { "enum": tags } } });
        let mut cases = if discriminator.rest.is_some() {
            Vec::new()
        } else {
            vec![head]
        };
        for (value, member) in &discriminator.mapping {
            let then = self.schema(*member, way);
            cases.push(json!({
                "if": { "required": [tag], "properties": { tag: { "const": value } } },
                "then": then,
            }));
        }
        let all = out.entry("allOf").or_insert_with(|| json!([]));
        if let Json::Array(all) = all {
            all.extend(cases);
        }
        true
    }

    fn one(
        &mut self,
        keyword: &str,
        id: Option<SchemaId>,
        way: Direction,
        out: &mut Map<String, Json>,
    ) {
        if let Some(id) = id {
            let schema = self.schema(id, way);
            out.insert(keyword.into(), schema);
        }
    }

    fn many(
        &mut self,
        keyword: &str,
        ids: &[SchemaId],
        way: Direction,
        out: &mut Map<String, Json>,
    ) {
        if !ids.is_empty() {
            let schemas: Vec<Json> = ids.iter().map(|id| self.schema(*id, way)).collect();
            let all = out.entry(keyword).or_insert_with(|| json!([]));
            if let Json::Array(all) = all {
                all.extend(schemas);
            }
        }
    }

    fn schemas(
        &mut self,
        keyword: &str,
        entries: Vec<(String, SchemaId)>,
        way: Direction,
        out: &mut Map<String, Json>,
    ) {
        if !entries.is_empty() {
            let entries = entries
                .into_iter()
                .map(|(name, id)| (name, self.schema(id, way)));
            let entries = entries.collect();
            out.insert(keyword.into(), Json::Object(entries));
        }
    }
}

impl Definitions<'_> {
    /// Whether `null` fits the schema `id`.
    pub(super) fn takes_null(&mut self, id: SchemaId, way: Direction) -> bool {
        let schema = self.schema(id, way);
        self.validator(schema)
            .is_some_and(|one| one.is_valid(&Json::Null))
    }

    /// A validator of a schema that these definitions made.
    pub(super) fn validator(&self, schema: Json) -> Option<oarlock_runtime::Validator> {
        match self.dynamic {
            true => {
                let whole = json!({ "allOf": [schema], "$defs": self.json() });
                oarlock_runtime::Validator::new(&whole)
            }
            false => oarlock_runtime::Validator::within(&schema, |key| self.made.get(key)),
        }
        .ok()
    }
}

fn resource_name(resource: usize) -> String {
    format!("oarlock:///resource-{resource}")
}

/// A key in a JSON Pointer in a URI fragment (RFC 6901, sections 3 and 6).
fn escaped(key: &str) -> String {
    let mut out = String::new();
    for byte in key.replace('~', "~0").replace('/', "~1").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(byte.into());
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
