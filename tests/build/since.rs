//! `--since`: what is built is what its files ask for.

use std::fs;

use crate::scene::Scene;

fn is_built(scene: &Scene, since: &str) -> bool {
    let told = scene
        .build(&["--dry-run", "--allow-stale", "--since", since])
        .done();
    let built = told.err.contains("petstore: built, since ");
    assert_ne!(
        built,
        told.err.contains("petstore: not built, since "),
        "{}",
        told.err
    );
    assert_eq!(built, told.out.contains(" build "), "{}", told.out);
    built
}

/// A file, and whether the image is made of it.
const FILES: &[(&str, bool)] = &[
    ("services/petstore/src/main.rs", true),
    ("services/petstore/src/new.rs", true),
    ("services/petstore/Cargo.toml", true),
    ("services/shared/src/lib.rs", true),
    ("api/src/lib.rs", true),
    ("runtime/src/lib.rs", true),
    ("Cargo.toml", true),
    ("Cargo.lock", true),
    (".cargo/config.toml", true),
    (".dockerignore", true),
    ("deploy/Dockerfile", true),
    ("deploy/Dockerfile.layers", true),
    ("oarlock.yaml", true),
    ("README.md", false),
    ("apiary/src/lib.rs", false),
    ("docs/api/src/lib.rs", false),
    ("docs/a\nb.md", false),
    ("openapi.yaml", false),
    ("deploy/compose.yaml", false),
    ("deploy/chart/values.yaml", false),
    ("Cargo.toml.orig", false),
    ("target/x", false),
];

#[test]
fn each_file_that_an_image_is_made_of_makes_it_built() {
    let scene = Scene::new("since");
    assert!(!is_built(&scene, "HEAD"));
    for (number, (path, expected)) in FILES.iter().enumerate() {
        let there = fs::read_to_string(scene.project.join(path)).ok();
        let comment = if path.ends_with(".rs") { "//" } else { "#" };
        let text = format!("{}{comment} changed\n", there.clone().unwrap_or_default());
        scene.write(path, &text);
        assert_eq!(is_built(&scene, "HEAD"), *expected, "changed: {path:?}");
        scene.git(&["add", "--all"]);
        if number < 2 {
            assert_eq!(is_built(&scene, "HEAD"), *expected, "staged: {path:?}");
        }
        scene.commit();
        assert_eq!(
            is_built(&scene, "HEAD~1"),
            *expected,
            "the commit before: {path:?}"
        );
        if number < 2 {
            assert!(!is_built(&scene, "HEAD"), "committed: {path:?}");
            fs::remove_file(scene.project.join(path)).expect("a file");
            scene.git(&["reset", "--quiet", "HEAD~1"]);
            assert_eq!(
                is_built(&scene, "HEAD"),
                there.is_some(),
                "removed: {path:?}"
            );
            scene.git(&["reset", "--quiet", "--hard"]);
        } else {
            scene.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
        }
    }
    // Both ends of a move count.
    scene.write("docs/here.rs", "// a\n");
    scene.commit();
    scene.git(&["mv", "docs/here.rs", "services/petstore/src/there.rs"]);
    assert!(is_built(&scene, "HEAD"));
}

#[test]
fn nothing_changed_means_nothing_built() {
    let scene = Scene::new("nothing");
    let told = scene.build(&["--since", "HEAD"]).done();
    assert_eq!(told.out, "");
    assert!(scene.asked().is_empty());
    assert_eq!(
        scene.output("images.json"),
        "{\n  \"format\": 1,\n  \"images\": []\n}\n"
    );
    assert!(scene.output("digests.yaml").ends_with("{}\n"));
}

#[test]
fn why_is_told() {
    let scene = Scene::new("why");
    scene.add("services/petstore/src/main.rs", "// a\n");
    let since = ["--dry-run", "--since", "main"];
    scene
        .build(&since)
        .done()
        .tells("petstore: built, since services/petstore/src/main.rs differs from main\n");
    scene.write("services/petstore/src/a.rs", "");
    scene
        .build(&since)
        .done()
        .tells("petstore: built, since services/petstore/src/a.rs and 1 more differ from main\n");
}

#[test]
fn a_project_below_the_top_of_its_repository_is_compared_alone() {
    let scene = Scene::new("below");
    fs::remove_dir_all(scene.project.join(".git")).expect("a folder");
    let top = scene.folder.join("top");
    fs::create_dir_all(&top).expect("a folder");
    fs::rename(&scene.project, top.join("shop")).expect("a folder");
    fs::rename(&top, &scene.project).expect("a folder");
    scene.git(&["init", "--quiet"]);
    scene.commit();
    let build = || {
        let since = ["build", "--out", "shop", "--dry-run", "--since", "HEAD"];
        scene.oarlock_in(&scene.project, &since, &[]).done()
    };
    scene.write("services/petstore/src/main.rs", "// not of this project\n");
    let told = build();
    assert!(told.err.contains("petstore: not built"), "{}", told.err);
    scene.write("shop/services/petstore/src/new.rs", "// of it\n");
    let told = build();
    assert!(
        told.err
            .contains("since services/petstore/src/new.rs differs"),
        "{}",
        told.err
    );
    assert!(told.out.contains("-dirty-"), "{}", told.out);
}

