//! What cannot be is refused.

use std::fs;

use crate::{oarlock, petstore, text};

/// What cannot be, and what is said of it.
const IMPOSSIBLE: &[(&str, &str)] = &[
    ("deploy: { prots: {} }", "unknown field `prots`"),
    (
        "deploy:\n  ports: { http: 80 }",
        "deploy.ports.http: \"80\" must be a port from 1024 to 65535",
    ),
    ("deploy:\n  ports: { http: 80 }", "at line"),
    (
        "deploy: { ports: { http: 9090 } }",
        "oarlock.yaml: deploy: ports: http and admin would both be 9090",
    ),
    (
        "deploy: { drain: { margin: 1s }, replicas: { min: 3, max: 2 } }",
        "margin: 1s is less than",
    ),
    (
        "deploy: { drain: { margin: 1s }, replicas: { min: 3, max: 2 } }",
        "replicas: min is 3 and max 2",
    ),
    (
        "deploy: { observability: { ports: { grafana: 8080 } } }",
        "observability: ports: grafana: grafana and http of the service petstore would both be 8080",
    ),
    (
        "deploy: { ports: { admin: 3000 } }",
        "grafana and admin of the service petstore would both be 3000",
    ),
    (
        "deploy: { observability: { ports: { jaeger: 7000, collector: 7000 } } }",
        "collector and jaeger would both be 7000: give one of them another",
    ),
    (
        "deploy: { observability: { ports: { jaeger: 4317 } } }",
        "4317 is taken among the containers",
    ),
    (
        "deploy: { observability: { ports: { prometheus: 80 } } }",
        "must be a port from 1024",
    ),
    (
        "deploy: { observability: { images: { grafana: grafana/grafana } } }",
        "an image with a tag or a digest",
    ),
    (
        "deploy: { observability: { images: { tempo: \"a:1\" } } }",
        "unknown field `tempo`",
    ),
    (
        "deploy: { observability: on }",
        "\"on\" must be off, or `images`, `ports` and `runbooks`",
    ),
    (
        "deploy: { image: { user: 0 } }",
        "must be the number of a user above 10000",
    ),
    (
        "deploy: { bases: { run: \"a:1\\nUSER 0\" } }",
        "must be an image with its tag or digest",
    ),
    (
        "deploy: { image: { include: [\"/etc\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"../x\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"libs/../../x\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"./libs\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"libs/\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"a b\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"$HOME\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"a*\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"--from=x\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"libs/-x\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"a\\nRUN id\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"é\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"[a]\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"a#b\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [\"a\\\\b\"] } }",
        "must be a folder or a file of the project",
    ),
    (
        "deploy: { image: { include: [api] } }",
        "api is in every image already, or has no place in one",
    ),
    (
        "deploy: { image: { include: [services/x] } }",
        "services is in every image already",
    ),
    (
        "deploy: { image: { include: [deploy/chart] } }",
        "deploy is in every image already",
    ),
    (
        "deploy: { image: { include: [.cargo] } }",
        ".cargo is in every image already",
    ),
    (
        "deploy: { image: { include: [libs/target] } }",
        ".dockerignore keeps that out of images",
    ),
    (
        "deploy: { image: { include: [README.md] } }",
        ".dockerignore keeps that out of images",
    ),
    (
        "deploy: { image: { include: [db/.env.local] } }",
        ".dockerignore keeps that out of images",
    ),
    (
        "services: { one: { image: { include: [libs] } } }",
        "services: one: image: include: is said for all services, as `deploy: image: include`",
    ),
];

#[test]
fn what_is_impossible_is_refused_where_it_stands() {
    let folder = petstore("impossible");
    let settings = folder.join("oarlock.yaml");
    let before = text(&folder, "oarlock.yaml");
    for (said, told) in IMPOSSIBLE {
        fs::write(&settings, format!("{before}{said}\n")).expect("settings");
        let error = oarlock(&folder, &["check"]).expect_err(said);
        assert!(error.contains(told), "{said}: {error}");
    }
}
