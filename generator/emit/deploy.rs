//! Deployment: image, compose file, workflow, and by `emit/chart.rs` the Helm chart, all of one model.

use askama::Template;

use super::{
    EmitError, Project, alerts, amounts, chart, dashboard, escape, filters, observability, text,
};
use crate::{
    files::{FileSet, Owner},
    model::{Api, BaseImages, Deployment, GRACE_PERIOD, Group, Observability, ServiceDeployment},
};

const DOCKERIGNORE: &str = include_str!("../../templates/deploy/dockerignore");
/// The same for every project: what varies it reads from what is generated.
const WORKFLOW: &str = include_str!("../../templates/deploy/workflow.yaml");

/// Makes a file that lists what a binary was built of; the version of its package.
const AUDITABLE: &str = "0.7.5";
/// What cargo downloads, kept by BuildKit between builds, and not in the image.
const CACHE: &str = "--mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \\\n    \
                     --mount=type=cache,target=/usr/local/cargo/git,sharing=locked \\\n    ";

#[derive(Template)]
#[template(path = "deploy/Dockerfile", escape = "none")]
struct Dockerfile<'a> {
    file: &'static str,
    /// Whether the builder keeps caches beside the layers.
    mounts: bool,
    cache: &'static str,
    /// Where compiling runs; builders that do not know it by name take their own.
    platform: &'static str,
    auditable: &'static str,
    bases: &'a BaseImages,
    /// What is copied beside what is generated and the services.
    include: &'a [String],
    /// The service that is built where none is named.
    first: &'a str,
    services: &'a [ServiceDeployment],
    images: Vec<ServiceImage<'a>>,
}

/// The image of a service.
struct ServiceImage<'a> {
    service: &'a ServiceDeployment,
    version: String,
    labels: Vec<(String, String)>,
    /// What the service would else do otherwise than the other files say, and further variables.
    environment: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "deploy/compose.yaml", escape = "none")]
struct Compose<'a> {
    name: &'a str,
    /// The service whose dashboard is seen first.
    first: &'a str,
    observing: Option<&'a Observability>,
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

pub(super) fn emit(api: &Api, project: &Project, files: &mut FileSet) -> Result<(), EmitError> {
    let deployment = &project.deployment;
    files.add(".dockerignore", Owner::Generated, DOCKERIGNORE)?;
    dockerfiles(deployment, files)?;
    let name = &*project.name;
    files.add(
        "deploy/compose.yaml",
        Owner::Generated,
        text(&compose(name, deployment))?,
    )?;
    observability::emit(project, files)?;
    files.add(".github/workflows/service.yaml", Owner::Scaffold, WORKFLOW)?;
    for service in &project.services.all {
        let named = (&*service.name, &*service.title);
        let groups: Vec<&Group> = service.groups_of(api).collect();
        dashboard::emit(named, &groups, files)?;
        alerts::emit(named, &groups, &deployment.runbooks, files)?;
    }
    chart::emit(api, project, files)
}

/// Pairs with their values, or both, as a target has them.
fn escaped(pairs: &[(String, String)], escape: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| (name.clone(), escape(value)))
        .collect()
}

/// The same image twice: with caches beside the layers, and by layers alone.
fn dockerfiles(deployment: &Deployment, files: &mut FileSet) -> Result<(), EmitError> {
    let Some(first) = deployment.services.first() else {
        return Ok(());
    };
    let layers = Dockerfile {
        file: "Dockerfile.layers",
        mounts: false,
        cache: "",
        platform: "${BUILDPLATFORM:-linux}",
        auditable: AUDITABLE,
        bases: &deployment.bases,
        include: &deployment.include,
        first: &first.name,
        services: &deployment.services,
        images: deployment.services.iter().map(service_image).collect(),
    };
    let path = format!("deploy/{}", layers.file);
    files.add(&path, Owner::Generated, text(&layers)?)?;
    let mounts = Dockerfile {
        file: "Dockerfile",
        mounts: true,
        cache: CACHE,
        platform: "${BUILDPLATFORM}",
        ..layers
    };
    let path = format!("deploy/{}", mounts.file);
    files.add(&path, Owner::Generated, text(&mounts)?)?;
    Ok(())
}

fn service_image(service: &ServiceDeployment) -> ServiceImage<'_> {
    let image = &service.image;
    let of_document = [
        ("title", Some(&image.title)),
        ("description", image.description.as_ref()),
        ("licenses", image.licenses.as_ref()),
        ("source", image.source.as_ref()),
    ];
    let of_document = of_document.into_iter().filter_map(|(name, value)| {
        let name = format!("org.opencontainers.image.{name}");
        Some((name, escape::docker(value?)))
    });
    let differing = service.settings.iter().filter(|one| !one.is_default);
    let differing = differing.map(|one| (one.name.to_owned(), escape::docker_value(&one.value)));
    let told = [
        ("org.opencontainers.image.version", "${VERSION}"),
        ("org.opencontainers.image.revision", "${REVISION}"),
        ("org.opencontainers.image.created", "${CREATED}"),
    ];
    let told = told.map(|(name, value)| (name.to_owned(), value.to_owned()));
    ServiceImage {
        service,
        version: escape::docker(&image.version),
        labels: of_document
            .chain(told)
            .chain(escaped(&service.labels, escape::docker_value))
            .collect(),
        environment: differing
            .chain(escaped(&service.environment, escape::docker_value))
            .collect(),
    }
}

fn compose<'a>(name: &'a str, deployment: &'a Deployment) -> Compose<'a> {
    let observing = deployment.observability.as_ref();
    let services = deployment.services.iter();
    Compose {
        name,
        first: deployment.services.first().map_or(name, |one| &one.name),
        observing,
        services: services.map(|one| composed(one, observing)).collect(),
    }
}

fn composed<'a>(service: &'a ServiceDeployment, observing: Option<&Observability>) -> Composed<'a> {
    const EXAMPLES: &str = "OARLOCK_EXAMPLES";
    let settings = service.settings.iter();
    let mut all: Vec<(String, String)> = settings
        .map(|one| (one.name.to_owned(), one.value.clone()))
        .collect();
    let grace = format!("{}s", service.shutdown.grace.0);
    all.push((GRACE_PERIOD.to_owned(), grace));
    all.extend(service.environment.iter().cloned());
    let spans = observing.map(|observing| observability::variables(service, observing));
    let here = [(EXAMPLES, "on".to_owned())];
    for (name, value) in here.into_iter().chain(spans.into_iter().flatten()) {
        if !all.iter().any(|(own, _)| own == name) {
            all.push((name.to_owned(), value));
        }
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
