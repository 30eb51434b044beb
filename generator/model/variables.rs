//! The variables of a service's environment that follow from other settings: nobody sets them by their names.

/// A variable that follows from another setting, by which alone it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnVariable {
    /// Its name.
    pub name: &'static str,
    /// The setting below `deploy` of `oarlock.yaml`.
    pub setting: &'static str,
    /// The setting among the values of the service's chart.
    pub value: &'static str,
}

/// Where the API listens.
pub const HTTP_ADDR: &str = "OARLOCK_HTTP_ADDR";
/// Where probes and metrics are.
pub const ADMIN_ADDR: &str = "OARLOCK_ADMIN_ADDR";
/// How long new requests are still served.
pub const DRAIN_DELAY: &str = "OARLOCK_DRAIN_DELAY";
/// How long requests in work may take.
pub const DRAIN_TIMEOUT: &str = "OARLOCK_DRAIN_TIMEOUT";
/// How long event streams may go on.
pub const DRAIN_STREAMS: &str = "OARLOCK_DRAIN_STREAMS";
/// What the platform grants between SIGTERM and SIGKILL.
pub const GRACE_PERIOD: &str = "OARLOCK_GRACE_PERIOD";
/// Which events are logged.
pub const LOG: &str = "RUST_LOG";

/// All of them.
pub const OWN_VARIABLES: &[OwnVariable] = &[
    own(HTTP_ADDR, "ports: http", "ports.http"),
    own(ADMIN_ADDR, "ports: admin", "ports.admin"),
    own(DRAIN_DELAY, "drain: delay", "drain.delaySeconds"),
    own(DRAIN_TIMEOUT, "drain: timeout", "drain.timeoutSeconds"),
    own(DRAIN_STREAMS, "drain: streams", "drain.streamsSeconds"),
    own(GRACE_PERIOD, "drain: margin", "drain.marginSeconds"),
    own(LOG, "log", "log"),
];

const fn own(name: &'static str, setting: &'static str, value: &'static str) -> OwnVariable {
    OwnVariable {
        name,
        setting,
        value,
    }
}
