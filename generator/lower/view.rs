//! A schema as it stands after its references and its `allOf`: one flat set of keywords.

use std::{collections::HashMap, rc::Rc};

use crate::{
    source::Span,
    spec::{
        Additional, Bound, Document, Literal, Property, Schema, SchemaId, SchemaType, Unsupported,
    },
};

/// A schema after its references and its `allOf`.
#[derive(Debug)]
pub(super) struct View {
    /// The schema that gives the type its name: the end of a chain of bare references.
    pub(super) identity: SchemaId,
    /// The keywords; `reference` and `all_of` are spent.
    pub(super) schema: Schema,
}

/// The views of a document's schemas, each made once.
pub(super) struct Views<'a> {
    document: &'a Document,
    made: HashMap<SchemaId, Rc<View>>,
    open: Vec<SchemaId>,
    /// What could not be brought together, by the schema that asks for it.
    pub(super) conflicts: HashMap<SchemaId, Vec<Unsupported>>,
}

impl<'a> Views<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Views {
            document,
            made: HashMap::new(),
            open: Vec::new(),
            conflicts: HashMap::new(),
        }
    }

    pub(super) fn document(&self) -> &'a Document {
        self.document
    }

    pub(super) fn view(&mut self, id: SchemaId) -> Rc<View> {
        if let Some(view) = self.made.get(&id) {
            return Rc::clone(view);
        }
        let schema = self.document.schemas.get(id);
        self.open.push(id);
        let view = Rc::new(self.make(id, schema));
        self.open.pop();
        self.made.insert(id, Rc::clone(&view));
        view
    }

    fn make(&mut self, id: SchemaId, schema: &Schema) -> View {
        let members: Vec<SchemaId> = schema
            .reference
            .iter()
            .chain(&schema.all_of)
            .copied()
            .collect();
        if let [only] = members[..]
            && adds_nothing(schema)
            && !self.open.contains(&only)
        {
            let target = self.view(only);
            let mut merged = target.schema.clone();
            describe(&mut merged, schema);
            return View {
                identity: target.identity,
                schema: merged,
            };
        }
        let mut merged = bare(schema);
        for member in members {
            if self.open.contains(&member) {
                self.conflict(id, schema.span, "an `allOf` that holds itself".into());
                continue;
            }
            let view = self.view(member);
            self.merge(id, &mut merged, &view.schema);
        }
        self.merge(id, &mut merged, schema);
        View {
            identity: id,
            schema: merged,
        }
    }

    fn conflict(&mut self, id: SchemaId, span: Span, feature: String) {
        let found = self.conflicts.entry(id).or_default();
        let conflict = Unsupported { span, feature };
        if !found.contains(&conflict) {
            found.push(conflict);
        }
    }

    fn merge(&mut self, id: SchemaId, into: &mut Schema, from: &Schema) {
        let place = self.document.schemas.get(id).span;
        into.read_only |= from.read_only;
        into.write_only |= from.write_only;
        into.types = match (into.types.take(), &from.types) {
            (Some(ours), Some(theirs)) => {
                let both = intersect(&ours, theirs);
                if both.is_empty() {
                    self.conflict(
                        id,
                        place,
                        "an `allOf` of types that exclude each other".into(),
                    );
                }
                Some(both)
            }
            (ours, theirs) => ours.or_else(|| theirs.clone()),
        };
        self.merge_members(id, into, from);
        self.merge_limits(id, into, from);
        into.enumeration = match (into.enumeration.take(), &from.enumeration) {
            (Some(ours), Some(theirs)) => Some(common_values(ours, theirs)),
            (ours, theirs) => ours.or_else(|| theirs.clone()),
        };
        if !from.one_of.is_empty() {
            if !into.one_of.is_empty() && into.one_of != from.one_of {
                self.conflict(id, place, "two `oneOf` in one `allOf`".into());
            }
            into.one_of.clone_from(&from.one_of);
            into.discriminator.clone_from(&from.discriminator);
        }
    }

    fn merge_members(&mut self, id: SchemaId, into: &mut Schema, from: &Schema) {
        for property in &from.properties {
            let known = into
                .properties
                .iter()
                .position(|ours| ours.name == property.name);
            match known {
                Some(index) => self.merge_property(id, &mut into.properties[index], property),
                None => into.properties.push(property.clone()),
            }
        }
        for name in &from.required {
            if !into.required.iter().any(|ours| ours.value == name.value) {
                into.required.push(name.clone());
            }
        }
        let place = self.document.schemas.get(id).span;
        into.additional = match (into.additional, from.additional) {
            (ours, Additional::Unsaid) => ours,
            (Additional::Unsaid | Additional::Any, theirs) => theirs,
            (ours, Additional::Any) => ours,
            (ours, theirs) => {
                if ours != theirs {
                    self.conflict(
                        id,
                        place,
                        "two `additionalProperties` in one `allOf`".into(),
                    );
                }
                ours
            }
        };
        let split =
            from.additional == Additional::Refused && into.properties.len() > from.properties.len();
        if split {
            let feature = "`additionalProperties: false` beside other members of an `allOf`";
            self.conflict(id, from.span, feature.into());
        }
        if let Some(items) = from.items {
            if into.items.is_some_and(|ours| ours != items) {
                self.conflict(id, place, "two `items` in one `allOf`".into());
            }
            into.items = Some(items);
        }
    }

    /// Two schemas for one property are one where they come to the same, or where one of them asks for nothing.
    fn merge_property(&mut self, id: SchemaId, ours: &mut Property, theirs: &Property) {
        let (left, right) = (ours.schema, theirs.schema);
        if left == right || self.open.contains(&left) || self.open.contains(&right) {
            return;
        }
        let (left, right) = (self.view(left), self.view(right));
        if left.identity == right.identity || asks_nothing(&right.schema) {
            return;
        }
        if asks_nothing(&left.schema) {
            ours.schema = theirs.schema;
            return;
        }
        let feature = format!(
            "a second schema for the property `{}` in an `allOf`",
            ours.name
        );
        self.conflict(id, theirs.span, feature);
    }

    fn merge_limits(&mut self, id: SchemaId, into: &mut Schema, from: &Schema) {
        into.min_items = into.min_items.max(from.min_items);
        into.max_items = least(into.max_items, from.max_items);
        into.min_length = into.min_length.max(from.min_length);
        into.max_length = least(into.max_length, from.max_length);
        into.min_properties = into.min_properties.max(from.min_properties);
        into.max_properties = least(into.max_properties, from.max_properties);
        into.unique_items |= from.unique_items;
        into.minimum = tighter(
            into.minimum.take(),
            from.minimum.as_ref(),
            |ours, theirs| ours < theirs,
        );
        into.maximum = tighter(
            into.maximum.take(),
            from.maximum.as_ref(),
            |ours, theirs| ours > theirs,
        );
        let place = self.document.schemas.get(id).span;
        let mut once = |keyword: &str, clash: bool| {
            if clash {
                self.conflict(id, place, format!("two `{keyword}` in one `allOf`"));
            }
        };
        once(
            "pattern",
            differ(&into.pattern, &from.pattern, |one| &one.value),
        );
        once(
            "format",
            differ(&into.format, &from.format, |one| &one.value),
        );
        once(
            "multipleOf",
            differ(&into.multiple_of, &from.multiple_of, |one| &one.value),
        );
        into.pattern = into.pattern.take().or_else(|| from.pattern.clone());
        into.format = into.format.take().or_else(|| from.format.clone());
        into.multiple_of = into.multiple_of.take().or_else(|| from.multiple_of.clone());
    }
}

