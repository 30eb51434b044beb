//! Generating again: what does not change keeps its time, so that cargo compiles only what the change is about.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use serde_json::Value;

/// The document as the docs page shows it, whose every change is a change of it; compiled with the feature alone.
const BUNDLE: &str = "api/src/openapi.json";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("incremental")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn generate(arguments: &[&Path]) {
    let output = Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .arg("generate")
        .args(arguments)
        .output()
        .expect("oarlock runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// When each file below a folder was written.
fn times(folder: &Path) -> BTreeMap<String, SystemTime> {
    let (mut found, mut open) = (BTreeMap::new(), vec![folder.to_path_buf()]);
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let time = fs::metadata(&path).and_then(|one| one.modified());
                let name = path
                    .strip_prefix(folder)
                    .expect("below")
                    .display()
                    .to_string();
                found.insert(name, time.expect("a time"));
            }
        }
    }
    found
}

/// Changes a text of the project's document, generates again, and gives the files that were written.
fn written_after(project: &Path, document: &str, from: &str, to: &str) -> BTreeSet<String> {
    let path = project.join(document);
    let text = fs::read_to_string(&path).expect("the document");
    assert!(text.contains(from), "{from}");
    fs::write(&path, text.replacen(from, to, 1)).expect("the document");
    let before = times(project);
    generate(&[Path::new("--out"), project]);
    let after = times(project);
    let differ = |name: &&String| before.get(*name) != after.get(*name);
    before
        .keys()
        .chain(after.keys())
        .filter(differ)
        .cloned()
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn one_line_of_a_large_document_rewrites_only_what_it_is_about() {
    let document = root().join("../shared/corpus/github-2021.json");
    if !document.exists() {
        assert!(
            std::env::var_os("CI").is_none(),
            "the corpus belongs beside the project"
        );
        eprintln!("skipped: the corpus is not beside the project");
        return;
    }
    let project = fresh("github");
    generate(&[
        &document,
        Path::new("--out"),
        &project,
        Path::new("--name"),
        Path::new("github"),
    ]);
    let spec = "openapi.json";
    let words = written_after(&project, spec, "\"GitHub API Root\"", "\"GitHub API root\"");
    assert_eq!(
        words,
        set(&[
            "api/src/client/meta.rs",
            "api/src/meta.rs",
            BUNDLE,
            "oarlock.lock"
        ])
    );
    // A limit of a schema that only answers hold.
    let limits = written_after(&project, spec, "\"maxLength\": 140", "\"maxLength\": 141");
    assert_eq!(limits, set(&["api/src/types.rs", BUNDLE, "oarlock.lock"]));
    let nothing = written_after(&project, spec, "\"GitHub API root\"", "\"GitHub API root\"");
    assert!(nothing.is_empty(), "{nothing:?}");
}

/// The packages that cargo compiles, and those that it need not.
fn checked(project: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--workspace", "--message-format", "json"])
        .current_dir(project)
        .env("CARGO_TARGET_DIR", root().join("target/generated"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let (mut compiled, mut kept) = (BTreeSet::new(), BTreeSet::new());
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        if line["reason"] == "compiler-artifact" {
            let name = line["target"]["name"].as_str().expect("a name").to_owned();
            _ = match line["fresh"].as_bool() {
                Some(true) => kept.insert(name),
                _ => compiled.insert(name),
            };
        }
    }
    (compiled, kept)
}

#[test]
fn cargo_compiles_only_what_the_change_is_about() {
    let project = fresh("petstore");
    let document = root().join("fixtures/petstore.yaml");
    generate(&[
        &document,
        Path::new("--out"),
        &project,
        Path::new("--name"),
        Path::new("often"),
    ]);
    checked(&project);
    let words = written_after(&project, "openapi.yaml", "Lists pets.", "Lists all pets.");
    assert_eq!(
        words,
        set(&[
            "api/src/client/pets.rs",
            "api/src/pets.rs",
            BUNDLE,
            "oarlock.lock"
        ])
    );
    let (compiled, kept) = checked(&project);
    assert_eq!(compiled, set(&["often_api", "often"]));
    assert!(
        kept.contains("oarlock_runtime") && kept.len() > 20,
        "{kept:?}"
    );
    let (compiled, _) = checked(&project);
    assert!(compiled.is_empty(), "nothing has changed: {compiled:?}");
    let shown = written_after(
        &project,
        "openapi.yaml",
        "1.0.0\n",
        "1.0.0\n  x-note: shown\n",
    );
    assert_eq!(shown, set(&[BUNDLE, "oarlock.lock"]));
    let (compiled, _) = checked(&project);
    assert!(compiled.is_empty(), "no page, no document: {compiled:?}");
}
