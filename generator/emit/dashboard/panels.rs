//! Panels of the dashboards, and where they stand.

use serde_json::{Value as Json, json};

use super::queries::{self, Selector};
use crate::emit::alerts::records::Indicator;

/// The width of a dashboard, in Grafana's columns.
pub(super) const WIDTH: u32 = 24;
/// The height of a graph.
pub(super) const HEIGHT: u32 = 8;
/// The height of a single number.
const LOW: u32 = 4;

/// Panels side by side, and the next line where one is full.
#[derive(Clone, Default)]
pub(super) struct Grid {
    panels: Vec<Json>,
    across: u32,
    down: u32,
    line: u32,
}

impl Grid {
    pub(super) fn add(&mut self, mut panel: Json, width: u32, height: u32) {
        if self.across + width > WIDTH {
            (self.across, self.down) = (0, self.down + self.line);
            self.line = 0;
        }
        panel["gridPos"] = json!({ "x": self.across, "y": self.down, "w": width, "h": height });
        self.across += width;
        self.line = self.line.max(height);
        self.panels.push(panel);
    }

    /// The panels, each with a number of its own; those of a closed row stand below it.
    pub(super) fn panels(self) -> Vec<Json> {
        let mut panels = self.panels;
        let mut next = 0_u32;
        for panel in &mut panels {
            next += 1;
            panel["id"] = json!(next);
            let below = panel["gridPos"]["y"].as_u64().unwrap_or_default() + 1;
            let inner = panel.get_mut("panels").and_then(Json::as_array_mut);
            for inner in inner.into_iter().flatten() {
                next += 1;
                inner["id"] = json!(next);
                inner["gridPos"]["y"] = json!(below);
            }
        }
        panels
    }
}

/// A row: open, with what follows it, or closed around panels.
pub(super) fn row(title: &str, closed: Option<Vec<Json>>) -> Json {
    json!({
        "type": "row", "title": title, "collapsed": closed.is_some(), "panels": closed.unwrap_or_default(),
    })
}

pub(super) fn data_source() -> Json {
    json!({ "type": "prometheus", "uid": "${datasource}" })
}

/// A query and what its lines are called; with exemplars where it is of a histogram.
struct Query {
    expr: String,
    legend: &'static str,
    exemplars: bool,
}

fn query(expr: String, legend: &'static str) -> Query {
    Query {
        expr,
        legend,
        exemplars: false,
    }
}

fn targets(queries: Vec<Query>, instant: bool) -> Json {
    let queries = queries.into_iter().zip('A'..='Z');
    let queries = queries.map(|(query, letter)| {
        json!({
            "refId": letter.to_string(), "datasource": data_source(), "expr": query.expr, "legendFormat": query.legend,
            "exemplar": query.exemplars, "instant": instant, "range": !instant, "editorMode": "code",
        })
    });
    queries.collect()
}

fn graph(title: &str, unit: &str, queries: Vec<Query>) -> Json {
    json!({
        "type": "timeseries", "title": title, "datasource": data_source(), "targets": targets(queries, false),
        "fieldConfig": {
            "defaults": { "unit": unit, "min": 0, "custom": { "fillOpacity": 10, "showPoints": "never" } },
            "overrides": [],
        },
        "options": {
            "legend": { "calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": true },
            "tooltip": { "mode": "multi", "sort": "desc" },
        },
    })
}

fn number(title: &str, unit: &str, expr: String) -> Json {
    json!({
        "type": "stat", "title": title, "datasource": data_source(), "targets": targets(vec![query(expr, "")], true),
        "fieldConfig": { "defaults": { "unit": unit, "color": { "mode": "fixed", "fixedColor": "text" } }, "overrides": [] },
        "options": {
            "colorMode": "value", "graphMode": "none", "justifyMode": "auto", "textMode": "value", "orientation": "auto",
            "wideLayout": true, "showPercentChange": false, "percentChangeColorMode": "standard",
            "reduceOptions": { "calcs": ["lastNotNull"], "fields": "", "values": false },
        },
    })
}

/// Requests in a second, by outcome.
pub(super) fn requests(of: &Selector) -> Json {
    let by_status = query(
        of.by_status(),
        "{{http_response_status_code}} {{error_type}}",
    );
    graph("Requests", "reqps", vec![by_status])
}

/// Which shares of them went wrong.
pub(super) fn errors(of: &Selector) -> Json {
    let shares = vec![
        query(of.failed(), "failed (5xx)"),
        query(of.refused(), "refused (4xx)"),
        query(of.broken_off(), "broken off"),
    ];
    graph("Share of errors", "percentunit", shares)
}