#[test]
fn a_lock_that_git_leaves_out_counts_as_changed() {
    let scene = Scene::new("lock");
    scene.add(".gitignore", "Cargo.lock\n");
    scene.git(&["rm", "--quiet", "--cached", "Cargo.lock"]);
    scene.commit();
    assert!(is_built(&scene, "HEAD"));
    scene
        .build(&["--dry-run", "--since", "HEAD"])
        .done()
        .tells("Cargo.lock is not committed, and counts as changed");
}

#[test]
fn no_revision_is_an_option_or_a_command() {
    let scene = Scene::new("hostile");
    for since in [
        "nowhere",
        "--all",
        "--since=yesterday",
        "--output=gone",
        "-h",
        "HEAD:openapi.yaml",
        "$(touch gone)",
        "a\nb",
    ] {
        let told = scene.build(&[&format!("--since={since}")]).ends(2);
        assert!(
            told.err.contains("git knows no commit"),
            "{since:?}: {}",
            told.err
        );
        assert_eq!(told.out, "");
    }
    scene
        .build(&["--since", ""])
        .ends(2)
        .tells("--since is empty: name the commit");
    // What git takes for a branch is one.
    let branch = "x;$(touch${IFS}gone)'\"";
    scene.git(&["branch", branch]);
    assert!(!is_built(&scene, branch));
    scene.add("services/petstore/src/main.rs", "// a\n");
    assert!(is_built(&scene, branch));
    assert!(scene.asked().is_empty());
    assert!(!scene.project.join("gone").exists());
    assert!(
        !is_built(&scene, "HEAD") || scene.git(&["status", "--porcelain"]).lines().count() == 1
    );
}

/// Git reads a text behind this word as a revision, whatever it looks like.
#[test]
fn a_revision_reaches_git_behind_the_end_of_options_alone() {
    let scene = Scene::new("revisions");
    scene.git(&["branch", "some-branch"]);
    scene.watch_git();
    assert!(!is_built(&scene, "some-branch"));
    let asked = scene.asked();
    let words = asked.iter().flat_map(|line| line.split('\t'));
    let words: Vec<&str> = words.collect();
    let places = words.iter().enumerate();
    let places: Vec<usize> = places
        .filter(|(_, word)| word.contains("some-branch"))
        .map(|(place, _)| place)
        .collect();
    assert_eq!(places.len(), 1, "{asked:?}");
    assert_eq!(words[places[0] - 1], "--end-of-options");
    // Only questions are asked, and none that waits for a lock or takes one.
    let verbs = ["rev-parse", "ls-files", "rev-list", "status", "diff"];
    for line in asked {
        let mut words = line.split('\t').skip(3);
        assert_eq!(words.next(), Some("--no-optional-locks"), "{line}");
        assert!(verbs.contains(&words.next().expect("a verb")), "{line}");
    }
}

#[test]
fn what_was_known_of_an_image_is_kept_as_long_as_it_holds() {
    let scene = Scene::new("kept");
    scene.build(&[]).done();
    let known = scene.output("images.json");
    // Another file, another commit: the image is still what the tree gives.
    scene.add("README.md", "more\n");
    scene.commit();
    scene.build(&["--since", "HEAD"]).done();
    assert_eq!(scene.output("images.json"), known);
    // The image of before is not that of the tree, whatever has not changed since.
    scene.add("services/petstore/src/main.rs", "// a\n");
    scene.commit();
    scene
        .build(&["--since", "HEAD"])
        .done()
        .tells("is of another state of the project, and is left out");
    assert!(!scene.output("images.json").contains("petstore"));
    for broken in ["", "{", "{\"format\": 2, \"images\": []}", "[]"] {
        scene.write("target/oarlock/images/images.json", broken);
        scene.build(&["--since", "HEAD"]).done().tells("read");
    }
    // Its words reach git as a revision and as nothing else.
    let hostile = known.replace(
        &known[known.find("\"revision\": \"").expect("a revision") + 13..][..40],
        "--output=gone",
    );
    scene.write("target/oarlock/images/images.json", &hostile);
    scene
        .build(&["--since", "HEAD"])
        .done()
        .tells("is left out");
    assert!(!scene.project.join("gone").exists());
}
