//! What can be judged only when every schema is read: schemas that lead back to themselves.

use std::collections::HashSet;

use super::reader::Reader;
use crate::spec::{Discriminator, Schema, SchemaId};

impl Reader<'_, '_> {
    pub(super) fn after_schemas(&mut self) {
        self.reference_circles();
        if self.too_large_schemas() {
            return;
        }
        self.choices_of_their_own_heirs();
        self.heirs_by_discriminator();
        self.endless_schemas();
    }

    fn known(&self, id: SchemaId) -> Option<&Schema> {
        self.schemas.get(id.0)?.as_ref()
    }

    /// A schema that is only a reference to itself, at whatever length.
    fn reference_circles(&mut self) {
        let mut done = vec![false; self.schemas.len()];
        for start in 0..self.schemas.len() {
            let (mut way, mut passed) = (Vec::new(), HashSet::new());
            let mut now = Some(SchemaId(start));
            while let Some(id) = now.filter(|id| !done[id.0]) {
                done[id.0] = true;
                way.push(id);
                passed.insert(id);
                now = self.known(id).and_then(|schema| schema.reference);
                if let Some(next) = now.filter(|next| passed.contains(next)) {
                    self.cut(id, next);
                    break;
                }
            }
        }
    }

    /// Tells a circle and cuts it, so that the passes behind need not look out for it.
    fn cut(&mut self, last: SchemaId, first: SchemaId) {
        if let Some(span) = self.known(first).map(|schema| schema.span) {
            self.circle(span);
        }
        if let Some(Some(schema)) = self.schemas.get_mut(last.0) {
            schema.reference = None;
        }
    }

    /// A choice whose members take it up by `allOf` means itself without the choice there.
    fn choices_of_their_own_heirs(&mut self) {
        for index in 0..self.schemas.len() {
            let base = SchemaId(index);
            let Some(schema) = self.known(base) else {
                continue;
            };
            let members: Vec<SchemaId> = schema
                .one_of
                .iter()
                .chain(&schema.any_of)
                .copied()
                .collect();
            if members.is_empty() {
                continue;
            }
            let mut plain = Schema {
                name: None,
                one_of: Vec::new(),
                any_of: Vec::new(),
                discriminator: None,
                ..schema.clone()
            };
            plain.words.examples.clear();
            let mut core = None;
            let heirs: Vec<SchemaId> = members
                .iter()
                .flat_map(|member| self.chain(*member))
                .collect();
            for heir in heirs {
                let core = *core.get_or_insert_with(|| {
                    self.schemas.push(Some(plain.clone()));
                    SchemaId(self.schemas.len() - 1)
                });
                self.replace(heir, base, core);
            }
        }
    }

    /// A discriminator beside no choice: the schemas that take its schema up by `allOf` are the choice.
    fn heirs_by_discriminator(&mut self) {
        for index in 0..self.schemas.len() {
            let base = SchemaId(index);
            let Some(schema) = self.known(base) else {
                continue;
            };
            let beside_none = schema.one_of.is_empty() && schema.any_of.is_empty();
            let Some(discriminator) = schema.discriminator.clone().filter(|_| beside_none) else {
                continue;
            };
            let heirs: Vec<SchemaId> = (0..self.schemas.len())
                .map(SchemaId)
                .filter(|id| *id != base && self.chain(*id).contains(&base))
                .filter(|id| self.known(*id).is_some_and(|one| one.name.is_some()))
                .collect();
            if heirs.is_empty() {
                continue;
            }
            let core = Schema {
                name: None,
                discriminator: None,
                ..schema.clone()
            };
            let (span, resource, name, words) = (
                schema.span,
                schema.resource,
                schema.name.clone(),
                schema.words.clone(),
            );
            self.schemas.push(Some(core));
            let core = SchemaId(self.schemas.len() - 1);
            let mut mapping = discriminator.mapping;
            for heir in &heirs {
                let named = self.known(*heir).and_then(|one| one.name.clone());
                if let (false, Some(name)) = (mapping.iter().any(|(_, known)| known == heir), named)
                {
                    mapping.push((name.value, *heir));
                }
                for link in self.chain(*heir) {
                    self.replace(link, base, core);
                }
            }
            for (_, target) in mapping.iter_mut().filter(|(_, target)| *target == base) {
                *target = core;
            }
            let choice = Discriminator {
                mapping,
                decides: true,
                rest: Some(core),
                ..discriminator
            };
            self.schemas[index] = Some(Schema {
                name,
                words,
                all_of: vec![core],
                discriminator: Some(choice),
                ..Schema::open(span, resource)
            });
        }
    }

    /// A schema, what it refers to, and what those take up by `allOf`.
    fn chain(&self, from: SchemaId) -> Vec<SchemaId> {
        let (mut found, mut open) = (Vec::new(), vec![from]);
        let mut seen = HashSet::new();
        while let Some(id) = open.pop() {
            if let (true, Some(schema)) = (seen.insert(id), self.known(id)) {
                found.push(id);
                open.extend(schema.reference.iter().chain(&schema.all_of));
            }
        }
        found
    }

    fn replace(&mut self, heir: SchemaId, base: SchemaId, core: SchemaId) {
        if heir == base {
            return;
        }
        let refers = |schema: &Schema| schema.reference == Some(base);
        let bare: Vec<bool> = match self.known(heir) {
            Some(schema) => {
                let leads = |id: &SchemaId| *id == base || self.known(*id).is_some_and(refers);
                schema.all_of.iter().map(leads).collect()
            }
            None => return,
        };
        if let Some(Some(schema)) = self.schemas.get_mut(heir.0) {
            for (member, leads) in schema.all_of.iter_mut().zip(bare) {
                if leads {
                    *member = core;
                }
            }
        }
    }

    /// A schema that holds itself for the very same value: no value could ever be judged.
    fn endless_schemas(&mut self) {
        let count = self.schemas.len();
        let mut state = vec![0_u8; count];
        for start in 0..count {
            let mut stack = vec![(SchemaId(start), 0)];
            while let Some((id, next)) = stack.pop() {
                if next == 0 && state[id.0] != 0 {
                    continue;
                }
                state[id.0] = 1;
                let edges = self.known(id).map(in_place).unwrap_or_default();
                let Some(target) = edges.get(next) else {
                    state[id.0] = 2;
                    continue;
                };
                stack.push((id, next + 1));
                match state[target.0] {
                    0 => stack.push((*target, 0)),
                    1 => {
                        let span = self.known(*target).map(|schema| schema.span);
                        if let Some(span) = span {
                            self.circle(span);
                        }
                        self.schemas[target.0] =
                            span.map(|span| Schema::open(span, self.files.resource_of(self.root)));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The schemas that the same value must be held against.
pub(super) fn in_place(schema: &Schema) -> Vec<SchemaId> {
    let conditions = [
        schema.not,
        schema.condition,
        schema.consequence,
        schema.alternative,
    ];
    let dependent = schema.object.dependent_schemas.iter().map(|(_, id)| id);
    let mut all: Vec<SchemaId> = schema.reference.into_iter().collect();
    all.extend(
        schema
            .all_of
            .iter()
            .chain(&schema.any_of)
            .chain(&schema.one_of)
            .chain(dependent),
    );
    all.extend(conditions.into_iter().flatten());
    all
}
