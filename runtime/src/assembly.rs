//! A service's parts, put together as the environment says.

use std::{
    mem::take,
    sync::{Arc, OnceLock},
};

#[cfg(feature = "jwt")]
use crate::auth::key_metrics;
#[cfg(feature = "docs-ui")]
use crate::docs::{Desk, Docs};
#[cfg(feature = "tls")]
use crate::server::Versions;
use crate::{
    Service, Task, Verifier,
    admin::Admin,
    config::Config,
    drain::Drain,
    limits::{RateLimit, Room},
    log,
    metrics::Metrics,
    observe::Telemetry,
    probes::{ApiProbes, Probes},
    server::{Server, protocol},
    task::Tasks,
    trace::Tracing,
};

/// The two ports, and what is known of the tasks. Called on the executor that requests are worked on by.
pub(crate) fn assemble(
    mut service: Service,
    config: &Config,
    logs: Option<log::Own>,
    tasks: &[Task],
) -> (Arc<Server>, Arc<Admin>, Arc<Tasks>) {
    let contract = service.contract;
    let drain = Arc::new(Drain::new(config.farewell()));
    let tasks = Arc::new(Tasks::new(tasks, drain.clone()));
    service.metrics.push(tasks.clone().gauge());
    let checks = take(&mut service.checks);
    let probes = Probes::new(checks, tasks.clone(), config.stall, drain.clone());
    let probes = Arc::new(probes);
    let telemetry = Arc::new(telemetry(
        &mut service,
        config,
        logs.as_ref(),
        &drain,
        &probes,
    ));
    let on_api = config
        .probes_on_api
        .then(|| ApiProbes::beside(&service.router, probes.clone()));
    #[cfg(feature = "docs-ui")]
    let (admin_docs, docs) = Docs::on_ports(contract.document, service.entries.len(), config.docs);
    let server = Arc::new(Server {
        schemas: contract.schemas,
        examples: service.examples(config.examples),
        application: service.application,
        entries: service.entries,
        router: service.router,
        telemetry: telemetry.clone(),
        probes: on_api,
        drain,
        builder: protocol(&config.limits, config.versions),
        #[cfg(feature = "tls")]
        http2: protocol(&config.limits, Versions::Http2),
        room: Room::new(config.limits.max_requests),
        rate: config.limits.rate.map(RateLimit::new),
        limits: config.limits.clone(),
        around: OnceLock::new(),
        fallback: take(&mut service.fallback),
        layers: config.layers.clone(),
        proxies: config.proxies.clone(),
        #[cfg(feature = "tls")]
        tls: OnceLock::new(),
        #[cfg(feature = "docs-ui")]
        docs,
    });
    server.surround(service.layers);
    let admin = Admin {
        contract,
        metrics: telemetry.metrics.clone(),
        probes,
        level: logs.map(|own| own.level),
        #[cfg(feature = "docs-ui")]
        docs: admin_docs.map(|docs| Desk {
            docs,
            server: server.clone(),
            executor: tokio::runtime::Handle::current(),
        }),
    };
    (server, Arc::new(admin), tasks)
}

/// Who is told of every request, and whom operators ask.
fn telemetry(
    service: &mut Service,
    config: &Config,
    logs: Option<&log::Own>,
    drain: &Arc<Drain>,
    probes: &Arc<Probes>,
) -> Telemetry {
    let contract = &service.contract;
    let tracing = Tracing::start(&config.traces, contract.title, contract.version);
    let tracing = Arc::new(tracing);
    let mut sources = take(&mut service.metrics);
    sources.push(tracing.clone().outcomes());
    sources.push(probes.clone().gauge());
    #[cfg(feature = "client")]
    sources.push(Box::new(|out| crate::metrics::CALLS.write(out)));
    let verifiers = take(&mut service.verifiers);
    verifiers.iter().for_each(Verifier::start);
    #[cfg(feature = "jwt")]
    sources.push(key_metrics(verifiers));
    let counted = take(&mut service.counted);
    let lines = logs.map(|own| own.lines.clone());
    let access = log::Access::new(config.log.access, lines, &counted);
    let metrics = Metrics::new(
        contract,
        &config.traces.resource,
        counted,
        config.limits.max_connections,
        drain.clone(),
        sources,
    );
    Telemetry {
        metrics: Arc::new(metrics),
        tracing,
        access,
    }
}
