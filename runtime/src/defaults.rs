//! What a service's settings are where nothing is set. Generated images, compose files and charts are made of these
//! values too, so that they say what the service does.

use std::time::Duration;

/// The port of the API, in `OARLOCK_HTTP_ADDR`.
pub const HTTP_PORT: u16 = 8080;
/// The port for operators, in `OARLOCK_ADMIN_ADDR`.
pub const ADMIN_PORT: u16 = 9090;
/// `OARLOCK_DRAIN_DELAY`: how long new requests are still served after SIGTERM. On a terminal it is nothing.
pub const DRAIN_DELAY: Duration = Duration::from_secs(5);
/// `OARLOCK_DRAIN_TIMEOUT`: longer than most requests take.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);
/// `OARLOCK_DRAIN_STREAMS`: how long event streams may go on after the drain delay.
pub const DRAIN_STREAMS: Duration = Duration::from_secs(5);
/// What a shutdown may take beside the drain and the stop hooks: telemetry leaves, ports close. A service refuses to
/// start where `OARLOCK_GRACE_PERIOD` is less than the sum of these.
pub const AFTER_DRAIN: Duration = Duration::from_secs(5);
/// How long each step of `<binary> healthcheck` may take: connecting, asking, reading.
pub const HEALTHCHECK_STEP: Duration = Duration::from_secs(3);
/// `RUST_LOG`: which events are logged.
pub const LOG: &str = "info";

/// An address on every interface, as `OARLOCK_HTTP_ADDR` and `OARLOCK_ADMIN_ADDR` have it.
pub fn every_interface(port: u16) -> String {
    format!("0.0.0.0:{port}")
}
