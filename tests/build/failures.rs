//! What goes wrong is told, ends the run, and leaves nothing half done.

use std::fs;

use crate::{
    audited,
    scene::{CONTAINER, Scene},
};

#[test]
fn an_engine_that_fails_ends_the_run() {
    let scene = Scene::new("engine-fails");
    scene.add(
        "oarlock.yaml",
        "deploy:\n  image: { registry: registry.example.com }\n",
    );
    scene.oarlock_in(&scene.project, &["generate"], &[]).done();
    for (verb, steps) in [
        ("build", 1),
        ("create", 2),
        ("cp", 4),
        ("rm", 4),
        ("push", 6),
        ("image", 8),
    ] {
        let told = scene.build_where(&["--push"], &[("FAIL", verb)]).ends(2);
        assert_eq!(told.out, "", "{verb}");
        assert!(told.err.contains("docker: no\n"), "{verb}: {}", told.err);
        assert!(
            told.err
                .contains(&format!("`docker {verb}` ended with exit status: 7")),
            "{verb}: {}",
            told.err
        );
        assert!(
            verb == "rm" || told.err.contains("error: petstore: "),
            "{verb}: {}",
            told.err
        );
        let asked = scene.asked();
        // A container that was made is taken away whatever happens.
        let expected = if verb == "rm" { steps + 1 } else { steps };
        assert!(asked.len() <= expected, "{verb}: {asked:?}");
        let made = asked.iter().any(|line| line.starts_with("docker\tcreate")) && verb != "create";
        let taken = asked
            .iter()
            .any(|line| *line == format!("docker\trm\t{CONTAINER}"));
        assert_eq!(made, taken, "{verb}: {asked:?}");
        assert!(!scene.has_output(), "{verb}");
    }
    // The files of a run that went well stay as they were.
    scene.build(&[]).done();
    let before = scene.output("images.json");
    scene
        .build_where(&["--tag", "other"], &[("FAIL", "image")])
        .ends(2);
    assert_eq!(scene.output("images.json"), before);
}

#[test]
fn what_an_engine_says_is_not_believed_blindly() {
    let scene = Scene::new("engine-lies");
    for container in ["", "--volume=/:/host", "a b", "not hexadecimal"] {
        let told = scene.build_where(&[], &[("CONTAINER", container)]).ends(2);
        assert!(
            told.err.contains("the engine names no container"),
            "{container:?}: {}",
            told.err
        );
        assert!(
            !scene
                .asked()
                .iter()
                .any(|line| line.starts_with("docker\trm"))
        );
    }
    for (image, words) in [
        ("", "cannot be read"),
        ("[]", "tells nothing"),
        ("[{}]", "cannot be read"),
        (
            r#"[{"Id":"x","Os":"linux","Architecture":"amd64"}]"#,
            "tells nothing",
        ),
    ] {
        fs::write(scene.folder.join("image.json"), image).expect("a file");
        scene.build(&[]).ends(2).tells(words);
    }
    assert!(!scene.has_output());
}

#[test]
fn a_binary_that_does_not_say_what_it_is_built_of_is_refused() {
    let scene = Scene::new("unaudited");
    let mut broken = audited::binary().to_vec();
    // The list's head, as zlib writes it at its best.
    let start = broken
        .windows(2)
        .rposition(|two| two == [0x78, 0xda])
        .expect("the list");
    broken[start + 2..start + 40].fill(0xff);
    let cases: [(&str, Vec<u8>, &str); 4] = [
        (
            "another program",
            audited::tar_of(&fs::read("/bin/sh").expect("a program")),
            "does not say what it was built of",
        ),
        (
            "a broken list",
            audited::tar_of(&broken),
            "does not say what it was built of",
        ),
        ("no file", Vec::new(), "the engine gave no file"),
        (
            "no tar",
            b"error: whatever".repeat(100),
            "could not be taken out of the image",
        ),
    ];
    for (what, tar, words) in cases {
        fs::write(scene.folder.join("service.tar"), tar).expect("a file");
        let told = scene.build(&[]).ends(2);
        assert!(told.err.contains(words), "{what}: {}", told.err);
        assert!(!scene.has_output(), "{what}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let scene = Scene::new("missing");
    scene
        .build(&["--service", "petstore", "nowhere"])
        .ends(2)
        .tells("there is no service \"nowhere\"; the project has: petstore");
    fs::rename(
        scene.project.join("Cargo.lock"),
        scene.folder.join("Cargo.lock"),
    )
    .expect("a file");
    scene
        .build(&[])
        .ends(2)
        .tells("there is no Cargo.lock in .: run `cargo generate-lockfile` there and commit it");
    fs::rename(
        scene.folder.join("Cargo.lock"),
        scene.project.join("Cargo.lock"),
    )
    .expect("a file");
    scene.without(&["podman"]);
    scene
        .build(&["--engine", "podman"])
        .ends(2)
        .tells("podman is not on the PATH: install it, or choose the other engine by --engine");
    scene.without(&["docker"]);
    scene
        .build(&[])
        .ends(2)
        .tells("neither docker nor podman is on the PATH");
    let elsewhere = scene.folder.join("bin");
    let told = scene.oarlock_in(&elsewhere, &["build"], &[]).ends(2);
    assert!(
        told.err.contains("there is no oarlock.yaml"),
        "{}",
        told.err
    );
}

#[test]
fn a_tree_that_is_not_what_its_document_asks_for_is_not_built_unasked() {
    let scene = Scene::new("stale");
    scene.add("api/src/lib.rs", "// by hand\n");
    let told = scene.build(&["--dry-run"]).ends(1);
    assert_eq!(told.out, "");
    assert!(
        told.err
            .contains("1 file differs from what the document asks for: run `oarlock generate`"),
        "{}",
        told.err
    );
    scene
        .build(&["--allow-stale"])
        .done()
        .tells("it is built as it is");
    scene.add("openapi.yaml", "paths: {}\n");
    let told = scene.build(&["--allow-stale"]).ends(1);
    assert!(told.err.contains("error["), "{}", told.err);
}

#[test]
fn links_and_folders_in_the_way_of_files_are_refused() {
    let scene = Scene::new("links");
    let output = scene.project.join("target/oarlock/images");
    fs::create_dir_all(&output).expect("a folder");
    let target = scene.folder.join("precious");
    fs::write(&target, "precious").expect("a file");
    std::os::unix::fs::symlink(&target, output.join("petstore.cdx.json")).expect("a link");
    scene.build(&[]).ends(2).tells("is a symbolic link");
    assert_eq!(fs::read_to_string(&target).expect("a file"), "precious");
    assert!(!output.join("images.json").exists());
}
