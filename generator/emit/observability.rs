//! What shows how the services do, beside them in the compose file: the files that Prometheus, Grafana, Jaeger and
//! OpenTelemetry's collector read.

use askama::Template;

use super::{EmitError, Project, text};
use crate::{
    files::{FileSet, Owner},
    model::{Observability, ServiceDeployment},
};

/// How often Prometheus asks.
const INTERVAL: &str = "5s";
/// How long an answer may take.
const TIMEOUT: &str = "4s";

#[derive(Template)]
#[template(path = "deploy/observability/prometheus.yaml", escape = "none")]
struct Prometheus<'a> {
    interval: &'static str,
    timeout: &'static str,
    services: &'a [ServiceDeployment],
    observing: &'a Observability,
    /// Tools that tell their metrics at the collector's usual port.
    collectors: [&'a str; 2],
}

#[derive(Template)]
#[template(path = "deploy/observability/collector.yaml", escape = "none")]
struct Collector<'a> {
    observing: &'a Observability,
}

#[derive(Template)]
#[template(path = "deploy/observability/jaeger.yaml", escape = "none")]
struct Jaeger<'a> {
    observing: &'a Observability,
}

#[derive(Template)]
#[template(
    path = "deploy/observability/grafana/datasources.yaml",
    escape = "none"
)]
struct DataSources<'a> {
    interval: &'static str,
    observing: &'a Observability,
}

const DASHBOARDS: &str =
    include_str!("../../templates/deploy/observability/grafana/dashboards.yaml");

pub(super) fn emit(project: &Project, files: &mut FileSet) -> Result<(), EmitError> {
    let Some(observing) = &project.deployment.observability else {
        return Ok(());
    };
    let prometheus = Prometheus {
        interval: INTERVAL,
        timeout: TIMEOUT,
        services: &project.deployment.services,
        observing,
        collectors: [&observing.collector.name, &observing.jaeger.name],
    };
    let sources = DataSources {
        interval: INTERVAL,
        observing,
    };
    for (path, text) in [
        ("prometheus.yaml", text(&prometheus)?),
        ("collector.yaml", text(&Collector { observing })?),
        ("jaeger.yaml", text(&Jaeger { observing })?),
        ("grafana/datasources.yaml", text(&sources)?),
        ("grafana/dashboards.yaml", DASHBOARDS.to_owned()),
    ] {
        let path = format!("deploy/observability/{path}");
        files.add(&path, Owner::Generated, text)?;
    }
    Ok(())
}

/// What a service is told of the collector: its spans go there, under the service's own name.
pub(super) fn variables(
    service: &ServiceDeployment,
    observing: &Observability,
) -> [(&'static str, String); 2] {
    let collector = &observing.collector;
    let endpoint = format!("http://{}:{}", collector.name, collector.port);
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_SERVICE_NAME", service.name.clone()),
    ]
}
