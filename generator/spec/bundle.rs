//! A document and the files that it names as one JSON text that stands for itself: what the service serves of it, with
//! references that stay within, and without servers, since whoever shows it knows where the service is.

mod kind;
mod pointer;
mod references;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde_json::Value as Json;

use super::{Document, Files, read::json};
use crate::{
    document::{Entry, Node, Value},
    source::Span,
};
use kind::{Kind, Place};

/// The largest text, in bytes: aliases may have made little into much.
const MAX_TEXT: usize = 32 << 20;
/// Down to which depth each member stands on a line of its own, so that versions can be compared.
const LINES: usize = 3;
/// The document as one JSON object whose first member is its version; of the operations, those that are not among
/// `omitted`, each told as its method and path. None where it would be larger than any page can show.
pub fn bundle(files: &Files, document: &Document, omitted: &BTreeSet<&str>) -> Option<String> {
    let told = |one: &super::Operation| format!("{} {}", one.method.as_str(), one.path.value);
    let kept = document.operations.iter();
    let kept = kept.filter(|one| !omitted.contains(&*told(one)));
    let mut bundle = Bundle {
        files,
        is_20: files.root().get("swagger").is_some(),
        kept: BTreeSet::new(),
        templates: HashMap::new(),
        pointers: HashMap::new(),
        sections: BTreeMap::new(),
        taken: BTreeSet::new(),
        names: HashMap::new(),
        waiting: VecDeque::new(),
        open: Vec::new(),
        out: String::new(),
    };
    for one in kept {
        bundle.kept.insert(one.span);
        if one.overload.is_none() {
            let template = one.path.value.clone();
            bundle.templates.insert(one.path.span, template);
        }
    }
    bundle.document();
    (bundle.out.len() <= MAX_TEXT).then_some(bundle.out)
}

