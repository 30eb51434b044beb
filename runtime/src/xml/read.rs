//! XML read as the JSON value that a schema expects.

mod parts;
mod text;

use serde_json::{Map, Value};

use super::{
    XML,
    choices::{self, Choices, Doubt},
    names::{self, Name},
    tree::{self, Element, Fault, Node},
};
use crate::shape::{Kind, Shape};
use parts::{Part, Parts};

/// Reads a document as a value of a shape. `root` is the name of its element where the schema gives none.
///
/// Text does not tell its type, nor whether a list is empty or absent, and so there may be several values, the most
/// specific one first; the exact schema decides. Where there are many, these are left: every text as its most specific
/// type or as itself, each with every missing list absent or empty.
///
/// # Errors
/// Where it is no well-formed XML 1.0 in UTF-8, declares a DOCTYPE, is deeper than 64 elements, or holds what has no
/// place in a JSON value: text beside elements or attributes, or a name for a member that goes by another.
pub(crate) fn read(bytes: &[u8], root: &str, shape: &Shape) -> Result<Vec<Value>, String> {
    let values = tree::parse(bytes).and_then(|element| {
        let name = Name::of(&shape.xml, root);
        expect(&element, &name)?;
        choices::each(|choices| Reading { choices }.value(&element, Some(shape), &name))
    });
    values.map_err(|fault| fault.in_words(bytes))
}

struct Reading<'c> {
    choices: &'c mut Choices,
}

