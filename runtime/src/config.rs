//! The environment's settings, every mistake told at once.

use std::time::Duration;

use crate::{log, trace};

/// Telemetry's time and a margin on top of the drain, in the grace period.
pub(crate) const AFTER_DRAIN: Duration = Duration::from_secs(5);
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
    /// `OARLOCK_EXAMPLES`.
    pub(crate) examples: bool,
    /// `OARLOCK_LIVENESS_STALL`: how long the executor may stand still.
    pub(crate) stall: Duration,
    /// `OARLOCK_PROBES_ON_API`: whether the API port answers probes too.
    pub(crate) probes_on_api: bool,
    /// `OARLOCK_MAX_CONNECTIONS`.
    pub(crate) max_connections: usize,
    /// `OARLOCK_MAX_BODY_BYTES`.
    pub(crate) max_body: usize,
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

#[cfg(feature = "docs-ui")]
impl DocsPort {
    pub(crate) fn has_admin(self) -> bool {
        matches!(self, DocsPort::Admin | DocsPort::Both)
    }

    pub(crate) fn has_api(self) -> bool {
        matches!(self, DocsPort::Api | DocsPort::Both)
    }
}

impl Config {
    /// Reads the settings; `terminal` is whether a person watches, who need not wait for a drain delay.
    pub(crate) fn read(
        variable: impl Fn(&str) -> Option<String>,
        terminal: bool,
        hooks: Duration,
    ) -> Result<Self, Vec<String>> {
        let mut reader = Reader::new(variable);
        let delay = if terminal {
            Duration::ZERO
        } else {
            Duration::from_secs(5)
        };
        let config = Config {
            http: reader.address("OARLOCK_HTTP_ADDR", "0.0.0.0:8080"),
            admin: reader.address("OARLOCK_ADMIN_ADDR", "0.0.0.0:9090"),
            drain_delay: reader.duration("OARLOCK_DRAIN_DELAY").unwrap_or(delay),
            drain_timeout: reader
                .duration("OARLOCK_DRAIN_TIMEOUT")
                .unwrap_or(Duration::from_secs(20)),
            examples: reader.switch("OARLOCK_EXAMPLES"),
            stall: reader.stall("OARLOCK_LIVENESS_STALL"),
            probes_on_api: reader.switch("OARLOCK_PROBES_ON_API"),
            max_connections: reader.count("OARLOCK_MAX_CONNECTIONS", 10_000),
            max_body: reader.count("OARLOCK_MAX_BODY_BYTES", 2 << 20),
            grace: reader.duration("OARLOCK_GRACE_PERIOD"),
            log: log::Settings::read(&mut reader),
            docs: reader.docs("OARLOCK_DOCS"),
            traces: trace::Settings::read(&mut reader),
        };
        let needed = config.drain_delay + config.drain_timeout + hooks + AFTER_DRAIN;
        if config.grace.is_some_and(|grace| grace < needed) {
            reader.mistakes.push(format!(
                "OARLOCK_GRACE_PERIOD is shorter than the shutdown may take: {} \
                 (drain delay, drain timeout, stop hooks and {} for the rest); raise it together with \
                 terminationGracePeriodSeconds, or shorten the drain",
                humantime::format_duration(needed),
                humantime::format_duration(AFTER_DRAIN),
            ));
        }
        match reader.mistakes.is_empty() {
            true => Ok(config),
            false => Err(reader.mistakes),
        }
    }
}

/// The environment, and what is wrong in it.
pub(crate) struct Reader<F> {
    variable: F,
    pub(crate) mistakes: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    pub(crate) fn new(variable: F) -> Self {
        Reader {
            variable,
            mistakes: Vec::new(),
        }
    }

