//! `deploy: image: include`: images are made of it, from manifests to sources.

use std::{fs, process::Command};

use crate::{append, features::run_of, oarlock, petstore, text};

const BOTH: [&str; 2] = ["deploy/Dockerfile", "deploy/Dockerfile.layers"];

#[test]
fn what_is_included_is_copied_for_manifests_and_whole_for_services() {
    let folder = petstore("include");
    let before = BOTH.map(|file| text(&folder, file));
    append(
        &folder.join("oarlock.yaml"),
        "deploy: { image: { include: [libs, db/migrations, libs, .sqlx] } }\n",
    );
    oarlock(&folder, &["generate"]).expect("it is generated");
    oarlock(&folder, &["check"]).expect("nothing differs");
    for (file, before) in BOTH.into_iter().zip(before) {
        let after = text(&folder, file);
        let (_, build) = after.split_once(" AS build-petstore\n").expect("a stage");
        let copied: Vec<&str> = build
            .lines()
            .filter(|line| line.starts_with("COPY "))
            .take(4)
            .collect();
        assert_eq!(
            copied,
            [
                "COPY .sqlx .sqlx",
                "COPY db/migrations db/migrations",
                "COPY libs libs",
                "COPY services services"
            ]
        );
        let mut bare = after.replace(" .sqlx db/migrations libs", "");
        for line in &copied[..3] {
            bare = bare.replace(&format!("{line}\n"), "");
        }
        assert_eq!(bare, before, "nothing else is another");
    }
    for (path, text) in [
        ("Cargo.lock", "version = 4\n"),
        (
            "libs/money/Cargo.toml",
            "[package]\nname = \"money\"\nedition = \"2024\"\n",
        ),
        ("libs/money/src/lib.rs", "pub fn money() {}\n"),
        ("libs/money/src/coins.rs", "pub fn coins() {}\n"),
        ("libs/money/build.rs", "fn main() { panic!() }\n"),
        ("db/migrations/1.sql", "SELECT 1;\n"),
        (".sqlx/query.json", "{}\n"),
    ] {
        let place = folder.join(path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        fs::write(place, text).expect("a file");
    }
    let manifest = folder.join("services/petstore/Cargo.toml");
    let text_of_it = fs::read_to_string(&manifest).expect("a manifest");
    let with = "[dependencies]\nmoney = { path = \"../../libs/money\" }";
    fs::write(&manifest, text_of_it.replacen("[dependencies]", with, 1)).expect("a manifest");
    skeleton_has_the_library(&folder);
}

/// What the stage of manifests makes of the project is one that cargo can read, without the sources.
fn skeleton_has_the_library(folder: &std::path::Path) {
    let skeleton = folder.with_extension("skeleton");
    let stub = folder.with_extension("stub.rs");
    let _ = fs::remove_dir_all(&skeleton);
    let run = run_of(&text(folder, "deploy/Dockerfile.layers"), "manifests");
    let run = run.replace("/skeleton", skeleton.to_str().expect("text"));
    let run = run.replace("/stub.rs", stub.to_str().expect("text"));
    let done = Command::new("sh")
        .args(["-c", &run])
        .current_dir(folder)
        .output()
        .expect("a shell");
    assert!(done.status.success(), "{run}\n{done:?}");
    for file in ["src/lib.rs", "build.rs"] {
        let stubbed = fs::read_to_string(skeleton.join("libs/money").join(file));
        assert_eq!(stubbed.expect("a stub"), "fn main() {}\n");
    }
    for left in ["libs/money/src/coins.rs", "db", ".sqlx"] {
        assert!(!skeleton.join(left).exists(), "{left}");
    }
    let read = Command::new("cargo")
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(&skeleton)
        .output()
        .expect("cargo");
    assert!(read.status.success(), "{read:?}");
    let read: serde_json::Value = serde_json::from_slice(&read.stdout).expect("JSON");
    let packages = read["packages"].as_array().expect("packages");
    let money = packages.iter().find(|one| one["name"] == "money");
    let targets = &money.expect("the library")["targets"];
    assert_eq!(targets.as_array().expect("targets").len(), 2);
}
