//! Deployment: image, compose file, Helm chart, workflow, all of one model. The chart's templates are static; what varies
//! stands in its values.

use askama::Template;
use include_dir::{Dir, include_dir};

use super::{EmitError, Project, amounts, copy, escape, text};
use crate::{
    files::{FileSet, Owner},
    model::{Api, BaseImages, Deployment, Probe, ServiceDeployment},
};

static CHART: Dir = include_dir!("$CARGO_MANIFEST_DIR/templates/chart");
const DOCKERIGNORE: &str = include_str!("../../templates/deploy/dockerignore");

#[derive(Template)]
#[template(path = "deploy/Dockerfile", escape = "none")]
struct Dockerfile<'a> {
    name: &'a str,
    bases: &'a BaseImages,
    service: &'a ServiceDeployment,
    title: String,
    labels: Vec<(String, String)>,
    /// What the service would else do otherwise than the other files say, and further variables.
    environment: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "deploy/compose.yaml", escape = "none")]
struct Compose<'a> {
    services: Vec<Composed<'a>>,
}

/// A service of the compose file.
struct Composed<'a> {
    service: &'a ServiceDeployment,
    environment: Vec<(String, String)>,
    labels: Vec<(String, String)>,
    cpus: String,
    memory: String,
}

#[derive(Template)]
#[template(path = "deploy/workflow.yaml", escape = "none")]
struct Workflow<'a> {
    name: &'a str,
    version: &'static str,
}

#[derive(Template)]
#[template(path = "deploy/Chart.yaml", escape = "none")]
struct Chart<'a> {
    chart: String,
    /// The service whose chart lies within.
    service: Option<&'a str>,
    description: String,
    version: String,
}

#[derive(Template)]
#[template(path = "deploy/umbrella.values.yaml", escape = "none")]
struct UmbrellaValues<'a> {
    name: &'a str,
}

#[derive(Template)]
#[template(path = "deploy/values.yaml", escape = "none")]
struct Values<'a> {
    service: &'a ServiceDeployment,
    resources: [(&'static str, String); 2],
    probes: [(&'static str, Probe); 3],
    log: String,
    /// Maps by their names.
    maps: [(&'static str, Vec<(String, String)>); 2],
}

#[derive(Template)]
#[template(path = "deploy/values.schema.json", escape = "none")]
struct ValuesSchema {
    least_margin: u32,
}

pub(super) fn emit(api: &Api, project: &Project, files: &mut FileSet) -> Result<(), EmitError> {
    let deployment = &project.deployment;
    files.add(".dockerignore", Owner::Generated, DOCKERIGNORE)?;
    for service in &deployment.services {
        let dockerfile = text(&dockerfile(deployment, service))?;
        files.add("deploy/Dockerfile", Owner::Generated, dockerfile)?;
    }
    let compose = text(&Compose {
        services: deployment.services.iter().map(composed).collect(),
    })?;
    files.add("deploy/compose.yaml", Owner::Generated, compose)?;
    let name = &*project.name;
    let version = env!("CARGO_PKG_VERSION");
    let workflow = text(&Workflow { name, version })?;
    files.add(".github/workflows/service.yaml", Owner::Scaffold, workflow)?;
    for service in &deployment.services {
        chart(api, service, files)?;
    }
    Ok(())
}

/// Pairs with their values, or both, as a target has them.
fn escaped(pairs: &[(String, String)], escape: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| (name.clone(), escape(value)))
        .collect()
}

fn dockerfile<'a>(deployment: &'a Deployment, service: &'a ServiceDeployment) -> Dockerfile<'a> {
    let differing = service.settings.iter().filter(|one| !one.is_default);
    let differing = differing.map(|one| (one.name.to_owned(), escape::docker_value(&one.value)));
    Dockerfile {
        name: &service.name,
        bases: &deployment.bases,
        service,
        title: escape::docker(&service.image.title),
        labels: escaped(&service.labels, escape::docker_value),
        environment: differing
            .chain(escaped(&service.environment, escape::docker_value))
            .collect(),
    }
}

fn composed(service: &ServiceDeployment) -> Composed<'_> {
    const EXAMPLES: &str = "OARLOCK_EXAMPLES";
    let settings = service.settings.iter();
    let mut all: Vec<(String, String)> = settings
        .map(|one| (one.name.to_owned(), one.value.clone()))
        .collect();
    let grace = format!("{}s", service.shutdown.grace.0);
    all.push(("OARLOCK_GRACE_PERIOD".to_owned(), grace));
    all.extend(service.environment.iter().cloned());
    if !all.iter().any(|(name, _)| name == EXAMPLES) {
        all.push((EXAMPLES.to_owned(), "on".to_owned()));
    }
    let limits = &service.resources.limits;
    Composed {
        service,
        environment: escaped(&all, escape::compose),
        labels: escaped(&service.labels, escape::compose),
        cpus: amounts::docker_processors(limits.cpu),
        memory: amounts::docker_bytes(limits.memory),
    }
}

fn values(service: &ServiceDeployment) -> Values<'_> {
    let quoted = |pairs: &[(String, String)]| {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (escape::yaml(name), escape::yaml(value)))
            .collect()
    };
    Values {
        service,
        resources: [
            ("requests", amounts::mapping(&service.resources.requests)),
            ("limits", amounts::mapping(&service.resources.limits)),
        ],
        probes: [
            ("startup", service.probes.startup),
            ("liveness", service.probes.liveness),
            ("readiness", service.probes.readiness),
        ],
        log: escape::yaml(&service.log),
        maps: [
            ("labels", quoted(&service.labels)),
            ("environment", quoted(&service.environment)),
        ],
    }
}

fn chart(api: &Api, service: &ServiceDeployment, files: &mut FileSet) -> Result<(), EmitError> {
    let name = &*service.name;
    let chart = |chart: String, inner| Chart {
        chart,
        service: inner,
        description: escape::yaml(api.title.trim()),
        version: escape::yaml(&service.image.tag),
    };
    let root = "deploy/chart";
    files.add(
        &format!("{root}/Chart.yaml"),
        Owner::Generated,
        text(&chart(format!("{name}-all"), Some(name)))?,
    )?;
    files.add(
        &format!("{root}/values.yaml"),
        Owner::Generated,
        text(&UmbrellaValues { name })?,
    )?;
    let root = format!("{root}/charts/{name}");
    files.add(
        &format!("{root}/Chart.yaml"),
        Owner::Generated,
        text(&chart(name.to_owned(), None))?,
    )?;
    files.add(
        &format!("{root}/values.yaml"),
        Owner::Generated,
        text(&values(service))?,
    )?;
    let schema = ValuesSchema {
        least_margin: service.shutdown.least_margin.0,
    };
    files.add(
        &format!("{root}/values.schema.json"),
        Owner::Generated,
        text(&schema)?,
    )?;
    copy(&CHART, &root, files)
}