fn differ<T, V: PartialEq>(ours: &Option<T>, theirs: &Option<T>, value: impl Fn(&T) -> &V) -> bool {
    matches!((ours, theirs), (Some(ours), Some(theirs)) if value(ours) != value(theirs))
}

fn least(ours: Option<u64>, theirs: Option<u64>) -> Option<u64> {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
        (ours, theirs) => ours.or(theirs),
    }
}

fn tighter(
    ours: Option<Bound>,
    theirs: Option<&Bound>,
    looser: impl Fn(f64, f64) -> bool,
) -> Option<Bound> {
    let (Some(ours), Some(theirs)) = (&ours, theirs) else {
        return ours.or_else(|| theirs.cloned());
    };
    let (left, right) = (ours.value.as_f64()?, theirs.value.as_f64()?);
    let take_theirs = looser(left, right) || (left == right && theirs.exclusive);
    Some(if take_theirs {
        theirs.clone()
    } else {
        ours.clone()
    })
}

fn intersect(ours: &[SchemaType], theirs: &[SchemaType]) -> Vec<SchemaType> {
    let allows = |set: &[SchemaType], one: SchemaType| {
        set.contains(&one) || (one == SchemaType::Integer && set.contains(&SchemaType::Number))
    };
    let mut both: Vec<SchemaType> = Vec::new();
    for one in ours.iter().chain(theirs) {
        if allows(ours, *one) && allows(theirs, *one) && !both.contains(one) {
            both.push(*one);
        }
    }
    both
}

fn common_values(ours: Vec<Literal>, theirs: &[Literal]) -> Vec<Literal> {
    let listed = |one: &Literal| theirs.iter().any(|other| other.value == one.value);
    ours.into_iter().filter(listed).collect()
}

/// Whether a schema only points at others and describes.
fn adds_nothing(schema: &Schema) -> bool {
    asks_nothing(&Schema {
        reference: None,
        all_of: Vec::new(),
        ..schema.clone()
    })
}

/// Whether any value fits.
pub(super) fn asks_nothing(schema: &Schema) -> bool {
    schema.reference.is_none()
        && schema.all_of.is_empty()
        && schema.types.is_none()
        && schema.format.is_none()
        && schema.enumeration.is_none()
        && schema.properties.is_empty()
        && schema.required.is_empty()
        && schema.additional == Additional::Unsaid
        && schema.items.is_none()
        && schema.one_of.is_empty()
        && schema.pattern.is_none()
        && schema.minimum.is_none()
        && schema.maximum.is_none()
        && schema.multiple_of.is_none()
        && !schema.unique_items
        && [
            schema.min_items,
            schema.max_items,
            schema.min_length,
            schema.max_length,
            schema.min_properties,
            schema.max_properties,
        ]
        .iter()
        .all(Option::is_none)
}

/// Lets the words at the place of use win over those of the target.
fn describe(target: &mut Schema, used: &Schema) {
    target.title = used.title.clone().or(target.title.take());
    target.description = used.description.clone().or(target.description.take());
    target.default = used.default.clone().or(target.default.take());
    target.example = used.example.clone().or(target.example.take());
    target.deprecated |= used.deprecated;
    target.read_only |= used.read_only;
    target.write_only |= used.write_only;
}

/// The schema's words without its keywords.
fn bare(schema: &Schema) -> Schema {
    Schema {
        reference: None,
        types: None,
        format: None,
        enumeration: None,
        properties: Vec::new(),
        required: Vec::new(),
        additional: Additional::Unsaid,
        items: None,
        min_items: None,
        max_items: None,
        unique_items: false,
        min_properties: None,
        max_properties: None,
        min_length: None,
        max_length: None,
        pattern: None,
        minimum: None,
        maximum: None,
        multiple_of: None,
        all_of: Vec::new(),
        one_of: Vec::new(),
        discriminator: None,
        unsupported: Vec::new(),
        ..schema.clone()
    }
}
