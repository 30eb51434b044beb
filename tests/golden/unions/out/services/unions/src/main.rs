//! The service.

mod operations;

use std::process::ExitCode;

/// What handlers share: connections, settings, caches.
pub struct App;

fn main() -> ExitCode {
    oarlock_runtime::run(unions_api::service(App))
}
