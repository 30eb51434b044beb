//! References in a bundle: to what stands in it already, or to what is taken in under a name of its own.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

use super::{
    Bundle,
    kind::{Kind, Place},
    pointer::{escaped, fragment, place_all},
    text,
};
use crate::{
    document::{Entry, Node, Value},
    spec::{files::identity, read::json},
};

impl<'a> Bundle<'a> {
    /// Takes the document's own names; what is no more than a reference to another file gives its name to what is there.
    pub(super) fn claim(&mut self, root: &'a Node) {
        for entry in self.own_sections() {
            let Some((section, _)) = self.section_of(&entry.key) else {
                continue;
            };
            let Value::Mapping(members) = &entry.node.value else {
                continue;
            };
            for member in members {
                self.taken.insert((section, member.key.clone()));
                if let Some(target) = self.elsewhere(&member.node)
                    && target.span.source != root.span.source
                {
                    let name = (identity(target), section);
                    self.names.entry(name).or_insert(member.key.clone());
                }
            }
        }
    }

    /// What an object that is no more than a reference leads to.
    fn elsewhere(&self, node: &'a Node) -> Option<&'a Node> {
        let Value::Mapping(entries) = &node.value else {
            return None;
        };
        match entries.as_slice() {
            [only] if only.key == "$ref" => self.files.target(&only.node, text(&only.node)?).ok(),
            _ => None,
        }
    }

    /// A member of the document's own section, or what it gives its name to.
    pub(super) fn in_place(&self, section: &'static str, member: &'a Entry) -> &'a Node {
        let target = self.elsewhere(&member.node);
        let named = target
            .filter(|target| self.names.get(&(identity(target), section)) == Some(&member.key));
        named.unwrap_or(&member.node)
    }

    pub(super) fn reference(
        &mut self,
        entries: &'a [Entry],
        reference: &'a Node,
        address: &str,
        place: Place,
        depth: usize,
    ) {
        let beside = entries.iter().filter(|one| one.key != "$ref");
        let mut all: Vec<&Entry> = beside.collect();
        let target = self.files.target(reference, address).ok();
        let new = match target {
            None => address.to_owned(),
            Some(target) => match self.address(reference, address, target, place.kind) {
                Some(new) => new,
                None => {
                    // Only what leads back to itself is open already, and of that there is no whole.
                    if self.open.contains(&identity(target)) {
                        return self.out.push_str("{}");
                    }
                    self.open.push(identity(target));
                    match (&target.value, target.get("$ref")) {
                        (Value::Mapping(more), None) => {
                            let own: BTreeSet<&str> = all.iter().map(|one| &*one.key).collect();
                            let more = more.iter().filter(|one| !own.contains(&*one.key));
                            let more: Vec<&Entry> = more.collect();
                            all.extend(more);
                            self.object(&all, place, depth);
                        }
                        _ => self.write(target, place, depth),
                    }
                    self.open.pop();
                    return;
                }
            },
        };
        self.out.push_str("{\"$ref\":");
        self.json(&Json::String(new));
        let mut first = false;
        for entry in all.into_iter().filter(|one| !place.leaves_out(&one.key)) {
            self.key(&entry.key, &mut first, usize::MAX);
            self.write(&entry.node, place.below(&entry.key), usize::MAX);
        }
        self.out.push('}');
    }

    /// Where the target of a reference stands in the bundle; none where it has to be put in the reference's place.
    fn address(
        &mut self,
        at: &Node,
        address: &str,
        target: &'a Node,
        kind: Kind,
    ) -> Option<String> {
        let root = self.files.root();
        let own = self.files.resource_of(at) == self.files.resource_of(root);
        if own && (address.starts_with("#/") || address == "#") {
            return Some(address.to_owned());
        }
        if target.span.source == root.span.source {
            if self.pointers.is_empty() {
                place_all(root, String::new(), &mut self.pointers);
            }
            if let Some(pointer) = self.pointers.get(&identity(target)) {
                return Some(format!("#{}", fragment(pointer)));
            }
        }
        let section = kind.section(self.is_20)?;
        let name = match self.names.get(&(identity(target), section)) {
            Some(name) => name.clone(),
            None => {
                let name = self.free_name(section, address);
                self.taken.insert((section, name.clone()));
                self.names.insert((identity(target), section), name.clone());
                let kind = if kind == Kind::Mapped {
                    Kind::Schema
                } else {
                    kind
                };
                self.waiting
                    .push_back((section, name.clone(), target, kind));
                name
            }
        };
        let home = if self.is_20 { "" } else { "/components" };
        Some(format!("#{home}/{section}/{}", fragment(&escaped(&name))))
    }

    /// A name for what an address leads to: its last part, with a number where others have it already.
    fn free_name(&self, section: &'static str, address: &str) -> String {
        let (file, inner) = address.split_once('#').unwrap_or((address, ""));
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let stem = |file: &str| last(file).split('.').next().unwrap_or_default().to_owned();
        let word = if inner.is_empty() {
            stem(file)
        } else {
            last(inner)
        };
        let word = percent_decode_str(&word).decode_utf8_lossy().into_owned();
        let letter = |one: char| one.is_ascii_alphanumeric() || "._-".contains(one);
        let word: String = word
            .chars()
            .map(|one| if letter(one) { one } else { '_' })
            .collect();
        let word = if word.is_empty() {
            "part".to_owned()
        } else {
            word
        };
        let taken = |name: &String| self.taken.contains(&(section, name.clone()));
        let numbered = (2u32..).map(|number| format!("{word}{number}"));
        let mut names = std::iter::once(word.clone()).chain(numbered);
        names.find(|name| !taken(name)).unwrap_or(word)
    }

    /// A value of `mapping`: a schema's name, or an address.
    pub(super) fn mapped(&mut self, node: &'a Node) {
        let Some(address) = text(node) else {
            return self.json(&json::value(node));
        };
        let named = self.taken.contains(&("schemas", address.to_owned()));
        let target = self.files.target(node, address).ok().filter(|_| !named);
        let new = target.and_then(|target| self.address(node, address, target, Kind::Mapped));
        self.json(&Json::String(new.unwrap_or_else(|| address.to_owned())));
    }
}