impl Reading<'_> {
    /// The value of an element; of one on which the schema says nothing where there is no shape.
    fn value(
        &mut self,
        element: &Element,
        shape: Option<&Shape>,
        name: &Name,
    ) -> Result<Value, Fault> {
        if element.nil {
            return Ok(Value::Null);
        }
        if element.children.is_empty() && !element.attributes.iter().any(|(name, _)| counts(name)) {
            return self.leaf(element, shape);
        }
        match shape {
            Some(shape) if is_list_of(element, shape) => self.list(element, shape, name),
            _ => self.object(element, shape),
        }
    }

    /// The value of an element that holds text at most.
    fn leaf(&mut self, element: &Element, shape: Option<&Shape>) -> Result<Value, Fault> {
        let Some(shape) = shape else {
            return Ok(Value::String(element.text.clone()));
        };
        let mut ways = text::ways(&element.text, shape);
        let way = self.choices.choose(Doubt::Text, ways.len());
        match ways.swap_remove(way) {
            // Lists in it may be missing or empty.
            Value::Object(_) => self.object(element, Some(shape)),
            value => Ok(value),
        }
    }

    /// A list from the element around it.
    fn list(&mut self, element: &Element, shape: &Shape, name: &Name) -> Result<Value, Fault> {
        if let Some((attribute, _)) = element.attributes.iter().find(|(name, _)| counts(name)) {
            return Err(Fault::new(
                element.at,
                format!(
                    "`{}` is a list and has no place for the attribute `{}`",
                    element.name.local, attribute.local
                ),
            ));
        }
        let items = name.of_items(Some(shape));
        for child in &element.children {
            expect(child, &items)?;
        }
        self.items(&element.children.iter().collect::<Vec<_>>(), shape, &items)
    }

    fn items(&mut self, elements: &[&Element], list: &Shape, name: &Name) -> Result<Value, Fault> {
        let any = Shape::default();
        let shape = list.items.as_deref().unwrap_or(&any);
        let items = elements.iter();
        items
            .map(|element| self.value(element, Some(shape), name))
            .collect()
    }

    fn object(&mut self, element: &Element, shape: Option<&Shape>) -> Result<Value, Fault> {
        if element.children.is_empty() && !element.text.chars().all(names::is_space) {
            let what = format!(
                "`{}` has text and attributes; a value has a place for one of them",
                element.name.local
            );
            return Err(Fault::new(element.at, what));
        }
        let parts = Parts::of(element, shape)?;
        let mut object = Map::new();
        for (member, part) in parts.declared {
            let value = match part {
                Part::Attribute(text) => Some(self.attribute(text, &member.1)),
                Part::Elements(elements) => self.member(&elements, Some(&member.1), &member.0)?,
            };
            if let Some(value) = value {
                object.insert(member.0.clone(), value);
            }
        }
        let others = shape.and_then(|shape| match says_nothing(shape) {
            true => Some(shape),
            false => shape.others.as_deref(),
        });
        for (name, part) in parts.others {
            let value = match (part, others) {
                (Part::Attribute(text), Some(shape)) => Some(self.attribute(text, shape)),
                (Part::Attribute(text), None) => Some(Value::String(text.to_owned())),
                (Part::Elements(elements), shape) => self.member(&elements, shape, name)?,
            };
            if let Some(value) = value {
                object.insert(name.to_owned(), value);
            }
        }
        Ok(Value::Object(object))
    }

    fn attribute(&mut self, text: &str, shape: &Shape) -> Value {
        let mut ways = text::ways(text, shape);
        let way = self.choices.choose(Doubt::Text, ways.len());
        ways.swap_remove(way)
    }

    /// A member from the elements that stand for it; none where it is absent.
    fn member(
        &mut self,
        elements: &[&Element],
        shape: Option<&Shape>,
        property: &str,
    ) -> Result<Option<Value>, Fault> {
        let name = match shape {
            Some(shape) => Name::of(&shape.xml, property),
            None => Name::plain(property),
        };
        let items = name.of_items(shape);
        let list = shape.filter(|shape| !shape.xml.wrapped && shape.types.has(Kind::Array));
        match (elements, list) {
            ([], Some(list)) if list.is_list() => {
                let empty = self.choices.choose(Doubt::List, 2) == 1;
                Ok(empty.then(|| Value::Array(Vec::new())))
            }
            ([], _) => Ok(None),
            ([one], Some(list)) if self.is_one_of_a_list(one, list) => {
                self.items(&[one], list, &items).map(Some)
            }
            ([one], _) => self.value(one, shape, &name).map(Some),
            (_, Some(list)) => self.items(elements, list, &items).map(Some),
            (_, None) if shape.is_none() => {
                let values = elements.iter().map(|one| self.value(one, None, &name));
                values.collect::<Result<_, _>>().map(Some)
            }
            ([_, second, ..], None) => {
                let what = format!("`{}` may stand once", second.name.local);
                Err(Fault::new(second.at, what))
            }
        }
    }

    /// Whether an element that stands alone is read as a list of one.
    fn is_one_of_a_list(&mut self, one: &Element, list: &Shape) -> bool {
        let nothing = one.nil && list.types.has(Kind::Null);
        match list.is_list() && !nothing {
            true => true,
            false => list.items.is_some() && self.choices.choose(Doubt::List, 2) == 1,
        }
    }
}

/// Whether an attribute is part of the value: those of XML itself are not, such as `xml:space`.
fn counts(name: &Node) -> bool {
    name.namespace.as_deref() != Some(XML)
}

/// Whether an element with something in it is the one around a list.
fn is_list_of(element: &Element, shape: &Shape) -> bool {
    let may = shape.types.has(Kind::Array) && !element.children.is_empty();
    let must = !shape.types.has(Kind::Object) || (shape.xml.wrapped && shape.items.is_some());
    shape.is_list() || (may && must)
}

/// Whether a shape leaves all open; the shape of a schema that is too deep to follow does.
fn says_nothing(shape: &Shape) -> bool {
    shape.types.is_any() && shape.members.is_empty() && shape.others.is_none() && !shape.closed
}

/// Holds an element to its name.
fn expect(element: &Element, name: &Name) -> Result<(), Fault> {
    let Node { local, namespace } = &element.name;
    if name.is(local, namespace.as_deref()) {
        return Ok(());
    }
    let what = match (name.local == *local, name.namespace) {
        (true, Some(uri)) => format!("`{local}` is not of the namespace `{uri}`"),
        _ => format!("`{local}` stands where `{}` is expected", name.local),
    };
    Err(Fault::new(element.at, what))
}
