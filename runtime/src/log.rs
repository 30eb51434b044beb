//! Logs: a line of JSON for each event, on stdout, with the trace of the request that it belongs to. A line is made where
//! it is logged and written by a thread of its own: nothing here waits for whoever reads.

mod access;
#[cfg(feature = "fluent")]
mod fluent;
mod layer;
mod line;
mod mask;
mod panics;
mod pretty;
mod queue;
mod redaction;
mod settings;
mod volume;
mod writer;

use std::{
    io::IsTerminal,
    sync::Arc,
    time::{Duration, Instant},
};

use tracing_subscriber::{
    EnvFilter, Registry, filter::ParseError, layer::SubscriberExt, reload, util::SubscriberInitExt,
};

use crate::trace::OwnSpans;

pub(crate) use access::Access;
pub(crate) use layer::Lines;
pub(crate) use settings::Settings;
pub(crate) use volume::VOLUME;

use access::Enabled;
use layer::JsonLines;
use line::Head;
use queue::Queue;
use redaction::Redaction;

/// Changes the filter of a running service.
#[derive(Clone)]
pub(crate) struct Level {
    filter: reload::Handle<EnvFilter, Registry>,
    enabled: Arc<Enabled>,
}

impl Level {
    /// The filter as it stands.
    pub(crate) fn now(&self) -> Option<String> {
        self.filter.with_current(ToString::to_string).ok()
    }

    /// Puts another filter in its place.
    ///
    /// # Errors
    /// Where there is no filter any more.
    pub(crate) fn set(&self, filter: EnvFilter) -> Result<(), reload::Error> {
        self.filter.reload(filter)?;
        self.enabled.look();
        Ok(())
    }
}

/// How long the end of the process waits until every line is written.
const FLUSH: Duration = Duration::from_secs(2);

/// Reads a filter.
pub(crate) fn filter(text: &str) -> Result<EnvFilter, ParseError> {
    EnvFilter::builder().parse(text)
}

/// The logs of a process; when this is dropped, what is waiting is written, as far as it goes within two seconds.
pub(crate) struct Logs {
    /// None where the process logs in its own way.
    pub(crate) own: Option<Own>,
    sinks: Sinks,
}

/// Logging that is this runtime's own.
#[derive(Clone)]
pub(crate) struct Own {
    pub(crate) level: Level,
    pub(crate) lines: Lines,
}

/// Where lines go.
#[derive(Clone)]
struct Sinks {
    stdout: Arc<Queue>,
    #[cfg(feature = "fluent")]
    fluent: Option<Arc<Queue>>,
}

impl Sinks {
    fn push(&self, level: tracing::Level, line: &[u8]) {
        self.stdout.push(level, line);
        #[cfg(feature = "fluent")]
        if let Some(fluent) = &self.fluent {
            fluent.push(level, line);
        }
    }
}

/// Starts logging; where the process already logs in its own way, no more than panics are made events.
///
/// # Errors
/// Where a thread cannot be started.
pub(crate) fn start(
    settings: &Settings,
    title: &'static str,
    version: &'static str,
    secrets: &[&str],
    spans: Option<OwnSpans>,
) -> std::io::Result<Logs> {
    let head = Arc::new(Head::new(title, version));
    let style = settings.style(std::io::stdout().is_terminal());
    let sinks = Sinks {
        stdout: writer::start(settings.buffer, style, head.clone())?,
        #[cfg(feature = "fluent")]
        fluent: match &settings.fluent {
            Some(receiver) => Some(fluent::start(receiver, settings.buffer, title)?),
            None => None,
        },
    };
    let named = settings.redact.iter().map(String::as_str);
    let lines = Lines {
        head,
        enabled: Arc::default(),
        redaction: Arc::new(Redaction::new(named.chain(secrets.iter().copied()))),
        sinks: sinks.clone(),
    };
    let own = filter(&settings.filter).ok().and_then(|filter| {
        let (layer, filter) = reload::Layer::new(filter);
        let subscriber = tracing_subscriber::registry()
            .with(layer)
            .with(JsonLines {
                lines: lines.clone(),
            })
            .with(spans);
        subscriber.try_init().ok()?;
        let enabled = lines.enabled.clone();
        enabled.look();
        let level = Level { filter, enabled };
        Some(Own { level, lines })
    });
    panics::hook(sinks.clone());
    Ok(Logs { own, sinks })
}

impl Sinks {
    /// Waits until every line from before is written, for as long as `within`.
    fn flush(&self, within: Duration) {
        let until = Instant::now() + within;
        #[cfg(feature = "fluent")]
        if let Some(fluent) = &self.fluent
            && !fluent.flush(until)
        {
            tracing::warn!("the log receiver has not taken every line in time");
        }
        self.stdout.flush(until.max(Instant::now() + within / 4));
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        self.sinks.flush(FLUSH);
    }
}
