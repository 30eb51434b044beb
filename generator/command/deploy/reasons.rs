//! Why a pod is not ready, as the cluster tells of it.

use serde_yaml::Value;

use super::objects::{at, list};

/// How much of what a cluster says of one is shown, in characters.
const LONGEST_TEXT: usize = 400;

/// Where a pod tells of its containers.
const CONTAINERS: [&str; 2] = ["status.initContainerStatuses", "status.containerStatuses"];

/// Why something is not ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    /// It is on its way, as far as it says itself.
    Starting(String),
    /// Something is wrong.
    Wrong(String),
}

pub(super) fn text(value: &Value, path: &str) -> String {
    let text = at(value, path).and_then(Value::as_str);
    text.unwrap_or_default().trim().to_owned()
}

pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A condition of an object, where it stands as asked.
fn condition<'a>(object: &'a Value, kind: &str, status: &str) -> Option<&'a Value> {
    let mut conditions = list(at(object, "status.conditions")).iter();
    conditions.find(|one| text(one, "type") == kind && text(one, "status") == status)
}

/// What keeps a Deployment from making its pods.
pub(super) fn deployment(object: &Value) -> Option<Reason> {
    let failed = condition(object, "ReplicaFailure", "True")?;
    Some(Reason::Wrong(format!(
        "its pods are not made: {}",
        cut(&text(failed, "message"))
    )))
}

/// Why a pod is not ready.
pub(super) fn pod(pod: &Value) -> Option<Reason> {
    if condition(pod, "Ready", "True").is_some() {
        return None;
    }
    if let Some(unplaced) = condition(pod, "PodScheduled", "False") {
        let words = format!("has no node: {}", cut(&text(unplaced, "message")));
        return Some(Reason::Wrong(words));
    }
    let mut containers = CONTAINERS.iter().flat_map(|path| list(at(pod, path)));
    let wrong = containers.find_map(container);
    Some(wrong.map_or_else(
        || match text(pod, "status.phase").as_str() {
            "Failed" => Reason::Wrong(format!("failed: {}", cut(&text(pod, "status.message")))),
            "Running" => Reason::Starting("runs, and does not get ready".to_owned()),
            _ => Reason::Starting(format!(
                "its containers are not started yet, of {}",
                images(pod)
            )),
        },
        Reason::Wrong,
    ))
}

fn images(pod: &Value) -> String {
    let containers = list(at(pod, "spec.containers")).iter();
    let images: Vec<String> = containers.map(|one| text(one, "image")).collect();
    images.join(", ")
}

/// A container that ended.
pub(super) struct Ended {
    pub(super) name: String,
    /// Whether it was started again since.
    pub(super) before: bool,
}

/// The first container of a pod that ended, failed, and left no message.
pub(super) fn ended_silently(pod: &Value) -> Option<Ended> {
    let mut containers = CONTAINERS.iter().flat_map(|path| list(at(pod, path)));
    containers.find_map(|status| {
        let (ended, _) = failure(status)?;
        text(ended, "message").is_empty().then(|| Ended {
            name: text(status, "name"),
            before: at(status, "state.terminated").is_none(),
        })
    })
}

/// The end of a container that failed, now or before it was started again, and its exit code.
fn failure(status: &Value) -> Option<(&Value, i64)> {
    let ends = ["state.terminated", "lastState.terminated"];
    let ended = ends.iter().find_map(|path| at(status, path))?;
    let code = ended.get("exitCode").and_then(Value::as_i64);
    (code != Some(0)).then(|| (ended, code.unwrap_or_default()))
}

/// What is wrong with a container, where something is.
fn container(status: &Value) -> Option<String> {
    let name = text(status, "name");
    let ended = failure(status).map(|(ended, code)| {
        let message = text(ended, "message");
        let colon = if message.is_empty() { "" } else { ": " };
        format!(
            "ended with exit code {code} ({}){colon}{}",
            text(ended, "reason"),
            cut(&message)
        )
    });
    let waiting = text(status, "state.waiting.reason");
    match (waiting.as_str(), ended) {
        ("" | "ContainerCreating" | "PodInitializing", None) => None,
        (_, Some(ended)) => Some(format!("the container {name} {ended}")),
        (reason, None) => Some(format!(
            "the container {name} waits: {reason}: {}",
            cut(&text(status, "state.waiting.message"))
        )),
    }
}
