//! Each parameter of each kind of rule: what just keeps to it, and what just does not.

use std::fs;

use super::{oarlock, shop};

/// A rule, what keeps to it and what does not, and what is told of the latter.
struct Parameter {
    rule: &'static str,
    keeps: &'static str,
    breaks: &'static str,
    told: &'static str,
}

const fn parameter(
    rule: &'static str,
    keeps: &'static str,
    breaks: &'static str,
    told: &'static str,
) -> Parameter {
    Parameter {
        rule,
        keeps,
        breaks,
        told,
    }
}

/// What stands in `oarlock.yaml` beside the document and the name.
const SETTINGS: &[Parameter] = &[
    parameter(
        "kind: allow, forbidden: [outside]",
        "allow: [unsupported]",
        "allow: [unsupported, outside]",
        "no project may have `outside` allowed",
    ),
    parameter(
        "kind: base-images, allowed: [rust, gcr.io/distroless/]",
        "deploy: { bases: { build: 'rust:1.95' } }",
        "deploy: { bases: { build: 'example.com/rust:1.95' } }",
        "built on `example.com/rust:1.95`",
    ),
    parameter(
        "kind: base-images, allowed: ['rust:1.95'], bases: [build]",
        "deploy: { bases: { build: 'docker.io/library/rust:1.95' } }",
        "deploy: { bases: { build: 'rust:1.96' } }",
        "built on `rust:1.96`",
    ),
    parameter(
        "kind: base-images, allowed: [registry.example.com/base/], bases: [static]",
        "deploy: { bases: { static: 'registry.example.com/base/static:1' } }",
        "deploy: { bases: { static: 'registry.example.com/bases/static:1' } }",
        "built on `registry.example.com/bases/static:1`",
    ),
    parameter(
        "kind: base-images, allowed: [example.com/cc], bases: [run]",
        "deploy: { bases: { run: 'example.com/cc:1' } }",
        "deploy: { bases: { run: 'example.com/cc-debian12:1' } }",
        "built on `example.com/cc-debian12:1`",
    ),
    parameter(
        "kind: environment, required: { MODE: }",
        "deploy: { environment: { MODE: a } }",
        "deploy: { environment: { MODE: '' } }",
        "the variable `MODE` is \"\", and must have a value",
    ),
    parameter(
        "kind: environment, required: { MODE: a|b }",
        "deploy: { environment: { MODE: b } }",
        "deploy: { environment: { MODE: ab } }",
        "is \"ab\", and must have a value that fits `a|b`",
    ),
    parameter(
        "kind: environment, forbidden: [OTHER, MODE]",
        "deploy: { environment: { MODES: a } }",
        "deploy: { environment: { MODE: a } }",
        "no service may have the variable `MODE`",
    ),
    parameter(
        "kind: labels, required: { example.com/team: }",
        "deploy: { labels: { example.com/team: a } }",
        "deploy: { labels: { example.com/team: '' } }",
        "the label `example.com/team` is \"\"",
    ),
    parameter(
        "kind: labels, required: { example.com/team: '[a-z]+' }",
        "deploy: { labels: { example.com/team: a } }",
        "deploy: { labels: { example.com/teams: a } }",
        "the label `example.com/team` is missing",
    ),
    parameter(
        "kind: operation-limits, most: { timeout: 1m }",
        "limits: { addPet: { timeout: 60s } }",
        "limits: { addPet: { timeout: 60001ms } }",
        "`timeout` of `addPet` is 60001ms, and may be no more than 60s",
    ),
    parameter(
        "kind: operation-limits, most: { max_body: 1 MiB }",
        "limits: { addPet: { max_body: 1024 KiB } }",
        "limits: { addPet: { max_body: 1048577 } }",
        "`max_body` of `addPet` is 1048577, and may be no more than 1 MiB",
    ),
    parameter(
        "kind: operation-limits, most: { max_requests: 8 }",
        "limits: { addPet: { max_requests: 8 } }",
        "limits: { addPet: { max_requests: 9 } }",
        "`max_requests` of `addPet` is 9, and may be no more than 8",
    ),
    parameter(
        "kind: pinned-images, bases: [run]",
        "deploy: { bases: { run: 'a@sha256:1111111111111111111111111111111111111111111111111111111111111111' } }",
        "deploy: { bases: { run: 'a:1' } }",
        "the base image `a:1` has no digest",
    ),
    parameter(
        "kind: probes, startup: { period: { most: 2s } }",
        "deploy: { probes: { startup: { period: 2s } } }",
        "deploy: { probes: { startup: { period: 3s } } }",
        "the period of the startup probe is 3s",
    ),
    parameter(
        "kind: probes, startup: { within: { least: 10s } }",
        "deploy: { probes: { startup: { within: 10s } } }",
        "deploy: { probes: { startup: { within: 9s } } }",
        "what the start may take is 9s, and may be no less than 10s",
    ),
    parameter(
        "kind: probes, liveness: { period: { least: 5s } }",
        "deploy: { probes: { liveness: { period: 5s } } }",
        "deploy: { probes: { liveness: { period: 4s } } }",
        "the period of the liveness probe is 4s",
    ),
    parameter(
        "kind: probes, readiness: { timeout: { most: 2s } }",
        "deploy: { probes: { readiness: { period: 4s, timeout: 2s } } }",
        "deploy: { probes: { readiness: { period: 4s, timeout: 3s } } }",
        "the timeout of the readiness probe is 3s",
    ),
    parameter(
        "kind: probes, readiness: { failures: { most: 2 } }",
        "deploy: { probes: { readiness: { failures: 2 } } }",
        "deploy: { probes: { readiness: { failures: 3 } } }",
        "the number of failures of the readiness probe is 3",
    ),
    parameter(
        "kind: registries, allowed: [registry.example.com/shop/]",
        "deploy: { image: { registry: registry.example.com/shop } }",
        "deploy: { image: { registry: registry.example.com } }",
        "kept as `registry.example.com/shop`",
    ),
    parameter(
        "kind: replicas, min: { most: 4 }",
        "deploy: { replicas: { min: 4 } }",
        "deploy: { replicas: { min: 5 } }",
        "the least number of replicas is 5, and may be no more than 4",
    ),
    parameter(
        "kind: replicas, max: { least: 3, most: 9 }",
        "deploy: { replicas: { max: 9 } }",
        "deploy: { replicas: { max: 10 } }",
        "the largest number of replicas is 10, and may be no more than 9",
    ),
    parameter(
        "kind: resource-limits, most: { cpu: 1500m }",
        "deploy: { resources: { limits: { cpu: 1.5 } } }",
        "deploy: { resources: { limits: { cpu: 1501m } } }",
        "the limit of processors is 1501m, and may be no more than 1500m",
    ),
    parameter(
        "kind: resource-limits, most: { ephemeral-storage: 1Gi }",
        "deploy: { resources: { limits: { ephemeral-storage: 1024Mi } } }",
        "deploy: { resources: { limits: { ephemeral-storage: 1025Mi } } }",
        "the limit of ephemeral storage is 1025Mi",
    ),
    parameter(
        "kind: shutdown, timeout: { most: 30s }",
        "deploy: { drain: { timeout: 30s } }",
        "deploy: { drain: { timeout: 31s } }",
        "the drain timeout is 31s, and may be no more than 30s",
    ),
    parameter(
        "kind: shutdown, grace: { most: 1m }",
        "deploy: { drain: { timeout: 45s } }",
        "deploy: { drain: { timeout: 46s } }",
        "the grace period is 61s, and may be no more than 60s",
    ),
];

