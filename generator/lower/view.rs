//! A schema as it stands after its references and its `allOf`: one flat set of keywords. Every value that the schema
//! takes fits its view; where the view takes more, it says that it is loose.

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use crate::spec::{
    Additional, Bound, Document, Literal, ObjectKeywords, Property, Schema, SchemaId, SchemaType,
    Words,
};

/// A schema after its references and its `allOf`.
#[derive(Debug)]
pub(super) struct View {
    /// The schema that gives the type its name: the end of a chain of bare references, or the last of it that has one.
    pub(super) identity: SchemaId,
    /// The keywords; `reference` and `all_of` are spent.
    pub(super) schema: Schema,
    /// Whether the schema asks for more than `schema` says.
    pub(super) loose: bool,
    /// Whether what it asks for depends on the way on which it was come to: no part of it can be judged alone.
    pub(super) dynamic: bool,
}

/// The views of a document's schemas, each made once.
pub(super) struct Views<'a> {
    document: &'a Document,
    /// The schemas that lead to a dynamic reference.
    dynamic: HashSet<SchemaId>,
    made: HashMap<SchemaId, Rc<View>>,
    open: Vec<SchemaId>,
}

impl<'a> Views<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Views {
            document,
            dynamic: dynamic(document),
            made: HashMap::new(),
            open: Vec::new(),
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
            && !(self.dynamic.contains(&id)
                && self.document.schemas.get(only).resource != schema.resource)
        {
            let target = self.view(only);
            let mut merged = target.schema.clone();
            describe(&mut merged.words, &schema.words);
            // A schema with a name lends it to what it wraps, where that has none.
            let named = |id| self.document.schemas.get(id).name.is_some();
            let own = schema.name.is_some() && !named(target.identity);
            return View {
                identity: if own { id } else { target.identity },
                schema: merged,
                loose: target.loose,
                dynamic: target.dynamic,
            };
        }
        let mut merged = Schema::open(schema.span, schema.resource);
        merged.name.clone_from(&schema.name);
        let mut loose = false;
        for member in members {
            if self.open.contains(&member) {
                loose = true;
                continue;
            }
            let view = self.view(member);
            loose |= view.loose;
            loose |= !self.merge(&mut merged, &view.schema);
        }
        loose |= !self.merge(&mut merged, schema);
        let mut words = schema.words.clone();
        words.read_only |= merged.words.read_only;
        words.write_only |= merged.words.write_only;
        words.binary |= merged.words.binary;
        merged.words = words;
        View {
            identity: id,
            schema: merged,
            loose,
            dynamic: self.dynamic.contains(&id),
        }
    }

    /// Adds what `from` asks for; whether all of it could be said.
    fn merge(&mut self, into: &mut Schema, from: &Schema) -> bool {
        into.never |= from.never;
        into.words.read_only |= from.words.read_only;
        into.words.write_only |= from.words.write_only;
        into.words.binary |= from.words.binary;
        into.types = match (into.types.take(), &from.types) {
            (Some(ours), Some(theirs)) => Some(intersect(&ours, theirs)),
            (ours, theirs) => ours.or_else(|| theirs.clone()),
        };
        into.never |= into.types.as_ref().is_some_and(Vec::is_empty);
        into.enumeration = match (into.enumeration.take(), &from.enumeration) {
            (Some(ours), Some(theirs)) => Some(common_values(ours, theirs)),
            (ours, theirs) => ours.or_else(|| theirs.clone()),
        };
        let mut exact = !asks_for_more(from);
        exact &= merge_scalars(into, from);
        exact &= self.merge_members(into, from);
        exact &= merge_items(into, from);
        for (ours, theirs) in [
            (&mut into.one_of, &from.one_of),
            (&mut into.any_of, &from.any_of),
        ] {
            if ours.is_empty() {
                ours.clone_from(theirs);
            } else {
                exact &= theirs.is_empty() || ours == theirs;
            }
        }
        if into.discriminator.is_none() {
            into.discriminator.clone_from(&from.discriminator);
        }
        exact
    }

    fn merge_members(&mut self, into: &mut Schema, from: &Schema) -> bool {
        let mut exact = true;
        let (ours, theirs) = (&mut into.object, &from.object);
        // `additionalProperties` speaks of the `properties` beside it alone.
        let splits = |inside: &ObjectKeywords, others: &ObjectKeywords| {
            matches!(
                inside.additional,
                Additional::Refused | Additional::Schema(_)
            ) && !others.property_names().is_subset(&inside.property_names())
        };
        exact &= !splits(theirs, ours) && !splits(ours, theirs);
        let names = ours.properties.iter().map(|one| one.name.clone());
        let known: HashMap<String, usize> = names.zip(0..).collect();
        for property in &theirs.properties {
            match known.get(&property.name) {
                Some(index) => exact &= self.merge_property(&mut ours.properties[*index], property),
                None => ours.properties.push(property.clone()),
            }
        }
        let mut required: HashSet<String> =
            ours.required.iter().map(|one| one.value.clone()).collect();
        for name in &theirs.required {
            if required.insert(name.value.clone()) {
                ours.required.push(name.clone());
            }
        }
        ours.additional = match (ours.additional, theirs.additional) {
            (ours, Additional::Unsaid) => ours,
            (Additional::Unsaid | Additional::Any, theirs) => theirs,
            (ours, Additional::Any) => ours,
            (ours, theirs) => {
                exact &= ours == theirs;
                ours
            }
        };
        ours.patterns.extend(theirs.patterns.iter().cloned());
        ours.min = ours.min.max(theirs.min);
        ours.max = least(ours.max, theirs.max);
        exact
    }

    /// Two schemas for one property are one where they come to the same, or where one of them asks for nothing.
    /// Elsewhere the one that tells values, or comes later, stands for both.
    fn merge_property(&mut self, ours: &mut Property, theirs: &Property) -> bool {
        let (left, right) = (ours.schema, theirs.schema);
        if left == right {
            return true;
        }
        if self.open.contains(&left) || self.open.contains(&right) {
            return false;
        }
        let (left, right) = (self.view(left), self.view(right));
        if left.identity == right.identity || right.schema.asks_nothing() && !right.loose {
            return true;
        }
        if left.schema.enumeration.is_none() || right.schema.enumeration.is_some() {
            ours.schema = theirs.schema;
        }
        left.schema.asks_nothing() && !left.loose
    }
}

