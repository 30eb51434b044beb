//! `oarlock build`: what it asks of an engine, when, and what it keeps of it.

#![cfg(unix)]

mod audited;
mod bills;
mod failures;
#[path = "../place/mod.rs"]
mod place;
mod reach;
mod scene;
mod several;
mod since;
mod state;
mod tags;

use std::fs;

use scene::{CONTAINER, CREATED, DIGEST, ID, Scene, TIME};

/// The lines of a dry run on the petstore.
fn lines(scene: &Scene) -> String {
    let head = scene.head();
    let tag = format!("petstore:1.0.0-{}", &head[..12]);
    format!(
        "DOCKER_BUILDKIT=1 docker build --file deploy/Dockerfile --build-arg 'SERVICE=petstore' --build-arg 'LINK=dynamic' \
         --build-arg 'VERSION=1.0.0' --build-arg 'REVISION={head}' --build-arg 'CREATED={CREATED}' \
         --build-arg 'SOURCE_DATE_EPOCH={TIME}' --tag petstore:1.0.0 --tag {tag} .\n\
         container=$(docker create '--pull=never' {tag})\n\
         docker cp \"$container\":/service -\n\
         docker rm \"$container\"\n\
         cargo metadata --format-version 1 --locked --manifest-path Cargo.toml\n\
         docker image inspect {tag}\n"
    )
}

#[test]
fn a_dry_run_prints_the_commands_and_runs_none() {
    let scene = Scene::new("dry");
    let told = scene.build(&["--dry-run"]).done();
    assert_eq!(told.out, lines(&scene));
    assert_eq!(told.err, "the engine is docker\n");
    assert!(scene.asked().is_empty() && !scene.has_output());
    scene.without(&["docker", "podman", "cargo"]);
    let told = scene.build(&["--dry-run"]).done();
    assert_eq!(told.out, lines(&scene));
    assert!(
        told.err
            .contains("neither docker nor podman is on the PATH")
    );
}

#[test]
fn a_run_is_what_the_dry_run_printed_and_a_shell_would_do() {
    let scene = Scene::new("run");
    let told = scene.build(&[]).done();
    let asked = scene.asked();
    let printed: Vec<&str> = told.err.lines().collect();
    for line in lines(&scene).lines() {
        assert!(printed.contains(&line), "{line}\n{}", told.err);
    }
    scene.shell(&scene.build(&["--dry-run"]).done().out).done();
    assert_eq!(scene.asked(), asked);
    assert_eq!(asked[2], format!("docker\tcp\t{CONTAINER}:/service\t-"));
    assert_eq!(asked.len(), 6);
    // From another folder, and from one whose name looks like something else.
    let strange = scene.folder.join("--file=x $(touch gone)");
    fs::rename(&scene.project, &strange).expect("a folder");
    let out = format!(
        "--out={}",
        strange
            .file_name()
            .and_then(|name| name.to_str())
            .expect("text")
    );
    let told = scene
        .oarlock_in(&scene.folder, &["build", &out], &[])
        .done();
    assert!(
        told.err
            .contains("--file './--file=x $(touch gone)/deploy/Dockerfile'"),
        "{}",
        told.err
    );
    let first = &scene.asked()[0];
    assert!(first.ends_with("\t./--file=x $(touch gone)"), "{first}");
}

#[test]
fn a_project_is_built_from_the_folders_within_it() {
    let scene = Scene::new("within");
    let build = ["build", "--dry-run"];
    let told = scene.oarlock_in(&scene.project.join("services/petstore"), &build, &[]);
    let out = told.done().out;
    assert!(
        out.contains("docker build --file ../../deploy/Dockerfile "),
        "{out}"
    );
    assert!(
        out.lines()
            .next()
            .is_some_and(|line| line.ends_with(" ../..")),
        "{out}"
    );
}

#[test]
fn data_is_on_stdout_and_all_else_on_stderr() {
    let scene = Scene::new("streams");
    let told = scene.build(&[]).done();
    assert_eq!(
        told.out,
        format!("petstore:1.0.0-{}\n", &scene.head()[..12])
    );
    for words in [
        "engine: a step on stdout",
        "engine: a step on stderr",
        "image 1 of 1: petstore",
    ] {
        assert!(told.err.contains(words), "{}", told.err);
    }
    let told = scene
        .build(&["--message-format", "json", "--dry-run"])
        .done();
    for line in told.err.lines() {
        let message: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(message["kind"], "note");
    }
}

