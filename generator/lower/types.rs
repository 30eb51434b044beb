//! Schemas become types.

use std::collections::{HashMap, HashSet};

use super::{
    contract::Definitions,
    cycles::is_endless,
    direction::{Direction, OneWay},
    limits::{checks, integer, number, text},
    names,
    naming::{Naming, Wanted},
    shape::{Shape, Shaped, one_type, shape},
    unsupported::Reach,
    view::{View, Views},
};
use crate::{
    model::{Field, Owner, Slot, Struct, Type, TypeDef, TypeId, TypeKind, Variant},
    source::Span,
    spec::{Additional, Document, Property, Schema, SchemaId, SchemaType},
};

/// The types of a document, as operations come to need them.
pub(super) struct Types<'a> {
    pub(super) views: Views<'a>,
    pub(super) definitions: Definitions<'a>,
    pub(super) one_way: &'a OneWay,
    pub(super) naming: &'a Naming,
    components: HashMap<SchemaId, String>,
    /// What types without a name in the document are made for at this time.
    pub(super) owner: Owner,
    pub(super) defs: Vec<Option<TypeDef>>,
    known: HashMap<(SchemaId, Direction), TypeId>,
}

impl<'a> Types<'a> {
    pub(super) fn new(document: &'a Document, one_way: &'a OneWay, naming: &'a Naming) -> Self {
        // Components come first, so that no type named after its place takes a component's name.
        let named = document.schemas.iter();
        let named: Vec<_> = named
            .filter_map(|(id, schema)| Some((id, schema.name.as_ref()?)))
            .collect();
        let keys: Vec<String> = named
            .iter()
            .map(|(_, name)| component_key(&name.value))
            .collect();
        let wanted = named.iter().zip(&keys).map(|((_, name), key)| Wanted {
            key,
            name: names::type_name(&name.value),
            span: Some(name.span),
        });
        let given = naming.claim_all("types", wanted.collect());
        let components = named.iter().map(|(id, _)| *id).zip(given).collect();
        Types {
            views: Views::new(document),
            definitions: Definitions::new(document, one_way),
            one_way,
            naming,
            components,
            owner: Owner::Operation(String::new()),
            defs: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// The types of the named schemas that no operation has asked for.
    pub(super) fn rest(&mut self, reach: &Reach) {
        for (id, schema) in self.views.document().schemas.iter() {
            if let Some(name) = schema
                .name
                .as_ref()
                .filter(|_| reach.of_schema(id).is_empty())
            {
                self.slot(id, Direction::Answer, &name.value);
            }
        }
    }

    pub(super) fn finish(self) -> (Vec<TypeDef>, Definitions<'a>) {
        (self.defs.into_iter().flatten().collect(), self.definitions)
    }

    /// The type of `id`; where it needs a name and the document gives none, it is named after `hint`.
    pub(super) fn slot(&mut self, id: SchemaId, direction: Direction, hint: &str) -> Slot {
        let view = self.views.view(id);
        let direction = self.one_way.of(view.identity, direction);
        let shaped = shape(&mut self.views, &view);
        let nullable = match shaped.exact {
            true => shaped.nullable,
            false => self.definitions.takes_null(view.identity, direction),
        };
        let slot = match (&shaped.shape, self.needs_name(&view, &shaped)) {
            (Shape::Or(SchemaType::Object), _) if is_struct(&view.schema) => {
                let inner = Slot::plain(Type::Named(self.named(&view, &shaped, direction, hint)));
                Slot::plain(Type::OrOther(Box::new(inner)))
            }
            (_, true) => Slot::plain(Type::Named(self.named(&view, &shaped, direction, hint))),
            (_, false) => self.inline(&view.schema, &shaped.shape, direction, hint),
        };
        let holds_null = matches!(slot.ty, Type::Json | Type::Nullable(_) | Type::OrOther(_));
        match nullable && !holds_null {
            true => Slot::plain(Type::Nullable(Box::new(slot))),
            false => slot,
        }
    }

    fn needs_name(&mut self, view: &View, shaped: &Shaped) -> bool {
        let named = |id| self.components.contains_key(&id);
        let named = named(view.identity) || is_endless(&mut self.views, view, named);
        let kinds = matches!(
            shaped.shape,
            Shape::Struct | Shape::Enum | Shape::Tagged | Shape::Choice(_) | Shape::Types(_)
        );
        named || kinds || !shaped.exact
    }

    fn named(&mut self, view: &View, shaped: &Shaped, direction: Direction, hint: &str) -> TypeId {
        if let Some(id) = self.known.get(&(view.identity, direction)) {
            return *id;
        }
        let name = match (self.components.get(&view.identity), direction) {
            (Some(name), Direction::Request) => self.type_name(&format!("{name} input")),
            (Some(name), _) => name.clone(),
            (None, Direction::Request) => self.type_name(&format!("{hint} input")),
            (None, _) => self.type_name(hint),
        };
        let id = TypeId(self.defs.len());
        self.defs.push(None);
        self.known.insert((view.identity, direction), id);
        let named = &self.views.document().schemas.get(view.identity).name;
        let owner = named.as_ref().map(|name| Owner::Schema(name.value.clone()));
        let owner = owner.unwrap_or_else(|| self.owner.clone());
        let around = std::mem::replace(&mut self.owner, owner.clone());
        let mut guarded = !shaped.exact;
        let mut kind = self.kind(&view.schema, &shaped.shape, direction, &name, guarded);
        if let TypeKind::Struct(one) = &mut kind
            && one.closed
            && !one.ignored.is_empty()
        {
            // What is not for this way may still be sent, and nothing else may.
            one.closed = false;
            guarded = true;
        }
        let guard = guarded.then(|| self.definitions.key_for(view.identity, direction, &name));
        let readings = match shaped.shape {
            Shape::Json => self.readings(&view.schema, direction, &name),
            _ => Vec::new(),
        };
        self.owner = around;
        self.defs[id.0] = Some(TypeDef {
            name,
            owner,
            doc: doc(&view.schema),
            kind,
            guard,
            readings,
            checked: false,
            text: false,
        });
        id
    }

    /// A name for a type that has none in the document.
    pub(super) fn type_name(&self, words: &str) -> String {
        let wanted = Wanted {
            key: words,
            name: names::type_name(words),
            span: None,
        };
        self.naming.claim("types", &wanted)
    }

    fn kind(
        &mut self,
        schema: &Schema,
        shape: &Shape,
        direction: Direction,
        name: &str,
        guarded: bool,
    ) -> TypeKind {
        match shape {
            Shape::Struct => TypeKind::Struct(self.structure(schema, direction, name)),
            Shape::Or(SchemaType::Object) if is_struct(schema) => {
                TypeKind::Struct(self.structure(schema, direction, name))
            }
            Shape::Enum => TypeKind::Enum(variants(self.naming, schema, name)),
            Shape::Tagged => TypeKind::Union(self.union(schema, direction, name)),
            Shape::Choice(members) => TypeKind::Choice(self.choice(members, direction, name)),
            Shape::Types(types) => TypeKind::Choice(self.by_types(schema, types, direction, name)),
            other => {
                let mut slot = self.inline(schema, other, direction, name);
                match guarded {
                    true => {
                        // The exact schema has decided already.
                        slot.checks.clear();
                        TypeKind::Wrapper(slot)
                    }
                    false => TypeKind::Alias(slot),
                }
            }
        }
    }

    pub(super) fn structure(
        &mut self,
        schema: &Schema,
        direction: Direction,
        name: &str,
    ) -> Struct {
        let object = &schema.object;
        let hides = |id: SchemaId| self.one_way.hides(id, direction);
        let (hidden, shown): (Vec<_>, Vec<_>) =
            object.properties.iter().partition(|one| hides(one.schema));
        let fields = self.fields(schema, &shown, direction, name);
        let open = match object.additional {
            Additional::Any | Additional::Schema(_) => true,
            Additional::Refused | Additional::Unsaid => !object.patterns.is_empty(),
        };
        let additional = open.then(|| {
            let wanted = Wanted {
                key: "",
                name: "additional_properties".into(),
                span: None,
            };
            let scope = format!("fields of {name}");
            (
                self.naming.claim(&scope, &wanted),
                self.extra(schema, direction, name),
            )
        });
        Struct {
            fields,
            closed: object.additional == Additional::Refused && additional.is_none(),
            ignored: hidden.into_iter().map(|one| one.name.clone()).collect(),
            additional,
        }
    }

    /// The members that are shown, and those that `required` names and `properties` does not.
    fn fields(
        &mut self,
        schema: &Schema,
        shown: &[&Property],
        direction: Direction,
        name: &str,
    ) -> Vec<Field> {
        let object = &schema.object;
        let required = object.required_names();
        let declared = object.property_names();
        let extra: Vec<_> = object
            .required
            .iter()
            .filter(|one| !declared.contains(&*one.value))
            .collect();
        let of_properties = shown.iter().map(|one| (one.name.as_str(), one.span));
        let of_required = extra.iter().map(|one| (one.value.as_str(), one.span));
        let wanted = of_properties.chain(of_required).map(|(key, span)| Wanted {
            key,
            name: names::field_name(key),
            span: Some(span),
        });
        let given = self
            .naming
            .claim_all(&format!("fields of {name}"), wanted.collect());
        let mut given = given.into_iter();
        let mut fields = Vec::new();
        for (property, field) in shown.iter().zip(given.by_ref()) {
            let words = self.views.view(property.schema);
            let hint = format!("{name} {}", property.name);
            fields.push(Field {
                name: field,
                wire: property.name.clone(),
                doc: doc(&words.schema),
                slot: self.slot(property.schema, direction, &hint),
                required: required.contains(&*property.name),
            });
        }
        for (required, field) in extra.iter().zip(given) {
            fields.push(Field {
                name: field,
                wire: required.value.clone(),
                doc: String::new(),
                slot: self.extra(schema, direction, name),
                required: true,
            });
        }
        fields
    }

    /// The type of members that `properties` does not name.
    fn extra(&mut self, schema: &Schema, direction: Direction, name: &str) -> Slot {
        match schema.object.additional {
            Additional::Schema(value) if schema.object.patterns.is_empty() => {
                self.slot(value, direction, &format!("{name} value"))
            }
            _ => Slot::plain(Type::Json),
        }
    }

    /// A type that needs no name.
    pub(super) fn inline(
        &mut self,
        schema: &Schema,
        shape: &Shape,
        direction: Direction,
        hint: &str,
    ) -> Slot {
        let ty = match shape {
            Shape::Plain(SchemaType::Boolean) => Type::Bool,
            Shape::Plain(SchemaType::Integer) => integer(schema),
            Shape::Plain(SchemaType::Number) => number(schema),
            Shape::Plain(SchemaType::String) => text(schema),
            Shape::Plain(SchemaType::Array) => {
                Type::List(Box::new(self.item(schema, direction, hint)))
            }
            Shape::Map => Type::Map(Box::new(self.extra(schema, direction, hint))),
            Shape::Same(id) => return self.slot(*id, direction, hint),
            Shape::Or(only) => {
                let shape = one_type(schema, *only).0;
                Type::OrOther(Box::new(self.inline(schema, &shape, direction, hint)))
            }
            _ => Type::Json,
        };
        let checks = checks(schema, &ty);
        Slot { ty, checks }
    }

    fn item(&mut self, schema: &Schema, direction: Direction, hint: &str) -> Slot {
        match schema.array.items {
            Some(items) if schema.array.prefix.is_empty() => {
                self.slot(items, direction, &format!("{hint} item"))
            }
            _ => Slot::plain(Type::Json),
        }
    }
}

impl Slot {
    pub(super) fn plain(ty: Type) -> Self {
        Slot {
            ty,
            checks: Vec::new(),
        }
    }
}

fn is_struct(schema: &Schema) -> bool {
    one_type(schema, SchemaType::Object).0 == Shape::Struct
}

/// The words of a schema, for the type or the field that it becomes.
pub(super) fn doc(schema: &Schema) -> String {
    let words = schema
        .words
        .description
        .clone()
        .or(schema.words.title.clone());
    let mut doc = words.unwrap_or_default().trim_end().to_owned();
    if let Some(default) = &schema.words.default {
        let gap = if doc.is_empty() { "" } else { "\n\n" };
        doc.push_str(&format!("{gap}Default: `{}`.", default.value));
    }
    doc
}

/// The variants of a string enum; `null` is not one of them.
fn variants(naming: &Naming, schema: &Schema, name: &str) -> Vec<Variant> {
    let (mut texts, mut seen) = (Vec::<(&str, Span)>::new(), HashSet::new());
    for literal in schema.enumeration.iter().flatten() {
        if let Some(wire) = literal.value.as_str()
            && seen.insert(wire)
        {
            texts.push((wire, literal.span));
        }
    }
    let wanted = texts.iter().map(|(key, span)| Wanted {
        key,
        name: names::variant_name(key),
        span: Some(*span),
    });
    let given = naming.claim_all(&format!("variants of {name}"), wanted.collect());
    let variants = texts.into_iter().zip(given);
    variants
        .map(|((wire, _), name)| Variant {
            name,
            wire: wire.to_owned(),
        })
        .collect()
}

/// What a component is called in the lock.
fn component_key(name: &str) -> String {
    format!("#/components/schemas/{name}")
}
