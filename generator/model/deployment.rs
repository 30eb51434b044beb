//! How the services of a project are deployed. Images, compose file, chart and what the services are told of it are made of
//! these values and of no others, so that they agree.

use std::fmt;

use super::Observability;

/// How the services of a project are deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The services, each with an image of its own.
    pub services: Vec<ServiceDeployment>,
    /// What their images are built on.
    pub bases: BaseImages,
    /// The folders and files of the project that their images are made of beside what is generated and `services/`, sorted.
    pub include: Vec<String>,
    /// What shows how they do, where something does.
    pub observability: Option<Observability>,
    /// Where the runbooks are, as alerts point to them: an address, or a folder of the project.
    pub runbooks: String,
}

/// The images that a build stands on: names with a tag, a digest (`@sha256:…`), or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseImages {
    /// Compiles: Rust, on a Debian.
    pub build: String,
    /// Holds a service that is linked with glibc.
    pub run: String,
    /// Holds a service that is linked statically.
    pub run_static: String,
}

/// The parts of an image's name, `NAME[:TAG][@DIGEST]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageName<'a> {
    /// With its registry, where it names one.
    pub name: &'a str,
    /// Behind the colon.
    pub tag: Option<&'a str>,
    /// Behind the `@`, with its algorithm.
    pub digest: Option<&'a str>,
}

impl<'a> ImageName<'a> {
    /// Takes a name apart.
    pub fn of(text: &'a str) -> Self {
        let (named, digest) = match text.split_once('@') {
            Some((named, digest)) => (named, Some(digest)),
            None => (text, None),
        };
        // A colon before the last slash is that of a port.
        let (name, tag) = match named.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (named, None),
        };
        ImageName { name, tag, digest }
    }
}

/// How one service is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDeployment {
    /// Its name: of its crate, its chart, its container.
    pub name: String,
    /// Its image.
    pub image: Image,
    /// Where it listens, and where others find it.
    pub ports: Ports,
    /// Where it is found on the machine that runs all of them side by side.
    pub host: HostPorts,
    /// How it stops.
    pub shutdown: Shutdown,
    /// How it is asked how it is.
    pub probes: Probes,
    /// What it gets of a machine.
    pub resources: Resources,
    /// How many of it there are.
    pub replicas: Replicas,
    /// The numeric user and group that it runs as.
    pub user: u32,
    /// The labels of its objects and of its image beside the usual ones, sorted.
    pub labels: Vec<(String, String)>,
    /// What it is told by variables of its environment of all this.
    pub settings: Vec<Setting>,
    /// Which events it logs: `RUST_LOG`.
    pub log: String,
    /// Further variables of its environment, sorted.
    pub environment: Vec<(String, String)>,
}

/// An image and what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its name with its registry, without a tag.
    pub repository: String,
    /// Its tag: the document's version.
    pub tag: String,
    /// `org.opencontainers.image.title`.
    pub title: String,
    /// `org.opencontainers.image.version`: the document's, as it stands there.
    pub version: String,
    /// `org.opencontainers.image.description`, a line.
    pub description: Option<String>,
    /// `org.opencontainers.image.licenses`: an SPDX expression.
    pub licenses: Option<String>,
    /// `org.opencontainers.image.source`: where its source can be had.
    pub source: Option<String>,
}

/// Ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// The API, in the container.
    pub http: u16,
    /// Probes and metrics, in the container and of the Kubernetes Service.
    pub admin: u16,
    /// The API, of the Kubernetes Service.
    pub service: u16,
}

/// Ports of the machine that runs all services side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostPorts {
    /// The API.
    pub http: u16,
    /// Probes and metrics.
    pub admin: u16,
}

/// The parts of a shutdown, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shutdown {
    /// New requests are still served.
    pub delay: Seconds,
    /// Requests in work may finish.
    pub timeout: Seconds,
    /// Event streams may go on, within the timeout.
    pub streams: Seconds,
    /// The deadlines of the service's stop hooks, summed.
    pub hooks: Seconds,
    /// What the runtime takes for the rest, and what is to spare.
    pub margin: Seconds,
    /// The least margin with which the service starts.
    pub least_margin: Seconds,
    /// What the platform grants between SIGTERM and SIGKILL: the sum of delay, timeout, hooks and margin.
    pub grace: Seconds,
}

/// How a service is asked how it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probes {
    /// Kubernetes' startup probe: its period times its failures is what a start may take.
    pub startup: Probe,
    /// Kubernetes' liveness probe.
    pub liveness: Probe,
    /// Kubernetes' readiness probe.
    pub readiness: Probe,
    /// The image's `HEALTHCHECK`.
    pub image: Probe,
    /// What a start may take.
    pub start: Seconds,
}

/// One probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// From one question to the next.
    pub period: Seconds,
    /// How long an answer may take.
    pub timeout: Seconds,
    /// How many must fail, one after the other.
    pub failures: u32,
}

/// What a service gets of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resources {
    /// What is kept for it.
    pub requests: Amounts,
    /// What it may use at most.
    pub limits: Amounts,
}

/// Amounts of what a machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amounts {
    /// Processors.
    pub cpu: Cpu,
    /// Memory.
    pub memory: Bytes,
    /// Files that live as long as the container.
    pub ephemeral_storage: Bytes,
}

/// How many of a service there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replicas {
    /// At least, and where nothing scales it.
    pub min: u32,
    /// At most.
    pub max: u32,
}

/// A variable of the environment that tells a service of its deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The variable.
    pub name: &'static str,
    /// What it is set to.
    pub value: String,
    /// Whether the runtime would do the same without it.
    pub is_default: bool,
}

/// A whole number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(pub u32);

/// Thousandths of a processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cpu(pub u64);

/// Bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl fmt::Display for Seconds {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}s", self.0)
    }
}

/// As Kubernetes writes it: whole processors, or thousandths.
impl fmt::Display for Cpu {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self.0 % 1000 {
            0 => write!(out, "{}", self.0 / 1000),
            _ => write!(out, "{}m", self.0),
        }
    }
}

/// As Kubernetes writes it: in the largest unit that leaves a whole number.
impl fmt::Display for Bytes {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let units = [(40, "Ti"), (30, "Gi"), (20, "Mi"), (10, "Ki")];
        let unit = units
            .iter()
            .find(|(shift, _)| self.0.is_multiple_of(1 << shift));
        match unit {
            Some((shift, unit)) => write!(out, "{}{unit}", self.0 >> shift),
            None => write!(out, "{}", self.0),
        }
    }
}
