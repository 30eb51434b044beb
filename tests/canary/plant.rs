//! Documents with a canary in each of their texts and each name that is their author's.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// Fields that tell what their document is made of: with a canary, nothing is left to compare with. They get theirs one
/// at a time, and what is told of them, or made of them, is looked at alone.
pub(crate) const STRUCTURAL: [(&str, &str); 10] = [
    ("openapi", "says how all else is read"),
    ("jsonSchemaDialect", "says how schemas are read"),
    ("type", "says what a schema or a scheme is"),
    ("in", "says where a parameter stands"),
    ("style", "says how a parameter is written"),
    ("format", "chooses the type in Rust"),
    ("scheme", "chooses how callers are known"),
    ("contentEncoding", "chooses how text becomes bytes"),
    ("status", "the key of an answer: a number or its range"),
    (
        "method",
        "the key of an operation of the document's own: a token of HTTP",
    ),
];

/// What holds other things under names of the author's.
const NAMED: [&str; 19] = [
    "properties",
    "schemas",
    "$defs",
    "dependentSchemas",
    "dependentRequired",
    "parameters",
    "headers",
    "securitySchemes",
    "examples",
    "requestBodies",
    "links",
    "callbacks",
    "variables",
    "scopes",
    "mapping",
    "webhooks",
    "encoding",
    "security",
    "pathItems",
];
/// What holds a value of the author's making, with names of its own.
const OPEN: [&str; 4] = ["example", "value", "default", "const"];
/// Words that mean something elsewhere in the document, so that each place needs the same canary.
const WORDS: [&str; 9] = [
    "operationId",
    "tags",
    "required",
    "propertyName",
    "enum",
    "default",
    "const",
    "example",
    "value",
];

/// What a text is made of, so that a canary fits in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Form {
    Text,
    Word,
    Path,
    Media,
    Pattern,
    Reference,
    Url,
    Expression,
    Structural,
}

/// How canaries are planted: their texts, and where none can stand.
pub(crate) struct Planting<'a> {
    /// The canary, with `{n}` where its number stands.
    pub(crate) payload: &'a str,
    /// Those that are left out.
    pub(crate) left_out: &'a BTreeSet<usize>,
    /// The one structural field that gets one.
    pub(crate) structural: Option<&'a str>,
}

/// A document's units: each text of its own, and each word, which may stand in many places.
#[derive(Default)]
pub(crate) struct Units {
    numbers: BTreeMap<(Form, String), usize>,
    /// The names of parameters in templates.
    pub(crate) templated: BTreeSet<usize>,
    /// The structural fields: their pointers, one for each kind and value.
    pub(crate) structural: BTreeMap<(String, String), String>,
}

impl Units {
    pub(crate) fn count(&self) -> usize {
        self.numbers.len()
    }

    /// The text of a unit, or its pointer.
    pub(crate) fn name(&self, number: usize) -> String {
        let found = self.numbers.iter().find(|(_, one)| **one == number);
        found.map_or_else(String::new, |((form, text), _)| format!("{form:?} {text}"))
    }

    fn number(&mut self, form: Form, text: &str) -> usize {
        let next = self.numbers.len() + 1;
        *self.numbers.entry((form, text.to_owned())).or_insert(next)
    }

    /// The document with its canaries.
    pub(crate) fn plant(&mut self, document: &Value, planting: &Planting) -> Value {
        let mut walk = Walk {
            units: self,
            planting,
        };
        walk.value(document, &mut Vec::new(), false)
    }
}

struct Walk<'a> {
    units: &'a mut Units,
    planting: &'a Planting<'a>,
}

