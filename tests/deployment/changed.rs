//! What is changed once is changed everywhere, the name too.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    COLLECTOR, COMPOSE, GRAFANA, JAEGER, OBSERVERS, PETSTORE, PROMETHEUS, VALUES, append, empty,
    facts, oarlock, petstore,
    places::{CHANGED, PLACES},
    words,
};

/// Where the values of tools stand.
const OF_TOOLS: [&str; 5] = [OBSERVERS, PROMETHEUS, COLLECTOR, JAEGER, GRAFANA];

/// Values that are no part of the model, though numbers of it could stand there: they may stay.
const OTHERS: &[&str] = &[
    "autoscaling.targetCPUUtilizationPercentage",
    "autoscaling.behavior.scaleUp.policies.0.periodSeconds",
    "autoscaling.behavior.scaleUp.policies.0.value",
    "autoscaling.behavior.scaleUp.stabilizationWindowSeconds",
    "autoscaling.behavior.scaleDown.policies.0.periodSeconds",
    "autoscaling.behavior.scaleDown.policies.0.value",
    "autoscaling.behavior.scaleDown.stabilizationWindowSeconds",
    "disruptionBudget.maxUnavailable",
    "podMonitor.interval",
    "serviceMonitor.interval",
    "tmp.sizeLimit",
    "dashboards.labels.grafana_dashboard",
    "logging.options.max-file",
    "logging.options.max-size",
];

#[test]
fn what_is_changed_once_is_changed_everywhere() {
    let folder = petstore("everywhere");
    let before = facts(&folder, "petstore");
    append(&folder.join("oarlock.yaml"), CHANGED);
    oarlock(&folder, &["generate"]).expect("it is generated anew");
    oarlock(&folder, &["check"]).expect("the tree is what it should be");
    let after = facts(&folder, "petstore");
    let place = |file: &'static str, place: &str| (file, place.to_owned());
    for (file, at, old, new) in PLACES {
        let key = place(file, at);
        assert_eq!(
            before.get(&key).map_or("", String::as_str),
            *old,
            "{file}: {at}"
        );
        assert_eq!(
            after.get(&key).map_or("", String::as_str),
            *new,
            "{file}: {at}"
        );
    }
    // Nothing else in these files is, or holds, what a value of the model was.
    let was: BTreeSet<&str> = PLACES
        .iter()
        .filter(|(file, ..)| !OF_TOOLS.contains(file))
        .flat_map(|(_, _, old, _)| words(old))
        .collect();
    // What tools have beside that is their own.
    for ((file, at), value) in after
        .iter()
        .filter(|((file, _), _)| !OF_TOOLS.contains(file))
    {
        let kept = before.get(&(*file, at.clone())) == Some(value);
        let numbers =
            words(value).filter(|word| word.starts_with(|one: char| one.is_ascii_digit()));
        let left: Vec<&str> = numbers.filter(|word| was.contains(word)).collect();
        let known = OTHERS.contains(&at.as_str()) || at == "image" || at.contains("image.version");
        assert!(
            !kept || left.is_empty() || known || at.starts_with("ports.") || at.starts_with("FROM"),
            "{file}: {at} is still {value:?}"
        );
    }
    for image in [
        "example.com/rust:1.95@sha256:1",
        "example.com/cc:13@sha256:2",
        "example.com/static:13@sha256:3",
    ] {
        let from = after.iter().filter(|((_, at), _)| at.starts_with("FROM"));
        assert_eq!(
            from.filter(|(_, value)| value.contains(image)).count(),
            1,
            "{image}"
        );
    }
    no_file_has_what_was(&folder);
}

fn no_file_has_what_was(folder: &Path) {
    for old in [
        "8080", "9090", "65532", "35s", "9099", "3000", "16686", "4318", "v3",
    ] {
        for file in generated(folder) {
            let text = fs::read_to_string(&file).expect("text");
            assert!(
                !words(&text).any(|word| word == old),
                "{old} is left in {}",
                file.display()
            );
        }
    }
}

/// What is generated of a project's own: neither the runtime nor code, which have nothing of it.
fn generated(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.join("README.md")];
    let mut open = vec![folder.join("deploy"), folder.join("services")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push(path),
            }
        }
    }
    found
}

#[test]
fn another_name_is_the_only_one() {
    let folder = empty("name");
    fs::copy(PETSTORE, folder.join("openapi.yaml")).expect("a copy");
    fs::write(
        folder.join("oarlock.yaml"),
        "spec: openapi.yaml\nname: harbour\n",
    )
    .expect("settings");
    oarlock(&folder, &["generate"]).expect("a project");
    let facts = facts(&folder, "harbour");
    assert_eq!(facts[&(VALUES, "image.repository".into())], "harbour");
    assert_eq!(facts[&(COMPOSE, "build.args.SERVICE".into())], "harbour");
    assert_eq!(facts[&(COMPOSE, "image".into())], "harbour:1.0.0");
    for file in generated(&folder) {
        let text = fs::read_to_string(&file).expect("text");
        assert!(
            !words(&text).any(|word| word == "petstore"),
            "{}",
            file.display()
        );
    }
}
