//! The official test suite of JSON Schema: `draft2020-12` as schemas of OpenAPI 3.1, `draft4` as those of 3.0.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::judge::{self, Case};

/// One schema of the suite with its values.
struct Group {
    name: String,
    description: String,
    schema: Value,
    tests: Vec<(Value, bool, String)>,
}

fn suite() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/json-schema-test-suite");
    let there = folder.is_dir();
    assert!(
        there || std::env::var_os("CI").is_none(),
        "the suite belongs beside the project"
    );
    if !there {
        eprintln!("skipped: the suite is not beside the project");
    }
    there.then_some(folder)
}

fn groups(folder: &Path) -> Vec<Group> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the suite")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    let mut groups = Vec::new();
    for file in files {
        let stem = file
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .replace('.', "-");
        let text = fs::read_to_string(&file).expect("text");
        let read: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        for (index, group) in read.into_iter().enumerate() {
            let tests = group["tests"]
                .as_array()
                .expect("tests")
                .iter()
                .map(|test| {
                    let valid = test["valid"].as_bool().expect("a verdict");
                    let words = test["description"].as_str().expect("words").to_owned();
                    (test["data"].clone(), valid, words)
                });
            groups.push(Group {
                name: format!("{stem}-{index}"),
                description: group["description"].as_str().expect("words").to_owned(),
                tests: tests.collect(),
                schema: group["schema"].clone(),
            });
        }
    }
    groups
}

/// What is left out, by the group's name, with the reason: `tests/schemas/<draft>.tsv`.
fn left_out(draft: &str) -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/schemas/{draft}.tsv"));
    let text = fs::read_to_string(path).expect("the table of what is left out");
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let rows = rows.map(|line| line.split_once('\t').expect("a name and a reason"));
    rows.map(|(name, reason)| (name.to_owned(), reason.to_owned()))
        .collect()
}

/// Every `$id` of a schema, which no other schema of the same document may have.
fn ids(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            found.extend(
                members
                    .get("$id")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            );
            members.values().for_each(|value| ids(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| ids(item, found)),
        _ => {}
    }
}

/// Deals the groups out to as few documents as their `$id`s allow.
fn documents(groups: Vec<Group>) -> Vec<Vec<Group>> {
    let mut documents: Vec<(BTreeSet<String>, Vec<Group>)> = Vec::new();
    for group in groups {
        let mut own = BTreeSet::new();
        ids(&group.schema, &mut own);
        match documents
            .iter_mut()
            .find(|(taken, _)| taken.is_disjoint(&own))
        {
            Some((taken, groups)) => {
                taken.extend(own);
                groups.push(group);
            }
            None => documents.push((own, vec![group])),
        }
    }
    documents.into_iter().map(|(_, groups)| groups).collect()
}

/// Runs the groups and gives the number of values and each disagreement.
fn run(name: &str, version: &str, groups: Vec<Group>, remotes: &Path) -> (usize, Vec<String>) {
    let (mut count, mut wrong) = (0, Vec::new());
    for (index, groups) in documents(groups).into_iter().enumerate() {
        let cases: Vec<Case> = groups
            .iter()
            .map(|group| Case {
                name: group.name.clone(),
                schema: group.schema.clone(),
            })
            .collect();
        let mut judge = judge::start(&format!("{name}-{index}"), version, &cases, Some(remotes));
        for group in groups {
            if judge.left_out.contains(&group.name) {
                wrong.push(format!("{}: left out: {}", group.name, group.description));
                continue;
            }
            for (data, valid, words) in &group.tests {
                count += 1;
                if judge.takes(&group.name, &data.to_string()) != *valid {
                    wrong.push(format!(
                        "{} ({}): {words}: {data} should be {}",
                        group.name,
                        group.description,
                        if *valid { "taken" } else { "refused" }
                    ));
                }
            }
        }
    }
    (count, wrong)
}

fn required(draft: &str, name: &str, version: &str) {
    let Some(suite) = suite() else { return };
    let mut groups = groups(&suite.join("tests").join(draft));
    let table = left_out(draft);
    let all = groups.len();
    let known: BTreeSet<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    for name in table.keys() {
        assert!(
            known.contains(name.as_str()),
            "{draft}.tsv names {name}, which the suite does not have"
        );
    }
    groups.retain(|group| !table.contains_key(&group.name));
    let (count, wrong) = run(name, version, groups, &suite.join("remotes"));
    eprintln!(
        "{draft}: {count} values, {} of {all} schemas left out, {} disagreements",
        table.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn draft_2020_12_is_decided_as_the_suite_says() {
    required("draft2020-12", "suite-2020", "3.1.1");
}

#[test]
fn draft_4_is_decided_as_the_suite_says() {
    required("draft4", "suite-4", "3.0.4");
}

/// Optional tests: formats, where the schema says that it is of texts, and what regular expressions and numbers may be.
const OPTIONAL: [&str; 5] = [
    "ecmascript-regex",
    "non-bmp-regex",
    "bignum",
    "float-overflow",
    "zeroTerminatedFloats",
];

/// Runs the optional tests and holds how many of each file agree, and which do not.
fn optional(draft: &str, name: &str, version: &str) {
    let Some(suite) = suite() else { return };
    let folder = suite.join("tests").join(draft).join("optional");
    let mut all = groups(&folder);
    all.retain(|group| OPTIONAL.iter().any(|one| group.name.starts_with(one)));
    for mut group in groups(&folder.join("format")) {
        // A format is held where text is all that may be.
        if let Value::Object(members) = &mut group.schema {
            members.insert("type".into(), "string".into());
        }
        group.tests.retain(|(data, ..)| data.is_string());
        group.name = format!("format-{}", group.name);
        all.push(group);
    }
    let mut files: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let file = |name: &str| {
        name.rsplit_once('-')
            .map_or(name, |(file, _)| file)
            .to_owned()
    };
    for group in &all {
        files.entry(file(&group.name)).or_default().0 += group.tests.len();
    }
    let (count, wrong) = run(name, version, all, &suite.join("remotes"));
    for line in &wrong {
        let group = line.split([' ', ':']).next().unwrap_or_default();
        files.entry(file(group)).or_default().1 += 1;
    }
    let mut text = format!("{count} values, {} disagreements\n", wrong.len());
    for (file, (tests, wrong)) in files {
        text.push_str(&format!(
            "{file}: {} of {tests}\n",
            tests - wrong.min(tests)
        ));
    }
    eprintln!("{}", wrong.join("\n"));
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/schemas/{draft}-optional.txt"));
    if std::env::var_os("OARLOCK_BLESS").is_some() {
        fs::write(&path, &text).expect("tests/schemas can be written");
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == text,
        "{draft}-optional.txt differs:\n{text}"
    );
}

#[test]
fn optional_tests_of_draft_2020_12_are_reported() {
    optional("draft2020-12", "optional-2020", "3.1.1");
}

#[test]
fn optional_tests_of_draft_4_are_reported() {
    optional("draft4", "optional-4", "3.0.4");
}
