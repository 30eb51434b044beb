//! The service.

mod accounts;

use std::process::ExitCode;

/// What handlers share: connections, settings, caches.
pub struct App;

fn main() -> ExitCode {
    oarlock_runtime::run(choices_api::service(App))
}
