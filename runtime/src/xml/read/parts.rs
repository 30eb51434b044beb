//! What stands in an element, by the member that it stands for.

use std::collections::HashMap;

use super::counts;
use crate::{
    shape::{Kind, Shape},
    xml::{
        names::Name,
        tree::{Element, Fault, Node},
    },
};

/// What stands for a member.
pub(super) enum Part<'e> {
    Attribute(&'e str),
    Elements(Vec<&'e Element>),
}

/// What stands in an element.
pub(super) struct Parts<'e, 's> {
    /// The members that the schema names, those aside that are attributes and absent.
    pub(super) declared: Vec<(&'s (String, Shape), Part<'e>)>,
    /// Every other one, in the order of the document.
    pub(super) others: Vec<(&'e str, Part<'e>)>,
}

/// A member that the schema names.
struct Slot<'e, 's> {
    member: &'s (String, Shape),
    name: Name<'s>,
    /// The name of its elements where it is a list that is not wrapped.
    items: Option<Name<'s>>,
    attribute: Option<&'e str>,
    elements: Vec<&'e Element>,
}

impl<'s> Slot<'_, 's> {
    fn of(member: &'s (String, Shape)) -> Self {
        let (property, shape) = member;
        let name = Name::of(&shape.xml, property);
        let listed = shape.types.has(Kind::Array) && !shape.xml.wrapped;
        let items = listed.then(|| name.of_items(Some(shape)));
        Slot {
            member,
            name,
            items,
            attribute: None,
            elements: Vec::new(),
        }
    }

    fn is_element(&self, node: &Node, exact: bool) -> bool {
        let shape = &self.member.1;
        let same = |name: &Name| match exact {
            true => name.is(&node.local, node.namespace.as_deref()),
            false => name.local == node.local,
        };
        let own = !(shape.is_list() && self.items.is_some()) && same(&self.name);
        !shape.xml.attribute && (own || self.items.as_ref().is_some_and(same))
    }

    fn is_attribute(&self, node: &Node) -> bool {
        // A name without a prefix has no namespace, whatever the schema says.
        let bare = self.name.prefix.is_none() && node.namespace.is_none();
        let same = self.name.is(&node.local, node.namespace.as_deref());
        self.member.1.xml.attribute && (same || (bare && self.name.local == node.local))
    }
}

impl<'e, 's> Parts<'e, 's> {
    pub(super) fn of(element: &'e Element, shape: Option<&'s Shape>) -> Result<Self, Fault> {
        let members = shape.map_or(&[][..], |shape| &shape.members);
        let mut slots: Vec<Slot> = members.iter().map(Slot::of).collect();
        let mut others = Others::default();
        let twice = |local: &str, at| Err(Fault::new(at, format!("`{local}` stands twice")));
        for (node, text) in &element.attributes {
            let slot = slots.iter_mut().find(|slot| slot.is_attribute(node));
            let before = match slot {
                Some(slot) => slot.attribute.replace(text).is_some(),
                None if !counts(node) => false,
                None => {
                    refuse_other_name(&slots, node, element.at)?;
                    !others.attribute(&node.local, text)
                }
            };
            if before {
                return twice(&node.local, element.at);
            }
        }
        for child in &element.children {
            if let Some(slot) = slots
                .iter_mut()
                .find(|slot| slot.is_element(&child.name, true))
            {
                slot.elements.push(child);
                continue;
            }
            refuse_other_name(&slots, &child.name, child.at)?;
            if !others.element(&child.name.local, child) {
                return twice(&child.name.local, child.at);
            }
        }
        let declared = slots.into_iter().filter_map(|slot| {
            let part = match slot.member.1.xml.attribute {
                true => Part::Attribute(slot.attribute?),
                false => Part::Elements(slot.elements),
            };
            Some((slot.member, part))
        });
        Ok(Parts {
            declared: declared.collect(),
            others: others.parts,
        })
    }
}

/// What the schema does not name.
#[derive(Default)]
struct Others<'e> {
    parts: Vec<(&'e str, Part<'e>)>,
    /// The place of each name in `parts`.
    places: HashMap<&'e str, usize>,
}

impl<'e> Others<'e> {
    /// Adds an attribute; whether there was none of its name.
    fn attribute(&mut self, name: &'e str, text: &'e str) -> bool {
        let place = self.parts.len();
        let new = *self.places.entry(name).or_insert(place) == place;
        if new {
            self.parts.push((name, Part::Attribute(text)));
        }
        new
    }

    /// Adds an element; whether there was no attribute of its name.
    fn element(&mut self, name: &'e str, element: &'e Element) -> bool {
        let place = self.parts.len();
        let own = *self.places.entry(name).or_insert(place);
        match self.parts.get_mut(own) {
            Some((_, Part::Elements(elements))) => elements.push(element),
            Some((_, Part::Attribute(_))) => return false,
            None => self.parts.push((name, Part::Elements(vec![element]))),
        }
        true
    }
}

/// Refuses what would pass for a member that goes by another name, or in another place or namespace.
fn refuse_other_name(slots: &[Slot], node: &Node, at: usize) -> Result<(), Fault> {
    let local = &node.local;
    let named = slots.iter().find(|slot| slot.is_element(node, false));
    let what = match named {
        Some(_) => format!("`{local}` is not of the namespace that it must be of"),
        None => format!("`{local}` is expected by another name, or as an attribute or an element"),
    };
    let taken = named.is_some() || slots.iter().any(|slot| slot.member.0 == *local);
    match taken {
        true => Err(Fault::new(at, what)),
        false => Ok(()),
    }
}
