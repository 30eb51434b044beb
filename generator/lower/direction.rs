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

impl Direction {
    /// Whether a member is not for this way.
    pub(super) fn hides(self, read_only: bool, write_only: bool) -> bool {
        match self {
            Direction::Request => read_only,
            Direction::Answer => write_only,
            Direction::Both => false,
        }
    }
}

/// The schemas that read differently each way.
pub(super) struct OneWay(HashSet<SchemaId>);

impl OneWay {
    pub(super) fn new(document: &Document) -> Self {
        let mut parents: Vec<Vec<SchemaId>> = vec![Vec::new(); document.schemas.iter().count()];
        let mut open = Vec::new();
        for (id, schema) in document.schemas.iter() {
            for child in schema.children() {
                parents[child.index()].push(id);
            }
            let flagged = |property: SchemaId| {
                let (read_only, write_only) = flags(document, property);
                read_only || write_only
            };
            if schema
                .object
                .properties
                .iter()
                .any(|one| flagged(one.schema))
            {
                open.push(id);
            }
        }
        let mut found = HashSet::new();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(&parents[id.index()]);
            }
        }
        OneWay(found)
    }

    /// The direction that tells readings of `id` apart: none where both ways come to the same.
    pub(super) fn of(&self, id: SchemaId, wanted: Direction) -> Direction {
        match self.0.contains(&id) {
            true => wanted,
            false => Direction::Both,
        }
    }
}

/// `readOnly` and `writeOnly` of a member, through its references and `allOf`.
pub(super) fn flags(document: &Document, id: SchemaId) -> (bool, bool) {
    let mut found = (false, false);
    let mut seen = HashSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let schema: &Schema = document.schemas.get(id);
        found.0 |= schema.words.read_only;
        found.1 |= schema.words.write_only;
        open.extend(schema.reference.iter().chain(&schema.all_of));
    }
    found
}
