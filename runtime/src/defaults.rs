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

/// Names whose values are secret everywhere, and those that end with one of them as a word: `proxy-authorization`,
/// `set-cookie`, `x-api-key`, `access_token`. They are written together and in small letters.
pub const SECRET_NAMES: [&str; 6] = [
    "apikey",
    "authorization",
    "cookie",
    "password",
    "secret",
    "token",
];

/// Settings whose values are secret; [`SECRET_NAMES`] do not tell that of all of them.
pub const SECRET_SETTINGS: [&str; 4] = [
    "OARLOCK_API_KEYS",
    "OARLOCK_PASSWORDS",
    "OTEL_EXPORTER_OTLP_HEADERS",
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
];

/// The bounds of the histograms of durations: nanoseconds, and how OpenMetrics writes them in seconds ("Considerations:
/// Canonical Numbers"). They are those that OpenTelemetry's HTTP conventions give for `http.server.request.duration`. Shares of
/// requests within a time can be told exactly for these and for no others.
pub const DURATION_BOUNDS: [(u64, &str); 14] = [
    (5_000_000, "0.005"),
    (10_000_000, "0.01"),
    (25_000_000, "0.025"),
    (50_000_000, "0.05"),
    (75_000_000, "0.075"),
    (100_000_000, "0.1"),
    (250_000_000, "0.25"),
    (500_000_000, "0.5"),
    (750_000_000, "0.75"),
    (1_000_000_000, "1.0"),
    (2_500_000_000, "2.5"),
    (5_000_000_000, "5.0"),
    (7_500_000_000, "7.5"),
    (10_000_000_000, "10.0"),
];

/// An address on every interface, as `OARLOCK_HTTP_ADDR` and `OARLOCK_ADMIN_ADDR` have it.
pub fn every_interface(port: u16) -> String {
    format!("0.0.0.0:{port}")
}
