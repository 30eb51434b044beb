//! What is counted for the process as a whole: log lines and panics know of no service.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tracing::Level;

use super::exposition::{Family, Kind, label};

/// The log lines of this process.
pub(crate) static LOG_VOLUME: LogVolume = LogVolume::new();
static PANICS: AtomicU64 = AtomicU64::new(0);

/// How many log lines there were of each level.
pub(crate) struct LogVolume {
    error: AtomicU64,
    warn: AtomicU64,
    info: AtomicU64,
    debug: AtomicU64,
    trace: AtomicU64,
}

impl LogVolume {
    const fn new() -> Self {
        LogVolume {
            error: AtomicU64::new(0),
            warn: AtomicU64::new(0),
            info: AtomicU64::new(0),
            debug: AtomicU64::new(0),
            trace: AtomicU64::new(0),
        }
    }

    /// Counts a line.
    pub(crate) fn count(&self, level: Level) {
        let lines = match level {
            Level::ERROR => &self.error,
            Level::WARN => &self.warn,
            Level::INFO => &self.info,
            Level::DEBUG => &self.debug,
            Level::TRACE => &self.trace,
        };
        lines.fetch_add(1, Relaxed);
    }
}

/// Counts each panic from now on, wherever it is caught; what was told of panics before still is.
pub(crate) fn count_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Relaxed);
        before(panic);
    }));
}

pub(super) fn write(out: &mut String) {
    let help = "Panics, those that became an answer among them.";
    let mut family = Family::begin(out, "oarlock_panics", Kind::Counter, help);
    family.sample("", PANICS.load(Relaxed));
    let mut family = Family::begin(
        out,
        "oarlock_log_lines",
        Kind::Counter,
        "Log lines written.",
    );
    for (level, lines) in [
        ("error", &LOG_VOLUME.error),
        ("warn", &LOG_VOLUME.warn),
        ("info", &LOG_VOLUME.info),
        ("debug", &LOG_VOLUME.debug),
        ("trace", &LOG_VOLUME.trace),
    ] {
        let mut labels = String::new();
        label(&mut labels, "level", level);
        family.sample(&labels, lines.load(Relaxed));
    }
}
