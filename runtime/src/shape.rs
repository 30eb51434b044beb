//! What an exact schema says of the shape of its values: what reading a value from text or XML has to know.

use std::cell::Cell;

use serde_json::{Map, Value};

/// How deep members and items are followed; a schema that holds itself has no end.
const DEPTH: usize = 16;
/// How many references and alternatives lie between a value and what is said of it.
const HOPS: usize = 32;
/// How many schemas one shape may take in; schemas that refer to one another a lot would not end otherwise.
const MOST: usize = 20_000;

/// The types that a value may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Types(u8);

/// The types of JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    const ALL: [(&'static str, Kind); 7] = [
        ("null", Kind::Null),
        ("boolean", Kind::Boolean),
        ("integer", Kind::Integer),
        ("number", Kind::Number),
        ("string", Kind::String),
        ("array", Kind::Array),
        ("object", Kind::Object),
    ];

    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Boolean,
            Value::Number(number) if number.is_f64() => Kind::Number,
            Value::Number(_) => Kind::Integer,
            Value::String(_) => Kind::String,
            Value::Array(_) => Kind::Array,
            Value::Object(_) => Kind::Object,
        }
    }
}

impl Types {
    const NONE: Types = Types(0);
    const ANY: Types = Types(0x7f);

    pub(crate) fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// Whether nothing is said of the type.
    pub(crate) fn is_any(self) -> bool {
        self == Self::ANY
    }

    fn with(self, kind: Kind) -> Self {
        let numbers = if kind == Kind::Number {
            1 << Kind::Integer as u8
        } else {
            0
        };
        Types(self.0 | 1 << kind as u8 | numbers)
    }

    fn and(self, other: Types) -> Self {
        Types(self.0 & other.0)
    }

    fn or(self, other: Types) -> Self {
        Types(self.0 | other.0)
    }
}

/// The shape of values.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) types: Types,
    /// Whether the text stands for bytes: `format: binary`, or a media type of its own.
    pub(crate) binary: bool,
    /// Items of a list; none where nothing is said.
    pub(crate) items: Option<Box<Shape>>,
    /// The members that have a name, in the order of the document.
    pub(crate) members: Vec<(String, Shape)>,
    /// Every other member; none where nothing is said.
    pub(crate) others: Option<Box<Shape>>,
    /// Whether other members are refused.
    pub(crate) closed: bool,
    /// What `xml` says.
    pub(crate) xml: Xml,
}

/// `xml` of a schema (OpenAPI 3.1, XML Object).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Xml {
    pub(crate) name: Option<String>,
    pub(crate) namespace: Option<String>,
    pub(crate) prefix: Option<String>,
    pub(crate) attribute: bool,
    pub(crate) wrapped: bool,
}

impl Default for Shape {
    fn default() -> Self {
        Shape {
            types: Types::ANY,
            binary: false,
            items: None,
            members: Vec::new(),
            others: None,
            closed: false,
            xml: Xml::default(),
        }
    }
}

impl Shape {
    /// The shape of a schema that refers to `definitions` as `#/$defs/NAME`.
    pub(crate) fn of(schema: &Value, definitions: &Map<String, Value>) -> Self {
        let left = Cell::new(MOST);
        Walk { definitions, left }.shape(schema, (DEPTH, HOPS))
    }

    /// The shape of a member: its own, that of every other one, or any.
    pub(crate) fn member(&self, name: &str) -> Option<&Shape> {
        let own = self.members.iter().find(|(one, _)| one == name);
        own.map(|(_, shape)| shape).or(self.others.as_deref())
    }

    /// Whether values are lists and nothing else, `null` aside.
    pub(crate) fn is_list(&self) -> bool {
        self.is_only(Kind::Array)
    }

    /// Whether values are objects and nothing else, `null` aside.
    pub(crate) fn is_object(&self) -> bool {
        self.is_only(Kind::Object)
    }

    /// Whether values are texts and nothing else, `null` aside.
    pub(crate) fn is_text(&self) -> bool {
        self.is_only(Kind::String)
    }

    fn is_only(&self, kind: Kind) -> bool {
        let null = Types::NONE.with(Kind::Null).0;
        self.types.0 & !null == Types::NONE.with(kind).0
    }

    /// Adds what another shape says of the same values.
    fn join(&mut self, other: Shape, types: Types) {
        self.types = types;
        self.binary |= other.binary;
        self.closed |= other.closed;
        match (&mut self.items, other.items) {
            (Some(own), Some(items)) => {
                let types = own.types.or(items.types);
                own.join(*items, types);
            }
            (own @ None, items) => *own = items,
            (Some(_), None) => {}
        }
        for (name, shape) in other.members {
            match self.members.iter_mut().find(|(one, _)| *one == name) {
                Some((_, own)) => {
                    let types = own.types.or(shape.types);
                    own.join(shape, types);
                }
                None => self.members.push((name, shape)),
            }
        }
        self.others = self.others.take().or(other.others);
        if self.xml == Xml::default() {
            self.xml = other.xml;
        }
    }
}

