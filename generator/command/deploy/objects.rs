//! Manifests as Helm writes them, as objects.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_yaml::{Mapping, Value};

/// The label by which a service's objects have its name, and its container in a pod; both are the chart's.
const NAME: &str = "app.kubernetes.io/name";
const CONTAINER: &str = "service";

/// What tells one object from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    kind: String,
    name: String,
    namespace: String,
    /// Without its version: a step of that is a change of the object, and not another one.
    group: String,
    is_hook: bool,
}

/// Objects in the order of their kinds and names.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Objects(pub(super) BTreeMap<Key, Value>);

impl Key {
    /// The object as people name it.
    pub(super) fn shown(&self) -> String {
        let hook = if self.is_hook { "hook " } else { "" };
        format!("{hook}{} {}", self.kind, self.name)
    }
}

impl Objects {
    /// Takes in a manifest, some YAML documents.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub(super) fn take(&mut self, manifest: &str, is_hook: bool) -> Result<(), String> {
        for document in serde_yaml::Deserializer::from_str(manifest) {
            let value = Value::deserialize(document).map_err(|error| error.to_string())?;
            if let Value::Mapping(object) = &value {
                self.0.insert(key(object, is_hook), sorted(&value));
            }
        }
        Ok(())
    }

    /// The objects of a kind, hooks left out.
    pub(super) fn of_kind<'a>(
        &'a self,
        kind: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let all = self.0.iter();
        all.filter(move |(key, _)| key.kind == kind && !key.is_hook)
            .map(|(key, value)| (key.name.as_str(), value))
    }

    /// The same, but for how many pods Deployments have that autoscalers have before and after: these decide that, and what is
    /// asked for goes by what the cluster has by then.
    pub(super) fn scaled_as(&self, after: &Objects) -> Objects {
        let both: BTreeSet<_> = self.autoscaled().collect();
        let both: BTreeSet<_> = after
            .autoscaled()
            .filter(|one| both.contains(one))
            .collect();
        let mut same = self.clone();
        for (key, object) in &mut same.0 {
            let place = (&*key.namespace, &*key.name);
            if key.kind == "Deployment" && both.contains(&place) {
                let asked = after.0.get(key).and_then(|one| at(one, "spec.replicas"));
                scale(object, asked);
                *object = sorted(object);
            }
        }
        same
    }

    /// The namespaces and names of the Deployments that autoscalers have.
    fn autoscaled(&self) -> impl Iterator<Item = (&str, &str)> {
        let scalers = self.0.iter();
        let scalers = scalers.filter(|(key, _)| key.kind == "HorizontalPodAutoscaler");
        scalers.filter_map(|(key, object)| {
            let target = at(object, "spec.scaleTargetRef")?;
            let text = |name: &str| target.get(name).and_then(Value::as_str);
            (text("kind")? == "Deployment").then_some((&*key.namespace, text("name")?))
        })
    }

    /// The images of a service: those of the container that is called so in Deployments that have its name.
    pub(super) fn images_of<'a>(&'a self, service: &'a str) -> impl Iterator<Item = &'a str> {
        let is_service = move |object: &Value| {
            let labels = at(object, "spec.selector.matchLabels");
            let name = labels.and_then(|labels| labels.get(NAME));
            name.and_then(Value::as_str) == Some(service)
        };
        let own = self.of_kind("Deployment").map(|(_, object)| object);
        let own = own.filter(move |object| is_service(object));
        let containers = own.flat_map(|one| list(at(one, "spec.template.spec.containers")));
        let is_own = |one: &&Value| one.get("name").and_then(Value::as_str) == Some(CONTAINER);
        containers
            .filter(is_own)
            .filter_map(|one| at(one, "image").and_then(Value::as_str))
    }
}

/// What lies in a value under names with dots between.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(value, |value, name| value.get(name))
}

/// A whole number there, above or equal to 0.
pub(super) fn number(value: &Value, path: &str) -> Option<u64> {
    at(value, path).and_then(Value::as_u64)
}

/// The items there; none where there is no list.
pub(super) fn list(value: Option<&Value>) -> &[Value] {
    value
        .and_then(Value::as_sequence)
        .map_or(&[], Vec::as_slice)
}

/// Gives a Deployment a number of pods, or none.
fn scale(object: &mut Value, replicas: Option<&Value>) {
    let spec = object.get_mut("spec").and_then(Value::as_mapping_mut);
    if let Some(spec) = spec {
        match replicas {
            Some(replicas) => spec.insert("replicas".into(), replicas.clone()),
            None => spec.remove("replicas"),
        };
    }
}

fn key(object: &Mapping, is_hook: bool) -> Key {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let metadata = object.get("metadata");
    let version = text(object.get("apiVersion"));
    let group = version.split_once('/').map_or("", |(group, _)| group);
    Key {
        kind: text(object.get("kind")),
        name: text(metadata.and_then(|one| one.get("name"))),
        namespace: text(metadata.and_then(|one| one.get("namespace"))),
        group: group.to_owned(),
        is_hook,
    }
}

/// The same with all keys in order, so that only what is otherwise is seen.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Mapping(members) => {
            let mut pairs: Vec<(&Value, Value)> = members
                .iter()
                .map(|(key, member)| (key, sorted(member)))
                .collect();
            pairs.sort_by_key(|(key, _)| key.as_str().unwrap_or_default());
            Value::Mapping(
                pairs
                    .into_iter()
                    .map(|(key, member)| (key.clone(), member))
                    .collect(),
            )
        }
        Value::Sequence(items) => Value::Sequence(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}
