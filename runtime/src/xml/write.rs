//! JSON values written as XML.

mod scope;

use std::borrow::Cow;

use quick_xml::{
    Writer, escape,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use serde_json::{Map, Value};

use super::names::{self, Name};
use crate::shape::Shape;
use scope::{Scope, Tag};

/// Writes a value of a shape as a document. `root` is the name of its element where the schema gives none.
///
/// Members stand in the order of the schema, those that it does not name after them. A name that XML can't carry gets
/// `_` for each character that it can't, and where two attributes come to the same name the first one is written. A
/// prefix is used where the schema gives its namespace, there or further out. `null` is `xsi:nil="true"`, and as an
/// attribute is left out. A character that XML 1.0 can't carry becomes U+FFFD.
pub(crate) fn write(value: &Value, root: &str, shape: &Shape) -> Vec<u8> {
    let mut writing = Writing {
        out: Writer::new(Vec::new()),
        scope: Scope::default(),
    };
    let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
    writing.event(Event::Decl(declaration));
    writing.element(&Name::of(&shape.xml, root), value, Some(shape));
    writing.out.into_inner()
}

struct Writing {
    out: Writer<Vec<u8>>,
    scope: Scope,
}

impl Writing {
    fn event(&mut self, event: Event) {
        // A vector takes all that is written to it.
        let _ = self.out.write_event(event);
    }

    /// Writes one element, around the items where the value is a list.
    fn element(&mut self, name: &Name, value: &Value, shape: Option<&Shape>) {
        let mut tag = self.scope.open(name);
        match value {
            Value::Null => self.scope.nil(&mut tag),
            Value::Object(object) => self.attributes(&mut tag, object, shape),
            _ => {}
        }
        let mut start = BytesStart::new(&*tag.name);
        for (attribute, text) in &tag.attributes {
            start.push_attribute((attribute.as_str(), text.as_str()));
        }
        let end = BytesEnd::new(&*tag.name);
        let empty = match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        if empty {
            self.event(Event::Empty(start));
        } else {
            self.event(Event::Start(start));
            self.content(name, value, shape);
            self.event(Event::End(end));
        }
        self.scope.close(&tag);
    }

    fn content(&mut self, name: &Name, value: &Value, shape: Option<&Shape>) {
        match value {
            Value::Array(items) => self.items(&name.of_items(shape), items, shape),
            Value::Object(object) => self.members(object, shape),
            value => {
                let text = text(value);
                let escaped = escape::partial_escape(&*text);
                // A carriage return would be read as the end of a line.
                let escaped = match escaped.contains('\r') {
                    true => Cow::Owned(escaped.replace('\r', "&#13;")),
                    false => escaped,
                };
                self.event(Event::Text(BytesText::from_escaped(escaped)));
            }
        }
    }

    fn attributes(&mut self, tag: &mut Tag, object: &Map<String, Value>, shape: Option<&Shape>) {
        let members = shape.map_or(&[][..], |shape| &shape.members);
        for (property, shape) in members.iter().filter(|(_, shape)| shape.xml.attribute) {
            match object.get(property) {
                None | Some(Value::Null) => {}
                Some(value) => {
                    let name = Name::of(&shape.xml, property);
                    self.scope.attribute(tag, &name, text(value).into_owned());
                }
            }
        }
    }

    fn members(&mut self, object: &Map<String, Value>, shape: Option<&Shape>) {
        let members = shape.map_or(&[][..], |shape| &shape.members);
        for (property, shape) in members.iter().filter(|(_, shape)| !shape.xml.attribute) {
            if let Some(value) = object.get(property) {
                self.member(property, value, Some(shape));
            }
        }
        let others = shape.and_then(|shape| shape.others.as_deref());
        for (property, value) in object {
            if !members.iter().any(|(one, _)| one == property) {
                self.member(property, value, others);
            }
        }
    }

    fn member(&mut self, property: &str, value: &Value, shape: Option<&Shape>) {
        let name = match shape {
            Some(shape) => Name::of(&shape.xml, property),
            None => Name::plain(property),
        };
        let wrapped = shape.is_some_and(|shape| shape.xml.wrapped);
        match value {
            Value::Array(items) if !wrapped => self.items(&name.of_items(shape), items, shape),
            Value::Null if !wrapped && shape.is_some_and(Shape::is_list) => {
                self.element(&name.of_items(shape), value, None);
            }
            value => self.element(&name, value, shape),
        }
    }

    fn items(&mut self, name: &Name, items: &[Value], list: Option<&Shape>) {
        let shape = list.and_then(|list| list.items.as_deref());
        for item in items {
            self.element(name, item, shape);
        }
    }
}

/// A value as text, in characters that XML can carry; one that has parts as JSON.
fn text(value: &Value) -> Cow<'_, str> {
    let text = match value {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        value => Cow::Owned(value.to_string()),
    };
    match text.chars().all(names::is_char) {
        true => text,
        false => Cow::Owned(text.replace(|one| !names::is_char(one), "\u{fffd}")),
    }
}
