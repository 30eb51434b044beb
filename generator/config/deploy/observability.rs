//! `observability` of `deploy`: what shows how the services do, beside them in the compose file.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::terms::{BaseImage, OwnPort, SourceUrl, written};

/// Whether there is something that shows how the services do, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observability {
    /// `off`: there is nothing.
    Off,
    /// There is, with these images and ports.
    On(Observers),
}

impl Default for Observability {
    fn default() -> Self {
        Observability::On(Observers::default())
    }
}

/// What is said of the tools that show how the services do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Observers {
    /// Their images.
    pub images: ObserverImages,
    /// Where they are found on this machine, by its own address alone.
    pub ports: ObserverPorts,
    /// Where the folder of runbooks can be read: what alerts point to begins with it.
    #[serde(deserialize_with = "written")]
    pub runbooks: Option<SourceUrl>,
}

/// The images of the tools.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObserverImages {
    /// Gathers metrics.
    #[serde(deserialize_with = "written")]
    pub prometheus: Option<BaseImage>,
    /// Shows dashboards.
    #[serde(deserialize_with = "written")]
    pub grafana: Option<BaseImage>,
    /// Shows traces.
    #[serde(deserialize_with = "written")]
    pub jaeger: Option<BaseImage>,
    /// Takes spans and hands them on.
    #[serde(deserialize_with = "written")]
    pub collector: Option<BaseImage>,
}

/// The ports of the tools.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObserverPorts {
    /// Prometheus' page.
    #[serde(deserialize_with = "written")]
    pub prometheus: Option<OwnPort>,
    /// Grafana's page.
    #[serde(deserialize_with = "written")]
    pub grafana: Option<OwnPort>,
    /// Jaeger's page.
    #[serde(deserialize_with = "written")]
    pub jaeger: Option<OwnPort>,
    /// OTLP over HTTP.
    #[serde(deserialize_with = "written")]
    pub collector: Option<OwnPort>,
}

struct ObservabilityVisitor;

impl<'de> Visitor<'de> for ObservabilityVisitor {
    type Value = Observability;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("`off`, or `images`, `ports` and `runbooks`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Observability, E> {
        match text {
            "off" => Ok(Observability::Off),
            _ => Err(E::custom(format!(
                "{text:?} must be off, or `images`, `ports` and `runbooks`"
            ))),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Observability, A::Error> {
        Observers::deserialize(MapAccessDeserializer::new(entries)).map(Observability::On)
    }
}

impl<'de> Deserialize<'de> for Observability {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObservabilityVisitor)
    }
}
