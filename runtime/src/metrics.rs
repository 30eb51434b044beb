//! Counts of requests: a static table of atomics, an entry for each operation and status.

use std::{
    fmt::Write,
    sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// The histogram's upper ends, in seconds: those of OpenTelemetry's HTTP conventions.
const BOUNDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// Statuses that any operation may answer, declared or not.
const UNDECLARED: [u16; 11] = [400, 401, 403, 404, 405, 413, 415, 422, 500, 501, 503];

/// All counts of a service.
pub(crate) struct Metrics {
    title: &'static str,
    version: &'static str,
    /// One for each operation; the last for requests that reach none.
    operations: Vec<OperationMetrics>,
    pub(crate) active: AtomicI64,
    pub(crate) connections: AtomicI64,
    pub(crate) draining: AtomicI64,
}

struct OperationMetrics {
    labels: String,
    /// Each status, then each hundred of them for those that are not foreseen.
    slots: Vec<(u16, Histogram)>,
}

#[derive(Default)]
struct Histogram {
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

/// What an operation is counted under.
pub(crate) struct Counted {
    pub(crate) id: &'static str,
    pub(crate) method: String,
    pub(crate) route: &'static str,
    pub(crate) statuses: &'static [u16],
}

impl Metrics {
    pub(crate) fn new(title: &'static str, version: &'static str, counted: &[Counted]) -> Self {
        let mut operations: Vec<OperationMetrics> = counted
            .iter()
            .map(|one| OperationMetrics {
                labels: format!(
                    "operation=\"{}\",http_request_method=\"{}\",http_route=\"{}\"",
                    escaped(one.id),
                    one.method,
                    escaped(one.route)
                ),
                slots: slots(one.statuses),
            })
            .collect();
        operations.push(OperationMetrics {
            labels: String::from("operation=\"\",http_request_method=\"\",http_route=\"\""),
            slots: slots(&[]),
        });
        Metrics {
            title,
            version,
            operations,
            active: AtomicI64::new(0),
            connections: AtomicI64::new(0),
            draining: AtomicI64::new(0),
        }
    }

    /// Counts an answer; without an operation for a path or a method that is unknown.
    pub(crate) fn count(&self, operation: Option<usize>, status: u16, took: Duration) {
        let index = operation.unwrap_or(self.operations.len() - 1);
        let slots = &self.operations[index].slots;
        let exact = slots.binary_search_by_key(&status, |(one, _)| *one);
        let class = || slots.binary_search_by_key(&(status / 100), |(one, _)| *one);
        let Ok(slot) = exact.or_else(|_| class()) else {
            return;
        };
        let seconds = took.as_secs_f64();
        let bucket = BOUNDS
            .iter()
            .position(|bound| seconds <= *bound)
            .unwrap_or(BOUNDS.len());
        let histogram = &slots[slot].1;
        histogram.buckets[bucket].fetch_add(1, Relaxed);
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        histogram.nanoseconds.fetch_add(nanoseconds, Relaxed);
    }

    /// Everything in Prometheus' text format, version 0.0.4.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        self.durations(&mut out);
        for (name, help, value) in [
            (
                "http_server_active_requests",
                "Requests in work.",
                &self.active,
            ),
            (
                "http_server_open_connections",
                "Connections of the API port.",
                &self.connections,
            ),
            (
                "oarlock_draining",
                "1 from the signal to stop on.",
                &self.draining,
            ),
        ] {
            let value = value.load(Relaxed);
            let _ = writeln!(
                out,
                "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}"
            );
        }
        let _ = writeln!(
            out,
            "# HELP oarlock_build_info The service and its runtime.\n# TYPE oarlock_build_info gauge\n\
             oarlock_build_info{{title=\"{}\",version=\"{}\",runtime=\"{}\"}} 1",
            escaped(self.title),
            escaped(self.version),
            env!("CARGO_PKG_VERSION"),
        );
        crate::log::VOLUME.text(&mut out);
        out
    }

    fn durations(&self, out: &mut String) {
        let name = "http_server_request_duration_seconds";
        let _ = writeln!(
            out,
            "# HELP {name} How long answers took.\n# TYPE {name} histogram"
        );
        for operation in &self.operations {
            for (status, histogram) in &operation.slots {
                let status = match status {
                    class @ 0..=9 => format!("{class}XX"),
                    exact => exact.to_string(),
                };
                let labels = format!(
                    "{},http_response_status_code=\"{status}\"",
                    operation.labels
                );
                histogram.write(name, &labels, out);
            }
        }
    }
}

impl Histogram {
    fn write(&self, name: &str, labels: &str, out: &mut String) {
        let counts: Vec<u64> = self
            .buckets
            .iter()
            .map(|bucket| bucket.load(Relaxed))
            .collect();
        let all: u64 = counts.iter().sum();
        if all == 0 {
            return;
        }
        let mut sum = 0;
        for (bound, count) in BOUNDS.iter().zip(&counts) {
            sum += count;
            let _ = writeln!(out, "{name}_bucket{{{labels},le=\"{bound}\"}} {sum}");
        }
        let seconds = Duration::from_nanos(self.nanoseconds.load(Relaxed)).as_secs_f64();
        let _ = writeln!(
            out,
            "{name}_bucket{{{labels},le=\"+Inf\"}} {all}\n{name}_sum{{{labels}}} {seconds}\n\
             {name}_count{{{labels}}} {all}"
        );
    }
}

fn slots(declared: &[u16]) -> Vec<(u16, Histogram)> {
    let mut statuses: Vec<u16> = (1..=5)
        .chain(UNDECLARED)
        .chain(declared.iter().copied())
        .collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses
        .into_iter()
        .map(|status| (status, Histogram::default()))
        .collect()
}

/// A label's value.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_under_their_status() {
        let counted = Counted {
            id: "a",
            method: "GET".into(),
            route: "/a/\"",
            statuses: &[299],
        };
        let metrics = Metrics::new("t", "1", &[counted]);
        for status in [299, 204, 404] {
            metrics.count(Some(0), status, Duration::from_millis(7));
        }
        metrics.count(None, 404, Duration::from_secs(20));
        let text = metrics.text();
        for line in [
            "duration_seconds_bucket{operation=\"a\",http_request_method=\"GET\",http_route=\"/a/\\\"\",http_response_status_code=\"299\",le=\"0.005\"} 0",
            "http_response_status_code=\"299\",le=\"0.01\"} 1",
            "http_response_status_code=\"2XX\"} 1",
            "duration_seconds_count{operation=\"\",http_request_method=\"\",http_route=\"\",http_response_status_code=\"404\"} 1",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }
}
