//! Which types have something to check beyond their shape.

use super::cycles::slots;
use crate::model::{Slot, Type, TypeDef, TypeId};

/// Marks every type that has a check, or holds one that has.
pub(super) fn mark_checked(types: &mut [TypeDef]) {
    let mut parents: Vec<Vec<usize>> = vec![Vec::new(); types.len()];
    let mut open = Vec::new();
    // What the exact schema guards was checked when it was read.
    let unguarded = |def: &&TypeDef| def.guard.is_none();
    for (index, def) in types.iter().enumerate().filter(|(_, def)| unguarded(def)) {
        for slot in slots(&def.kind) {
            if has_own(slot) {
                open.push(index);
            }
            visit(slot, &mut |id| parents[id.0].push(index));
        }
    }
    while let Some(index) = open.pop() {
        if !std::mem::replace(&mut types[index].checked, true) {
            open.extend(&parents[index]);
        }
    }
}

fn has_own(slot: &Slot) -> bool {
    !slot.checks.is_empty()
        || match &slot.ty {
            Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) | Type::OrOther(inner) => {
                has_own(inner)
            }
            _ => false,
        }
}

/// Shows each named type of a slot.
pub(super) fn visit(slot: &Slot, see: &mut impl FnMut(TypeId)) {
    visit_type(&slot.ty, see);
}

fn visit_type(ty: &Type, see: &mut impl FnMut(TypeId)) {
    match ty {
        Type::Named(id) => see(*id),
        Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) | Type::OrOther(inner) => {
            visit_type(&inner.ty, see);
        }
        Type::Boxed(inner) => visit_type(inner, see),
        _ => {}
    }
}
