//! Which types are read from parameters or written to headers.

use super::check_marks::visit;
use crate::model::{Content, Group, Slot, TypeDef, TypeId, TypeKind};

/// Marks the enums that stand in parameters, headers and plain texts, behind aliases and lists as well.
pub(super) fn mark_text(types: &mut [TypeDef], groups: &[Group]) {
    let mut open: Vec<TypeId> = Vec::new();
    let mut see = |slot: &Slot| visit(slot, &mut |id| open.push(id));
    for operation in groups.iter().flat_map(|group| &group.operations) {
        for parameter in &operation.parameters {
            see(&parameter.slot);
        }
        for header in operation.answers.iter().flat_map(|answer| &answer.headers) {
            see(&header.slot);
        }
        let bodies = operation
            .answers
            .iter()
            .filter_map(|answer| answer.body.as_ref());
        let contents = bodies.map(|(_, content)| content);
        let request = operation.body.iter().map(|body| &body.content);
        for content in contents.chain(request) {
            if let Content::Text(slot) = content {
                see(slot);
            }
        }
    }
    while let Some(id) = open.pop() {
        if !std::mem::replace(&mut types[id.0].text, true)
            && let TypeKind::Alias(slot) = &types[id.0].kind
        {
            visit(slot, &mut |id| open.push(id));
        }
    }
}
