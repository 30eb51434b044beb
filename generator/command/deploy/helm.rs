//! Helm, version 3 or 4: how each is asked, and what they answer.

use oarlock::model::Seconds;
use serde::Deserialize;

use super::{built::Built, objects::Objects, target::Target};
use crate::command::{
    invocation::{Invocation, Output, is_on_path},
    messages::MessageFormat,
};

const HELM: &str = "helm";
/// How many revisions of a release are kept.
const HISTORY: &str = "10";
const MISSING: &str = "helm is not on the PATH: install Helm 3 or 4 as https://helm.sh/docs/intro/install/ tells (a package of most systems; or `go install helm.sh/helm/v4/cmd/helm@latest`)";

/// The versions that differ in how they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Three,
    Four,
}

/// Helm, asked about one release.
pub(super) struct Helm<'a> {
    pub(super) target: &'a Target,
    version: Version,
    built: &'a Built,
    pub(super) messages: MessageFormat,
}

/// What is to be deployed.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) objects: Objects,
    pub(super) namespace: String,
    pub(super) revision: u64,
}

/// As Helm tells of it. What is not told is not taken for nothing: all that is installed would be taken away.
#[derive(Deserialize)]
struct Release {
    manifest: String,
    #[serde(default)]
    hooks: Vec<Hook>,
    namespace: String,
    version: u64,
}

#[derive(Deserialize)]
struct Hook {
    manifest: String,
}

impl<'a> Helm<'a> {
    /// Finds Helm and asks for its version.
    ///
    /// # Errors
    /// Where it is not there, or is none that is known here.
    pub(super) fn found(
        target: &'a Target,
        built: &'a Built,
        messages: MessageFormat,
    ) -> Result<Self, String> {
        if !is_on_path(HELM) {
            return Err(MISSING.to_owned());
        }
        let question = Invocation::of(HELM, ["version", "--short"], Output::Read);
        messages.note(&question.shown());
        let told = question.run("")?;
        Ok(Helm {
            target,
            version: version(&String::from_utf8_lossy(&told))?,
            built,
            messages,
        })
    }

    /// What would be deployed, as the cluster makes it of the chart where nothing is changed (`--dry-run=server`).
    ///
    /// # Errors
    /// Where the values do not fit the chart, or the objects do not fit the cluster.
    pub(super) fn rendered(&self) -> Result<Rendered, String> {
        let more = ["--dry-run=server", "--output", "json"];
        let question = self.command(self.upgrade_words(&more), Output::Read);
        self.messages.note(&question.shown());
        let text = question
            .run("")
            .map_err(|reason| format!("{reason}: nothing was changed"))?;
        let release: Release = read("upgrade", &text)?;
        let mut objects = Objects::default();
        let hooks = release.hooks.iter().map(|hook| (&hook.manifest, true));
        for (manifest, is_hook) in std::iter::once((&release.manifest, false)).chain(hooks) {
            let read = objects.take(manifest, is_hook);
            read.map_err(|error| format!("what the chart gives cannot be read: {error}"))?;
        }
        Ok(Rendered {
            objects,
            namespace: release.namespace,
            revision: release.version,
        })
    }

    /// Deploys, waits, and brings back what was before where that fails.
    pub(super) fn upgrade(&self, time: Seconds) -> Invocation {
        let back = match self.version {
            Version::Three => "--atomic",
            Version::Four => "--rollback-on-failure",
        };
        let time = time.to_string();
        let more = ["--wait", back, "--timeout", &time];
        self.command(self.upgrade_words(&more), Output::Shown)
    }

    fn upgrade_words(&self, more: &[&str]) -> Vec<String> {
        let target = self.target;
        let mut words: Vec<String> = ["upgrade", &target.release, &target.chart, "--install"]
            .map(str::to_owned)
            .into();
        if target.create_namespace {
            words.push("--create-namespace".to_owned());
        }
        // What is deployed is what is said here, and nothing that was said another time.
        words.push("--reset-values".to_owned());
        let [environment, own] = &target.values;
        for file in environment.iter().chain(&self.built.values).chain(own) {
            words.extend(["--values".to_owned(), listed(file)]);
        }
        for value in self.built.set.iter().chain(&target.set) {
            words.extend(["--set".to_owned(), value.clone()]);
        }
        words.extend(["--history-max", HISTORY].map(str::to_owned));
        words.extend(more.iter().map(|word| (*word).to_owned()));
        words
    }

    pub(super) fn ask<'w>(
        &self,
        words: impl IntoIterator<Item = &'w str>,
    ) -> Result<Vec<u8>, String> {
        let question = self.command(words, Output::Read);
        self.messages.note(&question.shown());
        question.run("")
    }

    /// A command about the release's cluster and namespace.
    pub(super) fn command<'w>(
        &self,
        words: impl IntoIterator<Item = impl Into<String> + 'w>,
        output: Output,
    ) -> Invocation {
        let target = self.target;
        let scope = [
            ("--namespace", &target.namespace),
            ("--kube-context", &target.context),
            ("--kubeconfig", &target.kubeconfig),
        ];
        let scope = scope
            .into_iter()
            .filter_map(|(name, value)| Some([name.to_owned(), value.clone()?]));
        let words = words.into_iter().map(Into::into).chain(scope.flatten());
        Invocation::of(HELM, words, output)
    }

    pub(super) fn unreachable(&self, reason: &str) -> String {
        let context = match &self.target.context {
            Some(context) => format!("the context {context:?}"),
            None => "the current context".to_owned(),
        };
        format!(
            "{reason}: nothing was changed. The cluster of {context} could not be asked: `kubectl config get-contexts` lists what there is, --context and --kubeconfig choose another"
        )
    }
}

/// A release as it is told of.
pub(super) fn place(target: &Target, rendered: &Rendered) -> String {
    format!("{} in the namespace {}", target.release, rendered.namespace)
}

fn version(told: &str) -> Result<Version, String> {
    let told = told.trim();
    let number = told
        .strip_prefix('v')
        .and_then(|rest| rest.split('.').next());
    match number {
        Some("3") => Ok(Version::Three),
        Some("4") => Ok(Version::Four),
        _ => Err(format!(
            "helm says that its version is {told:?}; Helm 3 and Helm 4 are known here"
        )),
    }
}

pub(super) fn read<T: for<'de> Deserialize<'de>>(verb: &str, text: &[u8]) -> Result<T, String> {
    serde_json::from_slice(text)
        .map_err(|error| format!("what `helm {verb}` answers cannot be read: {error}"))
}

/// A file's name where Helm takes several with commas between, as CSV (RFC 4180) has it.
fn listed(file: &str) -> String {
    match file.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", file.replace('"', "\"\"")),
        false => file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_apart() {
        assert_eq!(version("v3.21.4+gabcdef0\n"), Ok(Version::Three));
        assert_eq!(version("v4.2"), Ok(Version::Four));
        for told in ["", "v2.17.0", "4.2", "v40.1", "Client: &version.Version{}"] {
            assert!(version(told).is_err(), "{told}");
        }
    }

    #[test]
    fn commas_do_not_part_a_name() {
        assert_eq!(listed("./a b.yaml"), "./a b.yaml");
        assert_eq!(listed("./a,\"b\".yaml"), "\"./a,\"\"b\"\".yaml\"");
    }
}
