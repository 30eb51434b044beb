//! Tags become traits.

use super::names::{self, Scope};
use crate::{
    model::{Group, Operation},
    spec::Document,
};

/// The groups of a document's operations: one for each first tag, in the order in which operations come to them.
pub(super) struct Groups<'a> {
    document: &'a Document,
    traits: Scope,
    modules: Scope,
    groups: Vec<Group>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let (mut traits, mut modules) = (Scope::default(), Scope::default());
        for taken in [
            "Api",
            "App",
            "Errors",
            "Security",
            "Table",
            "Problem",
            "Response",
            "RequestContext",
        ] {
            traits.reserve(taken);
        }
        for taken in ["errors", "main", "security", "service", "table", "types"] {
            modules.reserve(taken);
        }
        Groups {
            document,
            traits,
            modules,
            groups: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<Group> {
        self.groups
    }

    /// Adds `operation` to the group of its first tag.
    pub(super) fn add(&mut self, tags: &[String], operation: Operation) {
        let tag = tags.first().map_or("operations", String::as_str);
        if let Some(group) = self.groups.iter_mut().find(|group| group.tag == tag) {
            group.operations.push(operation);
            return;
        }
        let mut declared = self.document.tags.iter();
        let words = declared
            .find(|one| one.name == tag)
            .and_then(|one| one.description.clone());
        self.groups.push(Group {
            tag: tag.to_owned(),
            doc: words.unwrap_or_default().trim_end().to_owned(),
            module: self.modules.claim(&names::module_name(tag)),
            trait_name: self.traits.claim(&names::trait_name(tag)),
            operations: vec![operation],
        });
    }
}