/// How long they took.
pub(super) fn durations(of: &Selector) -> Json {
    let quantiles = [("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99")];
    let quantiles = quantiles.map(|(share, legend)| Query {
        expr: of.quantile(share),
        legend,
        exemplars: true,
    });
    graph("Duration", "s", quantiles.into())
}

/// What all operations do, and which of them stand out.
pub(super) fn overview(grid: &mut Grid) {
    let all = Selector::all();
    grid.add(row("All operations", None), WIDTH, 1);
    for (title, unit, expr) in [
        ("Requests", "reqps", all.total()),
        ("Failed (5xx)", "percentunit", all.failed()),
        ("p50", "s", all.quantile("0.5")),
        ("p99", "s", all.quantile("0.99")),
        (
            "In work",
            "short",
            format!("sum({})", all.series("http_server_active_requests")),
        ),
        (
            "Instances",
            "short",
            format!("count({})", all.series("oarlock_build_info")),
        ),
    ] {
        grid.add(number(title, unit, expr), WIDTH / 6, LOW);
    }
    let operation = "{{operation_id}}";
    for panel in [
        requests(&all),
        errors(&all),
        durations(&all),
        graph(
            "Most asked",
            "reqps",
            vec![query(all.most_asked(), operation)],
        ),
        graph(
            "Most failing (5xx)",
            "percentunit",
            vec![query(all.most_failing(), operation)],
        ),
        graph("Slowest (p99)", "s", vec![query(all.slowest(), operation)]),
    ] {
        grid.add(panel, WIDTH / 3, HEIGHT);
    }
}

/// What is left of what may go wrong, and how fast it is used up, by tag.
pub(super) fn objectives(grid: &mut Grid, indicators: &[Indicator]) {
    grid.add(row("Objectives", None), WIDTH, 1);
    for &indicator in indicators {
        let (left, burning) = match indicator {
            Indicator::Availability => (
                "Budget of failures left (30 days)",
                "Failures: pace, 1 lasts 30 days",
            ),
            Indicator::Latency => (
                "Budget of slow answers left (30 days)",
                "Slow answers: pace, 1 lasts 30 days",
            ),
        };
        let tag = "{{tag}}";
        let mut left = graph(
            left,
            "percentunit",
            vec![query(queries::left(indicator), tag)],
        );
        // More may be used up than there is.
        left["fieldConfig"]["defaults"]["min"] = Json::Null;
        grid.add(left, WIDTH / 4, HEIGHT);
        let burning = graph(burning, "short", vec![query(queries::burn(indicator), tag)]);
        grid.add(burning, WIDTH / 4, HEIGHT);
    }
}

/// What the process and its executor do.
pub(super) fn process(grid: &mut Grid) {
    let all = Selector::all();
    let by_instance = |expr: String| format!("sum by (instance) ({expr})");
    let instance = "{{instance}}";
    let one = |title: &str, unit: &str, expr: String| {
        graph(title, unit, vec![query(by_instance(expr), instance)])
    };
    let busy = all.rate("tokio_workers_busy_seconds_total");
    let workers = all.series("tokio_workers");
    let open = all.series("process_open_fds");
    let drain = [
        ("oarlock_drain_served_requests_total", "served {{instance}}"),
        (
            "oarlock_drain_finished_requests_total",
            "finished {{instance}}",
        ),
    ];
    let drain = drain.map(|(metric, legend)| query(by_instance(all.series(metric)), legend));
    let draining = query(
        by_instance(all.series("oarlock_draining")),
        "draining {{instance}}",
    );
    let lines = format!("sum by (level) ({})", all.rate("oarlock_log_lines_total"));
    grid.add(row("Process", None), WIDTH, 1);
    for panel in [
        one(
            "Requests in work",
            "short",
            all.series("http_server_active_requests"),
        ),
        one("Connections", "short", all.series("oarlock_connections")),
        one("CPU", "short", all.rate("process_cpu_seconds_total")),
        one(
            "Memory",
            "bytes",
            all.series("process_resident_memory_bytes"),
        ),
        one(
            "Executor's threads busy",
            "percentunit",
            format!("{busy} / {workers}"),
        ),
        one("Open files", "short", open),
        graph(
            "Drain",
            "short",
            [draining].into_iter().chain(drain).collect(),
        ),
        graph("Log lines", "short", vec![query(lines, "{{level}}")]),
        one("Panics", "short", all.series("oarlock_panics_total")),
    ] {
        grid.add(panel, WIDTH / 3, HEIGHT);
    }
}
