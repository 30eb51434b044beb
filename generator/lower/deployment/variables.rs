//! Variables of a service's environment: what follows from its ports and its shutdown, and what is further said.

use oarlock_runtime::defaults;

use super::{Mistakes, seconds};
use crate::{
    config::Deploy,
    model::{
        ADMIN_ADDR, DRAIN_DELAY, DRAIN_STREAMS, DRAIN_TIMEOUT, HTTP_ADDR, LOG, OWN_VARIABLES,
        Ports, Seconds, Setting, Shutdown,
    },
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

pub(super) fn environment(said: &Deploy, mistakes: &mut Mistakes) -> Vec<(String, String)> {
    for name in said.environment.keys() {
        let own = OWN_VARIABLES.iter().find(|one| one.name == name.0);
        let words = own.map_or_else(String::new, |one| {
            format!("is made of `deploy: {}`: say it there", one.setting)
        });
        mistakes.unless(own.is_none(), &format!("environment: {}", name.0), words);
    }
    let variables = said.environment.iter();
    variables
        .map(|(name, value)| (name.0.clone(), value.0.clone()))
        .collect()
}
