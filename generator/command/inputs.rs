//! Which files of a project an image is made of. The generated Dockerfiles copy these and no others.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use oarlock::{model::ServiceDeployment, source::Source};

use super::generate::CONFIG;

/// The versions of the libraries that binaries are made with.
pub(super) const LOCK: &str = "Cargo.lock";

/// The services of a project, and which of the others' folders each takes sources of, its own among them.
#[derive(Debug, Default)]
pub(super) struct Inputs(BTreeMap<String, BTreeSet<String>>);

impl Inputs {
    /// Looks up which services' manifests lead into the folders of others.
    pub(super) fn read(root: &Path, services: &[ServiceDeployment]) -> Self {
        let manifests = services.iter().map(|one| {
            let path = root.join("services").join(&one.name).join("Cargo.toml");
            let text = Source::read(&path).map(|source| source.text.to_string());
            (one.name.clone(), text.unwrap_or_default())
        });
        Inputs::of(&manifests.collect())
    }

    /// The same of texts. A text that only looks as if it led there makes for one build too many, and none too few.
    pub(super) fn of(manifests: &BTreeMap<String, String>) -> Self {
        let direct = |name: &String| -> BTreeSet<String> {
            let text = manifests.get(name).map_or("", String::as_str);
            let others = manifests
                .keys()
                .filter(|other| text.contains(&format!("../{other}")));
            others.cloned().collect()
        };
        let reached = manifests.keys().map(|name| {
            let (mut found, mut open) = (BTreeSet::new(), vec![name.clone()]);
            while let Some(next) = open.pop() {
                if found.insert(next.clone()) {
                    open.extend(direct(&next));
                }
            }
            (name.clone(), found)
        });
        Inputs(reached.collect())
    }

    /// Which files of those a service's image is made of.
    pub(super) fn concerning<'a>(
        &self,
        service: &str,
        files: &'a BTreeSet<String>,
    ) -> Vec<&'a str> {
        let files = files.iter().map(String::as_str);
        files.filter(|file| self.concerns(service, file)).collect()
    }

    fn concerns(&self, service: &str, file: &str) -> bool {
        let Some((folder, rest)) = file.split_once('/') else {
            // Of what oarlock.yaml says, the image's own name is in no other file of these.
            return matches!(file, "Cargo.toml" | LOCK | ".dockerignore" | CONFIG);
        };
        match folder {
            "api" | "runtime" | ".cargo" => true,
            "deploy" => rest.starts_with("Dockerfile"),
            "services" => {
                // Folders beside the services' hold what several of them take up.
                let owner = rest.split('/').next().unwrap_or_default();
                let reached = self.0.get(service);
                !self.0.contains_key(owner) || reached.is_some_and(|all| all.contains(owner))
            }
            _ => false,
        }
    }
}
