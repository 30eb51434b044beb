//! Whole objects as `application/x-www-form-urlencoded`: bodies, and `in: querystring` of OpenAPI 3.2.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    Encoding, Field, Read, Style,
    candidates::{may_be, objects},
    escape::Escape,
    pairs::{Pairs, takes_others},
    write::{append, member, text, to_query},
};
use crate::shape::{Kind, Shape};

/// Reads an object from a form. Members that no field speaks of are an exploded `form`, and JSON text where they are
/// objects; names that the schema does not have are kept, for the exact schema to refuse.
pub(crate) fn object_from_form(fields: &[Field], shape: &Shape, text: &str) -> Read {
    let pairs = Pairs::of_form(text)?;
    let any = Shape::default();
    let mut names: Vec<&str> = shape.members.iter().map(|(name, _)| &**name).collect();
    for field in fields {
        if !names.contains(&&*field.name) {
            names.push(&field.name);
        }
    }
    let members: Vec<Member> = names
        .iter()
        .map(|name| Member {
            name,
            field: fields.iter().find(|field| field.name == *name),
            shape: shape.member(name).unwrap_or(&any),
        })
        .collect();
    let mut found = Vec::new();
    for member in &members {
        let values = match member.field {
            Some(field) if field.json => pairs.json(member.name, member.shape),
            Some(field) => pairs.read(member.name, field.encoding, member.shape, &names),
            None => pairs.repeated(member.name, member.shape),
        };
        if let Some(values) = values.map_err(|wrong| wrong.within(member.name))? {
            found.push((member.name.to_owned(), values));
        }
    }
    let known: HashSet<&str> = names.iter().copied().collect();
    for name in pairs.names() {
        if known.contains(name) || members.iter().any(|member| member.claims(name, &pairs)) {
            continue;
        }
        let values = pairs.repeated(name, shape.member(name).unwrap_or(&any));
        if let Some(values) = values.map_err(|wrong| wrong.within(name))? {
            found.push((name.to_owned(), values));
        }
    }
    Ok(objects(found))
}

struct Member<'s> {
    name: &'s str,
    field: Option<&'s Field>,
    shape: &'s Shape,
}

impl Member<'_> {
    /// Whether a pair that has another name than the member was read for it.
    fn claims(&self, key: &str, pairs: &Pairs) -> bool {
        let encoding = self
            .field
            .filter(|field| !field.json)
            .map(|field| field.encoding);
        let deep = encoding.is_some_and(|encoding| encoding.style == Style::DeepObject);
        let exploded = encoding.is_none_or(|encoding| encoding.explode) && !deep;
        let json = self.field.is_some_and(|field| field.json);
        if let Some(rest) = key.strip_prefix(self.name) {
            let list = rest == "[]" && exploded && !json && may_be(self.shape, Kind::Array);
            if (deep && rest.starts_with('[')) || (list && !pairs.has(self.name)) {
                return true;
            }
        }
        let inside = exploded && encoding.is_some() && may_be(self.shape, Kind::Object);
        let named = || self.shape.members.iter().any(|(name, _)| name == key);
        inside && (takes_others(self.shape) || named())
    }
}

/// Writes an object as a form. Anything but an object has no members to write.
pub(crate) fn form_from_object(fields: &[Field], value: &Value) -> String {
    let mut out = String::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        match fields.iter().find(|field| field.name == *name) {
            Some(field) if field.json => json(name, field.encoding, value, &mut out),
            Some(field) => to_query(name, field.encoding, value, &mut out),
            None => {
                for (name, value) in member(name, value) {
                    let escape = Escape::query(false);
                    append(&escape.name(name), &escape.whole(&text(value)), &mut out);
                }
            }
        }
    }
    out
}

fn json(name: &str, encoding: Encoding, value: &Value, out: &mut String) {
    let escape = Escape::query(encoding.allow_reserved);
    append(&escape.name(name), &escape.whole(&value.to_string()), out);
}
