//! `x-oarlock-objectives` of a document and of its tags.

use super::reader::Reader;
use crate::{
    diagnostic::Code,
    document::{Entry, Node},
    openapi::{Latency, SaidObjectives, Share},
};

const EXTENSION: &str = "x-oarlock-objectives";

impl<'a> Reader<'a, '_> {
    /// What is promised of the requests of `parent`, a tag or the document.
    pub(super) fn objectives(&mut self, parent: &'a Node) -> SaidObjectives {
        let mut said = SaidObjectives::default();
        for entry in self.entries_of(parent, EXTENSION) {
            match entry.key.as_str() {
                "availability" => said.availability = self.objective(entry, Share::read),
                "latency" => said.latency = self.objective(entry, Latency::read),
                other => {
                    let message = format!(
                        "`{EXTENSION}` has no `{}`: it has `availability` and `latency`",
                        other.escape_debug()
                    );
                    let help = "name one of the two, or take it out".to_owned();
                    self.report(
                        Code::InvalidObjective,
                        entry.key_span,
                        message,
                        "this field",
                        help,
                    );
                }
            }
        }
        said
    }

    fn objective<T>(&mut self, entry: &Entry, read: fn(&str) -> Result<T, String>) -> Option<T> {
        let key = &entry.key;
        let text = self.text(&entry.node, &format!("`{key}`"))?;
        match read(&text) {
            Ok(objective) => Some(objective),
            Err(must) => {
                let message = format!("`{}` is no objective of {key}", text.escape_debug());
                let help = format!("write {must}");
                self.report(
                    Code::InvalidObjective,
                    entry.node.span,
                    message,
                    "this value",
                    help,
                );
                None
            }
        }
    }
}