struct Bundle<'a> {
    files: &'a Files,
    is_20: bool,
    /// The methods' keys of what is served.
    kept: BTreeSet<Span>,
    /// Paths as they were read, by their keys.
    templates: HashMap<Span, String>,
    /// Where the nodes of the document itself stand; filled when first needed.
    pointers: HashMap<usize, String>,
    /// The members of each section of the components.
    sections: BTreeMap<&'static str, String>,
    /// The names that are taken, each with its section.
    taken: BTreeSet<(&'static str, String)>,
    /// What nodes of other files are called here.
    names: HashMap<(usize, &'static str), String>,
    /// Nodes of other files that have a name and were not written yet.
    waiting: VecDeque<(&'static str, String, &'a Node, Kind)>,
    /// What is being put in the place of a reference.
    open: Vec<usize>,
    out: String,
}

impl<'a> Bundle<'a> {
    fn document(&mut self) {
        let root = self.files.root();
        let Value::Mapping(entries) = &root.value else {
            return;
        };
        self.claim(root);
        let place = Place::of(Kind::Document);
        self.out.push('{');
        let mut first = true;
        let versions = ["openapi", "swagger"];
        let version = entries
            .iter()
            .find(|one| versions.contains(&&*one.key))
            .into_iter();
        let rest = entries
            .iter()
            .filter(|one| !versions.contains(&&*one.key) && !place.leaves_out(&one.key));
        for entry in version.chain(rest) {
            let below = place.below(&entry.key);
            if below.kind == Kind::Components
                || (self.is_20 && self.section_of(&entry.key).is_some())
            {
                continue;
            }
            self.key(&entry.key, &mut first, 0);
            match versions.contains(&&*entry.key) {
                true => self.words(&entry.node),
                false => self.write(&entry.node, below, 1),
            }
        }
        self.components(&mut first);
        self.out.push_str("\n}\n");
    }

    /// The sections, the document's own first, and behind them what was found in other files.
    fn components(&mut self, first: &mut bool) {
        let mut others = String::new();
        let depth = if self.is_20 { 1 } else { 2 };
        for entry in self.own_sections() {
            match self.section_of(&entry.key) {
                None => {
                    let text = self.aside(|bundle| {
                        bundle.key(&entry.key, &mut others.is_empty(), depth - 1);
                        bundle.write(
                            &entry.node,
                            Place::of(Kind::Components).below(&entry.key),
                            depth,
                        );
                    });
                    others.push_str(&text);
                }
                Some((section, kind)) => {
                    let Value::Mapping(members) = &entry.node.value else {
                        continue;
                    };
                    for member in members {
                        let node = self.in_place(section, member);
                        self.member(section, &member.key, node, kind, depth);
                    }
                }
            }
        }
        while let Some((section, name, node, kind)) = self.waiting.pop_front() {
            self.member(section, &name, node, kind, depth);
        }
        if self.sections.is_empty() && others.is_empty() {
            return;
        }
        let mut outer = *first;
        if !self.is_20 {
            self.key("components", first, 0);
            self.out.push('{');
            outer = others.is_empty();
            self.out.push_str(&others);
        }
        for (section, members) in std::mem::take(&mut self.sections) {
            self.key(section, &mut outer, depth - 1);
            self.out.push('{');
            self.out.push_str(&members);
            self.out.push_str("\n}");
        }
        if !self.is_20 {
            self.out.push_str("\n}");
        }
    }

    /// A member of a section.
    fn member(
        &mut self,
        section: &'static str,
        name: &str,
        node: &'a Node,
        kind: Kind,
        depth: usize,
    ) {
        let mut first = self.sections.get(section).is_none_or(String::is_empty);
        let text = self.aside(|bundle| {
            bundle.key(name, &mut first, depth);
            bundle.write(node, Place::of(kind), depth + 1);
        });
        self.sections.entry(section).or_default().push_str(&text);
    }

    /// What is written meanwhile, taken out again.
    fn aside(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let out = std::mem::take(&mut self.out);
        write(self);
        std::mem::replace(&mut self.out, out)
    }

    fn own_sections(&self) -> Vec<&'a Entry> {
        let root = self.files.root();
        let home = if self.is_20 {
            Some(root)
        } else {
            root.get("components")
        };
        let Some(Value::Mapping(entries)) = home.map(|home| &home.value) else {
            return Vec::new();
        };
        let is_20 = self.is_20;
        let sections = entries
            .iter()
            .filter(|one| !is_20 || self.section_of(&one.key).is_some());
        sections.collect()
    }

    /// A section by its key, where objects of other files may join it.
    fn section_of(&self, key: &str) -> Option<(&'static str, Kind)> {
        let place = Place::of(Kind::Components).below(key);
        let section = place.kind.section(self.is_20).filter(|one| *one == key)?;
        Some((section, place.kind))
    }

    fn write(&mut self, node: &'a Node, place: Place, depth: usize) {
        if self.out.len() > MAX_TEXT {
            return;
        }
        match &node.value {
            _ if place == Place::of(Kind::Literal) => self.json(&json::value(node)),
            Value::Scalar { .. } => match place.kind {
                Kind::Mapped => self.mapped(node),
                _ => self.json(&json::value(node)),
            },
            Value::Sequence(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    self.write(item, place, usize::MAX);
                }
                self.out.push(']');
            }
            Value::Mapping(entries) => {
                let reference = node.get("$ref").filter(|_| place.refers());
                let reference = reference.and_then(|one| Some((one, text(one)?)));
                match reference {
                    Some((reference, address)) => {
                        self.reference(entries, reference, address, place, depth);
                    }
                    None => self.object(&entries.iter().collect::<Vec<_>>(), place, depth),
                }
            }
        }
    }

    fn object(&mut self, entries: &[&'a Entry], place: Place, depth: usize) {
        self.out.push('{');
        let mut first = true;
        for entry in entries {
            let below = place.below(&entry.key);
            let unserved = place.kind == Kind::Path
                && below.kind == Kind::Operation
                && !below.named
                && !self.kept.contains(&entry.key_span);
            if place.leaves_out(&entry.key) || (unserved && !place.named) {
                continue;
            }
            let template = self.templates.get(&entry.key_span).cloned();
            let template = template.filter(|_| place.named && place.kind == Kind::Path);
            self.key(template.as_ref().unwrap_or(&entry.key), &mut first, depth);
            match (place.kind, &entry.node.value) {
                (Kind::Info, Value::Scalar { .. }) => self.words(&entry.node),
                (Kind::Path, _) if below.named => self.additional(&entry.node, depth),
                _ => self.write(&entry.node, below, depth.saturating_add(1)),
            }
        }
        if depth < LINES && !first {
            self.out.push('\n');
        }
        self.out.push('}');
    }

    /// `additionalOperations` of a path: those that are served.
    fn additional(&mut self, node: &'a Node, depth: usize) {
        let Value::Mapping(entries) = &node.value else {
            return self.json(&json::value(node));
        };
        let served = entries
            .iter()
            .filter(|one| self.kept.contains(&one.key_span));
        let served: Vec<&Entry> = served.collect();
        self.object(
            &served,
            Place {
                kind: Kind::Operation,
                named: true,
            },
            depth.saturating_add(1),
        );
    }

    fn key(&mut self, key: &str, first: &mut bool, depth: usize) {
        if !std::mem::replace(first, false) {
            self.out.push(',');
        }
        if depth < LINES {
            self.out.push('\n');
        }
        self.json(&Json::String(key.to_owned()));
        self.out.push(':');
    }

    /// A scalar as text.
    fn words(&mut self, node: &Node) {
        let words = text(node).map_or_else(|| json::value(node), |text| Json::String(text.into()));
        self.json(&words);
    }

    fn json(&mut self, value: &Json) {
        self.out.push_str(&value.to_string());
    }
}

fn text(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Scalar { text, .. } => Some(text),
        _ => None,
    }
}
