//! Nothing is open by accident: every operation of every fixture that asks for a credential is asked without one.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    client::ask,
    workshop::{self, Process},
};

/// The operations of a document that nobody may call without a credential: their methods and paths.
fn guarded(document: &Path) -> Vec<(String, String)> {
    let text = fs::read_to_string(document).expect("the document");
    let document: Value = serde_yaml::from_str(&text).expect("YAML");
    let general = &document["security"];
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let other = item["additionalOperations"]
            .as_object()
            .into_iter()
            .flatten();
        let fields = item.as_object().into_iter().flatten().chain(other);
        for (method, operation) in fields.filter(|(_, one)| one["responses"].is_object()) {
            let security = operation.get("security").unwrap_or(general);
            let alternatives = security.as_array().map_or(&[][..], Vec::as_slice);
            let open = alternatives
                .iter()
                .any(|one| one.as_object().is_some_and(|one| one.is_empty()));
            if !alternatives.is_empty() && !open {
                found.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    found
}

fn filled(path: &str) -> String {
    let mut out = String::new();
    for (index, part) in path.split(['{', '}']).enumerate() {
        out.push_str(if index % 2 == 0 { part } else { "1" });
    }
    out
}

fn walk(name: &str, port: u16, document: &Path) -> usize {
    let guarded = guarded(document);
    for (method, path) in &guarded {
        for headers in [
            &[][..],
            &[("accept", "*/*"), ("content-type", "application/json")],
        ] {
            let answer = ask(port, method, &filled(path), headers, "");
            assert!(
                [401, 403].contains(&answer.status),
                "{name}: {method} {path} answers {}",
                answer.status
            );
        }
    }
    guarded.len()
}

#[test]
fn nobody_comes_in_without_a_credential() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for (name, document) in [
        ("petstore", "fixtures/petstore.yaml"),
        ("answers", "tests/golden/answers/openapi.yaml"),
        ("scaffold", "fixtures/workshop.yaml"),
    ] {
        let document = root.join(document);
        let project = workshop::generate(name, &document);
        let binary = workshop::build(&project, name);
        for examples in ["on", "off"] {
            let process = Process::of(&binary, name, &[("OARLOCK_EXAMPLES", examples)]);
            count += walk(name, process.http, &document);
        }
    }
    let process = Process::start("workshop", &[]);
    count += walk(
        "workshop",
        process.http,
        &root.join("fixtures/workshop.yaml"),
    );
    assert!(count > 15, "{count} operations ask for a credential");
}