/// What stands in the document: each replaces the words before it.
const DOCUMENTS: &[(Parameter, &str)] = &[
    (
        parameter(
            "kind: document-fields, document: [tags]",
            "tags: [{ name: pets }]",
            "tags: []",
            "the document has no `tags`",
        ),
        "tags: [{ name: pets }]",
    ),
    (
        parameter(
            "kind: document-fields, document: [info.license]",
            "license: { name: MIT }",
            "x-license: { name: MIT }",
            "the document has no `info.license`",
        ),
        "license: { name: MIT }",
    ),
    (
        parameter(
            "kind: document-fields, document: [info.contact.name]",
            "name: Harbour",
            "name: ''",
            "the document has no `info.contact.name`",
        ),
        "name: Harbour",
    ),
    (
        parameter(
            "kind: document-fields, operations: [operationId]",
            "operationId: addPet",
            "x-id: addPet",
            "`POST /pets` has no `operationId`",
        ),
        "operationId: addPet",
    ),
    (
        parameter(
            "kind: document-fields, operations: [summary]",
            "summary: All pets.",
            "summary: ' '",
            "`listPets` has no `summary`",
        ),
        "summary: All pets.",
    ),
    (
        parameter(
            "kind: document-fields, operations: [tags]",
            "tags: [public]",
            "tags: []",
            "`getHours` has no `tags`",
        ),
        "tags: [public]",
    ),
    (
        parameter(
            "kind: security, schemes: [bearer, openIdConnect], except: { operations: [getHours] }",
            "operationId: getHours",
            "operationId: getTimes",
            "anyone may call `getTimes`",
        ),
        "operationId: getHours",
    ),
    (
        parameter(
            "kind: security, schemes: [bearer, openIdConnect], except: { tags: [public] }",
            "tags: [public]",
            "tags: [open]",
            "anyone may call `getHours`",
        ),
        "tags: [public]",
    ),
    (
        parameter(
            "kind: security, schemes: [bearer], except: { tags: [public] }",
            "security: [{ token: [write] }]",
            "security: [{ token: [write] }, {}]",
            "anyone may call `addPet`",
        ),
        "security: [{ token: [write] }, { person: [] }]",
    ),
    (
        parameter(
            "kind: security, schemes: [bearer], except: { tags: [public] }",
            "security: [{ token: [write], key: [] }]",
            "security: [{ person: [], key: [] }]",
            "`addPet` may be called with `person`, `key` alone",
        ),
        "security: [{ token: [write] }, { person: [] }]",
    ),
    (
        parameter(
            "kind: security, schemes: [apiKey], except: { operations: [listPets, getHours] }",
            "security: [{ key: [] }]",
            "security: [{ token: [] }]",
            "`addPet` may be called with `token` alone",
        ),
        "security: [{ token: [write] }, { person: [] }]",
    ),
    (
        parameter(
            "kind: security, schemes: [openIdConnect], except: { operations: [listPets, getHours] }",
            "security: [{ person: [] }]",
            "security: [{ nobody: [] }]",
            "`addPet` may be called with `nobody` alone",
        ),
        "security: [{ token: [write] }, { person: [] }]",
    ),
];

