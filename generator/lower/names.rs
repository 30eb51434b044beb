//! Every Rust identifier is made here, and nowhere else.

use std::collections::HashSet;

use heck::{ToPascalCase, ToSnakeCase};

/// Words that Rust keeps for itself and that may stand as raw identifiers.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Words that cannot even be raw identifiers.
const NEVER: &[&str] = &["self", "super", "crate", "_"];

/// Names of types that generated files use for something else.
const TAKEN_TYPES: &[&str] = &[
    "Self",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "Vec",
    "Box",
    "String",
    "BTreeMap",
    "Map",
    "Json",
    "Date",
    "DateTime",
    "Uuid",
    "Serialize",
    "Deserialize",
    "Serializer",
    "Deserializer",
    "Clone",
    "Debug",
    "PartialEq",
    "Eq",
    "Copy",
    "Hash",
    "Default",
    "Send",
    "Sync",
    "From",
    "Into",
    "Future",
    "Pattern",
    "Tagged",
    "StatusCode",
    "Body",
    "Problem",
    "Response",
    "Refused",
    "Call",
    "RequestContext",
    "Security",
    "Errors",
    "Api",
    "Table",
    "Operation",
    "Service",
    "Contract",
    "RequestBody",
    "ErrorAnswer",
    "Declared",
    "Method",
    "Failure",
    "Unauthorized",
    "Basic",
    "Bearer",
    "ApiKey",
    "PartialOrd",
    "Ord",
    "App",
    "Caller",
];

/// Names of modules that a generated crate or service has anyway.
const TAKEN_MODULES: &[&str] = &[
    "types",
    "table",
    "security",
    "errors",
    "main",
    "lib",
    "mod",
    "std",
    "core",
    "alloc",
    "serde",
    "serde_json",
    "oarlock_runtime",
    "test",
    "tests",
];

/// The names given in one scope.
#[derive(Debug, Default)]
pub(super) struct Scope(HashSet<String>);

impl Scope {
    /// `wanted`, or, where that is given already, `wanted` with the first free number from 2.
    pub(super) fn claim(&mut self, wanted: &str) -> String {
        let plain = wanted.strip_prefix("r#").unwrap_or(wanted);
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = match plain.ends_with(|last: char| last.is_ascii_digit()) {
                true => format!("{plain}_{number}"),
                false => format!("{plain}{number}"),
            };
            number += 1;
        }
        name
    }
}

/// A type's name.
pub(super) fn type_name(text: &str) -> String {
    let name = pascal(text);
    match TAKEN_TYPES.contains(&name.as_str()) {
        true => format!("{name}Schema"),
        false => name,
    }
}

/// A trait's name, after a tag.
pub(super) fn trait_name(tag: &str) -> String {
    let name = pascal(tag);
    match TAKEN_TYPES.contains(&name.as_str()) {
        true => format!("{name}Operations"),
        false => name,
    }
}

/// A variant's name.
pub(super) fn variant_name(text: &str) -> String {
    let name = pascal(text);
    match name.as_str() {
        "Self" => "SelfValue".into(),
        _ => name,
    }
}

/// A module's name, after a tag.
pub(super) fn module_name(tag: &str) -> String {
    // It names files, which may have 255 letters in all.
    let mut name = snake(tag);
    name.truncate(100);
    match TAKEN_MODULES.contains(&name.as_str()) || KEYWORDS.contains(&name.as_str()) {
        true => format!("{name}_operations"),
        false => name,
    }
}

/// A service's module, after its name.
pub(super) fn service_module(name: &str) -> String {
    let name = snake(name);
    match name == "mod" || KEYWORDS.contains(&name.as_str()) {
        true => format!("{name}_service"),
        false => name,
    }
}

/// The name of an operation's method, which the client has as well, beside its own `new`.
pub(super) fn method_name(text: &str) -> String {
    match field_name(text).as_str() {
        "new" => "new_operation".into(),
        name => name.into(),
    }
}

