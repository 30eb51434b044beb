//! Which service has which operations: what `services` of `oarlock.yaml` says, held against the document.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    groups::{UNTAGGED, tag_of},
    names,
    operations::{keyed_path, operation_id},
    routes,
};
use crate::{
    config,
    diagnostic::{did_you_mean, on_one_line},
    model::{Api, Route, RoutePath, Service, Services},
    source::{Sources, Span},
    spec::{Document, Operation},
};

/// Names that cargo, or Helm, keeps for itself.
const RESERVED: &[(&str, &str)] = &[
    ("build", "cargo has a folder"),
    ("deps", "cargo has a folder"),
    ("examples", "cargo has a folder"),
    ("incremental", "cargo has a folder"),
    ("global", "Helm has values for all charts"),
    ("oarlock-runtime", "the runtime has its crate"),
];

/// What this program is built of, and with it all that services are built of: cargo takes no name for two packages.
const LIBRARIES: &str = include_str!("../../Cargo.lock");

/// Who has a name that no service can have, to be followed by "this name".
pub fn taken(name: &str) -> Option<String> {
    let library = format!("name = \"{name}\"");
    match RESERVED.iter().find(|(one, _)| *one == name) {
        Some((_, what)) => Some(format!("{what} of")),
        None if LIBRARIES.lines().any(|line| line == library) => {
            Some("a library that services are built of has".to_owned())
        }
        None => None,
    }
}

/// The one service of a project that deals nothing out.
pub fn one_service(api: &Api, name: &str) -> Services {
    Services {
        all: vec![Service {
            name: name.to_owned(),
            title: title(api, name, true),
            module: None,
            groups: (0..api.groups.len()).collect(),
            calls: Vec::new(),
            callers: Vec::new(),
            document: api.document.clone(),
        }],
        routes: vec![Route {
            path: RoutePath::Prefix("/".to_owned()),
            methods: Vec::new(),
            service: 0,
        }],
    }
}

/// Deals the groups of an API to services; their documents are left to whoever has the files.
///
/// # Errors
/// Everything of `services` that is wrong by itself, or does not fit the document.
pub fn services(
    sources: &Sources,
    document: &Document,
    api: &Api,
    project: &str,
    said: &config::Services,
) -> Result<Services, Vec<String>> {
    let mut dealing = Dealing {
        sources,
        document,
        omitted: api.omitted.iter().map(|one| &*one.operation).collect(),
        said: &said.0,
        mistakes: Vec::new(),
    };
    if said.0.is_empty() {
        let words = "services: names none: name one with its tags, or leave `services` out";
        return Err(vec![words.to_owned()]);
    }
    dealing.names(project);
    let owners = dealing.tags();
    dealing.undealt(&owners);
    dealing.calls();
    if !dealing.mistakes.is_empty() {
        return Err(dealing.mistakes);
    }
    let all: Vec<Service> = said
        .0
        .iter()
        .enumerate()
        .map(|(index, (name, entry))| Service {
            name: name.clone(),
            title: title(api, name, said.0.len() == 1),
            module: Some(names::service_module(name)),
            groups: (0..api.groups.len())
                .filter(|group| owners.get(&*api.groups[*group].tag) == Some(&index))
                .collect(),
            calls: sorted(entry.calls.iter()),
            callers: sorted(dealing.callers(name)),
            document: None,
        })
        .collect();
    let routes = routes::routes(api, &all)?;
    Ok(Services { all, routes })
}

/// What a service is called.
pub(super) fn title(api: &Api, name: &str, is_alone: bool) -> String {
    match is_alone {
        true => api.title.clone(),
        false => format!("{}: {name}", api.title.trim()),
    }
}

fn sorted<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut names: Vec<String> = names.cloned().collect();
    names.sort();
    names
}

struct Dealing<'a> {
    sources: &'a Sources,
    document: &'a Document,
    /// Methods and paths of the operations that are left out.
    omitted: BTreeSet<&'a str>,
    said: &'a [(String, config::ServiceEntry)],
    mistakes: Vec<String>,
}

impl<'a> Dealing<'a> {
    fn tell(&mut self, words: String) {
        self.mistakes.push(format!("services: {words}"));
    }

