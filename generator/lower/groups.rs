//! Tags become traits.

use std::collections::HashMap;

use super::{
    names,
    naming::{Naming, Wanted},
    objectives,
};
use crate::{
    config,
    model::{Group, Operation},
    spec::{self, Document},
};

/// The groups of a document's operations: one for each first tag, in the order in which operations come to them.
pub(super) struct Groups<'a> {
    document: &'a Document,
    /// The module and the trait of each tag.
    names: HashMap<&'a str, (String, String)>,
    groups: Vec<Group>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(
        document: &'a Document,
        kept: &[&'a spec::Operation],
        naming: &Naming,
    ) -> Self {
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
            naming.reserve("traits", taken);
        }
        for taken in [
            "callbacks",
            "client",
            "errors",
            "main",
            "security",
            "server",
            "service",
            "table",
            "types",
            "webhooks",
        ] {
            naming.reserve("modules", taken);
        }
        let mut tags: Vec<&str> = kept.iter().map(|one| tag_of(&one.tags)).collect();
        tags.sort_unstable();
        tags.dedup();
        let wanted = |name: fn(&str) -> String| {
            let wanted = tags.iter().map(|key| Wanted {
                key,
                name: name(key),
                span: None,
            });
            wanted.collect::<Vec<_>>()
        };
        let modules = naming.claim_all("modules", wanted(names::module_name));
        let traits = naming.claim_all("traits", wanted(names::trait_name));
        Groups {
            document,
            names: tags
                .into_iter()
                .zip(modules.into_iter().zip(traits))
                .collect(),
            groups: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<Group> {
        self.groups
    }

    /// Adds `operation` to the group of its first tag.
    pub(super) fn add(&mut self, tags: &[String], operation: Operation) {
        let tag = tag_of(tags);
        if let Some(group) = self.groups.iter_mut().find(|group| group.tag == tag) {
            group.operations.push(operation);
            return;
        }
        let mut declared = self.document.tags.iter();
        let words = declared
            .find(|one| one.name == tag)
            .and_then(|one| one.description.clone());
        let (module, trait_name) = self.names.remove(tag).unwrap_or_default();
        self.groups.push(Group {
            tag: tag.to_owned(),
            doc: words.unwrap_or_default().trim_end().to_owned(),
            module,
            trait_name,
            // What the project says over the document comes later.
            objectives: objectives::of_tag(self.document, &config::Objectives::default(), tag),
            operations: vec![operation],
        });
    }
}

/// The tag of operations that have none.
pub(super) const UNTAGGED: &str = "operations";

/// The tag that decides where an operation goes.
pub(super) fn tag_of(tags: &[String]) -> &str {
    tags.first().map_or(UNTAGGED, String::as_str)
}
