//! How the services are deployed: what `oarlock.yaml` says of it, else what the runtime does by itself, else what is usual;
//! and whether all of it fits together.

mod image;
mod observability;
mod side_by_side;
mod variables;

use std::{fmt::Display, time::Duration};

use oarlock_runtime::defaults;

use super::services::title;
use crate::{
    config::{Amounts as WrittenAmounts, Deploy, Drain, Probe as WrittenProbe},
    model::{
        Amounts, Api, BaseImages, Bytes, Cpu, Deployment, HostPorts, Ports, Probe, Probes,
        Replicas, Resources, Seconds, ServiceDeployment, Shutdown,
    },
};
use image::{image, included, including};
use observability::{each_port_once, observers, runbooks};
use side_by_side::{hosts, images};
use variables::{environment, settings};

/// The user that distroless images call nonroot.
const USER: u32 = 65532;
const SERVICE_PORT: u16 = 80;
/// On top of what the runtime asks for: a node that is busy is late.
const SPARE: Seconds = Seconds(5);
/// What evictions and node upgrades wait for on the usual platforms.
const LONGEST_GRACE: Seconds = Seconds(3600);
const START: Seconds = Seconds(60);
/// One may be down while another is replaced, and the third still serves.
const USUAL_REPLICAS: u32 = 3;
const BUILD_IMAGE: &str = "rust:1.95-slim-bookworm";
const RUN_IMAGE: &str = "gcr.io/distroless/cc-debian12:nonroot";
const STATIC_RUN_IMAGE: &str = "gcr.io/distroless/static-debian12:nonroot";

const USUAL_REQUESTS: Amounts = Amounts {
    cpu: Cpu(100),
    memory: Bytes(64 << 20),
    ephemeral_storage: Bytes(32 << 20),
};
const USUAL_LIMITS: Amounts = Amounts {
    cpu: Cpu(1000),
    memory: Bytes(512 << 20),
    // The lines of a busy service's log are there until the node takes them away, every ten seconds.
    ephemeral_storage: Bytes(512 << 20),
};

/// Makes the model of a project of one service, which says nothing over what is said for all.
///
/// # Errors
/// Everything of `deploy` that does not fit together.
pub fn one_deployment(api: &Api, said: &Deploy, name: &str) -> Result<Deployment, Vec<String>> {
    deployment(api, said, &[(name.to_owned(), Deploy::default())])
}

/// Makes the model of the services of a project: what is said for all of them, and what each, by its name, says over it.
///
/// # Errors
/// Everything of `deploy` and `services` that does not fit together.
pub fn deployment(
    api: &Api,
    said: &Deploy,
    services: &[(String, Deploy)],
) -> Result<Deployment, Vec<String>> {
    let mut mistakes = Vec::new();
    let mut lowered = Vec::new();
    for (name, own) in services {
        let title = title(api, name, services.len() == 1);
        let (service, found) = service(api, name, &title, &own.clone().over(said.clone()));
        lowered.push(service);
        mistakes.push((name, found));
    }
    let mut told = of_all(api, said, &mistakes);
    let observability = observers(&said.observability, &lowered);
    told.extend(hosts(&mut lowered, observability.as_ref()));
    let mut shared = Mistakes(Vec::new());
    if let Some(found) = &observability {
        each_port_once(found, &lowered, &mut shared);
    }
    told.extend(shared.0.iter().map(|one| format!("deploy: {one}")));
    told.extend(images(&lowered));
    told.extend(including(services));
    let bases = &said.bases;
    let bases = BaseImages {
        build: or(bases.build.as_ref().map(|one| &*one.0), BUILD_IMAGE),
        run: or(bases.run.as_ref().map(|one| &*one.0), RUN_IMAGE),
        run_static: or(
            bases.run_static.as_ref().map(|one| &*one.0),
            STATIC_RUN_IMAGE,
        ),
    };
    match told.is_empty() {
        true => Ok(Deployment {
            services: lowered,
            bases,
            include: included(said),
            observability,
            runbooks: runbooks(&said.observability),
        }),
        false => Err(told),
    }
}

/// The mistakes of all services: those that `deploy` makes for some of them once, under its own key.
fn of_all(api: &Api, said: &Deploy, mistakes: &[(&String, Vec<String>)]) -> Vec<String> {
    let (_, shared) = service(api, "", "", said);
    let made = |one: &&String| mistakes.iter().any(|(_, found)| found.contains(one));
    let shared: Vec<String> = shared.iter().filter(made).cloned().collect();
    let mut told: Vec<String> = shared.iter().map(|one| format!("deploy: {one}")).collect();
    for (name, found) in mistakes {
        let own = found.iter().filter(|one| !shared.contains(one));
        told.extend(own.map(|one| format!("services: {name}: {one}")));
    }
    told
}

