//! Rules about amounts: what is held against the least and the most that a rule names.

use std::fmt::Display;

use super::{Breach, Judge};
use crate::{
    config::stack::{CountRange, ProbeRanges, Probes, Replicas, Resources, SecondsRange, Shutdown},
    model::{Deployment, Probe, Seconds, ServiceDeployment},
};

/// What amounts of a service are held against.
struct Scale<'j, 'a, 's> {
    judge: &'j mut Judge<'a>,
    service: &'s str,
}

impl Scale<'_, '_, '_> {
    /// Holds an amount, which is said at `deploy`, against the range at `line` of the rule.
    fn hold<T: Ord + Display>(
        &mut self,
        (what, value): (&str, T),
        deploy: &[&str],
        (least, most): (Option<T>, Option<T>),
        line: &[&str],
    ) {
        let key = self.judge.key(Some(self.service), deploy);
        let too_little = least.filter(|least| value < *least);
        let too_much = most.filter(|most| value > *most);
        let breaches = [
            ("least", "no less than", "raise", too_little),
            ("most", "no more than", "lower", too_much),
        ];
        for (side, words, verb, bound) in breaches {
            let Some(bound) = bound else { continue };
            self.judge.breach(Breach {
                line: &side_of(line, side),
                service: Some(self.service),
                message: format!("{what} is {value}, and may be {words} {bound}"),
                culprit: self.judge.deployed(Some(self.service), deploy),
                help: format!("{verb} {key} to {bound}"),
            });
        }
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
        let mut scale = scale(judge, service);
        let limits = &service.resources.limits;
        let key = |key| ["resources", "limits", key];
        let cpu = ("the limit of processors", limits.cpu);
        scale.hold(cpu, &key("cpu"), (None, most.cpu), &["most", "cpu"]);
        let memory = ("the limit of memory", limits.memory);
        scale.hold(
            memory,
            &key("memory"),
            (None, most.memory),
            &["most", "memory"],
        );
        let storage = ("the limit of ephemeral storage", limits.ephemeral_storage);
        let line = ["most", "ephemeral-storage"];
        let range = (None, most.ephemeral_storage);
        scale.hold(storage, &key("ephemeral-storage"), range, &line);
    }
}

pub(super) fn replicas(judge: &mut Judge, asked: &Replicas, deployment: &Deployment) {
    for service in &deployment.services {
        let mut scale = scale(judge, service);
        let min = ("the least number of replicas", service.replicas.min);
        scale.hold(min, &["replicas", "min"], counts(&asked.min), &["min"]);
        let max = ("the largest number of replicas", service.replicas.max);
        scale.hold(max, &["replicas", "max"], counts(&asked.max), &["max"]);
    }
}

pub(super) fn shutdown(judge: &mut Judge, asked: &Shutdown, deployment: &Deployment) {
    for service in &deployment.services {
        let mut scale = scale(judge, service);
        let stop = &service.shutdown;
        let parts = [
            ("the drain delay", stop.delay, "delay", &asked.delay),
            ("the drain timeout", stop.timeout, "timeout", &asked.timeout),
        ];
        for (what, value, key, range) in parts {
            scale.hold((what, value), &["drain", key], seconds(range), &[key]);
        }
        // A sum: it is said by its parts together.
        let grace = ("the grace period", stop.grace);
        scale.hold(grace, &["drain"], seconds(&asked.grace), &["grace"]);
    }
}

pub(super) fn probes(judge: &mut Judge, asked: &Probes, deployment: &Deployment) {
    for service in &deployment.services {
        let mut scale = scale(judge, service);
        let (ranges, probes) = (&asked.startup, &service.probes);
        let period = ("the period of the startup probe", probes.startup.period);
        let key = ["probes", "startup", "period"];
        scale.hold(
            period,
            &key,
            seconds(&ranges.period),
            &["startup", "period"],
        );
        let start = ("what the start may take", probes.start);
        let key = ["probes", "startup", "within"];
        scale.hold(start, &key, seconds(&ranges.within), &["startup", "within"]);
        let both = [
            ("liveness", &asked.liveness, probes.liveness),
            ("readiness", &asked.readiness, probes.readiness),
        ];
        for (name, ranges, probe) in both {
            one_probe(&mut scale, ranges, probe, name);
        }
    }
}

fn one_probe(scale: &mut Scale, ranges: &ProbeRanges, probe: Probe, name: &str) {
    let lengths = [
        ("period", probe.period, &ranges.period),
        ("timeout", probe.timeout, &ranges.timeout),
    ];
    for (key, value, range) in lengths {
        let what = format!("the {key} of the {name} probe");
        let place = ["probes", name, key];
        scale.hold((&what, value), &place, seconds(range), &[name, key]);
    }
    let what = format!("the number of failures of the {name} probe");
    let place = ["probes", name, "failures"];
    let line = [name, "failures"];
    scale.hold(
        (&what, probe.failures),
        &place,
        counts(&ranges.failures),
        &line,
    );
}

fn scale<'j, 'a, 's>(
    judge: &'j mut Judge<'a>,
    service: &'s ServiceDeployment,
) -> Scale<'j, 'a, 's> {
    Scale {
        judge,
        service: &service.name,
    }
}
