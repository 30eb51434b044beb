//! What is generated, byte for byte, and that all of it compiles without a warning.
//! `OARLOCK_BLESS=1 cargo test --test golden` writes the folders anew.

mod workspace;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> Vec<PathBuf> {
    let folders = fs::read_dir(root().join("tests/golden")).expect("tests/golden");
    let mut cases: Vec<PathBuf> = folders.map(|case| case.expect("a case").path()).collect();
    cases.sort();
    cases
}

/// Files below a folder by their paths, what is the same in every project left out.
fn tree(folder: &Path, below: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = fs::read_dir(below) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = path
            .strip_prefix(folder)
            .expect("below")
            .to_string_lossy()
            .into_owned();
        if name == "runtime" || name.ends_with("/templates") || name == "openapi.yaml" {
            continue;
        }
        match path.is_dir() {
            true => tree(folder, &path, found),
            false => {
                let bytes = fs::read(&path).expect("a file");
                let bytes = if name == "oarlock.lock" {
                    without_what_is_the_same(&bytes)
                } else {
                    bytes
                };
                found.insert(name, bytes);
            }
        }
    }
}

/// The lock without the digests of what is the same in every project.
fn without_what_is_the_same(lock: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(lock);
    let own = |line: &&str| !line.starts_with("  runtime/") && !line.contains("/templates/");
    text.lines()
        .filter(own)
        .map(|line| format!("{line}\n"))
        .collect::<String>()
        .into()
}

fn generate(case: &Path) -> PathBuf {
    let name = case.file_name().expect("a name");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("golden")
        .join(name);
    let _ = fs::remove_dir_all(&out);
    if case.join("oarlock.yaml").exists() {
        fs::create_dir_all(&out).expect("a folder");
        for name in ["oarlock.yaml", "openapi.yaml"] {
            fs::copy(case.join(name), out.join(name)).expect("a copy");
        }
    }
    let status = Command::new(env!("CARGO_BIN_EXE_oarlock"))
        .args(["generate", "openapi.yaml", "--name"])
        .arg(name)
        .arg("--out")
        .arg(&out)
        .current_dir(case)
        .status()
        .expect("oarlock runs");
    assert!(status.success(), "{}", case.display());
    out
}

#[test]
fn what_is_generated_is_held_byte_for_byte_and_compiles() {
    let mut differing = Vec::new();
    let mut members = Vec::new();
    for case in cases() {
        let out = generate(&case);
        let held = case.join("out");
        let mut now = BTreeMap::new();
        tree(&out, &out, &mut now);
        if std::env::var_os("OARLOCK_BLESS").is_some() {
            let _ = fs::remove_dir_all(&held);
            for (name, bytes) in &now {
                let path = held.join(name);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(path, bytes).expect("a file");
            }
        }
        let mut before = BTreeMap::new();
        tree(&held, &held, &mut before);
        let names: Vec<&String> = now.keys().chain(before.keys()).collect();
        differing.extend(
            names
                .into_iter()
                .filter(|name| now.get(*name) != before.get(*name))
                .map(|name| held.join(name)),
        );
        members.push(out);
    }
    differing.dedup();
    assert!(differing.is_empty(), "these differ: {differing:#?}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
    workspace::clippy(&folder, &members);
    for project in members {
        for service in workspace::services(&project) {
            workspace::cargo(&folder, &["fmt", "--check", "--package", &service]);
        }
    }
}
