//! `oarlock.yaml`: what the user says of the project.

mod deploy;
mod environments;
mod limits;
mod objectives;
mod services;
pub mod stack;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use deploy::{
    Amounts, BaseImage, Deploy, Drain, KEPT_OUT_OF_IMAGES, Observability, Observers, OwnPort,
    Probe, is_kept_out_of_images,
};
pub use environments::{
    Context, Environment, EnvironmentKey, Namespace, Release, Timeout, ValuesFile,
};
pub use limits::{Limits, WrittenLimits};
pub use objectives::{Objectives, TagObjectives};
pub use services::{ServiceEntry, Services};
pub use stack::{Rule, Stack};

/// What the user says of the project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The document, a path within the project.
    pub spec: String,
    /// The name of the project, and of its service where there are no `services`.
    pub name: String,
    /// The stack that the project keeps to.
    #[serde(default)]
    pub extends: Option<Extends>,
    /// What may be left out, or reached.
    #[serde(default)]
    pub allow: Vec<Allowed>,
    /// Where copies of remote files lie, by the beginnings of their addresses; folders within the project.
    #[serde(default)]
    pub remotes: BTreeMap<String, String>,
    /// Limits of single operations, by their `operationId`, in the place of the service's.
    #[serde(default)]
    pub limits: BTreeMap<String, WrittenLimits>,
    /// What is promised of its requests, over what the document says.
    #[serde(default)]
    pub objectives: Objectives,
    /// How its services are deployed.
    #[serde(default)]
    pub deploy: Deploy,
    /// Where it is deployed to, by the environments' names.
    #[serde(default, deserialize_with = "deploy::once")]
    pub environments: BTreeMap<EnvironmentKey, Environment>,
    /// How the document's tags are dealt to services; one has them all where this is not said.
    #[serde(default)]
    pub services: Option<Services>,
}

/// A stack that a project keeps to: what a team says for all of its services.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extends {
    /// The stack's file, from the folder of `oarlock.yaml`; `{version}` in it stands for the version.
    pub stack: String,
    /// The version of the stack that the project keeps to.
    pub version: u32,
}

impl Extends {
    /// The stack's file, from the folder of `oarlock.yaml`.
    pub fn path(&self) -> String {
        self.stack.replace(VERSION, &self.version.to_string())
    }

    /// Whether that folder is left on the way to it.
    pub fn leaves_the_project(&self) -> bool {
        self.stack.starts_with("../")
    }

    fn check(&self) -> Result<(), String> {
        let path = self.path();
        let mut rest = &*path;
        while let Some(inner) = rest.strip_prefix("../") {
            rest = inner;
        }
        if !crate::files::is_safe(rest) {
            return Err(format!(
                "extends: stack: {:?} must be a path from the folder of oarlock.yaml, such as stacks/shop/v{{version}}.yaml",
                self.stack
            ));
        }
        match self.version {
            0 => Err("extends: version: 0 must be a whole number above 0".to_owned()),
            _ => Ok(()),
        }
    }
}

/// What stands for the version in the path of a stack.
const VERSION: &str = "{version}";

/// What may be left out of a project, or reached by its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Allowed {
    /// Operations that need what is not generated yet.
    Unsupported,
    /// Files outside of the document's folder.
    Outside,
}

impl Config {
    /// Reads `oarlock.yaml`.
    ///
    /// # Errors
    /// What is wrong, with line and column.
    pub fn read(text: &str) -> Result<Self, String> {
        let config: Config = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        if !is_name(&config.name) {
            return Err(format!(
                "name: {:?} must be lower-case letters, digits and `-`, start with a letter, and have 2 to 40 of them",
                config.name
            ));
        }
        for (address, folder) in &config.remotes {
            if !crate::files::is_safe(folder) || !address.contains("://") {
                return Err(format!(
                    "remotes: {address:?}: {folder:?} must be the beginning of an address and a folder within the project"
                ));
            }
        }
        for (operation, written) in &config.limits {
            written
                .read()
                .map_err(|what| format!("limits: {operation}: {what}"))?;
        }
        if let Some(extends) = &config.extends {
            extends.check()?;
        }
        if !crate::files::is_safe(&config.spec) {
            return Err(format!(
                "spec: {:?} is not a path within the project",
                config.spec
            ));
        }
        Ok(config)
    }
}

/// Whether a text can name a service everywhere: a crate, an image, a Kubernetes object (RFC 1123 label).
pub fn is_name(text: &str) -> bool {
    let letters = text
        .bytes()
        .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'-');
    let ends = text.starts_with(|one: char| one.is_ascii_lowercase()) && !text.ends_with('-');
    letters && ends && (2..=40).contains(&text.len())
}

/// Whether a text can name one of several services: each has a name of its own in Rust.
pub fn is_service_name(text: &str) -> bool {
    is_name(text) && !text.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told() {
        for text in [
            "spec: a.yaml",
            "spec: a.yaml\nname: A",
            "spec: ../a\nname: ab",
            "spec: a\nname: ab\nx: 1",
            "spec: a\nname: ab\nextends: { stack: /etc/stack.yaml, version: 1 }",
            "spec: a\nname: ab\nextends: { stack: a/../../stack.yaml, version: 1 }",
            "spec: a\nname: ab\nextends: { stack: stack.yaml, version: 0 }",
            "spec: a\nname: ab\nextends: { stack: stack.yaml }",
            "spec: a\nname: ab\nenvironments: { ../prod: {} }",
            "spec: a\nname: ab\nenvironments: { prod: { namespaces: a } }",
            "spec: a\nname: ab\nenvironments: { prod: { namespace: A } }",
            "spec: a\nname: ab\nenvironments: { prod: { release: 1a } }",
            "spec: a\nname: ab\nenvironments: { prod: { timeout: 5 } }",
            "spec: a\nname: ab\nenvironments: { prod: {}, prod: {} }",
        ] {
            assert!(Config::read(text).is_err(), "{text}");
        }
        assert!(Config::read("spec: a.yaml\nname: ab\nallow: [unsupported]\n").is_ok());
        let extends = "extends: { stack: '../stacks/v{version}.yaml', version: 3 }";
        let config = Config::read(&format!("spec: a.yaml\nname: ab\n{extends}\n"));
        let extends = config.expect("it is read").extends.expect("a stack");
        assert_eq!(extends.path(), "../stacks/v3.yaml");
        assert!(extends.leaves_the_project());
    }
}
