//! What shows how the services do: which images, which ports, and whether these are free.

use super::{Mistakes, or};
use crate::{
    config::{BaseImage, Observability as Said, Observers, OwnPort},
    model::{Observability, Observer, ServiceDeployment},
};

const PROMETHEUS: Usual = Usual {
    name: "prometheus",
    image: "prom/prometheus:v3.15.0",
    // Prometheus' own is the admin port of services.
    port: 9099,
};
const GRAFANA: Usual = Usual {
    name: "grafana",
    image: "grafana/grafana:12.4.11",
    port: 3000,
};
const JAEGER: Usual = Usual {
    name: "jaeger",
    image: "jaegertracing/jaeger:2.20.0",
    port: 16686,
};
const COLLECTOR: Usual = Usual {
    name: "collector",
    image: "otel/opentelemetry-collector:0.162.0",
    port: 4318,
};

/// The folder of the runbooks.
const RUNBOOKS: &str = "deploy/runbooks";

/// What the tools listen on beside their ports, among containers: OTLP over gRPC, their own metrics, their health.
const TAKEN: [u16; 3] = [4317, 8888, 13133];

/// What a tool usually is.
struct Usual {
    name: &'static str,
    image: &'static str,
    port: u16,
}

/// The tools as they are said, else as they usually are.
pub(super) fn observers(said: &Said, services: &[ServiceDeployment]) -> Option<Observability> {
    let Said::On(Observers { images, ports, .. }) = said else {
        return None;
    };
    let observer = |usual: Usual, image: &Option<BaseImage>, port: &Option<OwnPort>| Observer {
        name: free_name(usual.name, services),
        image: or(image.as_ref().map(|one| &*one.0), usual.image),
        port: port.as_ref().map_or(usual.port, |port| port.0),
    };
    Some(Observability {
        prometheus: observer(PROMETHEUS, &images.prometheus, &ports.prometheus),
        grafana: observer(GRAFANA, &images.grafana, &ports.grafana),
        jaeger: observer(JAEGER, &images.jaeger, &ports.jaeger),
        collector: observer(COLLECTOR, &images.collector, &ports.collector),
    })
}

/// Where the runbooks can be read: at the address that is said, else where they lie in the project.
pub(super) fn runbooks(said: &Said) -> String {
    let address = match said {
        Said::On(observers) => observers.runbooks.as_ref(),
        Said::Off => None,
    };
    let address = address.map_or(RUNBOOKS, |address| address.0.trim_end_matches('/'));
    address.to_owned()
}

/// A name that no service has.
fn free_name(name: &str, services: &[ServiceDeployment]) -> String {
    let mut name = name.to_owned();
    while services.iter().any(|service| service.name == name) {
        name.insert_str(0, "observing-");
    }
    name
}

/// All ports are the machine's, so that each may be given once; those of services, where they were moved aside already.
pub(super) fn each_port_once(
    found: &Observability,
    services: &[ServiceDeployment],
    mistakes: &mut Mistakes,
) {
    let own = services.iter().flat_map(|service| {
        [("http", service.host.http), ("admin", service.host.admin)]
            .map(|(what, port)| (format!("{what} of the service {}", service.name), port))
    });
    let mut given: Vec<(String, u16)> = own.collect();
    for (key, observer) in [
        ("prometheus", &found.prometheus),
        ("grafana", &found.grafana),
        ("jaeger", &found.jaeger),
        ("collector", &found.collector),
    ] {
        let (port, place) = (observer.port, format!("observability: ports: {key}"));
        if let Some((other, _)) = given.iter().find(|(_, one)| *one == port) {
            let words = format!("{key} and {other} would both be {port}: give one of them another");
            mistakes.unless(false, &place, words);
        }
        mistakes.unless(
            !TAKEN.contains(&port),
            &place,
            format!("{port} is taken among the containers: choose another"),
        );
        given.push((key.to_owned(), port));
    }
}
