//! What values are as text: in parameters, headers and plain texts. A type that is one text, or a list of such, is read
//! and written by itself; what is more than that goes by the contract.

use super::{
    shape::{Shape, shape},
    view::Views,
};
use crate::spec::{SchemaId, SchemaType};

/// What a schema's values are, as far as writing them as text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextKind {
    /// One text.
    Scalar,
    /// A list of texts.
    List,
    /// An object, or a list of more than texts.
    Parts,
    /// Anything.
    Any,
    /// One of several types, or one that the exact schema guards.
    Checked,
}

/// What the values of a schema are as text.
pub(super) fn kind(views: &mut Views, id: SchemaId) -> TextKind {
    let view = views.view(id);
    let shaped = shape(views, &view);
    match shaped.shape {
        Shape::Same(inner) if shaped.exact => kind(views, inner),
        Shape::Plain(SchemaType::Array) if shaped.exact => match view.schema.array.items {
            Some(items) if is_scalar(views, items) => TextKind::List,
            _ => TextKind::Parts,
        },
        Shape::Struct | Shape::Map | Shape::Tagged | Shape::Or(SchemaType::Object) => {
            TextKind::Parts
        }
        _ if !shaped.exact => TextKind::Checked,
        Shape::Or(SchemaType::Array) | Shape::Json => TextKind::Any,
        Shape::Enum | Shape::Plain(_) => TextKind::Scalar,
        Shape::Same(_) | Shape::Choice(_) | Shape::Types(_) | Shape::Or(_) => TextKind::Checked,
    }
}

/// Whether a schema's values are one text each. Items are not looked into: a list may be a list of itself.
fn is_scalar(views: &mut Views, id: SchemaId) -> bool {
    let view = views.view(id);
    let shaped = shape(views, &view);
    match shaped.shape {
        Shape::Same(inner) if shaped.exact => is_scalar(views, inner),
        Shape::Plain(SchemaType::Array) => false,
        Shape::Enum | Shape::Plain(_) => shaped.exact,
        _ => false,
    }
}
