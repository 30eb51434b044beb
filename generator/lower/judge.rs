//! Whether values fit, by the exact schemas.

use std::{collections::HashMap, rc::Rc};

use oarlock_runtime::Validator;

use super::{
    contract::Definitions,
    direction::{Direction, OneWay},
};
use crate::spec::{Document, SchemaId};

/// What values are held against; each schema is made ready once, and at the first need.
pub(super) struct Judge<'a> {
    definitions: Definitions<'a>,
    /// By the schema's text: a schema that is the same both ways is there once.
    validators: HashMap<String, Option<Rc<Validator>>>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(document: &'a Document, one_way: &'a OneWay) -> Self {
        Judge {
            definitions: Definitions::new(document, one_way),
            validators: HashMap::new(),
        }
    }

    /// None where the schema cannot be told exactly.
    pub(super) fn validator(&mut self, id: SchemaId, way: Direction) -> Option<Rc<Validator>> {
        let schema = self.definitions.schema(id, way);
        let definitions = &self.definitions;
        let known = self.validators.entry(schema.to_string());
        let known = known.or_insert_with(|| definitions.validator(schema).map(Rc::new));
        known.clone()
    }
}
