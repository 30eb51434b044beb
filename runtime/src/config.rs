//! How a service is to run: settings from the environment, else from a file, else as they usually are; every mistake
//! told at once.

mod file;
mod print;
mod reader;
mod source;
#[cfg(test)]
mod tests;
mod unknown;

use std::time::Duration;

use crate::{
    Verifier,
    defaults::{
        ADMIN_PORT, AFTER_DRAIN, DRAIN_DELAY, DRAIN_STREAMS, DRAIN_TIMEOUT, HTTP_PORT,
        every_interface,
    },
    forwarded::TrustedProxies,
    layers,
    limits::Limits,
    log,
    server::Versions,
    trace,
};

#[cfg(feature = "tls")]
use crate::server::TlsSettings;

pub(crate) use reader::Reader;
pub(crate) use source::Sources;

/// Longer than any handler should block, and short enough for a restart within a minute.
const STALL: Duration = Duration::from_secs(10);
const LEAST_STALL: Duration = Duration::from_millis(100);

/// How a service is to run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config {
    /// `OARLOCK_HTTP_ADDR`.
    pub(crate) http: String,
    /// `OARLOCK_ADMIN_ADDR`.
    pub(crate) admin: String,
    /// `OARLOCK_DRAIN_DELAY`: how long new requests are still served after SIGTERM.
    pub(crate) drain_delay: Duration,
    /// `OARLOCK_DRAIN_TIMEOUT`: how long requests may take to finish after that.
    pub(crate) drain_timeout: Duration,
    /// `OARLOCK_DRAIN_STREAMS`: how long event streams may go on after the drain delay.
    pub(crate) drain_streams: Duration,
    /// `OARLOCK_EXAMPLES`.
    pub(crate) examples: bool,
    /// `OARLOCK_LIVENESS_STALL`: how long the executor may stand still.
    pub(crate) stall: Duration,
    /// `OARLOCK_PROBES_ON_API`: whether the API port answers probes too.
    pub(crate) probes_on_api: bool,
    /// `OARLOCK_HTTP_VERSIONS`.
    pub(crate) versions: Versions,
    /// What callers may ask of it.
    pub(crate) limits: Limits,
    /// TLS of the API port.
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<TlsSettings>,
    /// `OARLOCK_TRUSTED_PROXIES`.
    pub(crate) proxies: TrustedProxies,
    /// What stands around every request.
    pub(crate) layers: layers::Settings,
    /// `OARLOCK_GRACE_PERIOD`: what the platform grants between SIGTERM and SIGKILL.
    pub(crate) grace: Option<Duration>,
    /// How logs are written.
    pub(crate) log: log::Settings,
    /// `OARLOCK_DOCS`.
    pub(crate) docs: DocsPort,
    /// `OTEL_*`.
    pub(crate) traces: trace::Settings,
}

/// Where the docs page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocsPort {
    Off,
    Admin,
    Api,
    Both,
}

impl DocsPort {
    fn read(reader: &mut Reader, name: &'static str) -> Self {
        let built = cfg!(feature = "docs-ui");
        let usual = if built { "admin" } else { "off" };
        let port = match &*reader.text_or(name, usual) {
            "off" => return DocsPort::Off,
            "admin" => DocsPort::Admin,
            "api" => DocsPort::Api,
            "both" => DocsPort::Both,
            _ => {
                reader.mistake(name, "admin, api, both or off");
                return DocsPort::Off;
            }
        };
        if !built {
            let words = "off, since the page is not in this build: build the service with its feature docs-ui";
            reader.mistake(name, words);
        }
        port
    }
}

#[cfg(feature = "docs-ui")]
impl DocsPort {
    pub(crate) fn has_admin(self) -> bool {
        matches!(self, DocsPort::Admin | DocsPort::Both)
    }

    pub(crate) fn has_api(self) -> bool {
        matches!(self, DocsPort::Api | DocsPort::Both)
    }
}

/// Settings as they are in force, and what is wrong with them.
pub(crate) struct Settled {
    pub(crate) config: Config,
    /// What `--print-config` writes.
    pub(crate) shown: String,
    pub(crate) mistakes: Vec<String>,
}

impl Config {
    /// Reads the settings, and those of verifiers into them; `terminal` is whether a person watches, who need not wait
    /// for a drain delay.
    pub(crate) fn read(
        variables: impl IntoIterator<Item = (String, String)>,
        terminal: bool,
        hooks: Duration,
        verifiers: &[Verifier],
    ) -> Settled {
        let (sources, unreadable) = Sources::read(variables);
        let mut reader = Reader::new(&sources);
        reader.mistakes = unreadable;
        let delay = match terminal {
            true => Duration::ZERO,
            false => DRAIN_DELAY,
        };
        let config = Config {
            http: reader.address("OARLOCK_HTTP_ADDR", &every_interface(HTTP_PORT)),
            admin: reader.address("OARLOCK_ADMIN_ADDR", &every_interface(ADMIN_PORT)),
            drain_delay: reader.duration("OARLOCK_DRAIN_DELAY", delay),
            drain_timeout: reader.duration("OARLOCK_DRAIN_TIMEOUT", DRAIN_TIMEOUT),
            drain_streams: reader.duration("OARLOCK_DRAIN_STREAMS", DRAIN_STREAMS),
            examples: reader.switch("OARLOCK_EXAMPLES", false),
            // Too short a bound would take a busy moment for the end.
            stall: reader.duration_from("OARLOCK_LIVENESS_STALL", STALL, LEAST_STALL),
            probes_on_api: reader.switch("OARLOCK_PROBES_ON_API", false),
            versions: Versions::read(&mut reader),
            limits: Limits::read(&mut reader),
            #[cfg(feature = "tls")]
            tls: TlsSettings::read(&mut reader),
            proxies: TrustedProxies::read(&mut reader),
            layers: layers::Settings::read(&mut reader),
            grace: reader.optional_duration("OARLOCK_GRACE_PERIOD"),
            log: log::Settings::read(&mut reader),
            docs: DocsPort::read(&mut reader, "OARLOCK_DOCS"),
            traces: trace::Settings::read(&mut reader),
        };
        for verifier in verifiers {
            verifier.read(&mut reader);
        }
        config.must_fit(hooks, &mut reader);
        let (shown, mistakes) = reader.end();
        Settled {
            config,
            shown: print::print(&shown),
            mistakes,
        }
    }

    /// How long event streams may go on once the port is closed: they end before they would be cut.
    pub(crate) fn farewell(&self) -> Duration {
        self.drain_streams.min(self.drain_timeout / 4 * 3)
    }

    /// A shutdown that takes longer than the platform waits would be cut off by it.
    fn must_fit(&self, hooks: Duration, reader: &mut Reader) {
        let needed = self.drain_delay + self.drain_timeout + hooks + AFTER_DRAIN;
        if self.grace.is_some_and(|grace| grace < needed) {
            reader.mistakes.push(format!(
                "OARLOCK_GRACE_PERIOD is shorter than the shutdown may take: {} \
                 (drain delay, drain timeout, stop hooks and {} for the rest); raise it together with \
                 terminationGracePeriodSeconds, or shorten the drain",
                humantime::format_duration(needed),
                humantime::format_duration(AFTER_DRAIN),
            ));
        }
    }
}
