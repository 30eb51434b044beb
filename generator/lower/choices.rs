//! Schemas that are one of several types: by a tag, by what fits first, by JSON type.

use super::{
    direction::Direction,
    names,
    naming::Wanted,
    shape::{Shape, one_type, shape},
    types::{Types, doc},
};
use crate::{
    model::{Alternative, Slot, Type, TypeDef, TypeId, TypeKind, Union, UnionVariant},
    spec::{Schema, SchemaId, SchemaType},
};

impl Types<'_> {
    pub(super) fn union(&mut self, schema: &Schema, direction: Direction, name: &str) -> Union {
        let mut variants: Vec<UnionVariant> = Vec::new();
        let mut seen: Vec<SchemaId> = Vec::new();
        let discriminator = schema.discriminator.as_ref();
        for (tag, member) in discriminator.iter().flat_map(|one| &one.mapping) {
            let identity = self.views.view(*member).identity;
            if let Some(index) = seen.iter().position(|one| *one == identity) {
                variants[index].tags.push(tag.clone());
                continue;
            }
            seen.push(identity);
            let slot = self.slot(*member, direction, &format!("{name} {tag}"));
            variants.push(UnionVariant {
                name: String::new(),
                tags: vec![tag.clone()],
                slot: object_of(slot),
            });
        }
        let rest = discriminator.and_then(|one| one.rest);
        let rest = rest.map(|rest| object_of(self.slot(rest, direction, &format!("{name} base"))));
        // Named by the least of its tags, so that their order is of no matter.
        let words = variants
            .iter()
            .filter_map(|one| one.tags.iter().min().cloned());
        let words = words
            .chain(rest.as_ref().map(|_| "Other".to_owned()))
            .collect();
        let mut given = self.variant_names(name, words).into_iter();
        for (variant, given) in variants.iter_mut().zip(given.by_ref()) {
            variant.name = given;
        }
        Union {
            other: given.next().zip(rest),
            tag: discriminator
                .map(|one| one.property.clone())
                .unwrap_or_default(),
            variants,
        }
    }

    fn variant_names(&self, name: &str, words: Vec<String>) -> Vec<String> {
        let wanted = words.iter().map(|word| Wanted {
            key: word,
            name: names::variant_name(word),
            span: None,
        });
        self.naming
            .claim_all(&format!("variants of {name}"), wanted.collect())
    }

    pub(super) fn choice(
        &mut self,
        members: &[SchemaId],
        direction: Direction,
        name: &str,
    ) -> Vec<Alternative> {
        let (mut words, mut alternatives) = (Vec::new(), Vec::new());
        for member in members {
            let view = self.views.view(*member);
            let shaped = shape(&mut self.views, &view);
            let own = self
                .views
                .document()
                .schemas
                .get(view.identity)
                .name
                .clone();
            let word = own.map_or_else(|| word_of(&view.schema, &shaped.shape), |name| name.value);
            let slot = self.slot(*member, direction, &format!("{name} {word}"));
            words.push(word);
            alternatives.push(Alternative {
                name: String::new(),
                doc: doc(&view.schema),
                slot,
            });
        }
        for (alternative, given) in alternatives.iter_mut().zip(self.variant_names(name, words)) {
            alternative.name = given;
        }
        alternatives
    }

    /// The named types that a value kept as JSON may have, with the methods that tell.
    pub(super) fn readings(
        &mut self,
        schema: &Schema,
        direction: Direction,
        name: &str,
    ) -> Vec<Alternative> {
        let mut readings: Vec<(String, Alternative)> = Vec::new();
        let members = schema.one_of.iter().chain(&schema.any_of);
        for member in members.copied().collect::<Vec<_>>() {
            let view = self.views.view(member);
            let component = self
                .views
                .document()
                .schemas
                .get(view.identity)
                .name
                .clone();
            let Some(component) = component else { continue };
            let slot = object_of(self.slot(member, direction, &component.value));
            let known = readings.iter().any(|(word, _)| *word == component.value);
            if matches!(slot.ty, Type::Named(_)) && !known {
                let reading = Alternative {
                    name: String::new(),
                    doc: doc(&view.schema),
                    slot,
                };
                readings.push((component.value, reading));
            }
        }
        let wanted = readings.iter().map(|(word, _)| Wanted {
            key: word,
            name: names::field_name(&format!("as {word}")),
            span: None,
        });
        let given = self
            .naming
            .claim_all(&format!("readings of {name}"), wanted.collect());
        let readings = readings.into_iter().zip(given);
        readings
            .map(|((_, reading), name)| Alternative { name, ..reading })
            .collect()
    }

    /// One schema of several JSON types, each with the keywords that are for it.
    pub(super) fn by_types(
        &mut self,
        schema: &Schema,
        types: &[SchemaType],
        direction: Direction,
        name: &str,
    ) -> Vec<Alternative> {
        let mut alternatives = Vec::new();
        for one in types {
            // A format is held where there is one type alone.
            let only = Schema {
                types: Some(vec![*one]),
                format: None,
                ..schema.clone()
            };
            let word = type_name(*one);
            let slot = match one_type(&only, *one).0 {
                Shape::Struct => {
                    let name = self.type_name(&format!("{name} {word}"));
                    let kind = TypeKind::Struct(self.structure(&only, direction, &name));
                    let id = TypeId(self.defs.len());
                    self.defs.push(Some(TypeDef {
                        name,
                        owner: self.owner.clone(),
                        doc: doc(schema),
                        kind,
                        guard: None,
                        readings: Vec::new(),
                        checked: false,
                        text: false,
                    }));
                    Slot::plain(Type::Named(id))
                }
                shape => self.inline(&only, &shape, direction, &format!("{name} {word}")),
            };
            alternatives.push(Alternative {
                name: word.to_owned(),
                doc: String::new(),
                slot,
            });
        }
        alternatives
    }
}

/// The struct of a member that a tag has told to be an object.
fn object_of(slot: Slot) -> Slot {
    match slot.ty {
        Type::OrOther(inner) | Type::Nullable(inner) => object_of(*inner),
        _ => slot,
    }
}

/// What to call a member of a choice that has no name of its own.
fn word_of(schema: &Schema, shape: &Shape) -> String {
    let value = schema
        .enumeration
        .as_ref()
        .and_then(|values| match &values[..] {
            [only] => only.value.as_str(),
            _ => None,
        });
    let word = match shape {
        Shape::Enum => value.unwrap_or("Text"),
        Shape::Plain(one) => type_name(*one),
        Shape::Struct | Shape::Tagged | Shape::Map => "Object",
        Shape::Or(_) | Shape::Json => "Value",
        Shape::Choice(_) | Shape::Types(_) | Shape::Same(_) => "Choice",
    };
    word.to_owned()
}

fn type_name(one: SchemaType) -> &'static str {
    match one {
        SchemaType::Null => "Null",
        SchemaType::Boolean => "Boolean",
        SchemaType::Integer => "Integer",
        SchemaType::Number => "Number",
        SchemaType::String => "String",
        SchemaType::Array => "List",
        SchemaType::Object => "Object",
    }
}
