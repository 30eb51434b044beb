//! How much is logged, and how much is lost.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tracing::Level;

use crate::metrics::{Family, Kind, label};

/// The levels as they are counted, the gravest first.
pub(crate) const LEVELS: [Level; 5] = [
    Level::ERROR,
    Level::WARN,
    Level::INFO,
    Level::DEBUG,
    Level::TRACE,
];

/// What became of the lines and the panics of this process.
pub(crate) static VOLUME: Volume = Volume::new();

/// Counts of lines and panics.
pub(crate) struct Volume {
    /// Lines that were logged, dropped later or not.
    pub(crate) logged: ByLevel,
    /// Lines that stdout did not take in time.
    pub(crate) dropped: ByLevel,
    /// Lines that the receiver of the forward protocol did not take in time.
    #[cfg(feature = "fluent")]
    pub(crate) unsent: ByLevel,
    /// Lines that the receiver of the forward protocol has acknowledged.
    #[cfg(feature = "fluent")]
    pub(crate) acknowledged: AtomicU64,
    /// Panics, of handlers and elsewhere.
    pub(crate) panics: AtomicU64,
}

/// A count for each level.
pub(crate) struct ByLevel([AtomicU64; 5]);

impl ByLevel {
    const fn new() -> Self {
        ByLevel([const { AtomicU64::new(0) }; 5])
    }

    pub(crate) fn add(&self, level: Level, count: u64) {
        self.0[place(level)].fetch_add(count, Relaxed);
    }

    /// The counts, in the order of [`LEVELS`].
    pub(crate) fn counts(&self) -> [u64; 5] {
        std::array::from_fn(|place| self.0[place].load(Relaxed))
    }
}

fn place(level: Level) -> usize {
    match level {
        Level::ERROR => 0,
        Level::WARN => 1,
        Level::INFO => 2,
        Level::DEBUG => 3,
        Level::TRACE => 4,
    }
}

impl Volume {
    const fn new() -> Self {
        Volume {
            logged: ByLevel::new(),
            dropped: ByLevel::new(),
            #[cfg(feature = "fluent")]
            unsent: ByLevel::new(),
            #[cfg(feature = "fluent")]
            acknowledged: AtomicU64::new(0),
            panics: AtomicU64::new(0),
        }
    }

    /// Every count as a metric.
    pub(crate) fn write(&self, out: &mut String) {
        let help = "Lines that were logged.";
        by_level(out, "oarlock_log_lines", help, &self.logged);
        let help = "Lines that stdout did not take in time.";
        by_level(out, "oarlock_log_dropped_lines", help, &self.dropped);
        #[cfg(feature = "fluent")]
        {
            let help = "Lines that the log receiver did not take in time.";
            by_level(out, "oarlock_fluent_dropped_lines", help, &self.unsent);
            let help = "Lines that the log receiver has acknowledged.";
            let name = "oarlock_fluent_acknowledged_lines";
            Family::begin(out, name, Kind::Counter, help)
                .sample("", self.acknowledged.load(Relaxed));
        }
        let help = "Panics, those that became an answer among them.";
        Family::begin(out, "oarlock_panics", Kind::Counter, help)
            .sample("", self.panics.load(Relaxed));
    }
}

fn by_level(out: &mut String, name: &'static str, help: &'static str, counts: &ByLevel) {
    let mut family = Family::begin(out, name, Kind::Counter, help);
    for (level, count) in LEVELS.iter().zip(counts.counts()) {
        let mut labels = String::new();
        label(&mut labels, "level", &level.as_str().to_ascii_lowercase());
        family.sample(&labels, count);
    }
}
