//! `null`, ends of ranges and steps, in which 3.0 and 3.1 differ.

use super::{json, reader::Reader};
use crate::{
    document::{Node, Value},
    spec::{Bound, Literal, Schema, SchemaType, Spanned},
};

impl<'a> Reader<'a, '_> {
    pub(super) fn step(&mut self, node: &Node, what: &str) -> Option<Spanned<serde_json::Number>> {
        let value = self.number(node, what)?;
        if value.as_f64().is_none_or(|step| step <= 0.0) {
            self.wrong_kind(node, "a number above 0", what);
            return None;
        }
        Some(Spanned {
            span: node.span,
            value,
        })
    }

    /// 3.0's `nullable` adds `null` to the `type` beside it, and to nothing else.
    pub(super) fn nullable(&mut self, node: &'a Node, schema: &mut Schema) {
        let Value::Mapping(entries) = &node.value else {
            return;
        };
        let key = if self.is_20() {
            "x-nullable"
        } else {
            "nullable"
        };
        let Some(entry) = entries.iter().find(|entry| entry.key == key) else {
            return;
        };
        if !self.is_30() {
            self.unknown_field(entry, &["type: [..., 'null']"], "a schema of 3.1");
        } else if self.boolean(&entry.node, "`nullable`") == Some(true)
            && let Some(types) = &mut schema.types
        {
            types.push(SchemaType::Null);
            if let Some(values) = &mut schema.enumeration
                && !values.iter().any(|one| one.value.is_null())
            {
                values.push(Literal {
                    span: entry.key_span,
                    value: serde_json::Value::Null,
                });
            }
        }
    }

    /// The tighter of an end and its exclusive twin.
    pub(super) fn bound(
        &mut self,
        node: &'a Node,
        key: &str,
        twin: &str,
        tighter: fn(f64, f64) -> bool,
    ) -> Option<Bound> {
        let end = |reader: &mut Self, key: &str, exclusive: bool| {
            let node = node.get(key)?;
            let value = reader.number(node, &format!("`{key}`"))?;
            Some(Bound {
                span: node.span,
                value,
                exclusive,
            })
        };
        let own = end(self, key, false);
        let number = node.get(twin).filter(|twin| json::number(twin).is_some());
        if let Some(number) = number.filter(|_| self.is_30()) {
            let message = format!(
                "`{twin}` is a number, and in OpenAPI 3.0 `true` or `false` beside `{key}`"
            );
            let help = format!("write `{key}` with the number, and `{twin}: true`");
            self.as_meant(number.span, message, "read as OpenAPI 3.1 does", help);
        } else if self.is_30() {
            let exclusive = self.boolean_of(node, twin).unwrap_or(false);
            return own.map(|bound| Bound { exclusive, ..bound });
        }
        match (own, end(self, twin, true)) {
            (Some(own), Some(open)) => {
                let (left, right) = (own.value.as_f64()?, open.value.as_f64()?);
                Some(if tighter(left, right) { open } else { own })
            }
            (own, open) => own.or(open),
        }
    }
}
