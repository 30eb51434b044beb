//! YAML and JSON text as a tree of nodes, each with its place. Knows nothing of OpenAPI.

mod deserialize;
mod parse;
mod scalar;

pub use deserialize::{Misread, deserialize};
pub use parse::parse;
pub use scalar::Scalar;

use std::rc::Rc;

use crate::source::Span;

/// A node of the tree. Nodes are shared, so that an alias costs no copy.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its place; of an aliased node, the place of its anchor.
    pub span: Span,
    /// What it holds.
    pub value: Value,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub enum Value {
    /// A scalar, its text after escapes; how it is read depends on whether it was `quoted`.
    Scalar {
        /// The text after escapes.
        text: String,
        /// Whether it stood in quotes or as a block, and so is a string whatever it looks like.
        quoted: bool,
    },
    /// A sequence.
    Sequence(Vec<Rc<Node>>),
    /// A mapping, in the order of the text, without duplicate keys.
    Mapping(Vec<Entry>),
}

/// A key of a mapping and what stands under it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// The key's place.
    pub key_span: Span,
    /// What stands under it.
    pub node: Rc<Node>,
}

impl Node {
    /// What stands under `key`, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &*entry.node)
    }

    /// `key` and what stands under it, if this is a mapping that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Mapping(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The place of what `path` leads to, key by key: the value where it is a scalar, else its key, which is one line.
    pub fn line(&self, path: &[&str]) -> Option<Span> {
        let (last, before) = path.split_last()?;
        let parent = before.iter().try_fold(self, |node, key| node.get(key))?;
        let entry = parent.entry(last)?;
        Some(match entry.node.scalar() {
            None | Some(Scalar::Null) => entry.key_span,
            Some(_) => entry.node.span,
        })
    }
}
