//! A stack's defaults hold where a project says nothing, key by key.

use std::fs;

use serde_yaml::Value;

use super::{edit, oarlock, shop, text};

const VALUES: &str = "deploy/chart/charts/shop/values.yaml";

#[test]
fn a_project_inherits_what_it_does_not_say() {
    let folder = shop("defaults");
    let deploy = "  deploy:
    ports: { http: 8181 }
    drain: { delay: 31s, timeout: 43s }
    probes: { readiness: { period: 7s, timeout: 6s } }
    resources: { limits: { cpu: 1750m, ephemeral-storage: 192Mi } }
    replicas: { max: 17 }
    image: { registry: registry.example.com/other, user: 12345 }
    environment: { OARLOCK_ACCESS_LOG: errors }
    log: debug
";
    edit(&folder, "stack.yaml", "  deploy:\n", deploy);
    edit(
        &folder,
        "stack.yaml",
        "grace: { most: 90s }",
        "grace: { most: 99s }",
    );
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    assert_eq!(oarlock(&folder, &["check"]), (0, String::new()));
    let values: Value = serde_yaml::from_str(&text(&folder, VALUES)).expect("YAML");
    let value = |path: &[&str]| {
        let value = path.iter().fold(&values, |value, key| &value[*key]);
        let text = serde_yaml::to_string(value).expect("YAML");
        text.trim().trim_matches(['"', '\'']).to_owned()
    };
    for (path, expected) in [
        // The stack's, where the project says nothing.
        (vec!["ports", "http"], "8181"),
        (vec!["probes", "readiness", "periodSeconds"], "7"),
        (vec!["resources", "limits", "ephemeral-storage"], "192Mi"),
        (vec!["user"], "12345"),
        (vec!["log"], "debug"),
        (vec!["labels", "example.com/cost-centre"], "4711"),
        (vec!["environment", "OARLOCK_ACCESS_LOG"], "errors"),
        // The project's, where both say something.
        (vec!["drain", "delaySeconds"], "10"),
        (vec!["drain", "timeoutSeconds"], "30"),
        (vec!["resources", "limits", "cpu"], "1500m"),
        (vec!["autoscaling", "maxReplicas"], "12"),
        (
            vec!["image", "repository"],
            "registry.example.com/shop/shop",
        ),
        (vec!["labels", "example.com/team"], "harbour"),
        // The project's, where the stack says nothing.
        (vec!["resources", "limits", "memory"], "384Mi"),
        (vec!["environment", "OARLOCK_RATE_LIMIT"], "100/s"),
        // Oarlock's own, where nobody does.
        (vec!["ports", "admin"], "9090"),
    ] {
        assert_eq!(value(&path), expected, "{path:?}");
    }
    let dockerfile = text(&folder, "deploy/Dockerfile");
    assert!(dockerfile.contains("registry.example.com/base/rust:1.95@sha256:1111"));
    assert!(dockerfile.contains("gcr.io/distroless/cc-debian12@sha256:2222"));
    assert!(!dockerfile.contains("@sha256:9999"));
}

#[test]
fn what_contradicts_itself_only_together_is_told_as_both() {
    let folder = shop("together");
    edit(
        &folder,
        "stack.yaml",
        "  deploy:\n",
        "  deploy:\n    drain: { streams: 2m }\n",
    );
    let (code, told) = oarlock(&folder, &["check"]);
    assert_eq!(code, 2);
    assert!(
        told.contains("with the defaults of its stack: deploy: drain: streams"),
        "{told}"
    );
    assert!(!folder.join("oarlock.lock").exists());
}

#[test]
fn a_stack_of_defaults_alone_needs_no_rules() {
    let folder = shop("alone");
    let stack = "stack: shop\nversion: 3\ndefaults: { deploy: { replicas: { min: 4 } } }\n";
    fs::write(folder.join("stack.yaml"), stack).expect("a stack");
    edit(&folder, "oarlock.yaml", "min: 3, ", "");
    assert_eq!(oarlock(&folder, &["generate"]).0, 0);
    assert!(text(&folder, VALUES).contains("replicas: 4"));
}
