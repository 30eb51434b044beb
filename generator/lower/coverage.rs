//! How far the named schemas of a document can be said in Rust.

use super::{direction::OneWay, naming::Naming, shape::shape, types::Types, unsupported::Reach};
use crate::spec::{Document, Unsupported};

/// How far the named schemas of a document can be said in Rust.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Schemas that a type says whole.
    pub typed: Vec<String>,
    /// Schemas whose type takes more, and that are checked by the exact schema.
    pub checked: Vec<String>,
    /// Schemas that are not generated yet, with what they need.
    pub refused: Vec<(String, Vec<Unsupported>)>,
}

/// Looks at every named schema of a document.
pub fn coverage(document: &Document) -> Coverage {
    let (one_way, naming) = (OneWay::new(document), Naming::default());
    let mut types = Types::new(document, &one_way, &naming);
    let reach = Reach::new(document);
    let mut coverage = Coverage::default();
    for (id, schema) in document.schemas.iter() {
        let Some(name) = &schema.name else { continue };
        let name = name.value.clone();
        let needs = reach.of_schema(id);
        if !needs.is_empty() {
            coverage.refused.push((name, needs.into_iter().collect()));
            continue;
        }
        let view = types.views.view(id);
        match shape(&mut types.views, &view).exact {
            true => coverage.typed.push(name),
            false => coverage.checked.push(name),
        }
    }
    coverage
}
