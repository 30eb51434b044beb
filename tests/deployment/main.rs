//! One model of how a service is deployed: whatever `deploy` of `oarlock.yaml` changes is changed in every file that has it, and
//! what is impossible is refused.

mod changed;
mod chart;
mod features;
mod impossible;
mod include;
mod observability;
mod places;
mod texts;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_yaml::Value;

const PETSTORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/petstore.yaml");

const VALUES: &str = "deploy/chart/charts/NAME/values.yaml";
const COMPOSE: &str = "deploy/compose.yaml";
/// What of the compose file are the tools that show how the services do.
const OBSERVERS: &str = "observers of deploy/compose.yaml";
const PROMETHEUS: &str = "deploy/observability/prometheus.yaml";
const COLLECTOR: &str = "deploy/observability/collector.yaml";
const JAEGER: &str = "deploy/observability/jaeger.yaml";
const GRAFANA: &str = "deploy/observability/grafana/datasources.yaml";
const DOCKERFILE: &str = "deploy/Dockerfile";

fn empty(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("deployment")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn oarlock(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oarlock"));
    let output = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("oarlock runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.success() {
        true => Ok(told),
        false => Err(told),
    }
}

fn petstore(name: &str) -> PathBuf {
    let folder = empty(name);
    oarlock(&folder, &["generate", PETSTORE, "--out", "."]).expect("a project");
    folder
}

fn text(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn append(path: &Path, more: &str) {
    let before = fs::read_to_string(path).expect("a file");
    fs::write(path, format!("{before}{more}")).expect("a file");
}

/// What stands in the files of a project, by file and place.
fn facts(folder: &Path, name: &str) -> BTreeMap<(&'static str, String), String> {
    let mut facts = BTreeMap::new();
    let values: Value =
        serde_yaml::from_str(&text(folder, &VALUES.replace("NAME", name))).expect("YAML");
    leaves(VALUES, String::new(), &values, &mut facts);
    let compose: Value = serde_yaml::from_str(&text(folder, COMPOSE)).expect("YAML");
    leaves(
        COMPOSE,
        String::new(),
        &compose["services"][name],
        &mut facts,
    );
    for tool in ["prometheus", "grafana", "jaeger", "collector"] {
        let services = &compose["services"];
        leaves(OBSERVERS, tool.to_owned(), &services[tool], &mut facts);
    }
    for file in [PROMETHEUS, COLLECTOR, JAEGER, GRAFANA] {
        if folder.join(file).exists() {
            let read: Value = serde_yaml::from_str(&text(folder, file)).expect("YAML");
            leaves(file, String::new(), &read, &mut facts);
        }
    }
    for (place, value) in dockerfile(&text(folder, DOCKERFILE)) {
        facts.insert((DOCKERFILE, place), value);
    }
    facts
}

fn leaves(
    file: &'static str,
    place: String,
    value: &Value,
    found: &mut BTreeMap<(&'static str, String), String>,
) {
    let below = |key: &str| match place.as_str() {
        "" => key.to_owned(),
        place => format!("{place}.{key}"),
    };
    match value {
        Value::Mapping(entries) => entries.iter().for_each(|(key, value)| {
            leaves(file, below(key.as_str().expect("a name")), value, found);
        }),
        Value::Sequence(items) => items.iter().enumerate().for_each(|(index, value)| {
            leaves(file, below(&index.to_string()), value, found);
        }),
        Value::String(text) => _ = found.insert((file, place), text.clone()),
        Value::Null => {}
        other => {
            _ = found.insert(
                (file, place),
                serde_yaml::to_string(other)
                    .expect("YAML")
                    .trim()
                    .to_owned(),
            )
        }
    }
}

/// What the instructions of the last stage say, and the images of all.
fn dockerfile(text: &str) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let joined = text.replace("\\\n", " ");
    let lines = joined
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    for (at, line) in lines.enumerate() {
        let (instruction, rest) = line.split_once(' ').expect("an instruction");
        match instruction {
            "FROM" => facts.push((format!("FROM {at}"), rest.to_owned())),
            "USER" | "EXPOSE" => facts.push((instruction.to_owned(), rest.to_owned())),
            "ENV" | "LABEL" => {
                for pair in rest.split_whitespace() {
                    if let Some((name, value)) = pair.split_once('=') {
                        facts.push((
                            format!("{instruction} {name}"),
                            value.trim_matches('"').to_owned(),
                        ));
                    }
                }
            }
            "HEALTHCHECK" => {
                for flag in rest.split_whitespace().filter(|one| one.starts_with("--")) {
                    let (flag, value) = flag.split_once('=').expect("a flag with a value");
                    facts.push((format!("{instruction} {flag}"), value.to_owned()));
                }
            }
            _ => {}
        }
    }
    facts
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|one: char| !one.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}
