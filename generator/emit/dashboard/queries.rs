//! Queries of the dashboards, over the runtime's own metrics and labels. `$namespace`, `$job`, `$instance` and
//! `$__rate_interval` are put in by Grafana; no text of a document has a `$` here.

use crate::emit::{
    alerts::records::{DURATIONS, FAILED, Indicator},
    escape,
};

const REFUSED: &str = "http_response_status_code=~\"4..\"";
const BROKEN_OFF: &str = "error_type!=\"\"";
const ANSWERED: &str = "error_type=\"\"";

/// Which series: of the chosen instances, all or of one operation.
pub(super) struct Selector(String);

impl Selector {
    /// All that the instances tell.
    pub(super) fn all() -> Self {
        Selector("namespace=~\"$namespace\",job=\"$job\",instance=~\"$instance\"".to_owned())
    }

    /// What they tell of one operation.
    pub(super) fn operation(id: &str) -> Self {
        let Selector(all) = Selector::all();
        Selector(format!("{all},operation_id={}", escape::promql(id)))
    }

    /// The series of a metric.
    pub(super) fn series(&self, metric: &str) -> String {
        format!("{metric}{{{}}}", self.0)
    }

    /// How much a counter grows in a second.
    pub(super) fn rate(&self, metric: &str) -> String {
        format!("rate({}[$__rate_interval])", self.series(metric))
    }

    /// Requests in a second, of those that more is asked of.
    fn requests(&self, more: &str) -> String {
        let comma = if more.is_empty() { "" } else { "," };
        format!(
            "rate({DURATIONS}_count{{{}{comma}{more}}}[$__rate_interval])",
            self.0
        )
    }

    fn buckets(&self) -> String {
        format!(
            "rate({DURATIONS}_bucket{{{},{ANSWERED}}}[$__rate_interval])",
            self.0
        )
    }

    /// Requests in a second by outcome.
    pub(super) fn by_status(&self) -> String {
        format!(
            "sum by (http_response_status_code, error_type) ({})",
            self.requests("")
        )
    }

    /// All requests in a second.
    pub(super) fn total(&self) -> String {
        format!("sum({})", self.requests(""))
    }

    /// The share of requests that the service failed; 0 where none did.
    pub(super) fn failed(&self) -> String {
        self.share(FAILED)
    }

    /// The share of requests that were refused.
    pub(super) fn refused(&self) -> String {
        self.share(REFUSED)
    }

    /// The share of requests that were broken off.
    pub(super) fn broken_off(&self) -> String {
        self.share(BROKEN_OFF)
    }

    fn share(&self, which: &str) -> String {
        let (some, all) = (self.requests(which), self.requests(""));
        format!("(sum({some}) or vector(0)) / sum({all})")
    }

    /// How long the fastest share of requests that were answered took at most.
    pub(super) fn quantile(&self, share: &str) -> String {
        format!(
            "histogram_quantile({share}, sum by (le) ({}))",
            self.buckets()
        )
    }

    /// The operations that are asked the most; what reached none is one of them.
    pub(super) fn most_asked(&self) -> String {
        let all = named(&format!("sum by (operation_id) ({})", self.requests("")));
        format!("topk(10, {all})")
    }

    /// The operations that fail the most.
    pub(super) fn most_failing(&self) -> String {
        let sum = |more| format!("sum by (operation_id) ({})", self.requests(more));
        let (failed, all) = (sum(FAILED), sum(""));
        let share = named(&format!("({failed} or 0 * {all}) / {all}"));
        format!("topk(10, {share})")
    }

    /// The operations that take the longest, each by its slowest hundredth.
    pub(super) fn slowest(&self) -> String {
        let sum = format!("sum by (le, operation_id) ({})", self.buckets());
        let slow = named(&format!("histogram_quantile(0.99, {sum})"));
        format!("topk(10, {slow})")
    }
}

/// What is recorded of the chosen job. Outside of a chart, what is promised has no namespace.
fn recorded(record: &str) -> String {
    format!("{record}{{namespace=~\"$namespace|\",job=\"$job\"}}")
}

/// The share of a budget that is left of 30 days, by tag.
pub(super) fn left(indicator: Indicator) -> String {
    indicator.left(recorded)
}

/// How many times as fast as it lasts a budget burns, by tag, over an hour.
pub(super) fn burn(indicator: Indicator) -> String {
    format!("max by (tag) ({})", recorded(&indicator.burn("1h")))
}

/// With a name for what reached no operation.
fn named(query: &str) -> String {
    format!("label_replace({query}, \"operation_id\", \"(none)\", \"operation_id\", \"\")")
}
