//! What is installed under a release's name, as Helm's own record of it in the cluster has it; objects are not asked for.

use serde::Deserialize;

use super::{
    helm::{Helm, read},
    objects::Objects,
};
use crate::command::invocation::Output;

const DEPLOYED: &str = "deployed";
const SUPERSEDED: &str = "superseded";

/// What is installed.
#[derive(Debug)]
pub(super) enum Installed {
    Nothing,
    Release {
        /// The last revision.
        last: State,
        /// Of the revision that Helm starts from: the last that was deployed with success, where there is one.
        objects: Objects,
    },
}

/// How a revision of a release is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct State {
    /// A number, which some versions write as text.
    revision: serde_json::Value,
    pub(super) status: String,
    /// Only of a history.
    #[serde(default)]
    pub(super) description: String,
}

impl Helm<'_> {
    /// What is installed under the release's name.
    ///
    /// # Errors
    /// Where the cluster cannot be asked, or the release is in somebody else's hands.
    pub(super) fn installed(&self) -> Result<Installed, String> {
        let state = self.state().map_err(|reason| self.unreachable(&reason))?;
        let Some(last) = state else {
            return Ok(Installed::Nothing);
        };
        let base = match last.is_deployed() {
            true => last.clone(),
            false => self.base(&last)?,
        };
        let objects = self.objects(&base.revision())?;
        Ok(Installed::Release { last, objects })
    }

    /// The revision that Helm starts from where the last one is not deployed.
    fn base(&self, last: &State) -> Result<State, String> {
        let history = self.history()?;
        let (release, status, revision) = (&self.target.release, &last.status, last.revision());
        if status.starts_with("pending-") || status == "uninstalling" {
            let (way_out, _) = self.way_out(last, &history);
            return Err(format!(
                "{release} is {status} at revision {revision}: another run is at work on it, or was broken off; wait for it, or end it by `{way_out}`"
            ));
        }
        let deployed = latest(&history, DEPLOYED);
        let told = match deployed {
            Some(deployed) => format!(
                "the difference is that to revision {}, the last that is deployed",
                deployed.revision()
            ),
            None => {
                "no revision of it is deployed, and the difference is that to this one".to_owned()
            }
        };
        self.messages.note(&format!(
            "{release} is {status} at revision {revision}, of which there may be a part in the cluster{}; {told}",
            described(history.last())
        ));
        Ok(deployed.unwrap_or(last).clone())
    }

    fn objects(&self, revision: &str) -> Result<Objects, String> {
        let mut objects = Objects::default();
        for (what, is_hook) in [("manifest", false), ("hooks", true)] {
            let text = self.ask(["get", what, &self.target.release, "--revision", revision])?;
            let read = objects.take(&String::from_utf8_lossy(&text), is_hook);
            read.map_err(|error| format!("`helm get {what}` cannot be read: {error}"))?;
        }
        Ok(objects)
    }

    /// How the release is now; none where there is no such release.
    pub(super) fn state(&self) -> Result<Option<State>, String> {
        let filter = format!("^{}$", self.target.release);
        let question = [
            "list",
            "--filter",
            &filter,
            "--deployed",
            "--failed",
            "--pending",
            "--uninstalling",
            "--output",
            "json",
        ];
        let text = self.ask(question)?;
        let found: Vec<State> = read("list", &text)?;
        Ok(found.into_iter().next())
    }

    /// The release's revisions, the last one last.
    pub(super) fn history(&self) -> Result<Vec<State>, String> {
        let text = self.ask(["history", &self.target.release, "--output", "json"])?;
        let mut found: Vec<State> = read("history", &text)?;
        found.sort_by_key(State::number);
        Ok(found)
    }

    /// The command that brings a release into order again, and what it does. Helm takes no revision back to one that is not
    /// there, and nothing at all back to a first installation that was broken off.
    pub(super) fn way_out(&self, last: &State, history: &[State]) -> (String, String) {
        let release = self.target.release.as_str();
        let earlier = latest(history, DEPLOYED).or_else(|| latest(history, SUPERSEDED));
        let is_gone = ["pending-install", "uninstalling"].contains(&last.status.as_str());
        let earlier = earlier.filter(|_| !is_gone).map(State::revision);
        match earlier {
            Some(revision) => (
                self.command(["rollback", release, &revision], Output::Shown)
                    .shown(),
                format!("brings revision {revision} back"),
            ),
            None => (
                self.command(["uninstall", release], Output::Shown).shown(),
                "takes away what there is of it".to_owned(),
            ),
        }
    }
}

/// The latest revision of a status.
fn latest<'a>(history: &'a [State], status: &str) -> Option<&'a State> {
    history.iter().rev().find(|one| one.status == status)
}

/// What Helm says of a revision, in brackets.
pub(super) fn described(state: Option<&State>) -> String {
    let description = state.map(|state| state.description.trim());
    let description = description.filter(|text| !text.is_empty());
    description.map_or_else(String::new, |text| format!(" ({text})"))
}

impl Installed {
    pub(super) fn objects(&self) -> &Objects {
        static NONE: Objects = Objects(std::collections::BTreeMap::new());
        match self {
            Installed::Nothing => &NONE,
            Installed::Release { objects, .. } => objects,
        }
    }

    /// The last revision.
    pub(super) fn last(&self) -> Option<&State> {
        match self {
            Installed::Nothing => None,
            Installed::Release { last, .. } => Some(last),
        }
    }
}

impl State {
    pub(super) fn is_deployed(&self) -> bool {
        self.status == DEPLOYED
    }

    pub(super) fn revision(&self) -> String {
        match &self.revision {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    fn number(&self) -> u64 {
        self.revision().parse().unwrap_or_default()
    }
}
