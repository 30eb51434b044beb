//! Schemas become types.

use std::collections::HashMap;

use super::{
    contract::Definitions,
    direction::{Direction, OneWay, flags},
    names::{self, Scope},
    shape::{Shape, Shaped, one_type, shape},
    unsupported::Reach,
    view::{View, Views},
};
use crate::{
    model::{
        Alternative, Check, Field, Slot, Struct, Type, TypeDef, TypeId, TypeKind, Union,
        UnionVariant, Variant,
    },
    spec::{Additional, Document, Schema, SchemaId, SchemaType},
};

/// The types of a document, as operations come to need them.
pub(super) struct Types<'a> {
    pub(super) views: Views<'a>,
    pub(super) definitions: Definitions<'a>,
    one_way: &'a OneWay,
    scope: Scope,
    components: HashMap<SchemaId, String>,
    defs: Vec<Option<TypeDef>>,
    known: HashMap<(SchemaId, Direction), TypeId>,
    /// The component's name and direction of each type that stands for one.
    pub(super) origins: Vec<(String, Direction, TypeId)>,
}

impl<'a> Types<'a> {
    pub(super) fn new(document: &'a Document, one_way: &'a OneWay) -> Self {
        let mut scope = Scope::default();
        let mut components = HashMap::new();
        // Components come first, so that no type named after its place takes a component's name.
        for (id, schema) in document.schemas.iter() {
            if let Some(name) = &schema.name {
                components.insert(id, scope.claim(&names::type_name(&name.value)));
            }
        }
        Types {
            views: Views::new(document),
            definitions: Definitions::new(document, one_way),
            one_way,
            scope,
            components,
            defs: Vec::new(),
            known: HashMap::new(),
            origins: Vec::new(),
        }
    }

