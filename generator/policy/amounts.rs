//! Rules about amounts: what is held against the least and the most that a rule names.

use std::fmt::Display;

use super::{Breach, Judge, of_service};
use crate::{
    config::stack::{CountRange, ProbeRanges, Probes, Replicas, Resources, SecondsRange, Shutdown},
    model::{Amounts, Deployment, Probe, Seconds, ServiceDeployment},
};

/// An amount, and where it is said.
struct Amount<'a, T> {
    /// What it is called.
    what: String,
    value: T,
    /// Where it stands below `deploy`.
    deploy: &'a [&'a str],
}

/// An amount against its range, whose place in the rule is `line`.
fn hold<T: Ord + Display>(
    judge: &mut Judge,
    amount: Amount<T>,
    (least, most): (Option<T>, Option<T>),
    line: &[&str],
) {
    let key = amount.deploy.join(": ");
    let too_little = least.filter(|least| amount.value < *least);
    let too_much = most.filter(|most| amount.value > *most);
    let breaches = [
        ("least", "no less than", "raise", too_little),
        ("most", "no more than", "lower", too_much),
    ];
    for (side, words, verb, bound) in breaches {
        let Some(bound) = bound else { continue };
        judge.breach(Breach {
            line: &side_of(line, side),
            message: format!(
                "{} is {}, and may be {words} {bound}",
                amount.what, amount.value
            ),
            culprit: judge.deployed(amount.deploy),
            help: format!("{verb} `deploy: {key}` in oarlock.yaml to {bound}"),
        });
    }
}

/// The line of one side of a range. What stands directly below `most` in a rule has no side of its own.
fn side_of<'l>(line: &[&'l str], side: &'l str) -> Vec<&'l str> {
    match line.first() {
        Some(&"most") => line.to_vec(),
        _ => [line, &[side]].concat(),
    }
}

/// The values of a range.
fn seconds(range: &SecondsRange) -> (Option<Seconds>, Option<Seconds>) {
    (range.least, range.most)
}

fn counts(range: &CountRange) -> (Option<u32>, Option<u32>) {
    let least = range.least.as_ref().map(|one| one.0);
    (least, range.most.as_ref().map(|one| one.0))
}

pub(super) fn resources(judge: &mut Judge, asked: &Resources, deployment: &Deployment) {
    let most = &asked.most;
    for service in &deployment.services {
        let Amounts {
            cpu,
            memory,
            ephemeral_storage,
        } = service.resources.limits;
        let of = of_service(deployment, &service.name);
        let what = |what: &str| format!("the limit of {what}{of}");
        let amount = Amount {
            what: what("processors"),
            value: cpu,
            deploy: &["resources", "limits", "cpu"],
        };
        hold(judge, amount, (None, most.cpu), &["most", "cpu"]);
        let amount = Amount {
            what: what("memory"),
            value: memory,
            deploy: &["resources", "limits", "memory"],
        };
        hold(judge, amount, (None, most.memory), &["most", "memory"]);
        let amount = Amount {
            what: what("ephemeral storage"),
            value: ephemeral_storage,
            deploy: &["resources", "limits", "ephemeral-storage"],
        };
        let line = ["most", "ephemeral-storage"];
        hold(judge, amount, (None, most.ephemeral_storage), &line);
    }
}

pub(super) fn replicas(judge: &mut Judge, asked: &Replicas, deployment: &Deployment) {
    for service in &deployment.services {
        let of = of_service(deployment, &service.name);
        let amount = Amount {
            what: format!("the least number of replicas{of}"),
            value: service.replicas.min,
            deploy: &["replicas", "min"],
        };
        hold(judge, amount, counts(&asked.min), &["min"]);
        let amount = Amount {
            what: format!("the most replicas{of}"),
            value: service.replicas.max,
            deploy: &["replicas", "max"],
        };
        hold(judge, amount, counts(&asked.max), &["max"]);
    }
}

pub(super) fn shutdown(judge: &mut Judge, asked: &Shutdown, deployment: &Deployment) {
    for service in &deployment.services {
        let of = of_service(deployment, &service.name);
        let amount = |what: &str, value, deploy| Amount {
            what: format!("{what}{of}"),
            value,
            deploy,
        };
        let stop = &service.shutdown;
        let delay = amount("the drain delay", stop.delay, &["drain", "delay"]);
        hold(judge, delay, seconds(&asked.delay), &["delay"]);
        let timeout = amount("the drain timeout", stop.timeout, &["drain", "timeout"]);
        hold(judge, timeout, seconds(&asked.timeout), &["timeout"]);
        // A sum: it is said by its parts together.
        let grace = amount("the grace period", stop.grace, &["drain"]);
        hold(judge, grace, seconds(&asked.grace), &["grace"]);
    }
}

pub(super) fn probes(judge: &mut Judge, asked: &Probes, deployment: &Deployment) {
    for service in &deployment.services {
        startup(judge, asked, deployment, service);
        let probes = &service.probes;
        let both = [
            ("liveness", &asked.liveness, probes.liveness),
            ("readiness", &asked.readiness, probes.readiness),
        ];
        for (name, ranges, probe) in both {
            let of = of_service(deployment, &service.name);
            one_probe(judge, ranges, probe, name, &of);
        }
    }
}

fn startup(
    judge: &mut Judge,
    asked: &Probes,
    deployment: &Deployment,
    service: &ServiceDeployment,
) {
    let of = of_service(deployment, &service.name);
    let amount = Amount {
        what: format!("the period of the startup probe{of}"),
        value: service.probes.startup.period,
        deploy: &["probes", "startup", "period"],
    };
    let range = seconds(&asked.startup.period);
    hold(judge, amount, range, &["startup", "period"]);
    let amount = Amount {
        what: format!("what the start{of} may take"),
        value: service.probes.start,
        deploy: &["probes", "startup", "within"],
    };
    let range = seconds(&asked.startup.within);
    hold(judge, amount, range, &["startup", "within"]);
}

fn one_probe(judge: &mut Judge, ranges: &ProbeRanges, probe: Probe, name: &str, of: &str) {
    let lengths = [
        ("period", probe.period, &ranges.period),
        ("timeout", probe.timeout, &ranges.timeout),
    ];
    for (key, value, range) in lengths {
        let amount = Amount {
            what: format!("the {key} of the {name} probe{of}"),
            value,
            deploy: &["probes", name, key],
        };
        hold(judge, amount, seconds(range), &[name, key]);
    }
    let amount = Amount {
        what: format!("the number of failures of the {name} probe{of}"),
        value: probe.failures,
        deploy: &["probes", name, "failures"],
    };
    hold(judge, amount, counts(&ranges.failures), &[name, "failures"]);
}