/// The schemas that lead to a dynamic reference.
fn dynamic(document: &Document) -> HashSet<SchemaId> {
    let mut found = HashSet::new();
    if document.schemas.has_dynamic_references() {
        let all = || document.schemas.iter();
        let leads = |(_, schema): &(SchemaId, &Schema)| schema.dynamic_reference.is_some();
        found.extend(all().filter(leads).map(|(id, _)| id));
        let mut before = 0;
        while before < found.len() {
            before = found.len();
            for (id, schema) in all() {
                if schema.children().iter().any(|child| found.contains(child)) {
                    found.insert(id);
                }
            }
        }
    }
    found
}

/// Whether a schema has keywords that no view says.
fn asks_for_more(schema: &Schema) -> bool {
    let (object, array) = (&schema.object, &schema.array);
    schema.dynamic_reference.is_some()
        || [schema.not, schema.condition].iter().any(Option::is_some)
        || !object.patterns.is_empty()
        || object.names.is_some()
        || !object.dependent_required.is_empty()
        || !object.dependent_schemas.is_empty()
        || object.unevaluated.is_some()
        || array.contains.is_some()
        || array.unevaluated.is_some()
}

fn merge_scalars(into: &mut Schema, from: &Schema) -> bool {
    into.min_length = into.min_length.max(from.min_length);
    into.max_length = least(into.max_length, from.max_length);
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
    let exact = !differ(&into.pattern, &from.pattern, |one| &one.value)
        && !differ(&into.format, &from.format, |one| &one.value)
        && !differ(&into.multiple_of, &from.multiple_of, |one| &one.value);
    into.pattern = into.pattern.take().or_else(|| from.pattern.clone());
    into.format = into.format.take().or_else(|| from.format.clone());
    into.multiple_of = into.multiple_of.take().or_else(|| from.multiple_of.clone());
    exact
}

fn merge_items(into: &mut Schema, from: &Schema) -> bool {
    let (ours, theirs) = (&mut into.array, &from.array);
    ours.min = ours.min.max(theirs.min);
    ours.max = least(ours.max, theirs.max);
    ours.unique |= theirs.unique;
    let before = (ours.items, ours.prefix.clone());
    if ours.items.is_none() {
        ours.items = theirs.items;
    }
    if ours.prefix.is_empty() {
        ours.prefix.clone_from(&theirs.prefix);
    }
    let fresh = before.0.is_none() && before.1.is_empty();
    let silent = theirs.items.is_none() && theirs.prefix.is_empty();
    fresh || silent || (before.0 == theirs.items && before.1 == theirs.prefix)
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
    let bare = Schema {
        reference: None,
        all_of: Vec::new(),
        ..schema.clone()
    };
    bare.asks_nothing() && bare.format.is_none()
}

/// Lets the words at the place of use win over those of the target.
fn describe(target: &mut Words, used: &Words) {
    target.title = used.title.clone().or(target.title.take());
    target.description = used.description.clone().or(target.description.take());
    target.default = used.default.clone().or(target.default.take());
    if !used.examples.is_empty() {
        target.examples.clone_from(&used.examples);
    }
    target.deprecated |= used.deprecated;
    target.read_only |= used.read_only;
    target.write_only |= used.write_only;
    target.binary |= used.binary;
}