    /// The types of the named schemas that no operation has asked for.
    pub(super) fn rest(&mut self, reach: &Reach) {
        for (id, schema) in self.views.document().schemas.iter() {
            if let Some(name) = schema.name.as_ref().filter(|_| reach.is_whole(id)) {
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

    fn needs_name(&self, view: &View, shaped: &Shaped) -> bool {
        let named = self.components.contains_key(&view.identity);
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
        let guard = guarded.then(|| self.definitions.key(view.identity, direction));
        self.defs[id.0] = Some(TypeDef {
            name,
            doc: doc(&view.schema),
            kind,
            guard,
            checked: false,
            text: false,
        });
        id
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
            Shape::Enum => TypeKind::Enum(variants(schema)),
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

    fn structure(&mut self, schema: &Schema, direction: Direction, name: &str) -> Struct {
        let mut scope = Scope::default();
        let mut fields = Vec::new();
        let object = &schema.object;
        let required = |name: &str| object.required.iter().any(|one| one.value == name);
        let mut hidden: Vec<&str> = Vec::new();
        for property in &object.properties {
            let (read_only, write_only) = flags(self.views.document(), property.schema);
            if direction.hides(read_only, write_only) {
                hidden.push(&property.name);
                continue;
            }
            let words = self.views.view(property.schema);
            let hint = format!("{name} {}", property.name);
            fields.push(Field {
                name: scope.claim(&names::field_name(&property.name)),
                wire: property.name.clone(),
                doc: doc(&words.schema),
                slot: self.slot(property.schema, direction, &hint),
                required: required(&property.name),
            });
        }
        let declared = |name: &str| object.properties.iter().any(|one| one.name == name);
        for required in object.required.iter().filter(|one| !declared(&one.value)) {
            fields.push(Field {
                name: scope.claim(&names::field_name(&required.value)),
                wire: required.value.clone(),
                doc: String::new(),
                slot: self.extra(schema, direction, name),
                required: true,
            });
        }
        let open = match object.additional {
            Additional::Any | Additional::Schema(_) => true,
            Additional::Refused | Additional::Unsaid => !object.patterns.is_empty(),
        };
        let additional = open.then(|| {
            let field = scope.claim("additional_properties");
            (field, self.extra(schema, direction, name))
        });
        Struct {
            fields,
            closed: object.additional == Additional::Refused && additional.is_none(),
            ignored: hidden.into_iter().map(str::to_owned).collect(),
            additional,
        }
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

    fn union(&mut self, schema: &Schema, direction: Direction, name: &str) -> Union {
        let mut scope = Scope::default();
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
                name: scope.claim(&names::variant_name(tag)),
                tags: vec![tag.clone()],
                slot: object_of(slot),
            });
        }
        Union {
            tag: discriminator
                .map(|one| one.property.clone())
                .unwrap_or_default(),
            variants,
        }
    }

    fn choice(
        &mut self,
        members: &[SchemaId],
        direction: Direction,
        name: &str,
    ) -> Vec<Alternative> {
        let mut scope = Scope::default();
        let mut alternatives = Vec::new();
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
            alternatives.push(Alternative {
                name: scope.claim(&names::variant_name(&word)),
                doc: doc(&view.schema),
                slot,
            });
        }
        alternatives
    }

    /// One schema of several JSON types, each with the keywords that are for it.
    fn by_types(
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
                    let name = self
                        .scope
                        .claim(&names::type_name(&format!("{name} {word}")));
                    let kind = TypeKind::Struct(self.structure(&only, direction, &name));
                    let id = TypeId(self.defs.len());
                    self.defs.push(Some(TypeDef {
                        name,
                        doc: doc(schema),
                        kind,
                        guard: None,
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

    /// A type that needs no name.
    fn inline(&mut self, schema: &Schema, shape: &Shape, direction: Direction, hint: &str) -> Slot {
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
        _ if schema.enumeration.is_some() => Type::I64,
        Some("int32") => Type::I32,
        Some("int64") => Type::I64,
        _ if bounded => Type::I64,
        _ => Type::Integer,
    }
}

/// The largest integer up to which a double has every one.
const DOUBLE_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// A double, as long as it can judge the limits of every number that is rounded to it.
fn number(schema: &Schema) -> Type {
    let ends = [&schema.minimum, &schema.maximum];
    let far = |end: f64| end.abs() >= DOUBLE_INTEGERS;
    let far = ends.iter().any(|end| {
        end.as_ref()
            .and_then(|end| end.value.as_f64())
            .is_some_and(far)
    });
    match schema.multiple_of.is_some() || far {
        true => Type::Number,
        false => Type::F64,
    }
}

/// The formats of texts that are held, and not only told.
pub(super) const ASSERTED: [&str; 14] = [
    "date",
    "date-time",
    "time",
    "duration",
    "uuid",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "json-pointer",
    "regex",
    "byte",
];

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
            let format = schema.format.as_ref().map(|format| format.value.as_str());
            if *ty == Type::String {
                let asserted = format.filter(|format| ASSERTED.contains(format));
                checks.extend(asserted.map(|format| Check::Format(format.to_owned())));
            }
        }
        Type::I32 | Type::I64 | Type::Integer | Type::F64 | Type::Number => {
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
                    .array
                    .min
                    .filter(|least| *least > 0)
                    .map(Check::MinItems),
            );
            checks.extend(schema.array.max.map(Check::MaxItems));
            checks.extend(schema.array.unique.then_some(Check::Unique));
        }
        Type::Map(_) => {
            let least = schema.object.min.filter(|least| *least > 0);
            checks.extend(least.map(Check::MinItems));
            checks.extend(schema.object.max.map(Check::MaxItems));
        }
        _ => {}
    }
    checks
}

/// The one type beside `null` that a value in text has: said, or told from the values of an `enum`.
pub(super) fn parameter_type(schema: &Schema) -> Option<SchemaType> {
    if let Some(types) = &schema.types {
        let mut others = types.iter().filter(|one| **one != SchemaType::Null);
        return match (others.next(), others.next()) {
            (Some(only), None) => Some(*only),
            _ => None,
        };
    }
    let values = schema.enumeration.as_ref()?;
    match values
        .iter()
        .map(|one| &one.value)
        .find(|value| !value.is_null())
    {
        Some(serde_json::Value::String(_)) => Some(SchemaType::String),
        Some(serde_json::Value::Number(_)) => Some(SchemaType::Integer),
        _ => None,
    }
}
