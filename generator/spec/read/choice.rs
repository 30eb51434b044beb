//! `discriminator`: which value of a member names which schema.

use super::reader::Reader;
use crate::{
    diagnostic::Code,
    document::{Node, Value},
    spec::{Discriminator, Schema, SchemaId},
};

impl<'a> Reader<'a, '_> {
    pub(super) fn discriminator(&mut self, node: &'a Node, schema: &mut Schema) {
        let Some(discriminator) = node.get("discriminator") else {
            return;
        };
        if self.is_20() {
            let property = self.spanned(discriminator, "`discriminator`");
            schema.discriminator = property.map(|property| Discriminator {
                span: property.span,
                property: property.value,
                mapping: Vec::new(),
                decides: false,
                rest: None,
            });
            return;
        }
        let fields = ["propertyName", "mapping", "defaultMapping"];
        if self
            .fields(discriminator, &fields, "a discriminator")
            .is_none()
        {
            return;
        }
        let Some(property) = self.required_text(discriminator, "propertyName", "a discriminator")
        else {
            return;
        };
        let mut mapping = self.mapping_of(discriminator);
        let decides = self.members_by_name(node, &mut mapping);
        schema.discriminator = Some(Discriminator {
            span: property.span,
            property: property.value,
            mapping,
            decides,
            rest: None,
        });
    }

    /// What `mapping` says.
    fn mapping_of(&mut self, discriminator: &'a Node) -> Vec<(String, SchemaId)> {
        let mut mapping = Vec::new();
        for entry in self.entries_of(discriminator, "mapping") {
            let Some(text) = self.text(&entry.node, "a value of `mapping`") else {
                continue;
            };
            let named = self.component(&text).map(|target| self.reserve(target));
            if let Some(id) = named.or_else(|| self.referred(&entry.node)) {
                mapping.push((entry.key.clone(), id));
            }
        }
        mapping
    }

    /// Adds the members that `mapping` leaves out, under their own names; whether every member has one.
    fn members_by_name(&mut self, node: &'a Node, mapping: &mut Vec<(String, SchemaId)>) -> bool {
        let keyword = ["oneOf", "anyOf"]
            .into_iter()
            .find(|keyword| node.get(keyword).is_some());
        let Some(keyword) = keyword else { return false };
        let mut decides = true;
        for item in node.get(keyword).into_iter().flat_map(items) {
            let Some(reference) = item.get("$ref") else {
                decides = false;
                let message = format!(
                    "the value of this `{keyword}` member in the discriminator is not known"
                );
                let help = "move the schema to `components.schemas` and refer to it, so that its name is its value";
                self.report(
                    Code::UnnamedMember,
                    item.span,
                    message,
                    "not a `$ref`",
                    help.into(),
                );
                continue;
            };
            let Some(id) = self.referred(reference) else {
                continue;
            };
            if !mapping.iter().any(|(_, known)| *known == id) {
                match self.names.get(&id) {
                    Some(name) => mapping.push((name.value.clone(), id)),
                    None => decides = false,
                }
            }
        }
        decides
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
