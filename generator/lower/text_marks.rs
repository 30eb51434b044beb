//! Which types are read from parameters or written to headers.

use super::check_marks::visit;
use crate::model::{Content, Group, Outgoing, Payload, Reading, Slot, TypeDef, TypeId, TypeKind};

/// Marks the enums that stand in parameters, headers and plain texts, behind aliases and lists as well.
pub(super) fn mark_text(types: &mut [TypeDef], groups: &[Group], outgoing: &[Outgoing]) {
    let mut open: Vec<TypeId> = Vec::new();
    let mut see = |slot: &Slot| visit(slot, &mut |id| open.push(id));
    let asked = groups.iter().flat_map(|group| &group.operations);
    for operation in asked.chain(outgoing.iter().map(|one| &one.operation)) {
        for parameter in &operation.parameters {
            if !matches!(parameter.reading, Reading::Described(_)) {
                see(&parameter.slot);
            }
        }
        let headers = operation.answers.iter().flat_map(|answer| &answer.headers);
        for header in headers.filter(|header| header.described.is_none()) {
            see(&header.slot);
        }
        let answers = operation
            .answers
            .iter()
            .filter_map(|one| one.payload.as_ref());
        let request = operation.body.iter().map(|body| &body.payload);
        for carried in answers.chain(request).flat_map(Payload::carried) {
            if let Content::Text(slot) = &carried.content {
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
