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

/// How long one dashboard may be where it is a text in JSON: what `kubectl apply` writes into an annotation, which may have
/// 262,144 bytes (`TotalAnnotationSizeLimitB` of Kubernetes), labels and annotations of its ConfigMap being left some room.
const LONGEST: usize = 235_000;
/// Room for what is put into a row and its panels last: their numbers and places.
const NUMBERS: usize = 160;
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
    let mut first = Grid::default();
    panels::overview(&mut first);
    panels::objectives(&mut first, &alerts::records::indicators(groups));
    panels::process(&mut first);
    let bare = |grid: Grid| text(&dashboard(service, title, ".9999", true, grid.panels()));
    let (beginning, frame) = (bare(first.clone()), bare(Grid::default()));
    let operations = groups.iter().flat_map(|group| &group.operations);
    let rows = operations.map(operation_row).collect();
    let parts = parted(rows, length(&beginning), length(&frame));
    let linked = parts.len() > 1;
    for (part, rows) in parts.into_iter().enumerate() {
        let mut grid = match part {
            0 => std::mem::take(&mut first),
            _ => Grid::default(),
        };
        for row in rows {
            grid.add(row, WIDTH, 1);
        }
        // No service has a dot in its name.
        let suffix = match part {
            0 => String::new(),
            part => format!(".{}", part + 1),
        };
        let dashboard = dashboard(service, title, &suffix, linked, grid.panels());
        let path = format!("deploy/chart/charts/{service}/dashboards/{service}{suffix}.json");
        files.add(&path, Owner::Generated, text(&dashboard))?;
    }
    Ok(())
}

/// The rows of each dashboard, by how long the first is without any, and how long the others are.
fn parted(rows: Vec<Json>, beginning: usize, frame: usize) -> Vec<Vec<Json>> {
    let mut parts = vec![Vec::new()];
    let mut taken = beginning;
    for row in rows {
        let more = length(&escape::json(&row.to_string())) + NUMBERS;
        if taken + more > LONGEST {
            parts.push(Vec::new());
            taken = frame;
        }
        taken += more;
        if let Some(part) = parts.last_mut() {
            part.push(row);
        }
    }
    parts
}

/// How many bytes a text has at most as one of JSON, as Go writes it: `<`, `>` and `&` as six each.
fn length(text: &str) -> usize {
    let bytes = text.chars().map(|letter| match letter {
        '"' | '\\' | '\n' => 2,
        '<' | '>' | '&' | '\0'..' ' | '\u{2028}' | '\u{2029}' => 6,
        letter => letter.len_utf8(),
    });
    bytes.sum()
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

/// What one may choose at the top: where metrics are kept, of which namespaces and service they are, and of which instances.
fn variables(service: &str, title: &str) -> Json {
    let title = escape::promql(title);
    let query = |name: &str, label: &str, query: String| {
        json!({
            "type": "query", "name": name, "label": label, "hide": 0, "skipUrlSync": false,
            "datasource": panels::data_source(), "definition": query, "query": { "qryType": 1, "query": query, "refId": name },
            "refresh": 2, "regex": "", "sort": 1, "options": [], "multi": false, "includeAll": false,
        })
    };
    // Where nothing is chosen, what has no such label is taken as well.
    let any = |mut variable: Json| {
        variable["multi"] = json!(true);
        variable["includeAll"] = json!(true);
        variable["allValue"] = json!(".*");
        variable["current"] = json!({ "text": ["All"], "value": ["$__all"] });
        variable
    };
    let namespace = any(query(
        "namespace",
        "Namespace",
        format!("label_values(oarlock_build_info{{title={title}}}, namespace)"),
    ));
    let mut job = query(
        "job",
        "Service",
        format!("label_values(oarlock_build_info{{namespace=~\"$namespace\",title={title}}}, job)"),
    );
    job["current"] = json!({ "text": service, "value": service });
    let instance = any(query(
        "instance",
        "Instance",
        "label_values(oarlock_build_info{namespace=~\"$namespace\",job=\"$job\"}, instance)"
            .to_owned(),
    ));
    let source = json!({
        "type": "datasource", "name": "datasource", "label": "Data source", "hide": 0, "skipUrlSync": false,
        "query": "prometheus", "refresh": 1, "regex": "", "options": [], "multi": false, "includeAll": false,
    });
    json!([source, namespace, job, instance])
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
