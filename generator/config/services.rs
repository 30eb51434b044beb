//! `services` of `oarlock.yaml`: how the document's tags are dealt out. What is wrong with it as a whole is told in
//! `lower/services.rs`, where the document is known, so that one run shows all of it.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};

use super::deploy::{
    Deploy, Drain, EnvironmentName, EnvironmentValue, Image, LabelName, LabelValue, Ports, Probes,
    Replicas, Resources, once,
};

/// The services in the order of the file; a name may stand twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Services(pub Vec<(String, ServiceEntry)>);

/// What is said of one service.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceEntry {
    /// The tags whose operations it answers.
    pub tags: Vec<String>,
    /// The services that it calls.
    pub calls: Vec<String>,
    ports: Ports,
    drain: Drain,
    probes: Probes,
    resources: Resources,
    replicas: Replicas,
    image: Image,
    #[serde(deserialize_with = "once")]
    labels: BTreeMap<LabelName, LabelValue>,
    #[serde(deserialize_with = "once")]
    environment: BTreeMap<EnvironmentName, EnvironmentValue>,
    log: Option<EnvironmentValue>,
}

impl Services {
    /// What each service, by its name, says of its own deployment.
    pub fn deploys(&self) -> Vec<(String, Deploy)> {
        let mut deploys: Vec<(String, Deploy)> = Vec::new();
        for (name, entry) in &self.0 {
            if !deploys.iter().any(|(other, _)| other == name) {
                deploys.push((name.clone(), entry.deploy()));
            }
        }
        deploys
    }
}

impl ServiceEntry {
    /// What it says of its own deployment; images are built on the same for all.
    fn deploy(&self) -> Deploy {
        let own = self.clone();
        Deploy {
            ports: own.ports,
            drain: own.drain,
            probes: own.probes,
            resources: own.resources,
            replicas: own.replicas,
            image: own.image,
            labels: own.labels,
            environment: own.environment,
            log: own.log,
            ..Deploy::default()
        }
    }
}

impl<'de> Deserialize<'de> for Services {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ServicesVisitor)
    }
}

struct ServicesVisitor;

impl<'de> Visitor<'de> for ServicesVisitor {
    type Value = Services;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("names of services with their tags, such as `cart: { tags: [carts] }`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Services, A::Error> {
        let mut read = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            read.push(entry);
        }
        Ok(Services(read))
    }
}
