//! What was built is what is deployed, or it is said why not.

use crate::scene::{DIGEST, IMAGE, Scene, deployment};

const FILE: &str = "./target/oarlock/images/digests.yaml";

fn values(scene: &Scene) -> Vec<String> {
    let upgrade = scene.upgrade().expect("an upgrade");
    let pairs = upgrade.windows(2).filter(|pair| pair[0] == "--values");
    pairs.map(|pair| pair[1].clone()).collect()
}

#[test]
fn what_was_built_is_what_is_deployed() {
    let scene = Scene::new("built");
    scene
        .deploy(&[])
        .done()
        .tells("oarlock build has written of no images in ./target/oarlock/images");
    assert!(values(&scene).is_empty());
    scene.write("deploy/environments/prod.yaml", "{}\n");
    scene.write("own.yaml", "{}\n");
    let head = scene.commit();
    scene.built(Some(&head), "petstore", Some(DIGEST));
    let image = format!("petstore@{DIGEST}");
    scene.plan(&deployment(&image, 3), 1);
    let told = scene.deploy(&["prod", "-f", "own.yaml"]).done();
    assert_eq!(
        values(&scene),
        ["./deploy/environments/prod.yaml", FILE, "./own.yaml"]
    );
    assert!(!told.err.contains("petstore: "), "{}", told.err);
    // The values may say otherwise, and that is told.
    scene.plan(&deployment("elsewhere/petstore:1", 3), 1);
    let told = scene.deploy(&["prod"]).done();
    told.tells(&format!(
        "petstore: the values put something else in the place of the image that was built ({image})"
    ));
    scene.asked();
    scene.deploy(&["prod", "--images", "none"]).done();
    assert_eq!(values(&scene), ["./deploy/environments/prod.yaml"]);
    // Written elsewhere.
    std::fs::rename(
        scene.project.join("target/oarlock/images"),
        scene.project.join("target/here"),
    )
    .expect("a folder");
    scene.deploy(&["prod", "--images", "target/here"]).done();
    assert_eq!(values(&scene)[1], "./target/here/digests.yaml");
    scene
        .deploy(&["prod", "--images", "target/gone"])
        .ends(2)
        .tells("has written of no images in target/gone");
}

#[test]
fn images_that_the_tree_would_not_give_are_refused() {
    let scene = Scene::new("departed");
    let head = scene.commit();
    scene.built(Some(&head), "petstore", None);
    scene.plan(&deployment("petstore:1.0.0-abc", 3), 1);
    let told = scene.deploy(&[]).done();
    told.tells("petstore: its image was never pushed and has no digest: the cluster must have petstore:1.0.0-abc already; `oarlock build --push`");
    scene.asked();
    // What makes no image may change.
    scene.add("README.md", "more\n");
    scene.deploy(&[]).done();
    scene.asked();
    scene.add("services/petstore/src/main.rs", "// changed\n");
    let told = scene
        .deploy(&[])
        .ends(1)
        .tells("what was built is not what the tree is now: run `oarlock build`");
    told.tells(&format!("petstore: services/petstore/src/main.rs differs from the commit {} that its image was built of", &head[..12]));
    assert!(scene.asked().is_empty());
    scene
        .deploy(&["--allow-stale"])
        .done()
        .tells("deployed all the same");
    assert_eq!(values(&scene), [FILE]);
}

#[test]
fn images_that_nobody_knows_of_are_told() {
    let scene = Scene::new("unknown");
    let head = scene.commit();
    for (revision, repository, words) in [
        (
            Some("1111111111111111111111111111111111111111"),
            "petstore",
            "git does not know the commit 111111111111",
        ),
        (
            Some(&*head),
            "old/petstore",
            "its image was old/petstore, and is petstore now",
        ),
    ] {
        scene.built(revision, repository, None);
        scene.deploy(&[]).ends(1).tells(words);
        assert!(scene.asked().is_empty(), "{words}");
    }
    scene.built(None, "petstore", None);
    scene
        .deploy(&[])
        .done()
        .tells("nobody can tell whether its image is of this tree");
    scene.asked();
    scene.write(
        "target/oarlock/images/digests.yaml",
        "petstore: { image: { tag: other } }\n",
    );
    scene
        .deploy(&[])
        .ends(2)
        .tells("digests.yaml is not what images.json beside it says");
    scene.write(
        "target/oarlock/images/images.json",
        "{\"format\":1,\"images\":[]}",
    );
    scene.write(
        "target/oarlock/images/digests.yaml",
        "# Written by oarlock build, for helm --values: which images the services are.\n{}\n",
    );
    scene.plan(&deployment(IMAGE, 3), 1);
    scene
        .deploy(&[])
        .done()
        .tells("petstore: oarlock build knows no image of it");
}