/// A project of the shop's document with one rule.
fn one_rule(folder: &std::path::Path, rule: &str, settings: &str) -> (i32, String) {
    let stack = format!("stack: shop\nversion: 1\nrules:\n  one: {{ {rule} }}\n");
    fs::write(folder.join("stack.yaml"), stack).expect("a stack");
    let head = "spec: openapi.yaml\nname: shop\nextends: { stack: stack.yaml, version: 1 }\n";
    fs::write(folder.join("oarlock.yaml"), format!("{head}{settings}\n")).expect("settings");
    oarlock(folder, &["check"])
}

/// Whatever a tree lacks, rules are judged before it.
fn is_kept((code, told): &(i32, String)) -> bool {
    *code == 1
        && !told.contains("error[")
        && told.contains("differ from what the document asks for")
}

fn is_broken((code, told): &(i32, String), words: &str) -> bool {
    let one = told.matches("error[").count() == 1;
    *code == 1 && one && told.contains("the rule `one` is broken: ") && told.contains(words)
}

#[test]
fn settings_keep_to_each_parameter_or_break_it() {
    let folder = shop("parameters");
    for one in SETTINGS {
        let kept = one_rule(&folder, one.rule, one.keeps);
        assert!(
            is_kept(&kept),
            "{} keeps to {}:\n{}",
            one.keeps,
            one.rule,
            kept.1
        );
        let broken = one_rule(&folder, one.rule, one.breaks);
        assert!(
            is_broken(&broken, one.told),
            "{} breaks {}:\n{}",
            one.breaks,
            one.rule,
            broken.1
        );
    }
}

#[test]
fn documents_keep_to_each_parameter_or_break_it() {
    let folder = shop("documents");
    let document = super::text(&folder, "openapi.yaml");
    for (one, words) in DOCUMENTS {
        assert_eq!(document.matches(words).count(), 1, "{words}");
        let put = |text: &str| {
            let document = document.replace(words, text);
            fs::write(folder.join("openapi.yaml"), document).expect("a document");
            one_rule(&folder, one.rule, "")
        };
        let kept = put(one.keeps);
        assert!(
            is_kept(&kept),
            "{} keeps to {}:\n{}",
            one.keeps,
            one.rule,
            kept.1
        );
        let broken = put(one.breaks);
        assert!(
            is_broken(&broken, one.told),
            "{} breaks {}:\n{}",
            one.breaks,
            one.rule,
            broken.1
        );
    }
}

/// Swagger 2.0 is read to the same facts.
#[test]
fn an_older_dialect_is_judged_alike() {
    let folder = shop("older");
    let document = "swagger: '2.0'\ninfo: { title: Shop, version: '1' }\nsecurityDefinitions:\n  basic: { type: basic }\n\
                    paths:\n  /pets:\n    get: { security: [{ basic: [] }], responses: { '204': { description: A. } } }\n";
    fs::write(folder.join("openapi.yaml"), document).expect("a document");
    let broken = one_rule(&folder, "kind: security, schemes: [bearer]", "");
    assert!(
        is_broken(&broken, "`GET /pets` may be called with `basic` alone"),
        "{}",
        broken.1
    );
    let kept = one_rule(&folder, "kind: security, schemes: [basic]", "");
    assert!(is_kept(&kept), "{}", kept.1);
}
