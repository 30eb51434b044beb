//! What leads out of a service's folder, or of what all of them are made of, into those of others: paths in its manifests and sources, and links. A text that only
//! looks like a path makes for one build too many, and none too few.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use oarlock::config::is_kept_out_of_images;

use crate::command::tree::{self, Entry};

/// What a file of this many bytes holds is not looked at.
const LONGEST: u64 = 4 << 20;
/// The folder of services.
const SERVICES: &str = "services";

/// What leads where, by what lies in `services/`: a service's folder, one that several take up, or a file.
#[derive(Debug, Default)]
pub(super) struct Leads {
    from: BTreeMap<String, Reach>,
    /// What holds of all services.
    all: Reach,
}

/// Where something leads.
#[derive(Debug, Default)]
struct Reach {
    /// By their names in `services/`.
    to: BTreeSet<String>,
    /// To `services/` itself, or above it: nobody can tell into what of it.
    anywhere: bool,
}

/// What a file holds.
pub(super) enum Content<'a> {
    Text(Cow<'a, str>),
    Link(Cow<'a, str>),
    /// It cannot be read, or is too long.
    Unknown,
}

impl Leads {
    /// Looks at all that lies in `services/`, and at what else says where services are.
    pub(super) fn read(root: &Path, include: &[String]) -> Self {
        let mut leads = Leads::default();
        leads.walk(root, SERVICES);
        for one in include {
            leads.look(root, one);
        }
        if let Ok(text) = tree::text(&root.join("Cargo.toml")) {
            leads.take_workspace(&text);
        }
        for name in [".cargo/config.toml", ".cargo/config"] {
            if let Ok(text) = tree::text(&root.join(name)) {
                leads.take_settings(&text);
            }
        }
        leads
    }

    fn walk(&mut self, root: &Path, place: &str) {
        for name in tree::names(&root.join(place)).unwrap_or_default() {
            self.look(root, &format!("{place}/{name}"));
        }
    }

    /// A file, or all of a folder.
    fn look(&mut self, root: &Path, path: &str) {
        if is_kept_out_of_images(path) {
            return;
        }
        let whole = root.join(path);
        let content = match tree::entry(&whole) {
            Ok(Some(Entry::Folder)) => return self.walk(root, path),
            Ok(Some(Entry::Link(target))) => Content::Link(target.into()),
            Ok(Some(Entry::File(length))) if length <= LONGEST => {
                let text = tree::text(&whole);
                text.map_or(Content::Unknown, |text| Content::Text(text.into()))
            }
            Ok(Some(Entry::File(_))) | Err(_) => Content::Unknown,
            Ok(Some(Entry::Other) | None) => return,
        };
        self.take(path, &content);
    }

    /// A file of those that images are made of.
    pub(super) fn take(&mut self, path: &str, content: &Content) {
        let mut parts = path.split('/');
        let (owner, reach) = match (parts.next(), parts.next()) {
            (Some(SERVICES), Some(owner)) => {
                (owner, self.from.entry(owner.to_owned()).or_default())
            }
            // What all images are made of.
            _ => ("", &mut self.all),
        };
        let is_source = path.ends_with(".rs") || path.ends_with(".toml");
        match content {
            Content::Unknown => reach.anywhere |= is_source,
            Content::Link(target) => reach.follow(above(path), target),
            Content::Text(text) => {
                for said in upward(text, path.ends_with(".rs")) {
                    // Sources are read from beside the file, manifests' paths from their own folder, which may be any above.
                    for base in folders(path) {
                        reach.follow(base, said);
                    }
                }
            }
        }
        reach.to.remove(owner);
    }

    /// The workspace's manifest: its members are no dependencies, but what has a `path` may be one of each.
    pub(super) fn take_workspace(&mut self, text: &str) {
        for rest in text.split("path").skip(1) {
            let rest = rest.trim_start_matches(['"', '\'']).trim_start();
            let said = rest.strip_prefix('=').map(str::trim_start);
            let mut said = said.into_iter().flat_map(|text| text.split(['"', '\'']));
            if let (Some(""), Some(said)) = (said.next(), said.next()) {
                self.all.follow("", said);
            }
        }
    }

    /// The settings of cargo.
    fn take_settings(&mut self, text: &str) {
        for said in text.split(['"', '\'', '\n']) {
            self.all.follow("", said);
        }
    }

    /// Which of the services one takes sources of, itself among them.
    pub(super) fn reached(&self, service: &str, services: &BTreeSet<String>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![service.to_owned()];
        open.extend(self.all.to.iter().cloned());
        while let Some(next) = open.pop() {
            let reach = self.from.get(&next);
            if reach.is_some_and(|reach| reach.anywhere) {
                return services.clone();
            }
            if found.insert(next) {
                open.extend(reach.iter().flat_map(|reach| reach.to.iter().cloned()));
            }
        }
        match self.all.anywhere {
            true => services.clone(),
            false => found,
        }
    }
}

impl Reach {
    /// A path, from a folder of the project.
    fn follow(&mut self, base: &str, said: &str) {
        let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
        for part in said.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    if parts.pop().is_none() {
                        return;
                    }
                }
                part => parts.push(part),
            }
        }
        match parts[..] {
            [] | [SERVICES] => self.anywhere |= said.contains(".."),
            [SERVICES, owner, ..] => {
                self.to.insert(owner.to_owned());
            }
            _ => {}
        }
    }
}

/// The words of a text, in whatever quotes, that lead upwards. In Rust, single quotes hold no paths, but ranges of letters.
fn upward(text: &str, is_rust: bool) -> impl Iterator<Item = &str> {
    let ends = move |letter: char| matches!(letter, '"' | '\n') || (letter == '\'' && !is_rust);
    let words = text.split(ends);
    // A text of Rust goes on in the next line behind a backslash.
    words
        .map(|word| word.trim_end_matches('\\'))
        .filter(|word| word.split('/').any(|part| part == ".."))
}

/// The folder that a file lies in.
fn above(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folders that a file lies in, up to the service's own.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    let up = std::iter::successors(Some(above(path)), |folder| Some(above(folder)));
    // `services/`, and the project's own, are those of a file in them alone.
    let own = up
        .enumerate()
        .take_while(|(number, folder)| *number == 0 || !folder.is_empty() && *folder != SERVICES);
    own.map(|(_, folder)| folder)
}
