//! Which files of a project an image is made of. The generated Dockerfiles copy these and no others.

mod leads;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use oarlock::model::Deployment;

use super::generate::CONFIG;
use leads::Leads;

/// The versions of the libraries that binaries are made with.
pub(super) const LOCK: &str = "Cargo.lock";

/// The folders that images are made of, beside those that the project includes.
pub(super) const FOLDERS: [&str; 4] = ["api", "runtime", "services", ".cargo"];

/// The services of a project, and which of the others' folders each takes sources of, its own among them.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    reached: BTreeMap<String, BTreeSet<String>>,
    /// What all of them are made of beside: `deploy: image: include`.
    include: Vec<String>,
}

impl Inputs {
    /// Looks up which services' manifests, sources and links lead into the folders of others.
    pub(super) fn read(root: &Path, deployment: &Deployment) -> Self {
        let names = deployment.services.iter().map(|one| one.name.clone());
        let include = &deployment.include;
        Inputs::of(&names.collect(), include, &Leads::read(root, include))
    }

    fn of(services: &BTreeSet<String>, include: &[String], leads: &Leads) -> Self {
        let reached = services
            .iter()
            .map(|name| (name.clone(), leads.reached(name, services)));
        Inputs {
            reached: reached.collect(),
            include: include.to_vec(),
        }
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

    /// A submodule, and a link in a folder's place, are named as a file is.
    fn concerns(&self, service: &str, file: &str) -> bool {
        let (folder, rest) = file.split_once('/').unwrap_or((file, ""));
        match folder {
            // Of what oarlock.yaml says, the image's own name is in no other file of these.
            "Cargo.toml" | LOCK | ".dockerignore" | CONFIG => rest.is_empty(),
            "api" | "runtime" | ".cargo" => true,
            "deploy" => rest.is_empty() || rest.starts_with("Dockerfile"),
            "services" => {
                // Folders beside the services' hold what several of them take up.
                let owner = rest.split('/').next().unwrap_or_default();
                let reached = self.reached.get(service);
                !self.reached.contains_key(owner) || reached.is_some_and(|all| all.contains(owner))
            }
            _ => self
                .include
                .iter()
                .any(|one| is_within(file, one) || is_within(one, file)),
        }
    }
}

/// Whether a path is another, or lies in it.
fn is_within(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
