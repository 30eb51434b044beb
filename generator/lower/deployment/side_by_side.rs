//! What several services must not have in common: ports of the machine that runs all of them, and images.

use crate::model::ServiceDeployment;

/// Gives each service ports of the machine that runs all of them: those of its container, or the next ones that no service
/// before it has.
pub(super) fn hosts(services: &mut [ServiceDeployment]) -> Option<String> {
    let mut taken: Vec<u16> = Vec::new();
    for service in services {
        let host = &mut service.host;
        for port in [&mut host.http, &mut host.admin] {
            let free = (*port..=u16::MAX).find(|one| !taken.contains(one));
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
