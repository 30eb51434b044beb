//! Schemas that are small to write and too large to hold a value against, or to write out.

use super::{cross_schema::in_place, reader::Reader};
use crate::{
    diagnostic::Code,
    spec::{Schema, SchemaId},
};

/// Against how many schemas one value may be held at most, without a step into it: each that repeats another one twice
/// doubles them.
const MAX_WEIGHT: u64 = 100_000;
/// How many members all schemas together may have, with those that they take up from others.
const MAX_MEMBERS: u64 = 1_000_000;

impl Reader<'_, '_> {
    /// Tells the first schema that is too large; whether there is one.
    pub(super) fn too_large_schemas(&mut self) -> bool {
        let weights = self.sums(in_place, |_| 1);
        let heavy = weights.iter().position(|weight| *weight > MAX_WEIGHT);
        let taken_up = |schema: &Schema| {
            let members = schema.reference.iter().chain(&schema.all_of);
            members.copied().collect()
        };
        let members = self.sums(taken_up, |schema| schema.object.properties.len() as u64);
        let mut all = 0_u64;
        let wide = members.iter().position(|count| {
            all = all.saturating_add(*count);
            all > MAX_MEMBERS
        });
        let told = [
            (
                heavy,
                format!("a value would be held against more than {MAX_WEIGHT} schemas here"),
            ),
            (
                wide,
                format!(
                    "with those that are taken up from others, the schemas have more than {MAX_MEMBERS} members"
                ),
            ),
        ];
        for (place, message) in told {
            let span = place.and_then(|index| Some(self.schemas.get(index)?.as_ref()?.span));
            if let Some(span) = span {
                let help = "let schemas name each other less often: each way to a schema counts";
                self.report(
                    Code::TooLarge,
                    span,
                    message,
                    "the limit is passed here",
                    help.into(),
                );
                return true;
            }
        }
        false
    }

    /// For each schema what is its own and that of the schemas it leads to, counted once for each way there.
    fn sums(
        &self,
        leads_to: impl Fn(&Schema) -> Vec<SchemaId>,
        own: impl Fn(&Schema) -> u64,
    ) -> Vec<u64> {
        let edges: Vec<Vec<SchemaId>> = self
            .schemas
            .iter()
            .map(|one| one.as_ref().map(&leads_to).unwrap_or_default())
            .collect();
        let mut sums = vec![0_u64; edges.len()];
        let mut begun = vec![false; edges.len()];
        for start in 0..edges.len() {
            let mut stack = vec![(start, 0)];
            while let Some((index, next)) = stack.pop() {
                if next == 0 && std::mem::replace(&mut begun[index], true) {
                    continue;
                }
                if let Some(target) = edges[index].get(next) {
                    stack.push((index, next + 1));
                    stack.push((target.0, 0));
                    continue;
                }
                let mine = self.schemas[index].as_ref().map_or(0, &own);
                let theirs = edges[index].iter().map(|target| sums[target.0]);
                sums[index] = theirs.fold(mine, u64::saturating_add);
            }
        }
        sums
    }
}
