//! Variables of a service's environment: what follows from its ports and its shutdown, and what is further said.

use oarlock_runtime::defaults;

use super::{Mistakes, seconds};
use crate::{
    config::Deploy,
    model::{Ports, Seconds, Setting, Shutdown},
};

/// What the service is told of its ports and its shutdown.
pub(super) fn settings(ports: Ports, shutdown: Shutdown, log: &str) -> Vec<Setting> {
    let setting = |name, value: String, usual: String| Setting {
        name,
        is_default: value == usual,
        value,
    };
    let port = |name, port, usual| {
        let address = defaults::every_interface;
        setting(name, address(port), address(usual))
    };
    let length = |name, length: Seconds, usual| {
        let text = |length: Seconds| format!("{}s", length.0);
        setting(name, text(length), text(seconds(usual)))
    };
    vec![
        port(HTTP_ADDR, ports.http, defaults::HTTP_PORT),
        port(ADMIN_ADDR, ports.admin, defaults::ADMIN_PORT),
        length(DRAIN_DELAY, shutdown.delay, defaults::DRAIN_DELAY),
        length(DRAIN_TIMEOUT, shutdown.timeout, defaults::DRAIN_TIMEOUT),
        length(DRAIN_STREAMS, shutdown.streams, defaults::DRAIN_STREAMS),
        setting(LOG, log.to_owned(), defaults::LOG.to_owned()),
    ]
}

const HTTP_ADDR: &str = "OARLOCK_HTTP_ADDR";
const ADMIN_ADDR: &str = "OARLOCK_ADMIN_ADDR";
const DRAIN_DELAY: &str = "OARLOCK_DRAIN_DELAY";
const DRAIN_TIMEOUT: &str = "OARLOCK_DRAIN_TIMEOUT";
const DRAIN_STREAMS: &str = "OARLOCK_DRAIN_STREAMS";
const LOG: &str = "RUST_LOG";

/// Variables that follow from other keys of `deploy`, and those keys.
const OWN_VARIABLES: &[(&str, &str)] = &[
    (HTTP_ADDR, "ports: http"),
    (ADMIN_ADDR, "ports: admin"),
    (DRAIN_DELAY, "drain: delay"),
    (DRAIN_TIMEOUT, "drain: timeout"),
    (DRAIN_STREAMS, "drain: streams"),
    ("OARLOCK_GRACE_PERIOD", "drain: margin"),
    (LOG, "log"),
];

pub(super) fn environment(said: &Deploy, mistakes: &mut Mistakes) -> Vec<(String, String)> {
    for name in said.environment.keys() {
        let key = OWN_VARIABLES.iter().find(|(own, _)| *own == name.0);
        let words = key.map_or_else(String::new, |(_, key)| {
            format!("is made of `deploy: {key}`: say it there")
        });
        mistakes.unless(key.is_none(), &format!("environment: {}", name.0), words);
    }
    let variables = said.environment.iter();
    variables
        .map(|(name, value)| (name.0.clone(), value.0.clone()))
        .collect()
}
