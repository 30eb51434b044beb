//! How long a rollout may take, by the numbers of the objects themselves.

use oarlock::model::Seconds;
use serde_yaml::Value;

use super::objects::{Objects, at, list, number};

/// What a pod may take to find a node and to have its image there.
const PLACING: u64 = 60;
/// No less is waited for, and no more.
const LEAST: u64 = 120;
const MOST: u64 = 24 * 3600;

/// How long the Deployment may take that may take longest, and why. Deployments roll side by side, the pods of one in steps
/// of as many as it allows; the last of those that they replace still ends.
pub(super) fn longest(objects: &Objects) -> (Seconds, String) {
    let all = objects.of_kind("Deployment");
    let slowest = all
        .map(|(name, object)| Rollout::of(name, object, objects))
        .max_by_key(Rollout::seconds);
    let Some(slowest) = slowest else {
        let least = seconds(LEAST);
        return (least, format!("all must be ready within {least}"));
    };
    let time = seconds(slowest.seconds().clamp(LEAST, MOST));
    let pods = match slowest.pods {
        1 => "1 pod".to_owned(),
        count => format!("{count} pods"),
    };
    let told = format!(
        "all must be ready within {time} ({} is the slowest: {}, {} at a time, {}s each, and {}s for the last one to end); --timeout says otherwise",
        slowest.name, pods, slowest.at_once, slowest.each, slowest.end
    );
    (time, told)
}

fn seconds(count: u64) -> Seconds {
    Seconds(u32::try_from(count).unwrap_or(u32::MAX))
}

struct Rollout<'a> {
    name: &'a str,
    pods: u64,
    at_once: u64,
    /// What a pod may take until it counts.
    each: u64,
    /// What one that is replaced may take to end.
    end: u64,
}

impl<'a> Rollout<'a> {
    fn of(name: &'a str, object: &Value, objects: &Objects) -> Self {
        let scaled = objects.of_kind("HorizontalPodAutoscaler");
        let scaled = scaled.filter(|(_, one)| {
            let target = at(one, "spec.scaleTargetRef.name").and_then(Value::as_str);
            target == Some(name)
        });
        let scaled = scaled.filter_map(|(_, one)| number(one, "spec.maxReplicas"));
        let pods = scaled
            .chain(number(object, "spec.replicas"))
            .max()
            .unwrap_or(1);
        let update = |field: &str, default: u64, up: bool| {
            let path = format!("spec.strategy.rollingUpdate.{field}");
            at(object, &path).map_or(default, |value| share(value, pods, up))
        };
        let at_once =
            update("maxSurge", 1, true).saturating_add(update("maxUnavailable", 0, false));
        let containers = list(at(object, "spec.template.spec.containers")).iter();
        let start = containers.map(start).max().unwrap_or(0);
        let rest = number(object, "spec.minReadySeconds").unwrap_or(0);
        Rollout {
            name,
            pods,
            at_once: at_once.max(1),
            each: PLACING.saturating_add(start).saturating_add(rest),
            end: number(object, "spec.template.spec.terminationGracePeriodSeconds").unwrap_or(30),
        }
    }

    fn seconds(&self) -> u64 {
        let steps = self.pods.div_ceil(self.at_once);
        steps.saturating_mul(self.each).saturating_add(self.end)
    }
}

/// What a container's start may take until it is ready, with Kubernetes' defaults for what is not said.
fn start(container: &Value) -> u64 {
    let whole = |probe: &Value| {
        let field = |name: &str, default| number(probe, name).unwrap_or(default);
        let delay = field("initialDelaySeconds", 0);
        delay
            .saturating_add(field("periodSeconds", 10).saturating_mul(field("failureThreshold", 3)))
    };
    let readiness = at(container, "readinessProbe");
    match (at(container, "startupProbe"), readiness) {
        (Some(startup), readiness) => whole(startup).saturating_add(
            readiness.map_or(0, |probe| number(probe, "periodSeconds").unwrap_or(10)),
        ),
        (None, Some(readiness)) => whole(readiness),
        (None, None) => 0,
    }
}

/// A number, or a share of all as `25%`, which Kubernetes rounds up for pods beyond and down for pods that are missing.
fn share(value: &Value, all: u64, up: bool) -> u64 {
    let share = value
        .as_str()
        .and_then(|text| text.strip_suffix('%')?.parse::<u64>().ok());
    match (value.as_u64(), share) {
        (Some(number), _) => number,
        (None, Some(share)) if up => all.saturating_mul(share).div_ceil(100),
        (None, Some(share)) => all.saturating_mul(share) / 100,
        (None, None) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> u32 {
        let mut objects = Objects::default();
        objects.take(text, false).expect("YAML");
        longest(&objects).0.0
    }

    const POD: &str = "template: { spec: { terminationGracePeriodSeconds: 40, containers: [{ startupProbe: { periodSeconds: 2, failureThreshold: 30 }, readinessProbe: { periodSeconds: 5 } }] } }";

    #[test]
    fn a_rollout_takes_as_long_as_its_numbers_say() {
        let deployment = |spec: &str| {
            format!("kind: Deployment\nmetadata: {{ name: a }}\nspec: {{ {spec}, {POD} }}\n")
        };
        // 60 to be placed, 60 to start, 5 until it is asked, 5 to stay ready.
        let three = deployment("replicas: 3, minReadySeconds: 5");
        assert_eq!(time(&three), 3 * 130 + 40);
        let at_once = deployment(
            "replicas: 4, strategy: { rollingUpdate: { maxSurge: 50%, maxUnavailable: 0 } }",
        );
        assert_eq!(time(&at_once), 2 * 125 + 40);
        let scaled = three
            + "---\nkind: HorizontalPodAutoscaler\nmetadata: { name: a }\nspec: { maxReplicas: 10, scaleTargetRef: { name: a } }\n";
        assert_eq!(time(&scaled), 10 * 130 + 40);
        assert_eq!(time(""), 120);
        assert_eq!(time(&deployment("replicas: 99999999999")), 24 * 3600);
    }
}
