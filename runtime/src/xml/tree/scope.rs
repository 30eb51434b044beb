//! What prefixes stand for (Namespaces in XML 1.0).

use std::rc::Rc;

use super::Node;
use crate::xml::{XML, names};

/// How many namespaces may be declared where an element stands; each name of a document is looked up among them.
const MOST: usize = 256;

/// The namespaces declared where an element stands.
#[derive(Default)]
pub(super) struct Scope {
    /// Prefixes, the empty one for names without any, with what they stand for; the last one counts.
    declared: Vec<(String, Rc<str>)>,
    /// How many were declared before each open element.
    before: Vec<usize>,
}

impl Scope {
    /// Takes the declarations out of the attributes of an element that starts.
    pub(super) fn open(&mut self, attributes: &mut Vec<(String, String)>) -> Result<(), String> {
        self.before.push(self.declared.len());
        for (name, uri) in attributes.extract_if(.., |(name, _)| is_declaration(name)) {
            let prefix = name.strip_prefix("xmlns:").unwrap_or_default();
            if prefix.is_empty() != (name == "xmlns") || (uri.is_empty() && !prefix.is_empty()) {
                return Err(format!("`{name}=\"{uri}\"` declares no namespace"));
            }
            self.declared.push((prefix.to_owned(), uri.into()));
        }
        match self.declared.len() > MOST {
            true => Err(format!("more than {MOST} namespaces are declared")),
            false => Ok(()),
        }
    }

    /// Forgets the declarations of the element opened last.
    pub(super) fn close(&mut self) {
        self.declared
            .truncate(self.before.pop().unwrap_or_default());
    }

    /// The name of an element.
    pub(super) fn element(&self, name: &str) -> Result<Node, String> {
        let (prefix, local) = names::split(name).ok_or_else(|| no_name(name))?;
        let namespace = match prefix {
            Some(prefix) => Some(self.of(prefix)?),
            None => self.find("").filter(|uri| !uri.is_empty()),
        };
        let local = local.to_owned();
        Ok(Node { local, namespace })
    }

    /// The name of an attribute: one without a prefix has no namespace.
    pub(super) fn attribute(&self, name: &str) -> Result<Node, String> {
        let (prefix, local) = names::split(name).ok_or_else(|| no_name(name))?;
        let namespace = prefix.map(|prefix| self.of(prefix)).transpose()?;
        let local = local.to_owned();
        Ok(Node { local, namespace })
    }

    fn of(&self, prefix: &str) -> Result<Rc<str>, String> {
        let found = match prefix {
            "xml" => Some(XML.into()),
            _ => self.find(prefix),
        };
        found.ok_or_else(|| format!("the prefix `{prefix}` stands for no namespace"))
    }

    fn find(&self, prefix: &str) -> Option<Rc<str>> {
        let mut declared = self.declared.iter().rev();
        declared
            .find(|(one, _)| one == prefix)
            .map(|(_, uri)| Rc::clone(uri))
    }
}

fn is_declaration(name: &str) -> bool {
    name == "xmlns" || name.starts_with("xmlns:")
}

fn no_name(name: &str) -> String {
    format!("`{name}` is no name")
}
