//! The service.

mod operations;
mod security;

use std::{process::ExitCode, time::Duration};

use prometheus_client::{encoding::text::encode, metrics::counter::Counter, registry::Registry};

/// What handlers share: connections, settings, caches.
pub struct App {
    added: Counter,
}

fn main() -> ExitCode {
    let (mut registry, added) = (Registry::default(), Counter::default());
    registry.register("kiosk_papers_added", "Papers that were \"added\"", added.clone());
    let service = kiosk_api::service(App { added })
        .metrics(move |out| encode(out, &registry).unwrap_or_default())
        .metrics(|_| panic!("a source that panics takes no other with it"))
        .metrics(|_| {
            if std::env::var_os("KIOSK_METRICS_HANG").is_some() {
                std::thread::sleep(Duration::from_secs(60));
            }
        })
        // Time to ask what the drain has cost.
        .on_stop("late", Duration::from_secs(2), || async {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            Ok(())
        });
    oarlock_runtime::run(service)
}