    fn callers(&self, name: &str) -> impl Iterator<Item = &'a String> {
        let said = self.said.iter();
        let calling = said.filter(move |(_, entry)| entry.calls.iter().any(|one| one == name));
        calling.map(|(caller, _)| caller)
    }

    fn names(&mut self, project: &str) {
        let own = [
            (format!("{project}-api"), "the API has its crate"),
            (
                format!("{project}-all"),
                "all services together have their chart",
            ),
        ];
        let mut modules: BTreeMap<String, &str> = BTreeMap::new();
        for (index, (name, _)) in self.said.iter().enumerate() {
            if self.said[..index].iter().any(|(other, _)| other == name) {
                self.tell(format!("{name}: stands twice: leave one of them out"));
                continue;
            }
            if !config::is_service_name(name) {
                self.tell(format!(
                    "{name:?} must be lower-case letters, digits and single `-` between them, start with a letter, and have 2 to 40 of them"
                ));
                continue;
            }
            let own = own.iter().find(|(one, _)| one == name);
            let taken = own
                .map(|(_, what)| format!("{what} of"))
                .or_else(|| taken(name));
            if let Some(taken) = taken {
                self.tell(format!("{name}: {taken} this name: choose another"));
            }
            let module = names::service_module(name);
            if let Some(other) = modules.insert(module, name) {
                self.tell(format!(
                    "{other} and {name} would have one name in Rust: choose another for one of them"
                ));
            }
        }
    }

    /// The service of each tag.
    fn tags(&mut self) -> BTreeMap<&'a str, usize> {
        let said = self.said;
        let operations = self.document.operations.iter();
        let mut known: Vec<&str> = operations.map(|one| tag_of(&one.tags)).collect();
        known.sort_unstable();
        known.dedup();
        let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, (name, entry)) in said.iter().enumerate() {
            if entry.tags.is_empty() {
                self.tell(format!(
                    "{name}: has no tags, and so no operations: deal it some by `tags`, or leave it out"
                ));
            }
            for tag in &entry.tags {
                if !known.contains(&tag.as_str()) {
                    let near = did_you_mean(tag, known.iter().copied());
                    self.tell(format!(
                        "{name}: tags: no operation has {tag:?} as its first tag{near}"
                    ));
                    continue;
                }
                match owners.insert(tag, index) {
                    Some(other) if other == index => {
                        self.tell(format!("{name}: tags: {tag:?} stands twice"));
                    }
                    Some(other) => {
                        let other = &said[other].0;
                        self.tell(format!(
                            "{other} and {name} both have the tag {tag:?}: leave it to one of them"
                        ));
                    }
                    None => {}
                }
            }
        }
        owners
    }

    /// Tells of operations that nobody has.
    fn undealt(&mut self, owners: &BTreeMap<&str, usize>) {
        let mut left: Vec<(&str, Vec<String>)> = Vec::new();
        for operation in &self.document.operations {
            let tag = tag_of(&operation.tags);
            let told = format!("{} {}", operation.method.as_str(), operation.path.value);
            if owners.contains_key(tag) || self.omitted.contains(&*told) {
                continue;
            }
            let told = self.place(operation);
            match left.iter_mut().find(|(other, _)| *other == tag) {
                Some((_, operations)) => operations.push(told),
                None => left.push((tag, vec![told])),
            }
        }
        for (tag, operations) in left {
            let operations = operations.join(", ");
            let untagged = match tag == UNTAGGED {
                true => " (which operations without tags have)",
                false => "",
            };
            self.tell(format!(
                "no service has the tag {tag:?}{untagged}, so that nobody would answer {operations}: add it to the `tags` of one"
            ));
        }
    }

    fn place(&self, operation: &Operation) -> String {
        let id = match &operation.id {
            Some(_) => operation_id(operation),
            None => format!("{} {}", operation.method.as_str(), keyed_path(operation)),
        };
        let Span { source, start, .. } = operation.span;
        let source = self.sources.get(source);
        let (line, column) = source.position(start);
        on_one_line(&format!("{id} ({}:{line}:{column})", source.name))
    }

    fn calls(&mut self) {
        let said = self.said;
        for (name, entry) in said {
            for (index, called) in entry.calls.iter().enumerate() {
                if called == name {
                    self.tell(format!("{name}: calls: it calls itself: leave that out"));
                } else if !said.iter().any(|(one, _)| one == called) {
                    let others = said.iter().map(|(one, _)| one.as_str());
                    let near = did_you_mean(called, others.filter(|one| one != name));
                    self.tell(format!(
                        "{name}: calls: there is no service {called:?}{near}"
                    ));
                } else if entry.calls[..index].contains(called) {
                    self.tell(format!("{name}: calls: {called:?} stands twice"));
                }
            }
        }
    }
}
