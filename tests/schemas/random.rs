//! Random schemas, and random values that nearly fit them. The same seed gives the same, everywhere.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// How deep schemas and values lie in one another.
const DEPTH: usize = 3;
const NAMES: [&str; 6] = ["a", "b", "c", "type", "x-y", "é"];
const TEXTS: [&str; 10] = [
    "",
    "a",
    "b",
    "ab",
    "abc",
    "äöü",
    "2024-02-29",
    "1",
    "null",
    "018f3d5e-7c1a-7b2f-9d60-3a5b1c2d4e6f",
];
const PATTERNS: [&str; 5] = ["^a", "b$", "^[a-z]{2,3}$", "^(?!ab)", "\\d"];
const FORMATS: [&str; 4] = ["date", "uuid", "ipv4", "email"];

/// Makes schemas and values.
pub(crate) struct Random {
    rng: Rng,
    /// The names under `$defs` that a schema may refer to.
    definitions: usize,
}

impl Random {
    pub(crate) fn new(seed: u64, definitions: usize) -> Self {
        Random {
            rng: Rng::with_seed(seed),
            definitions,
        }
    }

    /// A schema with definitions of its own.
    pub(crate) fn schema(&mut self) -> Value {
        let definitions: Map<String, Value> = (0..self.definitions)
            .map(|index| (format!("d{index}"), self.part(1, false)))
            .collect();
        let mut schema = self.part(0, true);
        if let Value::Object(members) = &mut schema {
            members.insert("$defs".into(), Value::Object(definitions));
        }
        schema
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.rng.usize(..one_in) == 0
    }