fn service(api: &Api, name: &str, title: &str, said: &Deploy) -> (ServiceDeployment, Vec<String>) {
    let mut mistakes = Mistakes(Vec::new());
    let ports = ports(said, &mut mistakes);
    let shutdown = shutdown(&said.drain, &mut mistakes);
    let log = said.log.as_ref().map_or(defaults::LOG, |log| &log.0);
    let service = ServiceDeployment {
        name: name.to_owned(),
        image: image(api, name, title, said),
        ports,
        host: HostPorts {
            http: ports.http,
            admin: ports.admin,
        },
        shutdown,
        probes: probes(said, &mut mistakes),
        resources: resources(said, &mut mistakes),
        replicas: replicas(said, &mut mistakes),
        user: said.image.user.as_ref().map_or(USER, |user| user.0),
        labels: labels(said, &mut mistakes),
        settings: settings(ports, shutdown, log),
        log: log.to_owned(),
        environment: environment(said, &mut mistakes),
    };
    (service, mistakes.0)
}

/// What does not fit together, each under its key.
struct Mistakes(Vec<String>);

impl Mistakes {
    fn unless(&mut self, fits: bool, key: &str, words: impl Display) {
        if !fits {
            self.0.push(format!("{key}: {words}"));
        }
    }
}

fn or(said: Option<&str>, usual: &str) -> String {
    said.unwrap_or(usual).to_owned()
}

/// The runtime's lengths of time are whole seconds; less than one would become one.
fn seconds(length: Duration) -> Seconds {
    let whole = length.as_millis().div_ceil(1000);
    Seconds(u32::try_from(whole).unwrap_or(u32::MAX))
}

fn ports(said: &Deploy, mistakes: &mut Mistakes) -> Ports {
    let (http, admin) = (said.ports.http.as_ref(), said.ports.admin.as_ref());
    let ports = Ports {
        http: http.map_or(defaults::HTTP_PORT, |port| port.0),
        admin: admin.map_or(defaults::ADMIN_PORT, |port| port.0),
        service: said
            .ports
            .service
            .as_ref()
            .map_or(SERVICE_PORT, |port| port.0),
    };
    let one =
        |what, port| format!("{what} and admin would both be {port}: give one of them another");
    mistakes.unless(ports.http != ports.admin, "ports", one("http", ports.admin));
    // The Kubernetes Service has both under one name.
    mistakes.unless(
        ports.service != ports.admin,
        "ports",
        one("service", ports.admin),
    );
    ports
}

fn shutdown(said: &Drain, mistakes: &mut Mistakes) -> Shutdown {
    let least_margin = seconds(defaults::AFTER_DRAIN);
    let usual_margin = Seconds(least_margin.0 + SPARE.0);
    let (delay, timeout) = (defaults::DRAIN_DELAY, defaults::DRAIN_TIMEOUT);
    let mut shutdown = Shutdown {
        delay: said.delay.unwrap_or(seconds(delay)),
        timeout: said.timeout.unwrap_or(seconds(timeout)),
        streams: said.streams.unwrap_or(seconds(defaults::DRAIN_STREAMS)),
        hooks: said.hooks.unwrap_or(Seconds(0)),
        margin: said.margin.unwrap_or(usual_margin),
        least_margin,
        grace: Seconds(0),
    };
    let parts = [
        shutdown.delay,
        shutdown.timeout,
        shutdown.hooks,
        shutdown.margin,
    ];
    let sum = parts
        .iter()
        .fold(0_u32, |sum, part| sum.saturating_add(part.0));
    shutdown.grace = Seconds(sum);
    mistakes.unless(
        shutdown.margin >= least_margin,
        "drain: margin",
        format!(
            "{}s is less than the {}s that a service takes beside its drain: it would not start",
            shutdown.margin.0, least_margin.0
        ),
    );
    mistakes.unless(
        shutdown.grace <= LONGEST_GRACE,
        "drain",
        format!(
            "delay, timeout, hooks and margin are {sum}s together, but platforms wait for {}s at most: make them shorter",
            LONGEST_GRACE.0
        ),
    );
    let longer = "longer than the timeout, after which everything is cut: make streams shorter, or timeout longer";
    let fits = said
        .streams
        .is_none_or(|streams| streams <= shutdown.timeout);
    mistakes.unless(
        fits,
        "drain: streams",
        format!("{}s is {longer}", shutdown.streams.0),
    );
    shutdown
}

