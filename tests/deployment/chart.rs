//! The chart's templates, which are copied as they stand.

use std::{fs, path::Path};

/// The only keys of the chart's templates that may hold a number: what they say is no part of the model.
const FIXED: &[&str] = &[
    "activeDeadlineSeconds",
    "apiVersion",
    "backoffLimit",
    "defaultMode",
    "initialDelaySeconds",
    "kubeVersion",
    "maxSkew",
    "maxSurge",
    "maxUnavailable",
    "minReadySeconds",
    "revisionHistoryLimit",
    "ttlSecondsAfterFinished",
    "version",
    "weight",
];

#[test]
fn no_template_of_the_chart_knows_a_value_of_the_model() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/chart");
    let mut open = vec![templates];
    let mut seen = 0;
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            for line in fs::read_to_string(&path).expect("text").lines() {
                seen += 1;
                let plain = without_actions(line);
                let Some((key, value)) = plain.trim_start_matches([' ', '-']).split_once(": ")
                else {
                    continue;
                };
                let dns = key == "value" && value.trim() == "\"2\"";
                let number = value.chars().any(|one| one.is_ascii_digit());
                assert!(
                    !number || dns || FIXED.contains(&key),
                    "{}: {line}",
                    path.display()
                );
            }
        }
    }
    assert!(seen > 300, "the templates are read: {seen} lines");
}

/// A line without what stands between `{{` and `}}`, but for the formats and texts there.
fn without_actions(line: &str) -> String {
    let mut parts = line.split("{{");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (action, rest) = part.split_once("}}").unwrap_or((part, ""));
        let format = action
            .split('"')
            .skip(1)
            .step_by(2)
            .find(|text| text.contains('%'));
        plain.push_str(
            &format
                .unwrap_or_default()
                .replace("0.0.0.0:", "")
                .replace("%s:%d", ""),
        );
        plain.push_str(rest);
    }
    plain
}
