//! The shape of `oneOf` and `anyOf`: a tag that decides, types that exclude each other, or types to be tried.

use std::rc::Rc;

use super::{
    shape::{ARRAY, NULL, OBJECT, Shape, Shaped, by_type, kinds},
    view::{View, Views},
};
use crate::spec::{Additional, Discriminator, Schema, SchemaId, SchemaType};

/// The shape of a view with a choice.
pub(super) fn union(views: &mut Views, view: &View) -> Shaped {
    let schema = &view.schema;
    let exclusive = !schema.one_of.is_empty();
    let ids = if exclusive {
        &schema.one_of
    } else {
        &schema.any_of
    };
    let own = Schema {
        one_of: Vec::new(),
        any_of: Vec::new(),
        discriminator: None,
        ..schema.clone()
    };
    let union = Union {
        exact: (schema.one_of.is_empty() || schema.any_of.is_empty()) && !view.loose,
        exclusive,
        members: ids.iter().map(|id| (*id, views.view(*id))).collect(),
        bare: Schema {
            types: None,
            ..own.clone()
        }
        .asks_nothing(),
        own,
    };
    match schema.discriminator.as_ref().filter(|one| one.decides) {
        Some(choice) if choice.rest.is_some() => union.heirs(views, choice),
        Some(_) => union.tagged(),
        None if union.bare => union.choice(),
        None => inexact(union.narrowed()),
    }
}

/// A choice, and what stands beside it.
struct Union {
    members: Vec<(SchemaId, Rc<View>)>,
    /// Whether just one member may fit.
    exclusive: bool,
    /// What stands beside the choice.
    own: Schema,
    /// Whether no more than a type stands beside it.
    bare: bool,
    /// Whether nothing else is asked for.
    exact: bool,
}

fn inexact(shape: Shape) -> Shaped {
    Shaped {
        shape,
        exact: false,
        nullable: false,
    }
}

impl Union {
    /// A discriminator beside no choice.
    fn heirs(&self, views: &mut Views, choice: &Discriminator) -> Shaped {
        let heirs: Vec<_> = choice
            .mapping
            .iter()
            .map(|(tag, id)| (tag, views.view(*id)))
            .collect();
        let structs = heirs.iter().all(|(_, one)| is_object(&one.schema)) && is_object(&self.own);
        let told = has_property(&self.own, &choice.property);
        let covered = heirs.iter().all(|(_, one)| self.covered_by(one));
        match structs && told && covered {
            true => Shaped {
                shape: Shape::Tagged,
                exact: self.exact,
                nullable: false,
            },
            false => inexact(Shape::Json),
        }
    }

    fn tagged(&self) -> Shaped {
        let structs = self.members.iter().all(|(_, one)| is_object(&one.schema));
        let objects = self
            .own
            .types
            .as_deref()
            .is_none_or(|types| types == [SchemaType::Object]);
        match structs {
            true if self.bare && objects => Shaped {
                shape: Shape::Tagged,
                exact: self.exact,
                nullable: false,
            },
            true if self.members.iter().all(|(_, one)| self.covered_by(one)) => {
                inexact(Shape::Tagged)
            }
            _ => inexact(Shape::Json),
        }
    }

    /// Whether a member has all the properties that stand beside the choice.
    fn covered_by(&self, member: &View) -> bool {
        let mut names = self
            .own
            .object
            .properties
            .iter()
            .map(|one| one.name.as_str());
        names.all(|name| has_property(&member.schema, name))
    }

    /// The shape of what stands beside the choice, where the members only narrow it; elsewhere they add what no one
    /// type could hold.
    fn narrowed(&self) -> Shape {
        let narrows = self.members.iter().all(|(_, one)| {
            let object = &one.schema.object;
            object
                .properties
                .iter()
                .all(|property| has_property(&self.own, &property.name))
                && object.patterns.is_empty()
                && object.additional == Additional::Unsaid
        });
        match narrows
            && self
                .own
                .types
                .as_ref()
                .is_some_and(|types| types.len() == 1)
        {
            true => by_type(&self.own).0,
            false => Shape::Json,
        }
    }

    /// Nothing but a choice, and perhaps a type that holds for all of it.
    fn choice(&self) -> Shaped {
        let outer = kinds(&self.own);
        let implied = self
            .members
            .iter()
            .all(|(_, one)| kinds(&one.schema) & !outer == 0);
        let exact = self.exact && implied;
        let nullable = self.members.iter().any(|(_, one)| is_null(one));
        let nulls = self
            .members
            .iter()
            .filter(|(_, one)| kinds(&one.schema) & NULL != 0)
            .count();
        let once = !self.exclusive || nulls <= 1;
        let rest: Vec<_> = self
            .members
            .iter()
            .filter(|(_, one)| !is_null(one))
            .collect();
        let ids: Vec<SchemaId> = rest.iter().map(|(id, _)| *id).collect();
        let sets: Vec<u8> = rest
            .iter()
            .map(|(_, one)| kinds(&one.schema) & !NULL)
            .collect();
        let (mut seen, mut disjoint) = (0, true);
        for set in &sets {
            disjoint &= seen & set == 0;
            seen |= set;
        }
        // What a struct does not name is dropped, so that the first of several that fit would lose members of others.
        let structures = sets
            .iter()
            .filter(|set| **set & (OBJECT | ARRAY) != 0)
            .count();
        let found = |shape, exact| Shaped {
            shape,
            exact,
            nullable,
        };
        match (&ids[..], self.exclusive) {
            ([], _) => inexact(Shape::Json),
            ([only], _) => found(Shape::Same(*only), exact && once),
            _ if disjoint => found(Shape::Choice(ids), exact && once),
            (_, true) => found(Shape::Choice(ids), false),
            (_, false) if structures <= 1 => found(Shape::Choice(ids), exact),
            _ => inexact(Shape::Json),
        }
    }
}

/// Whether a member is `null`, and nothing more is said of it.
fn is_null(view: &View) -> bool {
    view.schema.types.as_deref() == Some(&[SchemaType::Null])
        && view.schema.enumeration.is_none()
        && !view.loose
}

/// Whether a schema is of objects, said or meant.
fn is_object(schema: &Schema) -> bool {
    let meant = schema.types.is_none() && !schema.object.properties.is_empty();
    kinds(schema) == OBJECT || (meant && schema.one_of.is_empty() && schema.any_of.is_empty())
}

fn has_property(schema: &Schema, name: &str) -> bool {
    schema.object.properties.iter().any(|one| one.name == name)
}
