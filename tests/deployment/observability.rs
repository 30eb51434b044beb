//! What shows how the services do, beside them in the compose file.

use std::fs;

use serde_yaml::Value;

use crate::{COMPOSE, PETSTORE, PROMETHEUS, append, empty, oarlock, petstore, text};

#[test]
fn without_observability_there_is_none() {
    let folder = petstore("off");
    let compose = text(&folder, COMPOSE);
    assert!(folder.join(PROMETHEUS).exists() && compose.contains("FEATURES: otlp"));
    append(
        &folder.join("oarlock.yaml"),
        "deploy: { observability: off }\n",
    );
    oarlock(&folder, &["generate"]).expect("it is generated anew");
    oarlock(&folder, &["check"]).expect("the tree is what it should be");
    let compose = text(&folder, COMPOSE);
    assert!(!folder.join("deploy/observability").exists());
    for word in ["OTEL", "FEATURES", "prometheus", "volumes", "Grafana"] {
        assert!(!compose.contains(word), "{word} is left: {compose}");
    }
    let read: Value = serde_yaml::from_str(&compose).expect("YAML");
    assert_eq!(read["services"].as_mapping().expect("services").len(), 1);
}

#[test]
fn no_tool_has_the_name_of_a_service() {
    let folder = empty("grafana");
    fs::copy(PETSTORE, folder.join("openapi.yaml")).expect("a copy");
    fs::write(
        folder.join("oarlock.yaml"),
        "spec: openapi.yaml\nname: collector\n",
    )
    .expect("settings");
    oarlock(&folder, &["generate"]).expect("a project");
    let compose: Value = serde_yaml::from_str(&text(&folder, COMPOSE)).expect("YAML");
    let services = compose["services"].as_mapping().expect("services");
    let names: Vec<&str> = services.keys().filter_map(Value::as_str).collect();
    assert_eq!(
        names,
        [
            "collector",
            "prometheus",
            "grafana",
            "jaeger",
            "observing-collector"
        ]
    );
    let endpoint = &compose["services"]["collector"]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"];
    assert_eq!(endpoint, "http://observing-collector:4318");
    assert!(text(&folder, PROMETHEUS).contains("\"observing-collector:8888\""));
}

/// What Prometheus and Grafana read of a service is what its chart holds, at the places where they look.
#[test]
fn rules_and_dashboards_are_those_of_the_chart() {
    let folder = petstore("mounted");
    let compose: Value = serde_yaml::from_str(&text(&folder, COMPOSE)).expect("YAML");
    let mounted = |tool: &str, target: &str| {
        let volumes = compose["services"][tool]["volumes"].as_sequence();
        let mut volumes = volumes.expect("volumes").iter();
        let found = volumes.find(|one| one["target"] == target).expect(target);
        assert_eq!(found["read_only"], true);
        let source = found["source"].as_str().expect("a source");
        folder.join("deploy").join(source)
    };
    let rules = mounted("prometheus", "/etc/prometheus/rules/petstore");
    assert!(rules.join("rules.yaml").exists(), "{}", rules.display());
    let prometheus: Value = serde_yaml::from_str(&text(&folder, PROMETHEUS)).expect("YAML");
    assert_eq!(
        prometheus["rule_files"][0],
        "/etc/prometheus/rules/petstore/*.yaml"
    );
    let boards = mounted("grafana", "/etc/grafana/dashboards/petstore");
    assert!(
        boards.join("petstore.json").exists(),
        "{}",
        boards.display()
    );
    let home =
        &compose["services"]["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"];
    assert_eq!(*home, "/etc/grafana/dashboards/petstore/petstore.json");
    for (root, file) in [(rules, "rules.yaml"), (boards, "petstore.json")] {
        let chart = folder.join("deploy/chart/charts/petstore");
        let same = root.canonicalize().expect("a folder");
        assert!(
            same.starts_with(chart.canonicalize().expect("a chart")),
            "{file}"
        );
    }
}
