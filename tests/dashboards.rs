//! The dashboards of a project: a row for each operation, whatever its name, and no more in one than a ConfigMap takes.

use std::{
    collections::BTreeSet,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value as Json;

fn project(name: &str, document: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("dashboards")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("openapi.yaml"), document).expect("a document");
    let mut command = Command::new(env!("CARGO_BIN_EXE_oarlock"));
    let arguments = [
        "generate",
        "openapi.yaml",
        "--out",
        ".",
        "--name",
        "harbour",
    ];
    let output = command.args(arguments).current_dir(&folder).output();
    let output = output.expect("oarlock runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    folder.join("deploy/chart/charts/harbour/dashboards")
}

/// The files of a folder with what they hold, by name.
fn dashboards(folder: &Path) -> Vec<(String, Json)> {
    let mut found: Vec<(String, Json)> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("text");
            let applied = serde_json::to_string(&text).expect("JSON");
            let escaped = applied.matches(['<', '>', '&']).count() * 5;
            assert!(
                applied.len() + escaped < 240_000,
                "kubectl apply writes it into an annotation, which may have 262,144 bytes"
            );
            let name = path.file_name().expect("a name").to_string_lossy();
            (
                name.into_owned(),
                serde_json::from_str(&text).expect("JSON"),
            )
        })
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

fn rows(dashboard: &Json) -> Vec<&Json> {
    let panels = dashboard["panels"].as_array().expect("panels");
    panels.iter().filter(|one| one["type"] == "row").collect()
}

/// Every query, of panels within closed rows too.
fn queries(dashboard: &Json) -> Vec<&str> {
    let panels = dashboard["panels"].as_array().expect("panels").iter();
    let all = panels.flat_map(|panel| {
        let inner = panel["panels"].as_array().into_iter().flatten();
        inner.chain([panel])
    });
    let targets = all.flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    targets.filter_map(|one| one["expr"].as_str()).collect()
}

fn document(ids: &[String]) -> String {
    let mut text = "openapi: 3.1.0\ninfo: { title: Harbour, version: '1' }\npaths:\n".to_owned();
    for (index, id) in ids.iter().enumerate() {
        let id = serde_json::to_string(id).expect("JSON");
        let _ = writeln!(
            text,
            "  /quay/{index}:\n    get: {{ operationId: {id}, tags: [quays], responses: {{ '204': {{ description: Done. }} }} }}"
        );
    }
    text
}

#[test]
fn each_operation_has_a_row_and_no_dashboard_too_many() {
    // Some are longer than others, and few as long as several of them.
    let ids = (0..430).map(|index| match index % 40 {
        39 => format!("askQuay{index}{}", "<b>\"&é".repeat(150)),
        _ => format!("askQuay{index}"),
    });
    let ids: Vec<String> = ids.collect();
    let found = dashboards(&project("many", &document(&ids)));
    let count = found.len();
    assert!((9..30).contains(&count), "{count}");
    let last = format!("harbour.{count}.json");
    assert!(found.iter().any(|(name, _)| *name == last));
    assert!(found.iter().any(|(name, _)| name == "harbour.json"));
    let uids: BTreeSet<&str> = found
        .iter()
        .filter_map(|(_, one)| one["uid"].as_str())
        .collect();
    assert_eq!(uids.len(), count);
    let mut titles = Vec::new();
    for (_, dashboard) in &found {
        assert_eq!(dashboard["links"][0]["tags"][0], "harbour");
        let mut numbers = BTreeSet::new();
        for row in rows(dashboard) {
            titles.push(row["title"].as_str().expect("a title").to_owned());
            let inner = row["panels"].as_array().expect("panels");
            for panel in inner.iter().chain([row]) {
                assert!(
                    numbers.insert(panel["id"].as_u64()),
                    "two panels are {panel}"
                );
            }
            assert!(inner.is_empty() || row["collapsed"] == true);
        }
    }
    titles.retain(|title| title.starts_with("askQuay"));
    assert_eq!(titles.len(), 430);
    assert!(
        titles.contains(&"askQuay7 · GET /quay/7".to_owned()),
        "{titles:?}"
    );
}

#[test]
fn a_hostile_id_is_one_text_of_its_query() {
    let hostile = "a\"b\\c $job ${job} [[job]] {{x}} #d";
    let found = dashboards(&project("hostile", &document(&[hostile.to_owned()])));
    let (_, dashboard) = &found[0];
    let all = queries(dashboard);
    let own: Vec<&&str> = all
        .iter()
        .filter(|one| one.contains("operation_id=\"a"))
        .collect();
    assert_eq!(own.len(), 7);
    for query in own {
        let text = query.split("operation_id=").nth(1).expect("the label");
        let expected = r#""a\"b\\c \x24job \x24{job} \x5b\x5bjob]] {{x}} #d""#;
        assert!(text.starts_with(expected), "{query}");
        let variables = query.matches('$').count();
        let known = ["$namespace\"", "$job\"", "$instance\"", "$__rate_interval]"];
        let known: usize = known.iter().map(|one| query.matches(one).count()).sum();
        assert_eq!(variables, known, "{query}");
    }
}

#[test]
fn each_query_is_of_the_chosen_namespaces() {
    let found = dashboards(&project("namespaces", &document(&["one".to_owned()])));
    let (_, dashboard) = &found[0];
    let all = queries(dashboard);
    assert!(all.len() > 30, "{}", all.len());
    for query in all {
        let selectors = query.matches('{').count();
        // What is promised is recorded without a namespace, unless a chart puts it there.
        let chosen = [
            "{namespace=~\"$namespace\",job=\"$job\"",
            "{namespace=~\"$namespace|\",job=\"$job\"}",
        ];
        let chosen: usize = chosen.iter().map(|one| query.matches(one).count()).sum();
        assert!(selectors > 0 && selectors == chosen, "{query}");
    }
    let variables = dashboard["templating"]["list"].as_array().expect("a list");
    let names: Vec<_> = variables
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["datasource", "namespace", "job", "instance"]);
    let namespace = &variables[1];
    assert_eq!(
        namespace["query"]["query"],
        r#"label_values(oarlock_build_info{title="Harbour"}, namespace)"#
    );
    assert_eq!(namespace["allValue"], ".*");
    assert_eq!(namespace["current"]["value"][0], "$__all");
    for narrowed in &variables[2..] {
        let query = narrowed["query"]["query"].as_str().expect("a query");
        assert!(query.contains("{namespace=~\"$namespace\","), "{query}");
    }
}

#[test]
fn a_dashboard_is_the_same_every_time() {
    let ids = ["one".to_owned(), "two".to_owned()];
    let read = |name| dashboards(&project(name, &document(&ids)));
    assert_eq!(read("first"), read("second"));
}
