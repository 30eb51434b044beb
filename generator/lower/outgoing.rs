//! Webhooks and callbacks: operations that the service asks of others.

use std::collections::BTreeSet;

use super::{operations::operation_id, unsupported::Reach};
use crate::{
    model::{Omitted, Target},
    spec::{Document, Operation, Unsupported},
};

/// A request that the service sends, as it is named among the operations.
pub(super) struct Sent {
    pub(super) target: Target,
    pub(super) operation: Operation,
}

/// The webhooks, and the callbacks of the operations that are kept; those that need what is not generated yet are
/// among the second.
pub(super) fn outgoing(
    document: &Document,
    kept: &[&Operation],
    reach: &Reach,
) -> (Vec<Sent>, Vec<Omitted>) {
    let hooks = document.webhooks.iter().map(|hook| {
        let mut operation = hook.operation.clone();
        operation.overload = Some("webhook".into());
        (Target::Webhook, named(operation, &hook.name))
    });
    let callbacks = kept.iter().flat_map(|owner| {
        owner.callbacks.iter().map(|callback| {
            let mut operation = callback.operation.clone();
            let id = format!("{} {}", operation_id(owner), callback.name);
            operation.overload = Some(id.clone());
            let target = Target::Callback(callback.expression.value.clone());
            (target, named(operation, &id))
        })
    });
    let (mut sent, mut omitted) = (Vec::new(), Vec::new());
    for (target, operation) in hooks.chain(callbacks) {
        let needs: BTreeSet<Unsupported> = reach.of_operation(&operation);
        if needs.is_empty() {
            sent.push(Sent { target, operation });
            continue;
        }
        let method = operation.method.as_str();
        omitted.push(Omitted {
            operation: format!("{method} {}", operation.path.value),
            needs: needs.into_iter().collect(),
        });
    }
    (sent, omitted)
}

/// An operation without an id is called after its place.
fn named(mut operation: Operation, name: &str) -> Operation {
    if operation.id.is_none() {
        let value = match operation.method.as_str() {
            "POST" => name.to_owned(),
            method => format!("{} {name}", method.to_ascii_lowercase()),
        };
        operation.id = Some(crate::spec::Spanned {
            span: operation.span,
            value,
        });
    }
    operation
}
