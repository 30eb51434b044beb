//! The pods of a release while it is deployed: which do not get ready, and why. They are looked at meanwhile, since Helm takes
//! back what fails, its pods included; kubectl is asked, where there is one, and nothing is changed.

use std::{collections::BTreeMap, time::Duration};

use serde_yaml::Value;

use super::{
    helm::Rendered,
    objects::{at, list},
    reasons::{Ended, Reason, cut, deployment, ended_silently, pod, text},
    target::Target,
};
use crate::command::{
    invocation::{Invocation, Output, is_on_path},
    messages::MessageFormat,
};

/// How often pods are looked at.
pub(super) const EVERY: Duration = Duration::from_secs(3);
const KUBECTL: &str = "kubectl";
/// How long kubectl may take. Its own limit does not hold for what it asks first, such as a program that logs in.
const LONGEST_ANSWER: Duration = Duration::from_secs(10);
/// The label by which all of a release can be asked for.
const INSTANCE: &str = "app.kubernetes.io/instance";
/// How many questions in a row may have no answer.
const MOST_FAILURES: u32 = 3;
/// How many pods that are not ready are kept in mind.
const MOST_SEEN: usize = 1000;
/// How many pods are told of at most.
const MOST: usize = 12;
/// Of how many of those that ended the logs are read, and how many lines.
const MOST_LOGS: usize = 3;
const LINES: &str = "5";
/// What a node says of a container that it is just taking away; the next one has a log again.
const NO_LOG: &str = "unable to retrieve container logs";

/// Looks at pods.
pub(super) struct Watch {
    scope: Vec<String>,
    /// The variable that makes Helm ask elsewhere than kubectl does.
    helms_own: Option<&'static str>,
    /// None where nobody can be asked.
    question: Option<Invocation>,
    /// The labels of the pods of each Deployment.
    deployments: Vec<Vec<(String, String)>>,
    /// Questions without an answer, one after the other.
    failures: u32,
    has_answered: bool,
    /// Whether anything of the release was ever there.
    has_seen: bool,
    /// Why each that was not ready when it was last seen was not.
    unready: BTreeMap<String, Reason>,
    /// The last that was logged by some that ended.
    logs: BTreeMap<String, Vec<String>>,
    messages: MessageFormat,
}

impl Watch {
    pub(super) fn new(target: &Target, rendered: &Rendered, messages: MessageFormat) -> Self {
        let scope = [
            ("--namespace", Some(&rendered.namespace)),
            ("--context", target.context.as_ref()),
            ("--kubeconfig", target.kubeconfig.as_ref()),
        ];
        let scope = scope
            .into_iter()
            .filter_map(|(name, value)| Some([name.to_owned(), value?.clone()]));
        let deployments = rendered.objects.of_kind("Deployment");
        let deployments: Vec<_> = deployments.map(|(_, object)| labels(object)).collect();
        let mut watch = Watch {
            scope: scope.flatten().collect(),
            helms_own: target.helms_own,
            question: None,
            failures: 0,
            has_answered: false,
            has_seen: false,
            unready: BTreeMap::new(),
            logs: BTreeMap::new(),
            deployments,
            messages,
        };
        if let Some(name) = target.helms_own {
            messages.note(&format!(
                "{name} is set, of which kubectl does not know: pods are not looked at"
            ));
        } else if is_on_path(KUBECTL) && !watch.deployments.is_empty() {
            let mut words = vec!["get", "deployments,pods"];
            let selector = watch.selector();
            words.extend(selector.iter().flat_map(|one| ["--selector", one]));
            words.extend(["--output", "json", "--request-timeout", "5s"]);
            let question = watch.command(&words);
            let every = EVERY.as_secs();
            messages.note(&format!("every {every}s, until helm ends:"));
            messages.note(&question.shown());
            watch.question = Some(question);
        }
        watch
    }

    /// One label of all, where the charts have it; else all pods of the namespace are told apart here.
    fn selector(&self) -> Option<String> {
        let instance = |labels: &Vec<(String, String)>| {
            let mut labels = labels.iter();
            labels
                .find(|(name, _)| name == INSTANCE)
                .map(|(_, value)| value.clone())
        };
        let instances: Option<Vec<String>> = self.deployments.iter().map(instance).collect();
        let mut instances = instances?;
        instances.sort();
        instances.dedup();
        Some(format!("{INSTANCE} in ({})", instances.join(",")))
    }

    fn command(&self, words: &[&str]) -> Invocation {
        let words = words.iter().map(|word| (*word).to_owned());
        Invocation::of(
            KUBECTL,
            words.chain(self.scope.iter().cloned()),
            Output::Read,
        )
    }

    /// Takes a look, unless Helm ends meanwhile.
    pub(super) fn look(&mut self, has_ended: &dyn Fn() -> bool) {
        let Some(question) = &self.question else {
            return;
        };
        let answer = question.run_within(LONGEST_ANSWER, has_ended);
        match answer.and_then(|text| read(&text)) {
            Ok(items) => {
                self.failures = 0;
                self.has_answered = true;
                self.has_seen |= !items.is_empty();
                items.iter().for_each(|item| self.take(item, has_ended));
            }
            Err(_) if has_ended() => {}
            Err(reason) => {
                self.failures += 1;
                // Who was never answered may not ask; a cluster that is busy answers again.
                if !self.has_answered || self.failures >= MOST_FAILURES {
                    let told = format!("{reason}: pods are not looked at any more");
                    self.messages.note(&told);
                    self.question = None;
                }
            }
        }
    }

