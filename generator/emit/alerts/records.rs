//! What is recorded: requests in a second by tag, the shares of them that went wrong, and how fast their budget burns. Windows
//! longer than the first are made of what is recorded of that, so that they cost as many series as there are tags.

use std::collections::BTreeSet;

use crate::model::{BURNS, Group, Objectives, Share};

/// From one evaluation to the next, in seconds.
pub(super) const INTERVAL: u32 = 30;
/// The shortest window, of which all others are made.
const BASE: &str = "5m";
/// All of them; alerts look at the longer ones too.
const WINDOWS: [&str; 7] = [BASE, "30m", "1h", "2h", "6h", "1d", "3d"];
/// Which operation has which tag.
pub(super) const MAPPING: &str = "job_operation_tag:http_server_objectives:info";
/// The histogram of how long requests take.
pub(in crate::emit) const DURATIONS: &str = "http_server_request_duration_seconds";
/// Of a response: it is the server that failed.
pub(in crate::emit) const FAILED: &str = "http_response_status_code=~\"5..\"";
const NOT_FAILED: &str = "http_response_status_code!~\"5..\"";

/// Something that is promised, and what tells whether it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emit) enum Indicator {
    /// Requests are not answered with 5xx.
    Availability,
    /// The others are answered in time.
    Latency,
}

impl Indicator {
    /// Requests that break it.
    fn bad(self) -> &'static str {
        match self {
            Indicator::Availability => "http_server_errors",
            Indicator::Latency => "http_server_slow_requests",
        }
    }

    /// Requests that it is promised of.
    fn all(self) -> &'static str {
        match self {
            Indicator::Availability => "http_server_requests",
            Indicator::Latency => "http_server_timed_requests",
        }
    }

    /// What is recorded of how many may break it.
    pub(super) fn budget(self) -> &'static str {
        match self {
            Indicator::Availability => "job_tag:availability_budget:ratio",
            Indicator::Latency => "job_tag:latency_budget:ratio",
        }
    }

    /// The share that keeps it.
    pub(super) fn share(self, objectives: &Objectives) -> Share {
        match self {
            Indicator::Availability => objectives.availability,
            Indicator::Latency => objectives.latency.share,
        }
    }

    /// The share of requests that break it, over a window.
    fn ratio(self, window: &str) -> String {
        record(self.bad(), &format!("ratio_rate{window}"))
    }

    /// How many times as fast as it lasts the budget burns, over a window.
    pub(in crate::emit) fn burn(self, window: &str) -> String {
        record(self.bad(), &format!("burnrate{window}"))
    }

    /// How many requests broke it within a window.
    pub(super) fn count(self, window: &str) -> String {
        record(self.bad(), &format!("increase{window}"))
    }

    /// Requests that break it, in a second.
    fn bad_rate(self) -> String {
        rate(self.bad())
    }

    /// Requests that it is promised of, in a second.
    fn all_rate(self) -> String {
        rate(self.all())
    }

    /// The share of its budget that is left of 30 days, by tag; `series` are those of a record.
    pub(in crate::emit) fn left(self, series: impl Fn(&str) -> String) -> String {
        let sum = |rate: String| {
            let series = series(&rate);
            format!("sum by (tag) (sum_over_time({series}[30d]))")
        };
        let (bad, all) = (sum(self.bad_rate()), sum(self.all_rate()));
        let budget = series(self.budget());
        format!("1 - {bad} / {all} / max by (tag) ({budget})")
    }
}

/// A recording rule.
pub(super) struct Record {
    pub(super) name: String,
    /// Its lines.
    pub(super) expr: String,
}

/// A name after Prometheus' convention: level, metric, operations.
fn record(metric: &str, operations: &str) -> String {
    format!("namespace_job_tag:{metric}:{operations}")
}

fn rate(metric: &str) -> String {
    record(metric, &format!("rate{BASE}"))
}

/// Whether some operation of a tag has a time.
pub(super) fn is_timed(group: &Group) -> bool {
    let mut operations = group.operations.iter();
    operations.any(|one| !one.is_paced_by_its_caller())
}

/// What is promised of some operation at least.
pub(in crate::emit) fn indicators(groups: &[&Group]) -> Vec<Indicator> {
    match groups.iter().any(|group| is_timed(group)) {
        true => vec![Indicator::Availability, Indicator::Latency],
        false => vec![Indicator::Availability],
    }
}

