//! `stack.yaml`: what a team says for all of its services. Defaults hold where a project says nothing; no project may leave
//! the rules. Each rule keeps its lines, so that whoever breaks it is shown them.

mod kinds;
mod terms;

use std::rc::Rc;

pub use kinds::{
    Allow, Base, BaseImages, CountRange, Environment, Except, Fields, Generator, Kind, Labels,
    OperationField, OperationLimits, PinnedImages, ProbeRanges, Probes, Registries, Replicas,
    Resources, SchemeWord, SecondsRange, Security, Shutdown, StartupRanges,
};
pub use terms::{ImagePattern, Pattern};

use super::Deploy;
use crate::{
    diagnostic::{Code, Diagnostic, Diagnostics, Label},
    document::{Entry, Misread, Node, Value, deserialize},
    source::Span,
};
use terms::{Kebab, Link, Sentence, Version};

/// A stack as it was read.
#[derive(Debug)]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The place of its version.
    pub version_span: Span,
    /// What holds of `deploy` where a project says nothing.
    pub deploy: Deploy,
    /// The same as it is written.
    pub defaults: Option<Rc<Node>>,
    /// The rules, in the order of the file.
    pub rules: Vec<Rule>,
}

/// A rule: no project may leave it.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What it asks for.
    pub kind: Kind,
    /// Why it is there.
    pub reason: Option<String>,
    /// Where more is said of it.
    pub link: Option<String>,
    entry: Entry,
}

impl Rule {
    /// The rule's own line: the one that `path` leads to, else the one of its name.
    pub fn line(&self, path: &[&str]) -> Span {
        let line = self.entry.node.line(path);
        line.unwrap_or(self.entry.key_span)
    }
}

/// How many rules a stack may have: each is held against every operation.
const MAX_RULES: usize = 1000;
const FIELDS: [&str; 4] = ["stack", "version", "defaults", "rules"];
/// What every rule may say.
const OF_RULES: [&str; 3] = ["kind", "reason", "link"];

impl Stack {
    /// Reads a stack. None where it has a mistake: each is then in `diagnostics`.
    pub fn read(root: &Rc<Node>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut reader = Reader { diagnostics };
        let stack = reader.stack(root);
        stack.filter(|_| !reader.diagnostics.has_errors())
    }
}

struct Reader<'d> {
    diagnostics: &'d mut Diagnostics,
}

impl Reader<'_> {
    fn stack(&mut self, root: &Rc<Node>) -> Option<Stack> {
        let entries = self.mapping(root, "a stack")?;
        let strange = entries.iter().filter(|one| !FIELDS.contains(&&*one.key));
        for entry in strange {
            let message = format!(
                "a stack has no `{}`: it has `stack`, `version`, `defaults` and `rules`",
                entry.key.escape_debug()
            );
            self.tell(Misread::at(entry.key_span, message), root);
        }
        let name: Option<Kebab> = self.required(root, "stack");
        let version: Option<Version> = self.required(root, "version");
        let (deploy, defaults) = self.defaults(root).unwrap_or_default();
        let rules = root.entry("rules").map(|entry| self.rules(&entry.node));
        Some(Stack {
            name: name?.0,
            version: version?.0,
            version_span: root.line(&["version"])?,
            deploy,
            defaults,
            rules: rules.unwrap_or_default(),
        })
    }

    /// `defaults`: `deploy` as a project has it.
    fn defaults(&mut self, root: &Node) -> Option<(Deploy, Option<Rc<Node>>)> {
        let defaults = root.get("defaults")?;
        for entry in self.mapping(defaults, "`defaults`")? {
            if entry.key != "deploy" {
                let message = format!(
                    "`defaults` has no `{}`: it has `deploy`",
                    entry.key.escape_debug()
                );
                self.tell(Misread::at(entry.key_span, message), root);
            }
        }
        let deploy = &defaults.entry("deploy")?.node;
        match deserialize::<Deploy>(deploy) {
            Ok(read) => Some((read, Some(Rc::clone(deploy)))),
            Err(misread) => {
                self.tell(misread, deploy);
                None
            }
        }
    }

    fn rules(&mut self, node: &Node) -> Vec<Rule> {
        let entries = self.mapping(node, "`rules`").unwrap_or_default();
        if let Some(entry) = entries.get(MAX_RULES) {
            let message = format!("a stack may have {MAX_RULES} rules, and this one has more");
            self.tell(Misread::at(entry.key_span, message), node);
            return Vec::new();
        }
        let rules = entries.iter().filter_map(|entry| match rule(entry) {
            Ok(rule) => Some(rule),
            Err(misread) => {
                self.tell(misread, &entry.node);
                None
            }
        });
        rules.collect()
    }

    fn mapping<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Entry]> {
        if let Value::Mapping(entries) = &node.value {
            return Some(entries);
        }
        let message = format!("{what} must be names with a value each");
        self.tell(Misread::at(node.span, message), node);
        None
    }

    fn required<T: serde::de::DeserializeOwned>(&mut self, root: &Node, key: &str) -> Option<T> {
        let read = match root.get(key) {
            Some(node) => deserialize(node),
            None => Err(Misread {
                span: None,
                message: format!("a stack must have `{key}`"),
            }),
        };
        read.map_err(|misread| self.tell(misread, root)).ok()
    }

    fn tell(&mut self, misread: Misread, around: &Node) {
        let start = Span {
            end: around.span.start,
            ..around.span
        };
        self.diagnostics.push(Diagnostic {
            code: Code::InvalidStack,
            message: misread.message,
            primary: Label {
                span: misread.span.unwrap_or(start),
                text: "the stack cannot be read".to_owned(),
            },
            context: Vec::new(),
            help: "mend the stack's file: `oarlock explain E201` tells what it may say".to_owned(),
        });
    }
}

/// Reads a rule. Its kind says which other keys it may have.
fn rule(entry: &Entry) -> Result<Rule, Misread> {
    let Value::Mapping(entries) = &entry.node.value else {
        let message = "a rule must be names with a value each, `kind` among them";
        return Err(Misread::at(entry.key_span, message));
    };
    let name = Kebab::of(&entry.key)
        .map_err(|must| Misread::at(entry.key_span, format!("{:?} must be {must}", entry.key)))?;
    let asked = entries.iter().filter(|one| !OF_RULES.contains(&&*one.key));
    let asked = Node {
        span: entry.node.span,
        value: Value::Mapping(asked.cloned().collect()),
    };
    let Some(kind) = entry.node.get("kind") else {
        let message = format!("the rule `{}` must have a `kind`", entry.key);
        return Err(Misread::at(entry.key_span, message));
    };
    let text = |key: &str| entry.node.get(key);
    let reason = text("reason").map(deserialize::<Sentence>).transpose()?;
    let link = text("link").map(deserialize::<Link>).transpose()?;
    Ok(Rule {
        name: name.0,
        kind: Kind::read(kind, &asked)?,
        reason: reason.map(|one| one.0),
        link: link.map(|one| one.0),
        entry: entry.clone(),
    })
}