    fn pick<'p, T>(&mut self, from: &'p [T]) -> &'p T {
        &from[self.rng.usize(..from.len())]
    }

    /// `refers`: whether a reference may stand for the whole, which in a definition could lead back to itself.
    fn part(&mut self, depth: usize, refers: bool) -> Value {
        if refers && depth > 0 && self.chance(5) {
            return json!({ "$ref": format!("#/$defs/d{}", self.rng.usize(..self.definitions)) });
        }
        let mut schema = Map::new();
        match self.rng.usize(..14) {
            0 => _ = schema.insert("enum".into(), self.literals()),
            1 => _ = schema.insert("const".into(), self.literal()),
            2 if depth < DEPTH => self.choice(&mut schema, depth, refers),
            3 if depth < DEPTH => self.object(&mut schema, depth),
            4 => {}
            5 => {
                let two = [self.kind(), self.kind()];
                let mut types: Vec<&str> = two.to_vec();
                types.dedup();
                schema.insert("type".into(), json!(types));
                for one in types {
                    self.keywords(one, &mut schema, depth);
                }
            }
            _ => {
                let kind = self.kind();
                match self.chance(6) {
                    true if kind != "null" => {
                        _ = schema.insert("type".into(), json!([kind, "null"]))
                    }
                    _ => _ = schema.insert("type".into(), json!(kind)),
                }
                self.keywords(kind, &mut schema, depth);
            }
        }
        if depth < DEPTH && self.chance(8) {
            self.choice(&mut schema, depth, refers);
        }
        if depth < DEPTH && self.chance(12) {
            schema.insert("not".into(), self.part(depth + 1, refers));
        }
        if depth < DEPTH && self.chance(16) {
            for keyword in ["if", "then", "else"] {
                schema.insert(keyword.into(), self.part(depth + 1, refers));
            }
        }
        Value::Object(schema)
    }

    fn kind(&mut self) -> &'static str {
        let kinds = [
            "string", "integer", "number", "boolean", "array", "object", "object", "null",
        ];
        kinds[self.rng.usize(..kinds.len())]
    }

    fn keywords(&mut self, kind: &str, schema: &mut Map<String, Value>, depth: usize) {
        match kind {
            "string" => self.string(schema),
            "integer" | "number" => self.number(schema),
            "array" => self.array(schema, depth),
            "object" => self.object(schema, depth),
            _ => {}
        }
    }

    fn string(&mut self, schema: &mut Map<String, Value>) {
        if self.chance(4) {
            schema.insert("minLength".into(), json!(self.rng.usize(..3)));
        }
        if self.chance(4) {
            schema.insert("maxLength".into(), json!(self.rng.usize(..4)));
        }
        if self.chance(4) {
            schema.insert("pattern".into(), json!(*self.pick(&PATTERNS)));
        }
        // A format is held where text is all that may be.
        if self.chance(4) && schema.get("type") == Some(&json!("string")) {
            schema.insert("format".into(), json!(*self.pick(&FORMATS)));
        }
    }

    fn number(&mut self, schema: &mut Map<String, Value>) {
        for keyword in ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] {
            if self.chance(5) {
                let end = self.numeric();
                schema.insert(keyword.into(), end);
            }
        }
        if self.chance(6) {
            schema.insert(
                "multipleOf".into(),
                self.pick(&[json!(2), json!(0.5), json!(3), json!(0.01)])
                    .clone(),
            );
        }
    }

    fn array(&mut self, schema: &mut Map<String, Value>, depth: usize) {
        if depth < DEPTH && !self.chance(4) {
            schema.insert("items".into(), self.part(depth + 1, true));
        }
        if depth < DEPTH && self.chance(8) {
            let prefix: Vec<Value> = (0..=self.rng.usize(..2))
                .map(|_| self.part(depth + 1, true))
                .collect();
            schema.insert("prefixItems".into(), json!(prefix));
        }
        if depth < DEPTH && self.chance(10) {
            schema.insert("contains".into(), self.part(depth + 1, true));
        }
        if self.chance(5) {
            schema.insert("minItems".into(), json!(self.rng.usize(..3)));
        }
        if self.chance(5) {
            schema.insert("maxItems".into(), json!(self.rng.usize(..4)));
        }
        if self.chance(6) {
            schema.insert("uniqueItems".into(), json!(true));
        }
    }

    fn object(&mut self, schema: &mut Map<String, Value>, depth: usize) {
        let mut properties = Map::new();
        for name in NAMES {
            if depth < DEPTH && self.chance(3) {
                properties.insert(name.to_owned(), self.part(depth + 1, true));
            }
        }
        if !properties.is_empty() {
            schema.insert("properties".into(), Value::Object(properties));
        }
        let required: Vec<&str> = NAMES.into_iter().filter(|_| self.chance(5)).collect();
        if !required.is_empty() {
            schema.insert("required".into(), json!(required));
        }
        match self.rng.usize(..6) {
            0 => _ = schema.insert("additionalProperties".into(), json!(false)),
            1 if depth < DEPTH => {
                schema.insert("additionalProperties".into(), self.part(depth + 1, true));
            }
            _ => {}
        }
        if self.chance(10) {
            schema.insert("minProperties".into(), json!(self.rng.usize(..3)));
        }
        if self.chance(10) {
            schema.insert("maxProperties".into(), json!(self.rng.usize(..4)));
        }
        if depth < DEPTH && self.chance(12) {
            schema.insert(
                "patternProperties".into(),
                json!({ "^x": self.part(depth + 1, true) }),
            );
        }
        if self.chance(14) {
            schema.insert("propertyNames".into(), json!({ "maxLength": 3 }));
        }
        if self.chance(14) {
            schema.insert("dependentRequired".into(), json!({ "a": ["b"] }));
        }
    }

    fn choice(&mut self, schema: &mut Map<String, Value>, depth: usize, refers: bool) {
        let keyword = *self.pick(&["oneOf", "anyOf", "allOf"]);
        let members: Vec<Value> = (0..=self.rng.usize(..3))
            .map(|_| self.part(depth + 1, refers))
            .collect();
        schema.insert(keyword.into(), json!(members));
    }

    fn literals(&mut self) -> Value {
        let mut all = Vec::new();
        let texts = self.rng.bool();
        for _ in 0..=self.rng.usize(..4) {
            let one = match texts {
                true => json!(*self.pick(&TEXTS)),
                false => self.literal(),
            };
            if !all.contains(&one) {
                all.push(one);
            }
        }
        json!(all)
    }

    fn literal(&mut self) -> Value {
        self.value(DEPTH - 1)
    }

    fn numeric(&mut self) -> Value {
        match self.rng.usize(..8) {
            0 => json!(0.5),
            1 => json!(-1.5),
            2 => json!(1.0),
            3 => json!(1e17),
            4 => json!(9_007_199_254_740_993_i64),
            5 => json!(i64::MIN),
            _ => json!(self.rng.i64(-3..6)),
        }
    }

    /// Any value.
    fn value(&mut self, depth: usize) -> Value {
        match self.rng.usize(..if depth < DEPTH { 9 } else { 7 }) {
            0 => Value::Null,
            1 => json!(self.rng.bool()),
            2 | 3 => self.numeric(),
            4..=6 => json!(*self.pick(&TEXTS)),
            7 => (0..self.rng.usize(..4))
                .map(|_| self.value(depth + 1))
                .collect(),
            _ => {
                let members = NAMES
                    .into_iter()
                    .filter(|_| self.rng.bool())
                    .collect::<Vec<_>>();
                Value::Object(
                    members
                        .into_iter()
                        .map(|name| (name.to_owned(), self.value(depth + 1)))
                        .collect(),
                )
            }
        }
    }

    /// A value that fits a schema more often than not.
    pub(crate) fn nearly(&mut self, schema: &Value, root: &Value, depth: usize) -> Value {
        if depth > DEPTH + 2 || self.chance(12) {
            return self.value(depth.min(DEPTH));
        }
        if let Some(target) = schema["$ref"].as_str() {
            let target = root.pointer(&target[1..]).cloned().unwrap_or_default();
            return self.nearly(&target, root, depth + 1);
        }
        if let Some(values) = schema["enum"].as_array() {
            return self.pick(values).clone();
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            if let Some(members) = schema[keyword].as_array()
                && self.rng.bool()
            {
                let member = self.pick(members).clone();
                return self.nearly(&member, root, depth + 1);
            }
        }
        let kind = match &schema["type"] {
            Value::String(one) => one.clone(),
            Value::Array(many) => self.pick(many).as_str().unwrap_or_default().to_owned(),
            _ if schema.get("properties").is_some() => "object".into(),
            _ => return self.value(depth.min(DEPTH)),
        };
        match kind.as_str() {
            "null" => Value::Null,
            "boolean" => json!(self.rng.bool()),
            "integer" if !self.chance(5) => json!(self.rng.i64(-3..6)),
            "integer" | "number" => self.numeric(),
            "string" => json!(*self.pick(&TEXTS)),
            "array" => {
                let items = schema.get("items").cloned().unwrap_or_else(|| json!({}));
                (0..self.rng.usize(..4))
                    .map(|_| self.nearly(&items, root, depth + 1))
                    .collect()
            }
            _ => self.nearly_object(schema, root, depth),
        }
    }

    fn nearly_object(&mut self, schema: &Value, root: &Value, depth: usize) -> Value {
        let mut members = Map::new();
        for name in NAMES {
            let required = schema["required"]
                .as_array()
                .is_some_and(|all| all.contains(&json!(name)));
            let property = schema["properties"].get(name);
            let wanted = match (required, property.is_some()) {
                (true, _) => !self.chance(15),
                (false, true) => self.rng.bool(),
                (false, false) => self.chance(8),
            };
            if wanted {
                let value = match property.or(schema
                    .get("additionalProperties")
                    .filter(|one| one.is_object()))
                {
                    Some(property) => self.nearly(&property.clone(), root, depth + 1),
                    None => self.value(depth.min(DEPTH)),
                };
                members.insert(name.to_owned(), value);
            }
        }
        Value::Object(members)
    }
}
