//! Schemas become types.

use std::collections::HashMap;

use super::{
    names::{self, Scope},
    unsupported::Reach,
    view::{View, Views},
};
use crate::{
    model::{
        Check, Field, Slot, Struct, Type, TypeDef, TypeId, TypeKind, Union, UnionVariant, Variant,
    },
    spec::{Additional, Schema, SchemaId, SchemaType},
};

/// Which way values of a type go. A schema with `readOnly` or `writeOnly` members has a type for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Direction {
    /// Either way: nothing in it is for one way only.
    Both,
    /// From the caller.
    Request,
    /// To the caller.
    Answer,
}

/// The types of a document, as operations come to need them.
pub(super) struct Types<'a> {
    pub(super) views: Views<'a>,
    pub(super) reach: &'a Reach,
    scope: Scope,
    components: HashMap<SchemaId, String>,
    defs: Vec<Option<TypeDef>>,
    known: HashMap<(SchemaId, Direction), TypeId>,
    /// The component's name and direction of each type that stands for one.
    pub(super) origins: Vec<(String, Direction, TypeId)>,
}

impl<'a> Types<'a> {
    pub(super) fn new(views: Views<'a>, reach: &'a Reach) -> Self {
        let mut scope = Scope::default();
        let mut components = HashMap::new();
        // Components come first, so that no type named after its place takes a component's name.
        for (id, schema) in views.document().schemas.iter() {
            if let Some(name) = &schema.name {
                components.insert(id, scope.claim(&names::type_name(&name.value)));
            }
        }
        Types {
            views,
            reach,
            scope,
            components,
            defs: Vec::new(),
            known: HashMap::new(),
            origins: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<TypeDef> {
        self.defs.into_iter().flatten().collect()
    }

    /// The direction that tells types of `id` apart: none where both ways come to the same.
    pub(super) fn direction(&self, id: SchemaId, wanted: Direction) -> Direction {
        match self.reach.one_way(id) {
            true => wanted,
            false => Direction::Both,
        }
    }

    /// The type of `id`; where it needs a name and the document gives none, it is named after `hint`.
    pub(super) fn slot(&mut self, id: SchemaId, direction: Direction, hint: &str) -> Slot {
        let view = self.views.view(id);
        let direction = self.direction(view.identity, direction);
        let slot = match self.needs_name(&view) {
            true => Slot::plain(Type::Named(self.named(&view, direction, hint))),
            false => self.inline(&view, direction, hint),
        };
        match allows_null(&view.schema) && slot.ty != Type::Json {
            true => Slot::plain(Type::Nullable(Box::new(slot))),
            false => slot,
        }
    }

    fn needs_name(&self, view: &View) -> bool {
        let component = self
            .views
            .document()
            .schemas
            .get(view.identity)
            .name
            .is_some();
        component || matches!(kind(&view.schema), Kind::Struct | Kind::Enum | Kind::Union)
    }

    fn named(&mut self, view: &View, direction: Direction, hint: &str) -> TypeId {
        if let Some(id) = self.known.get(&(view.identity, direction)) {
            return *id;
        }
        let component = self
            .views
            .document()
            .schemas
            .get(view.identity)
            .name
            .clone();
        let name = match (self.components.get(&view.identity), direction) {
            (Some(name), Direction::Request) => {
                let wanted = names::type_name(&format!("{name} input"));
                self.scope.claim(&wanted)
            }
            (Some(name), _) => name.clone(),
            (None, _) => self.scope.claim(&names::type_name(hint)),
        };
        let id = TypeId(self.defs.len());
        self.defs.push(None);
        self.known.insert((view.identity, direction), id);
        if let Some(component) = component {
            self.origins.push((component.value, direction, id));
        }
        let kind = match kind(&view.schema) {
            Kind::Struct => TypeKind::Struct(self.structure(&view.schema, direction, &name)),
            Kind::Enum => TypeKind::Enum(variants(&view.schema)),
            Kind::Union => TypeKind::Union(self.union(&view.schema, direction, &name)),
            Kind::Inline => TypeKind::Alias(self.inline(view, direction, &name)),
        };
        self.defs[id.0] = Some(TypeDef {
            name,
            doc: doc(&view.schema),
            kind,
            checked: false,
            text: false,
        });
        id
    }

    fn structure(&mut self, schema: &Schema, direction: Direction, name: &str) -> Struct {
        let mut scope = Scope::default();
        let mut fields = Vec::new();
        for property in &schema.properties {
            let words = self.views.view(property.schema);
            let hidden = match direction {
                Direction::Request => words.schema.read_only,
                Direction::Answer => words.schema.write_only,
                Direction::Both => false,
            };
            if hidden {
                continue;
            }
            let hint = format!("{name} {}", property.name);
            fields.push(Field {
                name: scope.claim(&names::field_name(&property.name)),
                wire: property.name.clone(),
                doc: doc(&words.schema),
                slot: self.slot(property.schema, direction, &hint),
                required: schema.required.iter().any(|one| one.value == property.name),
            });
        }
        for required in &schema.required {
            let declared = schema
                .properties
                .iter()
                .any(|one| one.name == required.value);
            if !declared {
                fields.push(Field {
                    name: scope.claim(&names::field_name(&required.value)),
                    wire: required.value.clone(),
                    doc: String::new(),
                    slot: self.extra(schema, direction, name),
                    required: true,
                });
            }
        }
        let additional =
            matches!(schema.additional, Additional::Any | Additional::Schema(_)).then(|| {
                let field = scope.claim("additional_properties");
                (field, self.extra(schema, direction, name))
            });
        Struct {
            fields,
            additional,
            closed: schema.additional == Additional::Refused,
        }
    }

    /// The type of members that `properties` does not name.
    fn extra(&mut self, schema: &Schema, direction: Direction, name: &str) -> Slot {
        match schema.additional {
            Additional::Schema(value) => self.slot(value, direction, &format!("{name} value")),
            _ => Slot::plain(Type::Json),
        }
    }

    fn union(&mut self, schema: &Schema, direction: Direction, name: &str) -> Union {
        let Some(discriminator) = &schema.discriminator else {
            return Union {
                tag: String::new(),
                variants: Vec::new(),
            };
        };
        let mut scope = Scope::default();
        let mut variants: Vec<UnionVariant> = Vec::new();
        let mut seen: Vec<SchemaId> = Vec::new();
        for (tag, member) in &discriminator.mapping {
            let identity = self.views.view(*member).identity;
            if let Some(index) = seen.iter().position(|one| *one == identity) {
                variants[index].tags.push(tag.clone());
                continue;
            }
            seen.push(identity);
            let slot = self.slot(*member, direction, &format!("{name} {tag}"));
            variants.push(UnionVariant {
                name: scope.claim(&names::variant_name(tag)),
                tags: vec![tag.clone()],
                slot,
            });
        }
        Union {
            tag: discriminator.property.clone(),
            variants,
        }
    }

    /// A type that needs no name.
    fn inline(&mut self, view: &View, direction: Direction, hint: &str) -> Slot {
        let schema = &view.schema;
        let ty = match only_type(schema) {
            Some(SchemaType::Boolean) => Type::Bool,
            Some(SchemaType::Integer) => integer(schema),
            Some(SchemaType::Number) => Type::F64,
            Some(SchemaType::String) => text(schema),
            Some(SchemaType::Array) => {
                let item = schema.items.map_or(Slot::plain(Type::Json), |items| {
                    self.slot(items, direction, &format!("{hint} item"))
                });
                Type::List(Box::new(item))
            }
            Some(SchemaType::Object) => Type::Map(Box::new(self.extra(schema, direction, hint))),
            Some(SchemaType::Null) | None => Type::Json,
        };
        let checks = checks(schema, &ty);
        Slot { ty, checks }
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

enum Kind {
    Struct,
    Enum,
    Union,
    Inline,
}

fn kind(schema: &Schema) -> Kind {
    if !schema.one_of.is_empty() && schema.discriminator.is_some() {
        return Kind::Union;
    }
    match only_type(schema) {
        Some(SchemaType::String) if schema.enumeration.is_some() => Kind::Enum,
        Some(SchemaType::Object)
            if !schema.properties.is_empty()
                || !schema.required.is_empty()
                || schema.additional == Additional::Refused =>
        {
            Kind::Struct
        }
        _ => Kind::Inline,
    }
}

/// The one type beside `null` that values have; told from other keywords where `type` is not there.
pub(super) fn only_type(schema: &Schema) -> Option<SchemaType> {
    if let Some(types) = &schema.types {
        let mut others = types.iter().filter(|one| **one != SchemaType::Null);
        return match (others.next(), others.next()) {
            (Some(only), None) => Some(*only),
            (None, _) => types.first().copied(),
            _ => None,
        };
    }
    if !schema.properties.is_empty() || !schema.required.is_empty() {
        return Some(SchemaType::Object);
    }
    if matches!(
        schema.additional,
        Additional::Schema(_) | Additional::Refused
    ) {
        return Some(SchemaType::Object);
    }
    if schema.items.is_some() {
        return Some(SchemaType::Array);
    }
    let values = schema.enumeration.as_ref()?;
    let mut kinds = values.iter().filter(|one| !one.value.is_null());
    match kinds.next().map(|one| &one.value) {
        Some(serde_json::Value::String(_)) => Some(SchemaType::String),
        Some(serde_json::Value::Number(_)) => Some(SchemaType::Integer),
        Some(serde_json::Value::Bool(_)) => Some(SchemaType::Boolean),
        _ => None,
    }
}

fn allows_null(schema: &Schema) -> bool {
    schema
        .types
        .as_ref()
        .is_some_and(|types| types.len() > 1 && types.contains(&SchemaType::Null))
}

/// The words of a schema, for the type or the field that it becomes.
pub(super) fn doc(schema: &Schema) -> String {
    let words = schema.description.clone().or(schema.title.clone());
    let mut doc = words.unwrap_or_default().trim_end().to_owned();
    if let Some(default) = &schema.default {
        let gap = if doc.is_empty() { "" } else { "\n\n" };
        doc.push_str(&format!("{gap}Default: `{}`.", default.value));
    }
    doc
}

/// The variants of a string enum; `null` is not one of them.
fn variants(schema: &Schema) -> Vec<Variant> {
    let mut scope = Scope::default();
    let mut variants: Vec<Variant> = Vec::new();
    for literal in schema.enumeration.iter().flatten() {
        let Some(wire) = literal.value.as_str() else {
            continue;
        };
        if variants.iter().all(|one| one.wire != wire) {
            variants.push(Variant {
                name: scope.claim(&names::variant_name(wire)),
                wire: wire.to_owned(),
            });
        }
    }
    variants
}

/// `int32` and `int64` say the size, or both ends do; otherwise the document leaves it open.
pub(super) fn integer(schema: &Schema) -> Type {
    let format = schema.format.as_ref().map(|format| format.value.as_str());
    let ends = [&schema.minimum, &schema.maximum];
    let bounded = ends
        .iter()
        .all(|end| end.as_ref().is_some_and(|bound| bound.value.is_i64()));
    match format {
        Some("int32") => Type::I32,
        Some("int64") => Type::I64,
        _ if bounded || schema.enumeration.is_some() => Type::I64,
        _ => Type::I128,
    }
}

fn text(schema: &Schema) -> Type {
    match schema.format.as_ref().map(|format| format.value.as_str()) {
        Some("date") => Type::Date,
        Some("date-time") => Type::DateTime,
        Some("uuid") => Type::Uuid,
        _ => Type::String,
    }
}

fn checks(schema: &Schema, ty: &Type) -> Vec<Check> {
    let mut checks = Vec::new();
    match ty {
        Type::String | Type::Date | Type::DateTime | Type::Uuid => {
            checks.extend(
                schema
                    .min_length
                    .filter(|least| *least > 0)
                    .map(Check::MinLength),
            );
            checks.extend(schema.max_length.map(Check::MaxLength));
            let pattern = schema.pattern.as_ref();
            checks.extend(pattern.map(|pattern| Check::Pattern(pattern.value.clone())));
        }
        Type::I32 | Type::I64 | Type::I128 | Type::F64 => {
            let bound = |bound: &crate::spec::Bound| (bound.value.clone(), bound.exclusive);
            let (least, most) = (schema.minimum.as_ref(), schema.maximum.as_ref());
            checks.extend(
                least
                    .map(bound)
                    .map(|(end, open)| Check::Minimum(end, open)),
            );
            checks.extend(most.map(bound).map(|(end, open)| Check::Maximum(end, open)));
            let step = schema.multiple_of.as_ref();
            checks.extend(step.map(|step| Check::MultipleOf(step.value.clone())));
            if let Some(values) = &schema.enumeration {
                let values = values.iter().filter_map(|one| one.value.as_i64());
                checks.push(Check::OneOf(values.collect()));
            }
        }
        Type::List(_) => {
            checks.extend(
                schema
                    .min_items
                    .filter(|least| *least > 0)
                    .map(Check::MinItems),
            );
            checks.extend(schema.max_items.map(Check::MaxItems));
            checks.extend(schema.unique_items.then_some(Check::Unique));
        }
        Type::Map(_) => {
            let least = schema.min_properties.filter(|least| *least > 0);
            checks.extend(least.map(Check::MinItems));
            checks.extend(schema.max_properties.map(Check::MaxItems));
        }
        _ => {}
    }
    checks
}
