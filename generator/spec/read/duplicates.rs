//! Operations that cannot be told apart, or are called the same.

use std::collections::HashMap;

use oarlock_runtime::path_shape;

use super::reader::Reader;
use crate::{
    diagnostic::{Code, Label},
    source::Span,
    spec::{Method, Operation, Webhook},
};

impl Reader<'_, '_> {
    /// Two operations that no request can tell apart.
    pub(super) fn same_templates(&mut self, operations: &[Operation]) {
        let mut seen: HashMap<(&Method, String, &Option<String>), Span> = HashMap::new();
        for one in operations.iter() {
            match seen.entry((&one.method, path_shape(&one.path.value), &one.overload)) {
                std::collections::hash_map::Entry::Occupied(first) => {
                    let message = format!(
                        "`{}` cannot be told from another path with this method",
                        one.path.value
                    );
                    self.duplicate(one.span, *first.get(), message);
                }
                std::collections::hash_map::Entry::Vacant(place) => _ = place.insert(one.span),
            }
        }
    }

    /// Operations with one `operationId`, which is to be unique (3.1.1, Operation Object).
    pub(super) fn same_ids(&mut self, operations: &[Operation], webhooks: &[Webhook]) {
        let callbacks = operations.iter().flat_map(|one| &one.callbacks);
        let sent = webhooks.iter().map(|one| &one.operation);
        let sent = sent.chain(callbacks.map(|one| &one.operation));
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for id in operations
            .iter()
            .chain(sent)
            .filter_map(|one| one.id.as_ref())
        {
            let Some(first) = seen.get(id.value.as_str()) else {
                seen.insert(&id.value, id.span);
                continue;
            };
            if *first == id.span {
                continue;
            }
            let primary = Label {
                span: id.span,
                text: "this one gets a number in Rust".into(),
            };
            let context = vec![Label {
                span: *first,
                text: "the first".into(),
            }];
            let message = format!(
                "two operations have the `operationId` `{}`",
                id.value.escape_debug()
            );
            let help = "give each operation an id of its own".into();
            self.report_with(Code::DuplicateOperation, primary, message, context, help);
        }
    }

    fn duplicate(&mut self, span: Span, first: Span, message: String) {
        let label = |span, text: &str| Label {
            span,
            text: text.to_owned(),
        };
        let second = "a request goes to the first of them that it fits";
        let (primary, context) = (label(span, second), vec![label(first, "the first")]);
        self.report_with(
            Code::DuplicateOperation,
            primary,
            message,
            context,
            "give each operation a path of its own".into(),
        );
    }
}

/// Gives operations whose paths are the same, once their signs are taken off, a word each to be known by.
pub(super) fn tell_apart(operations: &mut [Operation]) {
    let mut seen = HashMap::new();
    for one in operations {
        let key = (
            one.method.clone(),
            one.path.value.clone(),
            one.overload.clone(),
        );
        let count: &mut usize = seen.entry(key).or_default();
        *count += 1;
        if *count > 1 {
            let behind = one.overload.take().unwrap_or_default();
            one.overload = Some(format!("{behind}{count}"));
        }
    }
}
