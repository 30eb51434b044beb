//! A project of several services: which images are built, and that nothing is half done.

use std::fs;

use crate::scene::{Scene, Told};

const ALL: [&str; 3] = ["orders", "cart", "catalog"];

/// The services whose images the engine was asked to build, in that order.
fn built(scene: &Scene) -> Vec<String> {
    let asked = scene.asked();
    let builds = asked.iter().filter(|line| line.contains("docker\tbuild\t"));
    let services = builds.filter_map(|line| {
        let words = line.split('\t');
        words
            .filter_map(|word| word.strip_prefix("SERVICE="))
            .next()
    });
    services.map(str::to_owned).collect()
}

fn since(scene: &Scene, revision: &str) -> Told {
    scene.build(&["--since", revision]).done()
}

fn records(scene: &Scene) -> Vec<String> {
    let images: serde_json::Value =
        serde_json::from_str(&scene.output("images.json")).expect("JSON");
    let records = images["images"].as_array().expect("images").iter();
    records
        .map(|one| one["repository"].as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn each_service_has_an_image_and_what_is_known_of_it() {
    let scene = Scene::several("several");
    let told = scene.build(&[]).done();
    let tag = format!("2.1.0-{}", &scene.head()[..12]);
    let references = ALL.map(|name| format!("registry.example.com/{name}:{tag}\n"));
    assert_eq!(told.out, references.concat());
    assert_eq!(built(&scene), ALL);
    assert_eq!(
        records(&scene),
        ["cart", "catalog", "orders"].map(|name| format!("registry.example.com/{name}"))
    );
    let digests = scene.output("digests.yaml");
    for name in ALL {
        assert!(
            digests.contains(&format!("{name:?}:\n  image:\n    tag: {tag:?}\n")),
            "{digests}"
        );
        assert!(
            scene.output(&format!("{name}.cdx.json")).contains(name),
            "{name}"
        );
    }
    // One by its name; what is known of the others stays.
    scene.build(&["--service", "cart"]).done();
    assert_eq!(built(&scene), ["cart"]);
    assert_eq!(records(&scene).len(), 3);
}

#[test]
fn only_the_service_that_changed_is_built() {
    let scene = Scene::several("several-since");
    assert_eq!(since(&scene, "HEAD").out, "");
    assert!(built(&scene).is_empty());
    scene.add("services/cart/src/main.rs", "// changed\n");
    since(&scene, "HEAD")
        .tells("orders: not built, since nothing of it differs from HEAD\n")
        .tells("cart: built, since services/cart/src/main.rs differs from HEAD\n")
        .tells("catalog: not built, since nothing of it differs from HEAD\n");
    assert_eq!(built(&scene), ["cart"]);
    scene.commit();
    since(&scene, "HEAD~1");
    assert_eq!(built(&scene), ["cart"]);
    since(&scene, "HEAD");
    assert!(built(&scene).is_empty());
    // A service that takes up sources of another is built with it.
    scene.add(
        "services/orders/Cargo.toml",
        "\n[target.'cfg(any())'.dependencies]\ncart = { path = \"../cart\" }\n",
    );
    scene.commit();
    scene.add("services/cart/src/main.rs", "// again\n");
    since(&scene, "HEAD");
    assert_eq!(built(&scene), ["orders", "cart"]);
    // What all are made of changes all; a service that is not named is not looked at.
    scene.add("Cargo.lock", "# changed\n");
    since(&scene, "HEAD");
    assert_eq!(built(&scene), ALL);
    scene
        .build(&["--since", "HEAD", "--service", "catalog"])
        .done();
    assert_eq!(built(&scene), ["catalog"]);
}

/// The handlers of a tag that moves are another service's then, and the API's crate has other tables.
#[test]
fn a_tag_that_moves_has_all_built() {
    let scene = Scene::several("several-moved");
    let text = fs::read_to_string(scene.project.join("oarlock.yaml")).expect("settings");
    let moved = text
        .replace("[orders], calls", "[orders, categories], calls")
        .replace("products, categories,", "products,");
    scene.write("oarlock.yaml", &moved);
    scene.build(&[]).ends(1).tells("run `oarlock generate`");
    assert!(built(&scene).is_empty() && !scene.has_output());
    scene.oarlock_in(&scene.project, &["generate"], &[]).done();
    since(&scene, "HEAD");
    assert_eq!(built(&scene), ALL);
}

#[test]
fn an_engine_that_fails_at_the_second_service_leaves_nothing() {
    let scene = Scene::several("several-fails");
    let fail = |arguments: &[&str]| {
        let told = scene
            .build_where(arguments, &[("FAIL_FOR", "cart")])
            .ends(2);
        assert_eq!(told.out, "");
        assert!(told.err.contains("error: cart: "), "{}", told.err);
        let asked = scene.asked();
        let pushed = asked.iter().any(|line| line.starts_with("docker\tpush"));
        assert!(!pushed, "{asked:?}");
        asked
            .iter()
            .filter(|line| line.contains("docker\tbuild\t"))
            .count()
    };
    assert_eq!(fail(&["--push"]), 2);
    assert!(!scene.has_output());
    // What was known before is as it was.
    scene.build(&[]).done();
    scene.asked();
    let kept = ["images.json", "digests.yaml", "orders.cdx.json"].map(|name| scene.output(name));
    assert_eq!(fail(&["--tag", "other"]), 2);
    let now = ["images.json", "digests.yaml", "orders.cdx.json"].map(|name| scene.output(name));
    assert_eq!(kept, now);
}
