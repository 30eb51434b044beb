//! Histograms of fixed bounds: a bucket's add and a sum's add, whoever else counts.

use std::{
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::exposition::Family;
use crate::defaults::DURATION_BOUNDS as DURATIONS;

/// A bucket's upper end, and how OpenMetrics writes it ("Considerations: Canonical Numbers").
type Bound = (u64, &'static str);

/// Bytes: OpenTelemetry leaves them open.
const SIZES: [Bound; 8] = [
    (100, "100.0"),
    (1_000, "1000.0"),
    (10_000, "10000.0"),
    (100_000, "100000.0"),
    (1_000_000, "1e+06"),
    (10_000_000, "1e+07"),
    (100_000_000, "1e+08"),
    (1_000_000_000, "1e+09"),
];

/// How many took how long, with the last sampled trace of each bucket.
#[derive(Default)]
pub(super) struct Durations {
    buckets: [AtomicU64; DURATIONS.len() + 1],
    nanoseconds: AtomicU64,
    /// Made when the first sampled request comes.
    exemplars: OnceLock<Box<Mutex<Exemplars>>>,
}

type Exemplars = [Option<Exemplar>; DURATIONS.len() + 1];

/// A request of a trace that was recorded.
#[derive(Debug, Clone, Copy)]
struct Exemplar {
    trace: u128,
    seconds: f64,
    /// Since the epoch of Unix.
    at: Duration,
}

impl Durations {
    /// Counts one; `trace` is its trace, where that is sampled.
    pub(super) fn observe(&self, took: Duration, trace: Option<u128>) {
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let bucket = place(&DURATIONS, nanoseconds);
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.nanoseconds.fetch_add(nanoseconds, Relaxed);
        let Some(trace) = trace else { return };
        let exemplars = self.exemplars.get_or_init(Box::default);
        // Whoever holds it keeps an exemplar or reads them: this one is as good as any, and waits for nobody.
        if let Ok(mut exemplars) = exemplars.try_lock() {
            exemplars[bucket] = Some(Exemplar {
                trace,
                seconds: took.as_secs_f64(),
                at: SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default(),
            });
        }
    }

    pub(super) fn write(&self, family: &mut Family, labels: &str) {
        let exemplars = self.exemplars.get();
        // Copied, so that nobody finds it held for longer than that.
        let exemplars = exemplars.and_then(|all| all.lock().ok().map(|all| *all));
        let seconds = Duration::from_nanos(self.nanoseconds.load(Relaxed)).as_secs_f64();
        write(
            family,
            labels,
            &DURATIONS,
            &self.buckets,
            seconds,
            |bucket| {
                let one = exemplars?[bucket]?;
                Some(format!(
                    "{{trace_id=\"{:032x}\"}} {} {}.{:03}",
                    one.trace,
                    one.seconds,
                    one.at.as_secs(),
                    one.at.subsec_millis()
                ))
            },
        );
    }
}

/// How many were how large.
#[derive(Default)]
pub(super) struct Sizes {
    buckets: [AtomicU64; SIZES.len() + 1],
    bytes: AtomicU64,
}

impl Sizes {
    pub(super) fn observe(&self, bytes: u64) {
        self.buckets[place(&SIZES, bytes)].fetch_add(1, Relaxed);
        if bytes > 0 {
            self.bytes.fetch_add(bytes, Relaxed);
        }
    }

    pub(super) fn write(&self, family: &mut Family, labels: &str) {
        let bytes = self.bytes.load(Relaxed);
        write(family, labels, &SIZES, &self.buckets, bytes, |_| None);
    }
}

fn place(bounds: &[Bound], value: u64) -> usize {
    let found = bounds.iter().position(|(bound, _)| value <= *bound);
    found.unwrap_or(bounds.len())
}

fn write(
    family: &mut Family,
    labels: &str,
    bounds: &[Bound],
    buckets: &[AtomicU64],
    sum: impl std::fmt::Display,
    exemplar: impl Fn(usize) -> Option<String>,
) {
    let mut count = 0;
    let ends = bounds.iter().map(|(_, text)| *text).chain(["+Inf"]);
    for (index, (end, bucket)) in ends.zip(buckets).enumerate() {
        count += bucket.load(Relaxed);
        family.bucket(labels, end, count, exemplar(index));
    }
    family.suffixed("_count", labels, count);
    family.suffixed("_sum", labels, sum);
}
