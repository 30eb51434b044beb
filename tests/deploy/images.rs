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
        "petstore: the values put something else in the place of the image that was built ({image}): elsewhere/petstore:1\n"
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

/// A Deployment of a service, as the chart makes it.
fn of_service(service: &str, image: &str) -> String {
    let deployment = deployment(image, 1).replace("name: petstore", &format!("name: {service}"));
    deployment + "        - { name: sidecar, image: \"sidecar:1\" }\n"
}

#[test]
fn each_service_has_the_image_that_was_built_of_it() {
    let scene = Scene::new("each");
    scene.commit();
    let services = ["petstore", "cart", "orders"];
    let records = services.map(|service| {
        serde_json::json!({
            "service": service, "repository": format!("example.com/{service}"), "tags": ["1.0.0"], "id": DIGEST, "digest": null,
            "platform": "linux/amd64", "link": "dynamic", "document_version": "1.0.0", "revision": null, "dirty": false, "sbom": "x",
        })
    });
    let images = serde_json::json!({ "format": 1, "images": records });
    scene.write("target/oarlock/images/images.json", &images.to_string());
    let lines = services
        .map(|service| format!("\"{service}\":\n  image:\n    tag: \"1.0.0\"\n    digest: \"\"\n"));
    let head = "# Written by oarlock build, for helm --values: which images the services are.\n";
    scene.write(
        "target/oarlock/images/digests.yaml",
        &(head.to_owned() + &lines.concat()),
    );
    let told = |images: &[(&str, &str)]| {
        let all = images
            .iter()
            .map(|(service, image)| of_service(service, image));
        scene.plan(&all.collect::<String>(), 1);
        let told = scene.deploy(&["--dry-run", "--allow-stale"]).done();
        let others = told
            .err
            .lines()
            .filter(|line| line.contains("something else"));
        others.map(str::to_owned).collect::<Vec<_>>()
    };
    let built = [
        "example.com/petstore:1.0.0",
        "example.com/cart:1.0.0",
        "example.com/orders:1.0.0",
    ];
    let [petstore, cart, _] = built;
    assert!(told(&[("petstore", petstore), ("cart", cart), ("orders", built[2])]).is_empty());
    for other in [
        "example.com/orders:hotfix",
        "evil/orders:1.0.0",
        "evil/example.com/orders:1.0.0",
    ] {
        assert_eq!(
            told(&[("petstore", petstore), ("cart", cart), ("orders", other)]),
            [format!(
                "orders: the values put something else in the place of the image that was built (example.com/orders:1.0.0): {other}"
            )]
        );
    }
    // One that is not deployed has nothing in its place.
    assert!(told(&[("petstore", petstore), ("cart", cart)]).is_empty());
}

#[test]
fn a_tag_of_the_command_line_goes_before_the_digest_that_was_built() {
    let scene = Scene::new("own-tag");
    let head = scene.commit();
    scene.built(Some(&head), "petstore", Some(DIGEST));
    scene.write("own.yaml", "petstore: { image: { tag: hotfix } }\n");
    scene.write(
        "whole.yaml",
        "petstore: { image: { tag: hotfix, digest: \"sha256:1\" } }\n",
    );
    let told = "petstore: the command line says a tag, and the digest of the image that was built is left out\n";
    let sets = |arguments: &[&str]| {
        let is_told = scene.deploy(arguments).done().err.contains(told);
        let upgrade = scene.upgrade().expect("an upgrade");
        let pairs = upgrade.windows(2).filter(|pair| pair[0] == "--set");
        (
            is_told,
            pairs.map(|pair| pair[1].clone()).collect::<Vec<_>>(),
        )
    };
    let (tag, digest) = ("petstore.image.tag=hotfix", "petstore.image.digest=");
    assert_eq!(sets(&[]), (false, Vec::new()));
    let (is_told, said) = sets(&["--set", tag]);
    assert!(is_told && said == [digest, tag], "{said:?}");
    let (is_told, said) = sets(&["-f", "own.yaml"]);
    assert!(is_told && said == [digest], "{said:?}");
    assert_eq!(sets(&["-f", "whole.yaml"]), (false, Vec::new()));
    let both = format!("{tag},petstore.image.digest=sha256:1");
    assert_eq!(sets(&["--set", &both]), (false, vec![both.clone()]));
}
