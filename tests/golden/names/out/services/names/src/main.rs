//! The service.

mod ma_in_home_values_x;
mod operations;
mod self_;
mod types_operations;

use std::process::ExitCode;

/// What handlers share: connections, settings, caches.
pub struct App;

fn main() -> ExitCode {
    oarlock_runtime::run(names_api::service(App))
}
