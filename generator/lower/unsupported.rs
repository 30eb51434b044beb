//! What is not generated yet: where it stands, which schemas it reaches, which operations it costs.

use std::collections::{BTreeSet, HashSet};

use super::{
    types::{integer, only_type},
    view::Views,
};
use crate::{
    model::Type,
    spec::{Additional, Document, Operation, Schema, SchemaId, SchemaType, Unsupported},
};

/// What each schema reaches through references, members and items.
pub(super) struct Reach {
    one_way: HashSet<SchemaId>,
    wants: Vec<Vec<Unsupported>>,
    children: Vec<Vec<SchemaId>>,
}

impl Reach {
    pub(super) fn new(views: &mut Views) -> Self {
        let document = views.document();
        let mut reach = Reach {
            one_way: HashSet::new(),
            wants: Vec::new(),
            children: Vec::new(),
        };
        let mut marked = Vec::new();
        for (id, schema) in document.schemas.iter() {
            let view = views.view(id);
            let mut wants = schema.unsupported.clone();
            wants.extend(views.conflicts.remove(&id).unwrap_or_default());
            if view.identity == id {
                wants.extend(own_limits(&view.schema, schema));
            }
            reach.wants.push(wants);
            reach.children.push(children(schema));
            let flagged = view.schema.properties.iter().any(|property| {
                let words = views.view(property.schema);
                words.schema.read_only || words.schema.write_only
            });
            if flagged {
                marked.push(id);
            }
        }
        reach.spread(document, marked);
        reach
    }

    /// Marks all that lead to a marked schema.
    fn spread(&mut self, document: &Document, mut marked: Vec<SchemaId>) {
        let mut parents = vec![Vec::new(); self.children.len()];
        for (id, _) in document.schemas.iter() {
            for child in &self.children[id.index()] {
                parents[child.index()].push(id);
            }
        }
        while let Some(id) = marked.pop() {
            if self.one_way.insert(id) {
                marked.extend(&parents[id.index()]);
            }
        }
    }

    /// Whether some member that `id` reaches is for requests or for answers only.
    pub(super) fn one_way(&self, id: SchemaId) -> bool {
        self.one_way.contains(&id)
    }

    /// Everything in the document that is not generated yet, each place once.
    pub(super) fn all(&self, document: &Document) -> BTreeSet<Unsupported> {
        let operations = document.operations.iter().flat_map(|one| &one.unsupported);
        let schemas = self.wants.iter().flatten();
        document
            .unsupported
            .iter()
            .chain(operations)
            .chain(schemas)
            .cloned()
            .collect()
    }

    /// What one operation needs that is not generated yet.
    pub(super) fn needs(&self, operation: &Operation) -> BTreeSet<Unsupported> {
        let mut needs: BTreeSet<_> = operation.unsupported.iter().cloned().collect();
        let mut seen = HashSet::new();
        let mut open = roots(operation);
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                needs.extend(self.wants[id.index()].iter().cloned());
                open.extend(&self.children[id.index()]);
            }
        }
        needs
    }
}

/// The schemas that stand in an operation itself.
fn roots(operation: &Operation) -> Vec<SchemaId> {
    let parameters = operation.parameters.iter().map(|one| one.schema);
    let body = operation.body.iter().filter_map(|body| body.content.schema);
    let contents = operation
        .responses
        .iter()
        .filter_map(|one| one.content.as_ref());
    let answers = contents.filter_map(|content| content.schema);
    let headers = operation.responses.iter().flat_map(|one| &one.headers);
    parameters
        .chain(body)
        .chain(answers)
        .chain(headers.map(|header| header.schema))
        .collect()
}

fn children(schema: &Schema) -> Vec<SchemaId> {
    let additional = match schema.additional {
        Additional::Schema(id) => Some(id),
        _ => None,
    };
    let properties = schema.properties.iter().map(|property| property.schema);
    let mapped = schema.discriminator.iter().flat_map(|one| &one.mapping);
    schema
        .reference
        .into_iter()
        .chain(schema.all_of.iter().copied())
        .chain(schema.one_of.iter().copied())
        .chain(mapped.map(|(_, id)| *id))
        .chain(properties)
        .chain(schema.items)
        .chain(additional)
        .collect()
}

/// Keywords that the reader knows but that mean something no type here can say.
fn own_limits(view: &Schema, schema: &Schema) -> Vec<Unsupported> {
    let mut found = Vec::new();
    let mut refuse = |span, feature: String| found.push(Unsupported { span, feature });
    let ty = only_type(view);
    if let Some(pattern) = &schema.pattern {
        if let Err(reason) = oarlock_runtime::check_pattern(&pattern.value) {
            refuse(pattern.span, format!("this `pattern` ({reason})"));
        } else if ty != Some(SchemaType::String) {
            refuse(
                pattern.span,
                "`pattern` beside a type other than `string`".into(),
            );
        }
    }
    if !view.one_of.is_empty() && !view.properties.is_empty() {
        refuse(schema.span, "`oneOf` beside `properties`".into());
    }
    let counted = view.min_properties.or(view.max_properties).is_some();
    if counted && (!view.properties.is_empty() || !view.required.is_empty()) {
        let feature = "`minProperties` or `maxProperties` beside `properties`";
        refuse(schema.span, feature.into());
    }
    if let Some(values) = &schema.enumeration {
        let fits = match ty {
            Some(SchemaType::String) => true,
            Some(SchemaType::Integer) => integer(view) != Type::I128,
            _ => false,
        };
        if let (false, Some(first)) = (fits, values.first()) {
            refuse(
                first.span,
                "an `enum` of other values than texts or integers".into(),
            );
        }
    }
    if ty == Some(SchemaType::Null) {
        refuse(schema.span, "a schema for `null` alone".into());
    }
    let limited = [
        view.min_length,
        view.max_length,
        view.min_items,
        view.max_items,
    ];
    if ty.is_none() && limited.iter().any(Option::is_some) && schema.types.is_none() {
        refuse(schema.span, "limits without a `type`".into());
    }
    found
}
