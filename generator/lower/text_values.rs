//! Values that are written as text: parameters, headers and plain texts. What they can hold is less than JSON.

use super::{
    shape::{Shape, shape},
    unsupported::Reach,
    view::Views,
};
use crate::spec::{ContentKind, Operation, SchemaId, SchemaType, Unsupported};

/// Where a value is written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Parameter,
    Header,
    Text,
}

/// What a schema's values are, as far as writing them as text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scalar,
    List(Option<SchemaId>),
    Object,
    Any,
    /// More than a type can say.
    Checked,
}

/// Notes what each operation wants of text that is not generated yet.
pub(super) fn judge(views: &mut Views, reach: &mut Reach) {
    for (index, operation) in views.document().operations.iter().enumerate() {
        for (place, id) in places(operation) {
            if let Some(feature) = judged(views, place, id) {
                let span = views.document().schemas.get(id).span;
                let feature = feature.to_owned();
                reach.note(index, Unsupported { span, feature });
            }
        }
    }
}

fn places(operation: &Operation) -> Vec<(Place, SchemaId)> {
    let parameters = operation
        .parameters
        .iter()
        .map(|one| (Place::Parameter, one.schema));
    let headers = operation.responses.iter().flat_map(|one| &one.headers);
    let headers = headers.map(|one| (Place::Header, one.schema));
    let bodies = operation.body.iter().map(|body| &body.content);
    let answers = operation
        .responses
        .iter()
        .filter_map(|one| one.content.as_ref());
    let texts = bodies
        .chain(answers)
        .filter(|content| content.kind == ContentKind::Text);
    let texts = texts.filter_map(|content| Some((Place::Text, content.schema?)));
    parameters.chain(headers).chain(texts).collect()
}

fn judged(views: &mut Views, place: Place, id: SchemaId) -> Option<&'static str> {
    match (place, kind(views, id)) {
        (_, Kind::Scalar) | (Place::Text, Kind::Any) => None,
        (Place::Parameter, Kind::List(Some(item))) => match kind(views, item) {
            Kind::Scalar => None,
            Kind::Checked => Some("a parameter with a schema of this kind"),
            _ => Some("a list of lists or objects in a parameter"),
        },
        (Place::Parameter, Kind::List(None) | Kind::Any) => Some("a parameter without a `type`"),
        (Place::Parameter, Kind::Object) => Some("an object in a parameter"),
        (Place::Parameter, Kind::Checked) => Some("a parameter with a schema of this kind"),
        (Place::Header, Kind::Any) => Some("a header without a `type`"),
        (Place::Header, Kind::Checked) => Some("a header with a schema of this kind"),
        (Place::Header, _) => Some("a list or an object in a response's header"),
        (Place::Text, Kind::Checked) => Some("plain text with a schema of this kind"),
        (Place::Text, _) => Some("a list or an object as plain text"),
    }
}

fn kind(views: &mut Views, id: SchemaId) -> Kind {
    let view = views.view(id);
    let shaped = shape(views, &view);
    match shaped.shape {
        Shape::Same(inner) if shaped.exact => kind(views, inner),
        Shape::Struct | Shape::Map | Shape::Tagged | Shape::Or(SchemaType::Object) => Kind::Object,
        _ if !shaped.exact => Kind::Checked,
        Shape::Plain(SchemaType::Array) => Kind::List(view.schema.array.items),
        Shape::Or(SchemaType::Array) | Shape::Json => Kind::Any,
        Shape::Enum | Shape::Plain(_) => Kind::Scalar,
        Shape::Same(_) | Shape::Choice(_) | Shape::Types(_) | Shape::Or(_) => Kind::Checked,
    }
}
