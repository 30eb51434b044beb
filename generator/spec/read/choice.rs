//! `oneOf` with a discriminator.

use super::reader::{Reader, key_span, unsupported};
use crate::{
    document::{Node, Value},
    spec::{Discriminator, Schema, SchemaId},
};

impl<'a> Reader<'a, '_> {
    pub(super) fn choice(&mut self, node: &'a Node, schema: &mut Schema) {
        if let Some(one_of) = node.get("oneOf") {
            schema.one_of = self.members(one_of, "`oneOf`");
            let span = key_span(node, "oneOf").unwrap_or(one_of.span);
            if node.get("discriminator").is_none() {
                schema
                    .unsupported
                    .push(unsupported(span, "`oneOf` without a `discriminator`"));
            } else if let Some(inline) = items(one_of).find(|item| item.get("$ref").is_none()) {
                let feature = "a member of a `oneOf` that is not a `$ref`";
                schema.unsupported.push(unsupported(inline.span, feature));
            }
        }
        let Some(discriminator) = node.get("discriminator") else {
            return;
        };
        if self
            .fields(
                discriminator,
                &["propertyName", "mapping"],
                "a discriminator",
            )
            .is_none()
        {
            return;
        }
        let property = self.required_text(discriminator, "propertyName", "a discriminator");
        let Some(property) = property else { return };
        if schema.one_of.is_empty() {
            let span = key_span(node, "discriminator").unwrap_or(node.span);
            schema
                .unsupported
                .push(unsupported(span, "`discriminator` without `oneOf`"));
            return;
        }
        let mapping = self.mapping_of(node, discriminator, schema);
        schema.discriminator = Some(Discriminator {
            span: property.span,
            property: property.value,
            mapping,
        });
    }

    /// What `mapping` says, and then the members that it leaves out, under their own names.
    fn mapping_of(
        &mut self,
        node: &'a Node,
        discriminator: &'a Node,
        schema: &mut Schema,
    ) -> Vec<(String, SchemaId)> {
        let mut mapping = Vec::new();
        for entry in self.entries_of(discriminator, "mapping") {
            let Some(text) = self.text(&entry.node, "a value of `mapping`") else {
                continue;
            };
            let named = self.component(&text);
            let target = named.or_else(|| self.target(&entry.node, &mut schema.unsupported));
            if let Some(target) = target {
                mapping.push((entry.key.clone(), self.reserve(target)));
            }
        }
        let members = node.get("oneOf").into_iter().flat_map(items);
        for reference in members.filter_map(|item| item.get("$ref")) {
            let Some(target) = self.target(reference, &mut Vec::new()) else {
                continue;
            };
            let id = self.reserve(target);
            if !mapping.iter().any(|(_, known)| *known == id)
                && let Some(name) = self.names.get(&id)
            {
                mapping.push((name.value.clone(), id));
            }
        }
        mapping
    }

    /// A schema of the components, by its bare name.
    fn component(&self, name: &str) -> Option<&'a Node> {
        self.root.get("components")?.get("schemas")?.get(name)
    }
}

fn items(node: &Node) -> impl Iterator<Item = &Node> {
    let items = match &node.value {
        Value::Sequence(items) => items.as_slice(),
        _ => &[],
    };
    items.iter().map(|item| &**item)
}
