//! The service.

mod carts;
mod security;

use std::process::ExitCode;

/// What handlers share: connections, settings, caches.
pub struct App;

/// Errors of the framework are told by the defaults; write a method to tell them otherwise.
impl shop_api::errors::Errors for App {}

fn main() -> ExitCode {
    oarlock_runtime::run(shop_api::service::cart(App))
}
