//! The services of a project, and how they are deployed.

use oarlock::{
    Text,
    config::{Config, Deploy},
    lower,
    model::{Api, Deployment, Services},
    source::Sources,
};

use super::stack::said_in;

/// A document that was read.
pub(super) struct Read<'a> {
    pub(super) sources: &'a Sources,
    pub(super) text: &'a Text,
    pub(super) api: &'a Api,
}

/// The services and how they are deployed; all that is wrong with either is told together.
pub(super) fn services(
    read: &Read,
    config: Option<&Config>,
    deploy: &Deploy,
    name: &str,
) -> Result<(Services, Deployment), String> {
    let (services, deployment) = match config.and_then(|config| config.services.as_ref()) {
        None => (
            Ok(lower::one_service(read.api, name)),
            lower::one_deployment(read.api, deploy, name),
        ),
        Some(services) => (
            read.text.services(read.sources, read.api, name, services),
            lower::deployment(read.api, deploy, &services.deploys()),
        ),
    };
    match (services, deployment) {
        (Ok(services), Ok(deployment)) => Ok((services, deployment)),
        (services, deployment) => {
            let mistakes = services.err().into_iter().chain(deployment.err());
            let lines = mistakes
                .flatten()
                .map(|one| format!("{}: {one}", said_in(config)));
            Err(lines.collect::<Vec<_>>().join("\n"))
        }
    }
}