    fn take(&mut self, item: &Value, has_ended: &dyn Fn() -> bool) {
        let name = text(item, "metadata.name");
        let (name, reason) = match text(item, "kind").as_str() {
            "Pod" if self.has(item) && at(item, "metadata.deletionTimestamp").is_none() => {
                (format!("pod {name}"), pod(item))
            }
            "Deployment" if at(item, "metadata.deletionTimestamp").is_none() => {
                (format!("deployment {name}"), deployment(item))
            }
            _ => return,
        };
        if let Some(container) = ended_silently(item).filter(|_| reason.is_some()) {
            self.read_log(&name, item, &container, has_ended);
        }
        match (reason, self.unready.get(&name)) {
            (None, _) => _ = self.unready.remove(&name),
            // What is tried again has still failed.
            (Some(Reason::Starting(_)), Some(Reason::Wrong(_))) => {}
            (Some(_), None) if self.unready.len() >= MOST_SEEN => {}
            (Some(reason), _) => _ = self.unready.insert(name, reason),
        }
    }

    /// Reads what a container has said last: with its pod, it is gone.
    fn read_log(
        &mut self,
        name: &str,
        pod: &Value,
        container: &Ended,
        has_ended: &dyn Fn() -> bool,
    ) {
        if self.logs.contains_key(name) || self.logs.len() >= MOST_LOGS {
            return;
        }
        let pod = text(pod, "metadata.name");
        let mut words = vec![
            "logs",
            &pod,
            "--container",
            &container.name,
            "--tail",
            LINES,
        ];
        words.extend(container.before.then_some("--previous"));
        words.extend(["--request-timeout", "5s"]);
        let question = self.command(&words);
        self.messages.note(&question.shown());
        let log = question.run_within(LONGEST_ANSWER, has_ended);
        let log = log.unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        if log.starts_with(NO_LOG) {
            return;
        }
        self.logs
            .insert(name.to_owned(), log.lines().map(cut).collect());
    }

    fn has(&self, pod: &Value) -> bool {
        let own = at(pod, "metadata.labels");
        let has = |(name, value): &(String, String)| {
            own.and_then(|own| own.get(name.as_str()))
                .and_then(Value::as_str)
                == Some(value)
        };
        self.deployments.iter().any(|labels| labels.iter().all(has))
    }

    /// Whether there was somebody to ask, and nothing of the release to be seen.
    pub(super) fn has_seen_nothing(&self) -> bool {
        self.question.is_some() && !self.has_seen
    }

    /// What there is to be said of pods after a failure; begins with a line's end.
    pub(super) fn told(&self) -> String {
        if let Some(name) = self.helms_own {
            return format!(
                "\nwhy pods did not get ready was not asked, since {name} is set: the cluster that it leads to tells it, where they are still there"
            );
        }
        if self.question.is_none() && self.unready.is_empty() {
            return format!(
                "\nwhy pods did not get ready, this tells where they are still there: `{}`, and `{}`",
                self.command(&["get", "pods"]).shown(),
                self.command(&["get", "events", "--sort-by", ".lastTimestamp"])
                    .shown()
            );
        }
        if self.unready.is_empty() {
            return "\nno pod was seen that was not ready".to_owned();
        }
        let events = self.events();
        let lines = self.unready.iter().take(MOST).map(|(name, reason)| {
            let (Reason::Starting(words) | Reason::Wrong(words)) = reason;
            let event = events
                .get(name)
                .filter(|_| matches!(reason, Reason::Starting(_)));
            let event = event.map_or_else(String::new, |event| format!(": {event}"));
            let log = self.logs.get(name).into_iter().flatten();
            let log: String = log.map(|line| format!("\n    {line}")).collect();
            // Whatever a cluster says stands below the name of whom it is about.
            let told = format!("{name}: {words}{event}").replace('\n', "\n    ");
            format!("\n{told}{log}")
        });
        let lines: String = lines.collect();
        match self.unready.len().saturating_sub(MOST) {
            0 => lines,
            more => format!("{lines}\nand {more} more"),
        }
    }

    /// The last warning about each pod; probes that fail are told of nowhere else.
    fn events(&self) -> BTreeMap<String, String> {
        let starting = |reason: &Reason| matches!(reason, Reason::Starting(_));
        if !self.unready.values().any(starting) {
            return BTreeMap::new();
        }
        let words = [
            "get",
            "events",
            "--field-selector",
            "type=Warning",
            "--output",
            "json",
            "--request-timeout",
            "5s",
        ];
        let question = self.command(&words);
        self.messages.note(&question.shown());
        let events = question
            .run_within(LONGEST_ANSWER, &|| false)
            .and_then(|text| read(&text))
            .unwrap_or_default();
        let events = events.iter().map(|event| {
            let kind = text(event, "involvedObject.kind").to_lowercase();
            let name = format!("{kind} {}", text(event, "involvedObject.name"));
            (name, cut(&text(event, "message")))
        });
        events.collect()
    }
}

fn read(answer: &[u8]) -> Result<Vec<Value>, String> {
    let answer: Value = serde_json::from_slice(answer)
        .map_err(|error| format!("what kubectl answers cannot be read: {error}"))?;
    Ok(list(answer.get("items")).to_vec())
}

fn labels(deployment: &Value) -> Vec<(String, String)> {
    let labels = at(deployment, "spec.selector.matchLabels").and_then(Value::as_mapping);
    let pairs = labels.into_iter().flatten();
    pairs
        .filter_map(|(name, value)| Some((name.as_str()?.to_owned(), value.as_str()?.to_owned())))
        .collect()
}
