//! Which schemas read differently in requests and in answers: those that reach a `readOnly` or `writeOnly` member.

use std::collections::HashSet;

use crate::spec::{Document, Schema, SchemaId};

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

/// The schemas that read differently each way, and the members that are for one way only.
pub(super) struct OneWay {
    apart: HashSet<SchemaId>,
    read_only: HashSet<SchemaId>,
    write_only: HashSet<SchemaId>,
}

impl OneWay {
    pub(super) fn new(document: &Document) -> Self {
        let read_only = flagged(document, |schema| schema.words.read_only);
        let write_only = flagged(document, |schema| schema.words.write_only);
        let seeds = with(document, |schema| {
            let mut members = schema.object.properties.iter().map(|one| one.schema);
            members.any(|id| read_only.contains(&id) || write_only.contains(&id))
        });
        OneWay {
            apart: reaching(document, seeds, Schema::children),
            read_only,
            write_only,
        }
    }

    /// The direction that tells readings of `id` apart: none where both ways come to the same.
    pub(super) fn of(&self, id: SchemaId, wanted: Direction) -> Direction {
        match self.apart.contains(&id) {
            true => wanted,
            false => Direction::Both,
        }
    }

    /// Whether a member is not for a way: `readOnly` or `writeOnly` itself, through its references or `allOf`.
    pub(super) fn hides(&self, member: SchemaId, way: Direction) -> bool {
        match way {
            Direction::Request => self.read_only.contains(&member),
            Direction::Answer => self.write_only.contains(&member),
            Direction::Both => false,
        }
    }
}

/// The schemas that are something, by themselves, through their references or `allOf`.
pub(super) fn flagged(document: &Document, flag: fn(&Schema) -> bool) -> HashSet<SchemaId> {
    let seeds = with(document, flag);
    reaching(document, seeds, |schema| {
        schema.reference.iter().chain(&schema.all_of).copied()
    })
}

/// The schemas that have something.
fn with(document: &Document, has: impl Fn(&Schema) -> bool) -> Vec<SchemaId> {
    let schemas = document.schemas.iter();
    schemas
        .filter(|(_, schema)| has(schema))
        .map(|(id, _)| id)
        .collect()
}

/// The schemas that lead to one of `open`, and these.
fn reaching<'a, I: IntoIterator<Item = SchemaId>>(
    document: &'a Document,
    mut open: Vec<SchemaId>,
    next: impl Fn(&'a Schema) -> I,
) -> HashSet<SchemaId> {
    let mut parents: Vec<Vec<SchemaId>> = vec![Vec::new(); document.schemas.iter().count()];
    for (id, schema) in document.schemas.iter() {
        for child in next(schema) {
            parents[child.index()].push(id);
        }
    }
    let mut found = HashSet::new();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(&parents[id.index()]);
        }
    }
    found
}
