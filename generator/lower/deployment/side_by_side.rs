//! What several services must not have in common: ports of the machine that runs all of them, and images.

use crate::model::{Observability, ServiceDeployment};

/// Gives each service ports of the machine that runs all of them: those of its container, or the next ones that no service
/// before it has, and nothing that watches them.
pub(super) fn hosts(
    services: &mut [ServiceDeployment],
    watching: Option<&Observability>,
) -> Option<String> {
    let watching: Vec<u16> = watching.map_or_else(Vec::new, |all| {
        [&all.prometheus, &all.grafana, &all.jaeger, &all.collector]
            .map(|one| one.port)
            .to_vec()
    });
    let mut taken: Vec<u16> = Vec::new();
    for service in services {
        let host = &mut service.host;
        for port in [&mut host.http, &mut host.admin] {
            // A port of its own that a tool has as well is told, and not moved.
            let mut from_own = *port..=u16::MAX;
            let free = from_own
                .find(|one| !taken.contains(one) && (one == port || !watching.contains(one)));
            let Some(free) = free else {
                return Some(format!(
                    "services: {}: there is no port above {port} left for it on a machine that runs all services: give it lower `ports`",
                    service.name
                ));
            };
            *port = free;
            taken.push(free);
        }
    }
    None
}

/// Services that would have one image.
pub(super) fn images(services: &[ServiceDeployment]) -> Vec<String> {
    let mut told = Vec::new();
    for (index, service) in services.iter().enumerate() {
        let mut before = services[..index].iter();
        let same = before.find(|one| one.image.repository == service.image.repository);
        if let Some(other) = same {
            told.push(format!(
                "services: {} and {} would both have the image {:?}: give one of them an `image: repository` of its own",
                other.name, service.name, service.image.repository
            ));
        }
    }
    told
}
