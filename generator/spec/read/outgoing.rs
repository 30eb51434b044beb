//! What the service itself calls: webhooks and callbacks.

use super::{
    operation::{General, Path},
    reader::Reader,
};
use crate::{
    diagnostic::Code,
    document::{Entry, Node},
    source::Span,
    spec::{Callback, Operation, Spanned, Webhook},
};

impl<'a> Reader<'a, '_> {
    /// The requests that the service sends to whoever has asked for them by other ways.
    pub(super) fn webhooks(&mut self, general: &mut General) -> Vec<Webhook> {
        if self.is_30() {
            return Vec::new();
        }
        let mut hooks = Vec::new();
        for entry in self.entries_of(self.root, "webhooks") {
            let operations = self.outgoing(entry.key_span, &entry.key, &entry.node, general);
            hooks.extend(operations.into_iter().map(|operation| Webhook {
                name: entry.key.clone(),
                operation,
            }));
        }
        hooks
    }

    /// The requests that the service sends to an address that a request of `operation` has told.
    pub(super) fn callbacks(
        &mut self,
        operation: &'a Node,
        general: &mut General,
    ) -> Vec<Callback> {
        let mut callbacks = Vec::new();
        for entry in self.entries_of(operation, "callbacks") {
            let Some(callback) = self.object(&entry.node) else {
                continue;
            };
            let Some(expressions) = self.mapping(callback, "a callback") else {
                continue;
            };
            for one in expressions.iter().filter(|one| !one.key.starts_with("x-")) {
                callbacks.extend(self.callback(entry, one, general));
            }
        }
        callbacks
    }

    fn callback(
        &mut self,
        entry: &Entry,
        expression: &'a Entry,
        general: &mut General,
    ) -> Vec<Callback> {
        if let Err(reason) = oarlock_runtime::Expression::parse(&expression.key) {
            let message = format!(
                "`{}` is not a runtime expression",
                expression.key.escape_debug()
            );
            let help = "write it as in `{$request.body#/callbackUrl}`".into();
            self.report(
                Code::InvalidValue,
                expression.key_span,
                message,
                &reason,
                help,
            );
            return Vec::new();
        }
        let operations = self.outgoing(
            expression.key_span,
            &expression.key,
            &expression.node,
            general,
        );
        let callbacks = operations.into_iter().map(|operation| Callback {
            name: entry.key.clone(),
            expression: Spanned {
                span: expression.key_span,
                value: expression.key.clone(),
            },
            operation,
        });
        callbacks.collect()
    }

    fn outgoing(
        &mut self,
        span: Span,
        name: &str,
        node: &'a Node,
        general: &mut General,
    ) -> Vec<Operation> {
        let path = Path {
            span,
            template: name.to_owned(),
            overload: None,
            has_parameters: false,
        };
        self.path_item(&path, node, general)
    }
}
