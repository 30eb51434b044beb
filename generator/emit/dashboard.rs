//! A service's dashboard for Grafana, made of its operations: what all of them do, a row for each, and a row for the process.
//! Queries stand in `dashboard/queries.rs`; nothing there is but what the runtime tells (`runtime/src/metrics.rs`).

mod panels;
mod queries;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{EmitError, alerts, escape};
use crate::{
    files::{FileSet, Owner},
    model::{Group, Operation},
};
use panels::{Grid, HEIGHT, WIDTH, row};
use queries::Selector;

/// How many operations one dashboard has: a Kubernetes ConfigMap takes 1 MiB, and people less.
const MOST_OPERATIONS: usize = 100;
/// The longest that Grafana takes for a `uid`.
const LONGEST_UID: usize = 40;
/// The format of dashboards, which later releases of Grafana bring up to date themselves.
const SCHEMA_VERSION: u32 = 41;

/// Adds a service's dashboards: one, or several where there are many operations.
pub(super) fn emit(
    (service, title): (&str, &str),
    groups: &[&Group],
    files: &mut FileSet,
) -> Result<(), EmitError> {
    let operations = groups.iter().flat_map(|group| &group.operations);
    let operations: Vec<&Operation> = operations.collect();
    let parts = operations.len().div_ceil(MOST_OPERATIONS).max(1);
    for part in 0..parts {
        let own = operations
            .iter()
            .skip(part * MOST_OPERATIONS)
            .take(MOST_OPERATIONS);
        let mut grid = Grid::default();
        if part == 0 {
            panels::overview(&mut grid);
            panels::objectives(&mut grid, &alerts::records::indicators(groups));
            panels::process(&mut grid);
        }
        for operation in own {
            grid.add(operation_row(operation), WIDTH, 1);
        }
        // No service has a dot in its name.
        let suffix = match part {
            0 => String::new(),
            part => format!(".{}", part + 1),
        };
        let dashboard = dashboard(service, title, &suffix, parts > 1, grid.panels());
        let path = format!("deploy/chart/charts/{service}/dashboards/{service}{suffix}.json");
        files.add(&path, Owner::Generated, text(&dashboard))?;
    }
    Ok(())
}

/// A closed row, since most operations are not what one looks for.
fn operation_row(operation: &Operation) -> Json {
    let (method, path) = (operation.method.as_str(), &operation.path);
    let mut title = format!("{} · {method} {path}", operation.id);
    if operation.deprecated {
        title.push_str(" (deprecated)");
    }
    let mut inner = Grid::default();
    let third = WIDTH / 3;
    let of = Selector::operation(&operation.id);
    inner.add(panels::requests(&of), third, HEIGHT);
    inner.add(panels::errors(&of), third, HEIGHT);
    inner.add(panels::durations(&of), third, HEIGHT);
    row(&title, Some(inner.panels()))
}

fn dashboard(service: &str, title: &str, suffix: &str, linked: bool, panels: Vec<Json>) -> Json {
    let links = json!([{
        "type": "dashboards", "title": service, "tags": [service], "asDropdown": true, "includeVars": true,
        "keepTime": true, "targetBlank": false, "icon": "", "tooltip": "", "url": "",
    }]);
    json!({
        "uid": uid(&format!("{service}{}", suffix.replace('.', "_"))),
        "title": format!("{service}{suffix}"),
        "tags": ["oarlock", service],
        "editable": false,
        "graphTooltip": 1,
        "schemaVersion": SCHEMA_VERSION,
        "timezone": "browser",
        "refresh": "10s",
        "time": { "from": "now-30m", "to": "now" },
        "annotations": { "list": [] },
        "links": if linked { links } else { json!([]) },
        "templating": { "list": variables(service, title) },
        "panels": panels,
    })
}

/// What one may choose at the top: where metrics are kept, whose they are, and of which instances.
fn variables(service: &str, title: &str) -> Json {
    let title = escape::promql(title);
    let query = |name: &str, label: &str, query: String| {
        json!({
            "type": "query", "name": name, "label": label, "hide": 0, "skipUrlSync": false,
            "datasource": panels::data_source(), "definition": query, "query": { "qryType": 1, "query": query, "refId": name },
            "refresh": 2, "regex": "", "sort": 1, "options": [], "multi": false, "includeAll": false,
        })
    };
    let mut job = query(
        "job",
        "Service",
        format!("label_values(oarlock_build_info{{title={title}}}, job)"),
    );
    job["current"] = json!({ "text": service, "value": service });
    let mut instance = query(
        "instance",
        "Instance",
        "label_values(oarlock_build_info{job=\"$job\"}, instance)".to_owned(),
    );
    instance["multi"] = json!(true);
    instance["includeAll"] = json!(true);
    instance["allValue"] = json!(".*");
    instance["current"] = json!({ "text": ["All"], "value": ["$__all"] });
    let source = json!({
        "type": "datasource", "name": "datasource", "label": "Data source", "hide": 0, "skipUrlSync": false,
        "query": "prometheus", "refresh": 1, "regex": "", "options": [], "multi": false, "includeAll": false,
    });
    json!([source, job, instance])
}

fn uid(name: &str) -> String {
    match name.len() <= LONGEST_UID {
        true => name.to_owned(),
        false => {
            let digest = Sha256::digest(name.as_bytes());
            let digits = digest.iter().take(4).map(|byte| format!("{byte:02x}"));
            let kept: String = name.chars().take(LONGEST_UID - 9).collect();
            format!("{kept}_{}", digits.collect::<String>())
        }
    }
}

/// A line for each member, and one for each panel: differences can be read, and a row of panels is not a page long.
fn text(dashboard: &Json) -> String {
    let members = dashboard.as_object().into_iter().flatten();
    let members = members.map(|(name, value)| match value.as_array() {
        Some(items) if name == "panels" => {
            let items: Vec<String> = items.iter().map(|item| format!("    {item}")).collect();
            format!("  \"{name}\": [\n{}\n  ]", items.join(",\n"))
        }
        _ => format!("  \"{name}\": {value}"),
    });
    let members: Vec<String> = members.collect();
    escape::json(&format!("{{\n{}\n}}\n", members.join(",\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_short_and_its_own() {
        let long = "a".repeat(40);
        assert_eq!(uid(&long), long);
        let (one, other) = (uid(&format!("{long}_2")), uid(&format!("{long}_3")));
        assert_eq!((one.len(), other.len()), (40, 40));
        assert_ne!(one, other);
    }

    #[test]
    fn a_dashboard_reads_as_it_was_written() {
        let value = json!({ "title": "a\u{202e}b", "panels": [{ "x": 1 }, { "x": 2 }] });
        let text = text(&value);
        assert_eq!(text.lines().count(), 7, "{text}");
        assert_eq!(serde_json::from_str::<Json>(&text).expect("JSON"), value);
        assert!(text.contains("a\\u202eb"), "{text}");
    }
}