/// A field's, a method's or a function's name.
pub(super) fn field_name(text: &str) -> String {
    let name = snake(text);
    match name.as_str() {
        keyword if KEYWORDS.contains(&keyword) => format!("r#{keyword}"),
        _ => name,
    }
}

/// A constant's name.
pub(super) fn constant_name(text: &str) -> String {
    let name = snake(text).to_uppercase();
    name.trim_end_matches('_').to_owned()
}

/// A name that Cargo, a container image and a DNS label take: `museum-api`.
pub fn package_name(title: &str) -> String {
    let mut name = snake(title).replace('_', "-");
    name.truncate(40);
    let name = name.trim_matches('-');
    match name {
        "" => "service".into(),
        short if short.len() == 1 => format!("{short}-service"),
        name => name.to_owned(),
    }
}

fn pascal(text: &str) -> String {
    let name = words(text).to_pascal_case();
    match name.chars().next() {
        None => "Empty".into(),
        Some(first) if first.is_ascii_digit() => format!("N{name}"),
        Some(_) => name,
    }
}

fn snake(text: &str) -> String {
    let name = words(text).to_snake_case();
    match name.chars().next() {
        None => "empty".into(),
        Some(first) if first.is_ascii_digit() => format!("n{name}"),
        Some(_) if NEVER.contains(&name.as_str()) => format!("{name}_"),
        Some(_) => name,
    }
}

/// The text with everything that an identifier cannot hold spelled out or turned to a word boundary.
fn words(text: &str) -> String {
    let mut words = String::new();
    let bare = !text
        .chars()
        .any(|letter| letter.is_ascii_alphabetic() || !letter.is_ascii());
    let mut letters = text.chars().peekable();
    let mut first = true;
    while let Some(letter) = letters.next() {
        match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' => words.push(letter),
            '-' if first && letters.peek().is_some_and(char::is_ascii_digit) => {
                words.push_str("minus ");
            }
            '+' if first => words.push_str("plus "),
            _ if letter.is_ascii() => {
                words.push(' ');
                if bare && let Some(word) = spelled(letter) {
                    words.push_str(word);
                    words.push(' ');
                }
            }
            _ if letter.is_alphanumeric() => {
                words.push_str(&format!("u{:x}", u32::from(letter)));
            }
            _ => words.push(' '),
        }
        first = false;
    }
    words
}

/// The word for a sign, in names that are nothing but signs.
fn spelled(sign: char) -> Option<&'static str> {
    Some(match sign {
        '*' => "star",
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '@' => "at",
        '$' => "dollar",
        '#' => "hash",
        '/' => "slash",
        '.' => "dot",
        ',' => "comma",
        '-' => "dash",
        '_' => "underscore",
        '?' => "question",
        '~' => "tilde",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Scope, field_name, module_name, type_name, variant_name};

    #[test]
    fn every_text_becomes_a_name() {
        for (text, name) in [
            ("fooBar", "foo_bar"),
            ("type", "r#type"),
            ("self", "self_"),
            ("identity-provider", "identity_provider"),
            ("2fa", "n2fa"),
            ("", "empty"),
            ("+1", "plus_1"),
            ("-1", "minus_1"),
            ("é", "ue9"),
            ("*", "star"),
        ] {
            assert_eq!(field_name(text), name, "{text}");
        }
        assert_eq!(type_name("Option"), "OptionSchema");
        assert_eq!(type_name("pet-owner"), "PetOwner");
        assert_eq!(variant_name("self"), "SelfValue");
        assert_eq!(module_name("types"), "types_operations");
        assert_eq!(module_name(&"é".repeat(200)).len(), 100);
    }

    #[test]
    fn names_of_one_scope_differ() {
        let mut scope = Scope::default();
        assert_eq!(scope.claim("foo"), "foo");
        assert_eq!(scope.claim("foo"), "foo2");
        assert_eq!(scope.claim("r#type"), "r#type");
        assert_eq!(scope.claim("r#type"), "type2");
        assert_eq!(scope.claim("n1"), "n1");
        assert_eq!(scope.claim("n1"), "n1_2");
    }
}