struct Walk<'s> {
    definitions: &'s Map<String, Value>,
    left: Cell<usize>,
}

impl Walk<'_> {
    fn shape(&self, schema: &Value, (depth, hops): (usize, usize)) -> Shape {
        let mut shape = Shape::default();
        let Value::Object(schema) = schema else {
            return shape;
        };
        if depth == 0 || hops == 0 || self.left.get() == 0 {
            return shape;
        }
        self.left.set(self.left.get() - 1);
        let (within, beside) = ((depth - 1, HOPS), (depth, hops - 1));
        shape.types = own_types(schema);
        let text = |key: &str| schema.get(key).and_then(Value::as_str);
        let encoded = text("contentEncoding").is_some();
        shape.binary =
            text("format") == Some("binary") || (text("contentMediaType").is_some() && !encoded);
        shape.xml = xml(schema.get("xml"));
        shape.items = schema
            .get("items")
            .map(|items| Box::new(self.shape(items, within)));
        if let Some(Value::Object(properties)) = schema.get("properties") {
            let members = properties.iter();
            shape.members = members
                .map(|(name, schema)| (name.clone(), self.shape(schema, within)))
                .collect();
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => shape.closed = true,
            Some(others @ Value::Object(_)) => {
                shape.others = Some(Box::new(self.shape(others, within)));
            }
            _ => {}
        }
        if let Some(target) = text("$ref").and_then(|target| self.definition(target)) {
            let other = self.shape(target, beside);
            let types = shape.types.and(other.types);
            shape.join(other, types);
        }
        for part in parts(schema, "allOf") {
            let other = self.shape(part, beside);
            let types = shape.types.and(other.types);
            shape.join(other, types);
        }
        // A tag decides between members in this way.
        let conditional = ["then", "else"].map(|key| schema.get(key));
        for part in conditional.into_iter().flatten() {
            let (other, types) = (self.shape(part, beside), shape.types);
            shape.join(other, types);
        }
        for key in ["anyOf", "oneOf"] {
            self.alternatives(&mut shape, parts(schema, key), beside);
        }
        shape
    }

    fn alternatives(&self, shape: &mut Shape, parts: &[Value], beside: (usize, usize)) {
        let before = shape.types;
        let mut types = Types::NONE;
        for part in parts {
            let other = self.shape(part, beside);
            types = types.or(other.types);
            shape.join(other, before);
        }
        if !parts.is_empty() {
            shape.types = before.and(types);
        }
    }

    fn definition(&self, target: &str) -> Option<&Value> {
        let (resource, name) = target.split_once("#/$defs/")?;
        let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        let name = name.replace("~1", "/").replace("~0", "~");
        match resource {
            "" => self.definitions.get(&name),
            _ => self.definitions.values().find_map(|one| {
                let same = one.get("$id")?.as_str()? == resource;
                one.get("$defs").filter(|_| same)?.get(&name)
            }),
        }
    }
}

fn parts<'s>(schema: &'s Map<String, Value>, key: &str) -> &'s [Value] {
    schema
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The types that the keywords of a schema itself leave.
fn own_types(schema: &Map<String, Value>) -> Types {
    let kind = |word: &Value| {
        let mut known = Kind::ALL.iter();
        known
            .find(|(name, _)| word.as_str() == Some(name))
            .map(|(_, kind)| *kind)
    };
    let said = match schema.get("type") {
        Some(Value::Array(words)) => words.iter().filter_map(kind).collect(),
        Some(word) => kind(word).into_iter().collect(),
        None => Vec::new(),
    };
    let types = match said.is_empty() {
        true => Types::ANY,
        false => said.into_iter().fold(Types::NONE, Types::with),
    };
    let values = match (schema.get("const"), schema.get("enum")) {
        (Some(only), _) => std::slice::from_ref(only),
        (None, Some(Value::Array(values))) => values,
        _ => return types,
    };
    types.and(values.iter().map(Kind::of).fold(Types::NONE, Types::with))
}

fn xml(said: Option<&Value>) -> Xml {
    let Some(Value::Object(said)) = said else {
        return Xml::default();
    };
    let text = |key: &str| said.get(key).and_then(Value::as_str).map(str::to_owned);
    let flag = |key: &str| said.get(key) == Some(&Value::Bool(true));
    let node = |kind: &str| said.get("nodeType").and_then(Value::as_str) == Some(kind);
    Xml {
        name: text("name"),
        namespace: text("namespace"),
        prefix: text("prefix"),
        attribute: flag("attribute") || node("attribute"),
        wrapped: flag("wrapped") || node("element"),
    }
}