fn probes(said: &Deploy, mistakes: &mut Mistakes) -> Probes {
    let said = &said.probes;
    let healthcheck = Seconds(seconds(defaults::HEALTHCHECK_STEP).0 + 1);
    let start = said.startup.within.unwrap_or(START);
    let startup = WrittenProbe {
        period: said.startup.period,
        timeout: said.startup.timeout,
        failures: None,
    };
    let mut startup = probe(&startup, (1, Seconds(1), 1), "startup", mistakes);
    mistakes.unless(
        start >= startup.period,
        "probes: startup: within",
        format!(
            "{}s is less than its period of {}s",
            start.0, startup.period.0
        ),
    );
    startup.failures = start.0.div_ceil(startup.period.0.max(1)).max(1);
    Probes {
        startup,
        liveness: probe(&said.liveness, (10, Seconds(3), 3), "liveness", mistakes),
        readiness: probe(&said.readiness, (2, Seconds(2), 1), "readiness", mistakes),
        image: probe(&said.image, (10, healthcheck, 3), "image", mistakes),
        start,
    }
}

/// A probe; what it usually is: its period and timeout in seconds, and its failures.
fn probe(
    said: &WrittenProbe,
    (period, timeout, failures): (u32, Seconds, u32),
    name: &str,
    mistakes: &mut Mistakes,
) -> Probe {
    let period = said.period.unwrap_or(Seconds(period));
    let probe = Probe {
        period,
        // A shorter period brings the usual timeout down with it.
        timeout: said.timeout.unwrap_or(timeout.min(period)),
        failures: said.failures.as_ref().map_or(failures, |count| count.0),
    };
    let least = period.min(probe.timeout) >= Seconds(1);
    mistakes.unless(
        least,
        &format!("probes: {name}"),
        "period and timeout must be 1s at least",
    );
    mistakes.unless(
        probe.timeout <= period,
        &format!("probes: {name}: timeout"),
        format!(
            "{}s is longer than the period of {}s: make it shorter",
            probe.timeout.0, period.0
        ),
    );
    probe
}

fn resources(said: &Deploy, mistakes: &mut Mistakes) -> Resources {
    let (requests, limits) = (&said.resources.requests, &said.resources.limits);
    let mut pair = |key, said: fn(&WrittenAmounts) -> Option<u64>, usual: fn(&Amounts) -> u64| {
        let usual = (usual(&USUAL_REQUESTS), usual(&USUAL_LIMITS));
        fitting(key, said(requests), said(limits), usual, mistakes)
    };
    let (cpu, most_cpu) = pair("cpu", |one| one.cpu.map(|one| one.0), |one| one.cpu.0);
    let (memory, most_memory) = pair(
        "memory",
        |one| one.memory.map(|one| one.0),
        |one| one.memory.0,
    );
    let (storage, most_storage) = pair(
        "ephemeral-storage",
        |one| one.ephemeral_storage.map(|one| one.0),
        |one| one.ephemeral_storage.0,
    );
    let amounts = |cpu, memory, storage| Amounts {
        cpu: Cpu(cpu),
        memory: Bytes(memory),
        ephemeral_storage: Bytes(storage),
    };
    Resources {
        requests: amounts(cpu, memory, storage),
        limits: amounts(most_cpu, most_memory, most_storage),
    }
}

/// What is requested and what is the limit: where one of them is said, the usual other follows it.
fn fitting(
    key: &str,
    requested: Option<u64>,
    limit: Option<u64>,
    (usual, most): (u64, u64),
    mistakes: &mut Mistakes,
) -> (u64, u64) {
    let limit_in_force = limit.unwrap_or(most.max(requested.unwrap_or(0)));
    let requested = requested.unwrap_or(usual.min(limit_in_force));
    let words = "more is requested than the limit lets it have: raise the limit, or request less";
    mistakes.unless(
        requested <= limit_in_force,
        &format!("resources: {key}"),
        words,
    );
    (requested, limit_in_force)
}

fn replicas(said: &Deploy, mistakes: &mut Mistakes) -> Replicas {
    let (min, max) = (said.replicas.min.as_ref(), said.replicas.max.as_ref());
    let (min, max) = (min.map(|one| one.0), max.map(|one| one.0));
    let most = max.unwrap_or(10.max(min.unwrap_or(0)));
    let replicas = Replicas {
        min: min.unwrap_or(USUAL_REPLICAS.min(most)),
        max: most,
    };
    let words = format!(
        "min is {} and max {}: raise max, or lower min",
        replicas.min, replicas.max
    );
    mistakes.unless(replicas.min <= replicas.max, "replicas", words);
    replicas
}

/// Labels that the chart and the image set themselves.
const OWN_LABELS: &[&str] = &[
    "app.kubernetes.io/component",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/name",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/version",
    "helm.sh/chart",
];

fn labels(said: &Deploy, mistakes: &mut Mistakes) -> Vec<(String, String)> {
    for name in said.labels.keys() {
        let own = OWN_LABELS.contains(&&*name.0) || name.0.starts_with("org.opencontainers.image.");
        mistakes.unless(
            !own,
            &format!("labels: {}", name.0),
            "is set already: leave it out",
        );
    }
    let labels = said.labels.iter();
    labels
        .map(|(name, value)| (name.0.clone(), value.0.clone()))
        .collect()
}

#[cfg(test)]
mod tests;
