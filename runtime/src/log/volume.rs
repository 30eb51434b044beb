//! How much is logged, and how much is lost.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use tracing::Level;

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

    /// The counts in Prometheus' text format.
    pub(crate) fn text(&self, out: &mut String) {
        by_level(
            out,
            "oarlock_log_lines_total",
            "Lines that were logged.",
            &self.logged,
        );
        by_level(
            out,
            "oarlock_log_dropped_lines_total",
            "Lines that stdout did not take in time.",
            &self.dropped,
        );
        #[cfg(feature = "fluent")]
        {
            by_level(
                out,
                "oarlock_fluent_dropped_lines_total",
                "Lines that the log receiver did not take in time.",
                &self.unsent,
            );
            counter(
                out,
                "oarlock_fluent_acknowledged_lines_total",
                "Lines that the log receiver has acknowledged.",
                &self.acknowledged,
            );
        }
        counter(out, "oarlock_panics_total", "Panics.", &self.panics);
    }
}

fn by_level(out: &mut String, name: &str, help: &str, counts: &ByLevel) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} counter");
    for (level, count) in LEVELS.iter().zip(counts.counts()) {
        let level = level.as_str().to_ascii_lowercase();
        let _ = writeln!(out, "{name}{{level=\"{level}\"}} {count}");
    }
}

fn counter(out: &mut String, name: &str, help: &str, count: &AtomicU64) {
    let count = count.load(Relaxed);
    let _ = writeln!(
        out,
        "# HELP {name} {help}\n# TYPE {name} counter\n{name} {count}"
    );
}
