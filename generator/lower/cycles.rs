//! Types that hold themselves: a pointer where a struct or a union would be endless, a type of its own where an
//! alias would.

use std::collections::HashSet;

use petgraph::{algo::kosaraju_scc, graph::DiGraph};

use super::view::{View, Views};
use crate::{
    model::{Slot, Type, TypeDef, TypeId, TypeKind},
    spec::{Additional, Schema, SchemaId},
};

/// Whether a schema comes back to itself through lists, maps and choices none of which is `named`: no type without a
/// name can say that.
pub(super) fn is_endless(views: &mut Views, view: &View, named: impl Fn(SchemaId) -> bool) -> bool {
    let mut open = inner(&view.schema);
    let mut seen = HashSet::new();
    while let Some(id) = open.pop() {
        let next = views.view(id);
        if next.identity == view.identity {
            return true;
        }
        if !named(next.identity) && seen.insert(next.identity) {
            open.extend(inner(&next.schema));
        }
    }
    false
}

/// The schemas that stand in the type of a list, a map or a choice itself.
fn inner(schema: &Schema) -> Vec<SchemaId> {
    let additional = match schema.object.additional {
        Additional::Schema(id) => Some(id),
        _ => None,
    };
    let choices = schema.any_of.iter().chain(&schema.one_of);
    let parts = schema.array.items.iter().chain(&additional);
    parts.chain(choices).copied().collect()
}

/// Puts boxes and wrappers where types hold themselves.
pub(super) fn break_cycles(types: &mut [TypeDef]) {
    wrap_endless_aliases(types);
    let direct: Vec<Vec<TypeId>> = types.iter().map(|def| targets(def, false)).collect();
    let circles = circles(&direct);
    for (index, def) in types.iter_mut().enumerate() {
        for slot in slots_mut(&mut def.kind) {
            box_direct(slot, &|target| circles[target.0] == circles[index]);
        }
    }
}

/// An alias cannot name itself, not even through a list.
fn wrap_endless_aliases(types: &mut [TypeDef]) {
    let all: Vec<Vec<TypeId>> = types
        .iter()
        .map(|def| match def.kind {
            TypeKind::Alias(_) => targets(def, true),
            _ => Vec::new(),
        })
        .collect();
    let circles = circles(&all);
    for index in 0..types.len() {
        let endless = all[index]
            .iter()
            .any(|target| circles[target.0] == circles[index]);
        if let (true, TypeKind::Alias(slot)) = (endless, &types[index].kind) {
            types[index].kind = TypeKind::Wrapper(slot.clone());
        }
    }
}

/// The number of the circle in which each type lies; a type that none holds lies in one of its own, and an edge from a
/// type to one of the same circle comes back to it.
fn circles(edges: &[Vec<TypeId>]) -> Vec<usize> {
    let mut graph = DiGraph::<(), ()>::with_capacity(edges.len(), edges.len());
    let nodes: Vec<_> = edges.iter().map(|_| graph.add_node(())).collect();
    for (from, targets) in edges.iter().enumerate() {
        for target in targets {
            graph.add_edge(nodes[from], nodes[target.0], ());
        }
    }
    let mut circles = vec![0; edges.len()];
    for (number, circle) in kosaraju_scc(&graph).into_iter().enumerate() {
        for node in circle {
            circles[node.index()] = number;
        }
    }
    circles
}

/// The types that a type holds in itself; with `through` also those behind lists and maps.
fn targets(def: &TypeDef, through: bool) -> Vec<TypeId> {
    let mut found = Vec::new();
    for slot in slots(&def.kind) {
        collect(&slot.ty, through, &mut found);
    }
    found
}

fn collect(ty: &Type, through: bool, found: &mut Vec<TypeId>) {
    match ty {
        Type::Named(id) => found.push(*id),
        Type::Nullable(slot) | Type::OrOther(slot) => collect(&slot.ty, through, found),
        Type::List(slot) | Type::Map(slot) if through => collect(&slot.ty, through, found),
        _ => {}
    }
}

fn box_direct(slot: &mut Slot, endless: &dyn Fn(TypeId) -> bool) {
    match &mut slot.ty {
        Type::Named(id) if endless(*id) => slot.ty = Type::Boxed(Box::new(Type::Named(*id))),
        Type::Nullable(inner) | Type::OrOther(inner) => box_direct(inner, endless),
        _ => {}
    }
}

/// The places of a type that hold other types.
pub(super) fn slots(kind: &TypeKind) -> Vec<&Slot> {
    match kind {
        TypeKind::Struct(one) => {
            let additional = one.additional.iter().map(|(_, slot)| slot);
            one.fields
                .iter()
                .map(|field| &field.slot)
                .chain(additional)
                .collect()
        }
        TypeKind::Union(one) => {
            let other = one.other.iter().map(|(_, slot)| slot);
            one.variants
                .iter()
                .map(|variant| &variant.slot)
                .chain(other)
                .collect()
        }
        TypeKind::Choice(all) => all.iter().map(|one| &one.slot).collect(),
        TypeKind::Alias(slot) | TypeKind::Wrapper(slot) => vec![slot],
        TypeKind::Enum(_) => Vec::new(),
    }
}

fn slots_mut(kind: &mut TypeKind) -> Vec<&mut Slot> {
    match kind {
        TypeKind::Struct(one) => one.fields.iter_mut().map(|field| &mut field.slot).collect(),
        TypeKind::Union(one) => {
            let other = one.other.iter_mut().map(|(_, slot)| slot);
            one.variants
                .iter_mut()
                .map(|variant| &mut variant.slot)
                .chain(other)
                .collect()
        }
        TypeKind::Choice(all) => all.iter_mut().map(|one| &mut one.slot).collect(),
        TypeKind::Alias(slot) | TypeKind::Wrapper(slot) => vec![slot],
        TypeKind::Enum(_) => Vec::new(),
    }
}
