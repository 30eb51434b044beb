//! What can be judged only when every schema is read: circles of references, and values that must be text.

use super::reader::{Place, Reader, unsupported};
use crate::spec::{Operation, Schema, SchemaId, SchemaType};

/// What a schema's values are, as far as writing them as text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Scalar,
    List(Option<SchemaId>),
    Object,
    Any,
}

/// How far references and `allOf` are followed for a shape; longer chains count as any value.
const MAX_CHAIN: usize = 64;

impl Reader<'_, '_> {
    pub(super) fn after_schemas(&mut self, operations: &mut [Operation]) {
        self.reference_circles();
        for pending in std::mem::take(&mut self.pending) {
            let feature = match (pending.place, self.shape(pending.schema, 0)) {
                (_, Shape::Scalar) | (Place::Text, Shape::Any) => continue,
                (Place::Parameter, Shape::List(Some(item))) => match self.shape(item, 0) {
                    Shape::Scalar => continue,
                    _ => "a list of lists or objects in a parameter",
                },
                (Place::Parameter, Shape::List(None) | Shape::Any) => {
                    "a parameter without a `type`"
                }
                (Place::Parameter, Shape::Object) => "an object in a parameter",
                (Place::Header, Shape::Any) => "a header without a `type`",
                (Place::Header, _) => "a list or an object in a response's header",
                (Place::Text, _) => "a list or an object as plain text",
            };
            if let Some(operation) = operations.get_mut(pending.operation) {
                operation
                    .unsupported
                    .push(unsupported(pending.span, feature));
            }
        }
        self.union_members();
    }

    fn known(&self, id: SchemaId) -> Option<&Schema> {
        self.schemas.get(id.0)?.as_ref()
    }

    /// What a schema says, through references and `allOf`.
    fn shape(&self, id: SchemaId, depth: usize) -> Shape {
        let Some(schema) = self.known(id).filter(|_| depth < MAX_CHAIN) else {
            return Shape::Any;
        };
        let mut types = schema.types.iter().flatten();
        let own = match types.find(|one| **one != SchemaType::Null) {
            Some(SchemaType::Array) => Shape::List(schema.items),
            Some(SchemaType::Object) => Shape::Object,
            Some(_) => Shape::Scalar,
            None if schema.enumeration.is_some() => Shape::Scalar,
            None if !schema.properties.is_empty() || !schema.one_of.is_empty() => Shape::Object,
            None => Shape::Any,
        };
        if own != Shape::Any {
            return own;
        }
        let others = schema.reference.iter().chain(&schema.all_of);
        let mut shapes = others.map(|one| self.shape(*one, depth + 1));
        shapes
            .find(|shape| *shape != Shape::Any)
            .unwrap_or(Shape::Any)
    }

    /// A schema that is only a reference to itself, at whatever length.
    fn reference_circles(&mut self) {
        let mut done = vec![false; self.schemas.len()];
        for start in 0..self.schemas.len() {
            let mut way = Vec::new();
            let mut now = Some(SchemaId(start));
            while let Some(id) = now.filter(|id| !done[id.0]) {
                done[id.0] = true;
                way.push(id);
                now = self.known(id).and_then(|schema| schema.reference);
                if let Some(next) = now.filter(|next| way.contains(next)) {
                    self.cut(id, next);
                    break;
                }
            }
        }
    }

    /// Tells a circle and cuts it, so that the passes behind need not look out for it.
    fn cut(&mut self, last: SchemaId, first: SchemaId) {
        if let Some(span) = self.known(first).map(|schema| schema.span) {
            self.circle(span);
        }
        if let Some(Some(schema)) = self.schemas.get_mut(last.0) {
            schema.reference = None;
        }
    }

    /// Each schema of a tagged choice must be an object, since the tag is a member.
    fn union_members(&mut self) {
        for index in 0..self.schemas.len() {
            let Some(schema) = &self.schemas[index] else {
                continue;
            };
            let Some(discriminator) = &schema.discriminator else {
                continue;
            };
            let mut members = discriminator
                .mapping
                .iter()
                .map(|(_, member)| self.shape(*member, 0));
            let (odd, span) = (
                members.any(|shape| shape != Shape::Object),
                discriminator.span,
            );
            if let (true, Some(schema)) = (odd, &mut self.schemas[index]) {
                schema
                    .unsupported
                    .push(unsupported(span, "a `oneOf` of other schemas than objects"));
            }
        }
    }
}
