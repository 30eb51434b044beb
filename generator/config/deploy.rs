//! `deploy` of `oarlock.yaml`: what the user says of how services are deployed. All of it may be left out; what each value
//! may be is said in [`terms`], how they must fit together in `lower/deployment.rs`.

mod include;
mod merge;
mod observability;
pub(super) mod terms;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{Bytes, Cpu, Seconds};
use include::Included;
pub use include::{KEPT_OUT_OF_IMAGES, is_kept_out_of_images};
pub use observability::{Observability, Observers};
pub use terms::{BaseImage, OwnPort};
pub(super) use terms::{EnvironmentName, EnvironmentValue, LabelName, LabelValue, once};
use terms::{Registry, Repository, SourceUrl, written};

/// What the user says of how services are deployed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Deploy {
    /// Where a service listens.
    pub ports: Ports,
    /// How it stops.
    pub drain: Drain,
    /// How it is asked how it is.
    pub probes: Probes,
    /// What it gets of a machine.
    pub resources: Resources,
    /// How many of it there are.
    pub replicas: Replicas,
    /// Its image.
    pub image: Image,
    /// What images are built on.
    pub bases: Bases,
    /// What shows how the services do.
    pub observability: Observability,
    /// Labels of its objects and its image.
    #[serde(deserialize_with = "once")]
    pub labels: BTreeMap<LabelName, LabelValue>,
    /// Variables of its environment.
    #[serde(deserialize_with = "once")]
    pub environment: BTreeMap<EnvironmentName, EnvironmentValue>,
    /// Which events it logs, as `RUST_LOG` has it.
    pub log: Option<EnvironmentValue>,
}

/// Ports.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ports {
    /// The API, in the container.
    #[serde(deserialize_with = "written")]
    pub http: Option<terms::OwnPort>,
    /// Probes and metrics.
    #[serde(deserialize_with = "written")]
    pub admin: Option<terms::OwnPort>,
    /// The API, of the Kubernetes Service.
    #[serde(deserialize_with = "written")]
    pub service: Option<terms::Port>,
}

/// The parts of a shutdown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Drain {
    /// New requests are still served.
    #[serde(deserialize_with = "written")]
    pub delay: Option<Seconds>,
    /// Requests in work may finish.
    #[serde(deserialize_with = "written")]
    pub timeout: Option<Seconds>,
    /// Event streams may go on.
    #[serde(deserialize_with = "written")]
    pub streams: Option<Seconds>,
    /// The deadlines of stop hooks, summed.
    #[serde(deserialize_with = "written")]
    pub hooks: Option<Seconds>,
    /// For the rest, and to spare.
    #[serde(deserialize_with = "written")]
    pub margin: Option<Seconds>,
}

/// How a service is asked how it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Probes {
    /// Until it has started.
    pub startup: StartupProbe,
    /// Whether it is to be started anew.
    pub liveness: Probe,
    /// Whether it gets requests.
    pub readiness: Probe,
    /// The image's own.
    pub image: Probe,
}

/// The probe of the start.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StartupProbe {
    /// From one question to the next.
    #[serde(deserialize_with = "written")]
    pub period: Option<Seconds>,
    /// How long an answer may take.
    #[serde(deserialize_with = "written")]
    pub timeout: Option<Seconds>,
    /// How long the start may take.
    #[serde(deserialize_with = "written")]
    pub within: Option<Seconds>,
}

/// One probe.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Probe {
    /// From one question to the next.
    #[serde(deserialize_with = "written")]
    pub period: Option<Seconds>,
    /// How long an answer may take.
    #[serde(deserialize_with = "written")]
    pub timeout: Option<Seconds>,
    /// How many must fail, one after the other.
    #[serde(deserialize_with = "written")]
    pub failures: Option<terms::Count>,
}

/// What a service gets of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resources {
    /// What is kept for it.
    pub requests: Amounts,
    /// What it may use at most.
    pub limits: Amounts,
}

/// Amounts, by Kubernetes' names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Amounts {
    /// Processors.
    #[serde(deserialize_with = "written")]
    pub cpu: Option<Cpu>,
    /// Memory.
    #[serde(deserialize_with = "written")]
    pub memory: Option<Bytes>,
    /// Files that live as long as the container.
    #[serde(deserialize_with = "written")]
    pub ephemeral_storage: Option<Bytes>,
}

/// How many of a service there are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Replicas {
    /// At least.
    #[serde(deserialize_with = "written")]
    pub min: Option<terms::Count>,
    /// At most.
    #[serde(deserialize_with = "written")]
    pub max: Option<terms::Count>,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Image {
    /// Where it is kept: a host, and a path where there is one.
    #[serde(deserialize_with = "written")]
    pub registry: Option<Registry>,
    /// Its name there.
    #[serde(deserialize_with = "written")]
    pub repository: Option<Repository>,
    /// The numeric user that it runs as.
    #[serde(deserialize_with = "written")]
    pub user: Option<terms::User>,
    /// Where its source can be had.
    #[serde(deserialize_with = "written")]
    pub source: Option<SourceUrl>,
    /// What of the project it is made of beside what is generated and `services/`; said for all services.
    pub include: Option<Vec<Included>>,
}

/// What images are built on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bases {
    /// Compiles.
    #[serde(deserialize_with = "written")]
    pub build: Option<BaseImage>,
    /// Holds a service that is linked with glibc.
    #[serde(deserialize_with = "written")]
    pub run: Option<BaseImage>,
    /// Holds a service that is linked statically.
    #[serde(rename = "static", deserialize_with = "written")]
    pub run_static: Option<BaseImage>,
}

#[cfg(test)]
mod tests;