    /// A variable that is set to something.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn mistake(&mut self, name: &str, value: &str, allowed: &str) {
        self.mistakes
            .push(format!("{name} is {value:?}, but must be {allowed}"));
    }

    pub(crate) fn address(&mut self, name: &str, default: &str) -> String {
        let Some(value) = self.text(name) else {
            return default.to_owned();
        };
        let port = value.rsplit_once(':').filter(|(host, _)| !host.is_empty());
        if port.is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
            self.mistake(
                name,
                &value,
                "an address with a port, such as 0.0.0.0:8080 or [::]:8080",
            );
        }
        value
    }

    fn duration(&mut self, name: &str) -> Option<Duration> {
        let value = self.text(name)?;
        let parsed = humantime::parse_duration(&value).ok();
        if parsed.is_none() {
            self.mistake(
                name,
                &value,
                "a length of time with its unit, such as 500ms, 5s or 1m",
            );
        }
        parsed
    }

    /// Too short a bound would take a busy moment for the end.
    fn stall(&mut self, name: &str) -> Duration {
        let stall = self.duration(name).unwrap_or(STALL);
        if stall < LEAST_STALL {
            let value = self.text(name).unwrap_or_default();
            self.mistake(name, &value, "100ms at least");
        }
        stall
    }

    /// One of a few words.
    pub(crate) fn word(&mut self, name: &str, default: &str, words: &[&str]) -> String {
        let value = self.text(name).unwrap_or_else(|| default.to_owned());
        if !words.contains(&value.as_str()) {
            self.mistake(name, &value, &words.join(" or "));
        }
        value
    }

    fn switch(&mut self, name: &str) -> bool {
        let value = self.text(name).unwrap_or_else(|| "off".into());
        if !matches!(value.as_str(), "on" | "off") {
            self.mistake(name, &value, "on or off");
        }
        value == "on"
    }

    pub(crate) fn count(&mut self, name: &str, default: usize) -> usize {
        let Some(value) = self.text(name) else {
            return default;
        };
        match value.parse() {
            Ok(count) if count > 0 => count,
            _ => {
                self.mistake(name, &value, "a whole number above 0");
                default
            }
        }
    }

    fn docs(&mut self, name: &str) -> DocsPort {
        let built = cfg!(feature = "docs-ui");
        let Some(value) = self.text(name) else {
            return if built {
                DocsPort::Admin
            } else {
                DocsPort::Off
            };
        };
        let port = match value.as_str() {
            "off" => return DocsPort::Off,
            "admin" => DocsPort::Admin,
            "api" => DocsPort::Api,
            "both" => DocsPort::Both,
            _ => {
                self.mistake(name, &value, "admin, api, both or off");
                return DocsPort::Off;
            }
        };
        if !built {
            let words = "off, since the page is not in this build: build the service with its feature docs-ui";
            self.mistake(name, &value, words);
        }
        port
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        let of = |name: &str| {
            let found = set.iter().find(|(one, _)| *one == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Config::read(of, false, Duration::ZERO)
    }

    #[test]
    fn every_mistake_is_told() {
        let mistakes = read(&[
            ("OARLOCK_HTTP_ADDR", "8080"),
            ("OARLOCK_DRAIN_DELAY", "5"),
            ("OARLOCK_EXAMPLES", "yes"),
            ("OARLOCK_MAX_BODY_BYTES", "0"),
            ("RUST_LOG", "a=b=c"),
            ("OARLOCK_LIVENESS_STALL", "99ms"),
            ("OARLOCK_PROBES_ON_API", "true"),
            ("OARLOCK_ACCESS_LOG", "1.5"),
            ("OARLOCK_LOG_FORMAT", "xml"),
            ("OARLOCK_LOG_BUFFER_BYTES", "-1"),
        ])
        .expect_err("mistakes");
        assert_eq!(mistakes.len(), 10, "{mistakes:?}");
    }

    #[test]
    fn the_docs_page_is_where_it_was_built_in() {
        let built = cfg!(feature = "docs-ui");
        let port = |set: &[(&str, &str)]| read(set).map(|config| config.docs);
        let usual = if built {
            DocsPort::Admin
        } else {
            DocsPort::Off
        };
        assert_eq!(port(&[]), Ok(usual));
        assert_eq!(port(&[("OARLOCK_DOCS", "off")]), Ok(DocsPort::Off));
        for (word, meant) in [
            ("admin", DocsPort::Admin),
            ("api", DocsPort::Api),
            ("both", DocsPort::Both),
        ] {
            assert_eq!(port(&[("OARLOCK_DOCS", word)]).ok(), built.then_some(meant));
        }
        assert!(port(&[("OARLOCK_DOCS", "on")]).is_err());
    }

    #[test]
    fn a_grace_period_must_hold_the_drain() {
        assert!(read(&[("OARLOCK_GRACE_PERIOD", "29s")]).is_err());
        assert!(read(&[("OARLOCK_GRACE_PERIOD", "30s")]).is_ok());
    }
}