#[test]
fn what_is_kept_of_images_is_the_same_each_time() {
    let scene = Scene::new("files");
    scene.build(&[]).done();
    let head = scene.head();
    let images = format!(
        r#"{{
  "format": 1,
  "images": [
    {{
      "service": "petstore",
      "repository": "petstore",
      "tags": [
        "1.0.0",
        "1.0.0-{short}"
      ],
      "id": "sha256:{ID}",
      "digest": null,
      "platform": "linux/arm64/v8",
      "link": "dynamic",
      "document_version": "1.0.0",
      "revision": "{head}",
      "dirty": false,
      "sbom": "petstore.cdx.json"
    }}
  ]
}}
"#,
        short = &head[..12]
    );
    assert_eq!(scene.output("images.json"), images);
    let digests = format!(
        "# Written by oarlock build, for helm --values: which images the services are.\n\"petstore\":\n  image:\n    tag: \"1.0.0-{}\"\n    digest: \"\"\n",
        &head[..12]
    );
    assert_eq!(scene.output("digests.yaml"), digests);
    let bill = scene.output("petstore.cdx.json");
    scene.build(&[]).done();
    assert_eq!(scene.output("images.json"), images);
    assert_eq!(scene.output("petstore.cdx.json"), bill);
    // The tree is as it was, and nothing else lies there.
    assert_eq!(scene.git(&["status", "--porcelain"]), "");
    let folder = fs::read_dir(scene.project.join("target/oarlock/images")).expect("a folder");
    assert_eq!(folder.count(), 3);
    let elsewhere = scene.folder.join("elsewhere");
    scene
        .build(&["--output-dir", elsewhere.to_str().expect("text")])
        .done();
    assert_eq!(
        fs::read_to_string(elsewhere.join("images.json")).expect("a file"),
        images
    );
}

#[test]
fn pushed_images_are_known_by_their_digests() {
    let scene = Scene::new("push");
    let told = scene.build(&["--push"]).ends(2);
    assert!(
        told.err.contains("names no registry to be pushed to"),
        "{}",
        told.err
    );
    scene.add(
        "oarlock.yaml",
        "deploy:\n  image: { registry: registry.example.com/shop }\n",
    );
    scene.oarlock_in(&scene.project, &["generate"], &[]).done();
    let head = scene.commit();
    scene.knows("registry.example.com/shop/petstore", "sha256:");
    let reference = format!("registry.example.com/shop/petstore@{DIGEST}\n");
    assert_eq!(scene.build(&["--push"]).done().out, reference);
    let pushes = |asked: Vec<String>| -> Vec<String> {
        asked
            .into_iter()
            .filter(|line| line.contains("\tpush\t"))
            .collect()
    };
    let name = "registry.example.com/shop/petstore";
    let both = [
        format!("{name}:1.0.0"),
        format!("{name}:1.0.0-{}", &head[..12]),
    ];
    assert_eq!(
        pushes(scene.asked()),
        both.clone().map(|image| format!("docker\tpush\t{image}"))
    );
    assert!(
        scene
            .output("images.json")
            .contains(&format!("\"digest\": \"{DIGEST}\""))
    );
    assert!(
        scene
            .output("digests.yaml")
            .contains(&format!("digest: \"{DIGEST}\"\n"))
    );
    // What podman pushes, it tells itself.
    scene.knows(name, "");
    assert_eq!(
        scene.build(&["--push", "--engine", "podman"]).done().out,
        reference
    );
    let podman = both.map(|image| format!("podman\tpush\t--digestfile\t/dev/stdout\t{image}"));
    assert_eq!(pushes(scene.asked()), podman);
    // An image of changes does not pass for the version.
    scene.add("services/petstore/src/main.rs", "// changed\n");
    scene
        .build(&["--push"])
        .done()
        .tells("the tag of the version stays here");
    let pushed = pushes(scene.asked());
    let dirty = format!("docker\tpush\t{name}:1.0.0-{}-dirty-", &head[..12]);
    assert!(
        pushed.len() == 1 && pushed[0].starts_with(&dirty),
        "{pushed:?}"
    );
}

#[test]
fn podman_and_layers_are_asked_in_their_own_way() {
    let scene = Scene::new("podman");
    scene.knows("localhost/petstore", "");
    let arguments = [
        "--layers",
        "--static",
        "--platform",
        "linux/arm64",
        "--engine",
    ];
    let with = |engine| [&arguments[..], &[engine]].concat();
    scene.build(&with("podman")).done();
    let asked = scene.asked();
    let start = "podman\tbuild\t--file\tdeploy/Dockerfile.layers\t--format\tdocker\t--platform\tlinux/arm64\t--build-arg\tSERVICE=petstore\t--build-arg\tLINK=static\t";
    assert!(asked[0].starts_with(start), "{}", asked[0]);
    assert!(asked[1].starts_with("podman\tcreate\t--pull=never\t--platform\tlinux/arm64\t"));
    let images = scene.output("images.json");
    assert!(
        images.contains(&format!("\"id\": \"sha256:{ID}\""))
            && images.contains("\"link\": \"static\"")
    );
    assert!(
        scene
            .output("petstore.cdx.json")
            .contains("gcr.io/distroless/static-debian12")
    );
    scene.build(&with("docker")).done();
    assert!(
        scene.asked()[0]
            .starts_with("docker\tbuild\t--file\tdeploy/Dockerfile.layers\t--platform\t")
    );
    // Podman that goes by docker's name is podman.
    for engine in [&[][..], &["--engine", "docker"]] {
        let told = scene.build_where(engine, &[("IS", "podman")]).done();
        told.tells("docker is podman here, and asked by that name\n");
        assert!(scene.asked()[0].starts_with("podman\tbuild\t"));
    }
    scene.without(&["docker"]);
    scene.build(&[]).done().tells("the engine is podman\n");
}
