//! Namespaces that are declared where something is written.

use crate::xml::{INSTANCE, XML, names, names::Name};

/// The start of an element.
pub(super) struct Tag {
    pub(super) name: String,
    /// Its attributes, declarations of namespaces among them.
    pub(super) attributes: Vec<(String, String)>,
    /// How many namespaces were declared before it.
    before: usize,
}

impl Tag {
    /// Whether its name or an attribute has a prefix.
    fn uses(&self, prefix: &str) -> bool {
        let attributes = self.attributes.iter().map(|(name, _)| name);
        let mut names = attributes.chain([&self.name]);
        names.any(|name| name.split_once(':').is_some_and(|(one, _)| one == prefix))
    }
}

/// The namespaces declared where an element stands.
#[derive(Default)]
pub(super) struct Scope {
    /// Prefixes, the empty one for names without any, with what they stand for; the last one counts.
    declared: Vec<(String, String)>,
}

impl Scope {
    /// Starts an element, and declares its namespace where it is not yet.
    pub(super) fn open(&mut self, name: &Name) -> Tag {
        let mut tag = Tag {
            name: String::new(),
            attributes: Vec::new(),
            before: self.declared.len(),
        };
        let prefix = name.prefix.unwrap_or_default();
        let bound = match name.namespace {
            Some(uri) => self.bind(&mut tag, prefix, uri),
            None => self.find(prefix).is_some(),
        };
        tag.name = qualified(prefix, &name.local, bound);
        tag
    }

    /// Ends an element: what it declared is gone.
    pub(super) fn close(&mut self, tag: &Tag) {
        self.declared.truncate(tag.before);
    }

    /// Adds an attribute, where there is none of its name.
    pub(super) fn attribute(&mut self, tag: &mut Tag, name: &Name, text: String) {
        let prefix = name.prefix.unwrap_or_default();
        let bound = match name.namespace {
            Some(uri) if !prefix.is_empty() => self.bind(tag, prefix, uri),
            _ => self.find(prefix).is_some(),
        };
        let mut name = qualified(prefix, &name.local, bound);
        if name == "xmlns" {
            name.insert(0, '_');
        }
        if !tag.attributes.iter().any(|(one, _)| *one == name) {
            tag.attributes.push((name, text));
        }
    }

    /// Marks an element as being nothing.
    pub(super) fn nil(&mut self, tag: &mut Tag) {
        if self.bind(tag, "xsi", INSTANCE) {
            tag.attributes
                .push(("xsi:nil".to_owned(), "true".to_owned()));
        }
    }

    /// Makes a prefix stand for a namespace in an element; not where it stands for another one there already.
    fn bind(&mut self, tag: &mut Tag, prefix: &str, uri: &str) -> bool {
        if self.find(prefix) == Some(uri) {
            return true;
        }
        let own = self.declared.get(tag.before..).unwrap_or_default();
        let taken = own.iter().any(|(one, _)| one == prefix) || tag.uses(prefix);
        if taken || prefix == "xml" {
            return false;
        }
        let uri = uri.replace(|one| !names::is_char(one), "\u{fffd}");
        let attribute = match prefix {
            "" => "xmlns".to_owned(),
            prefix => format!("xmlns:{prefix}"),
        };
        tag.attributes.push((attribute, uri.clone()));
        self.declared.push((prefix.to_owned(), uri));
        true
    }

    fn find(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML);
        }
        let mut declared = self.declared.iter().rev();
        declared
            .find(|(one, _)| one == prefix)
            .map(|(_, uri)| uri.as_str())
    }
}

fn qualified(prefix: &str, local: &str, bound: bool) -> String {
    match bound && !prefix.is_empty() {
        true => format!("{prefix}:{local}"),
        false => local.to_owned(),
    }
}