/// Everything that is recorded, in the order in which it stands on one another.
pub(super) fn records(service: &str, groups: &[&Group]) -> Vec<Record> {
    let job = Job(service);
    let indicators = indicators(groups);
    let mut records = vec![job.requests(), job.errors()];
    if indicators.len() > 1 {
        records.extend([job.timed(), job.slow(groups)]);
    }
    for indicator in indicators {
        records.extend(WINDOWS.iter().map(|window| job.ratio(indicator, window)));
        records.extend(WINDOWS.iter().map(|window| job.burn(indicator, window)));
        let long = BURNS.iter().map(|burn| job.count(indicator, burn.long));
        records.extend(long);
    }
    records
}

/// The series of a service. Every selector begins with its job, so that a chart can put its namespace before it.
pub(in crate::emit) struct Job<'a>(pub(in crate::emit) &'a str);

impl Job<'_> {
    /// The series of a metric.
    pub(in crate::emit) fn series(&self, metric: &str, more: &str) -> String {
        let comma = if more.is_empty() { "" } else { "," };
        format!("{metric}{{job=\"{}\"{comma}{more}}}", self.0)
    }

    /// Requests in a second by tag, of those that more is asked of; those that reached no operation have none.
    fn by_tag(&self, metric: &str, more: &str, keys: &str, mapped: &str) -> String {
        let (series, mapping) = (self.series(metric, more), self.series(MAPPING, mapped));
        format!(
            "sum by (namespace, job, tag) (\n  sum by (namespace, job, {keys}) (rate({series}[{BASE}]))\n    \
             * on (job, {keys}) group_left (tag) {mapping}\n)"
        )
    }

    fn requests(&self) -> Record {
        Record {
            name: Indicator::Availability.all_rate(),
            expr: self.by_tag(&format!("{DURATIONS}_count"), "", "operation_id", ""),
        }
    }

    /// Nothing is told of what never happened: without errors there are none.
    fn errors(&self) -> Record {
        let failed = self.by_tag(&format!("{DURATIONS}_count"), FAILED, "operation_id", "");
        let none = self.series(&Indicator::Availability.all_rate(), "");
        Record {
            name: Indicator::Availability.bad_rate(),
            expr: format!("{failed}\nor 0 * {none}"),
        }
    }

    fn timed(&self) -> Record {
        let count = format!("{DURATIONS}_count");
        Record {
            name: Indicator::Latency.all_rate(),
            expr: self.by_tag(&count, NOT_FAILED, "operation_id", "le!=\"\""),
        }
    }

    fn slow(&self, groups: &[&Group]) -> Record {
        let times = groups.iter().filter(|group| is_timed(group));
        let times: BTreeSet<&str> = times
            .map(|group| group.objectives.latency.seconds())
            .collect();
        let times: Vec<String> = times.iter().map(|one| one.replace('.', "\\\\.")).collect();
        let more = format!("{NOT_FAILED},le=~\"{}\"", times.join("|"));
        let fast = self.by_tag(
            &format!("{DURATIONS}_bucket"),
            &more,
            "operation_id, le",
            "",
        );
        let timed = self.series(&Indicator::Latency.all_rate(), "");
        let fast = fast.replace('\n', "\n  ");
        Record {
            name: Indicator::Latency.bad_rate(),
            expr: format!("clamp_min(\n  {timed}\n  - {fast},\n  0\n)"),
        }
    }

    fn ratio(&self, indicator: Indicator, window: &str) -> Record {
        let (bad, all) = (
            self.series(&indicator.bad_rate(), ""),
            self.series(&indicator.all_rate(), ""),
        );
        let over = |series: &str| match window {
            BASE => series.to_owned(),
            window => format!("sum_over_time({series}[{window}])"),
        };
        Record {
            name: indicator.ratio(window),
            expr: format!("{}\n/ ({} > 0)", over(&bad), over(&all)),
        }
    }

    fn burn(&self, indicator: Indicator, window: &str) -> Record {
        let ratio = self.series(&indicator.ratio(window), "");
        let budget = self.series(indicator.budget(), "");
        Record {
            name: indicator.burn(window),
            expr: format!("{ratio}\n/ on (job, tag) group_left () {budget}"),
        }
    }

    fn count(&self, indicator: Indicator, window: &str) -> Record {
        let bad = self.series(&indicator.bad_rate(), "");
        Record {
            name: indicator.count(window),
            expr: format!("sum_over_time({bad}[{window}]) * {INTERVAL}"),
        }
    }
}
