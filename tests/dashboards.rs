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
            assert!(text.len() < 1 << 20, "a ConfigMap takes 1 MiB");
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
    let ids: Vec<String> = (0..230).map(|index| format!("askQuay{index}")).collect();
    let found = dashboards(&project("many", &document(&ids)));
    let names: Vec<&str> = found.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["harbour.2.json", "harbour.3.json", "harbour.json"]);
    let uids: BTreeSet<&str> = found
        .iter()
        .filter_map(|(_, one)| one["uid"].as_str())
        .collect();
    assert_eq!(uids.len(), 3);
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
    assert_eq!(titles.len(), 230);
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
        let known = ["$job\"", "$instance\"", "$__rate_interval]"];
        let known: usize = known.iter().map(|one| query.matches(one).count()).sum();
        assert_eq!(variables, known, "{query}");
    }
}

#[test]
fn a_dashboard_is_the_same_every_time() {
    let ids = ["one".to_owned(), "two".to_owned()];
    let read = |name| dashboards(&project(name, &document(&ids)));
    assert_eq!(read("first"), read("second"));
}