impl Walk<'_> {
    fn canary(&mut self, form: Form, identity: &str) -> Option<String> {
        let number = self.units.number(form, identity);
        if self.planting.structural.is_some() || self.planting.left_out.contains(&number) {
            return None;
        }
        let number = format!("{number:04}");
        let payload = self.planting.payload.replace("{n}", &number);
        Some(format!("{payload}q{number}"))
    }

    fn text(&mut self, form: Form, text: &str, path: &[String]) -> String {
        let pointer = path.join("/");
        match form {
            Form::Word => self.name(text),
            Form::Structural => self.structural(text, &pointer, path),
            Form::Reference => self.reference(text),
            Form::Path | Form::Url => {
                let text = self.braces(text);
                match self.canary(form, &pointer) {
                    Some(canary) => format!("{text}/{canary}"),
                    None => text,
                }
            }
            Form::Media => match self.canary(form, &pointer) {
                Some(canary) => format!("{text}; a=\"{canary}\""),
                None => text.to_owned(),
            },
            Form::Pattern => match self.canary(form, text) {
                // A `-` would be a range.
                Some(canary) => format!("{text}|[{}]", canary.replace('-', "_")),
                None => text.to_owned(),
            },
            Form::Expression => match self.canary(form, &pointer) {
                Some(canary) => format!("{text}{canary}"),
                None => text.to_owned(),
            },
            Form::Text => match self.canary(form, &pointer) {
                Some(canary) => format!("{canary} {text}"),
                None => text.to_owned(),
            },
        }
    }

    /// A name, with `-` before the old one: headers hold no spaces.
    fn name(&mut self, text: &str) -> String {
        match self.canary(Form::Word, text) {
            Some(canary) => format!("{canary}-{text}"),
            None => text.to_owned(),
        }
    }

    /// A template with the names of its parameters.
    fn braces(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, end) = after.split_once('}').expect("a closed brace");
            let number = self.units.number(Form::Word, name);
            self.units.templated.insert(number);
            out.push_str(&format!("{before}{{{}}}", self.name(name)));
            rest = end;
        }
        out + rest
    }

    fn reference(&mut self, text: &str) -> String {
        let Some(rest) = text.strip_prefix("#/components/") else {
            return text.to_owned();
        };
        let (kind, name) = rest.split_once('/').expect("a reference to a component");
        let name = self.name(name).replace('~', "~0").replace('/', "~1");
        let encoded =
            percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
        format!("#/components/{kind}/{encoded}")
    }

    fn structural(&mut self, text: &str, pointer: &str, path: &[String]) -> String {
        let kind = kind(path);
        let known = (kind, text.to_owned());
        let first = self
            .units
            .structural
            .entry(known)
            .or_insert_with(|| pointer.to_owned());
        match self.planting.structural {
            Some(one) if one == pointer && first == pointer => {
                format!("{text}{}", self.planting.payload.replace("{n}", "0000"))
            }
            _ => text.to_owned(),
        }
    }

    fn value(&mut self, value: &Value, path: &mut Vec<String>, open: bool) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(form(path, open), text, path)),
            Value::Array(items) => {
                let mut out = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    path.push(index.to_string());
                    out.push(self.value(item, path, open));
                    path.pop();
                }
                Value::Array(out)
            }
            Value::Object(members) => {
                let mut out = Map::new();
                for (name, inner) in members {
                    let inside = open || is_open(name, path);
                    path.push(name.clone());
                    let inner = self.value(inner, path, inside);
                    let name = match key_form(path, open) {
                        Some(form) => self.text(form, name, path),
                        None => name.clone(),
                    };
                    path.pop();
                    out.insert(name, inner);
                }
                Value::Object(out)
            }
            other => other.clone(),
        }
    }
}

fn listed(name: &str) -> bool {
    name.bytes().all(|one| one.is_ascii_digit())
}

/// The nearest name above that is none of a list's.
fn field(path: &[String]) -> &str {
    let names = path.iter().rev().map(String::as_str);
    names
        .into_iter()
        .find(|name| !listed(name))
        .unwrap_or_default()
}

fn around(path: &[String]) -> &str {
    let above = path.len().saturating_sub(1);
    field(&path[..above])
}

fn kind(path: &[String]) -> String {
    match (around(path), path.last().map_or("", String::as_str)) {
        ("responses", _) => "status".into(),
        ("additionalOperations", _) => "method".into(),
        _ => field(path).to_owned(),
    }
}

fn is_open(name: &str, path: &[String]) -> bool {
    let holder = around_of_key(path);
    let named = NAMED.contains(&holder) && path.last().is_some_and(|one| one == holder);
    !named && holder != "responses" && (OPEN.contains(&name) || is_unknown(name))
}

/// Whether a field is none of OpenAPI's.
fn is_unknown(name: &str) -> bool {
    name.starts_with("x-") || name.starts_with("odd")
}

/// What a key stands in.
fn around_of_key(path: &[String]) -> &str {
    path.last()
        .filter(|name| !listed(name))
        .map_or_else(|| field(path), String::as_str)
}

/// What a key is made of, if it is the author's; its path ends with it.
fn key_form(path: &[String], open: bool) -> Option<Form> {
    let (name, above) = path.split_last()?;
    let holder = around_of_key(above);
    let callback = above
        .iter()
        .rev()
        .nth(1)
        .is_some_and(|one| one == "callbacks");
    let is_map = above.last().is_some_and(|one| one == holder);
    match holder {
        _ if open => Some(Form::Word),
        "content" => Some(Form::Media),
        "paths" => Some(Form::Path),
        "patternProperties" => Some(Form::Pattern),
        "responses" if above.len() == 2 => Some(Form::Word),
        "responses" | "additionalOperations" => Some(Form::Structural),
        _ if callback => Some(Form::Expression),
        "security" => Some(Form::Word),
        // What a list of parameters holds are fields.
        _ if NAMED.contains(&holder) && is_map => Some(Form::Word),
        _ if is_unknown(name) => Some(Form::Expression),
        _ => None,
    }
}

/// What a text is made of.
fn form(path: &[String], open: bool) -> Form {
    let (name, holder) = (field(path), around(path));
    if open || ["dependentRequired", "security"].contains(&holder) {
        return Form::Word;
    }
    match (name, holder) {
        ("$ref", _) | (_, "mapping") => Form::Reference,
        ("operationId", _) => Form::Word,
        _ if path.iter().any(|one| one == "links") && name != "description" => Form::Expression,
        ("pattern", _) => Form::Pattern,
        ("contentMediaType" | "contentType", _) => Form::Media,
        ("url" | "authorizationUrl" | "tokenUrl" | "refreshUrl" | "openIdConnectUrl", _) => {
            Form::Url
        }
        ("name", "contact" | "license" | "xml") => Form::Text,
        ("name", _) => Form::Word,
        _ if path.iter().rev().skip(1).any(|one| one == "security") => Form::Word,
        _ if STRUCTURAL.iter().any(|(one, _)| *one == name) => Form::Structural,
        _ if WORDS.contains(&name) => Form::Word,
        _ => Form::Text,
    }
}
