//! The bill of materials: what the binary in the image says of itself, as CycloneDX.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    audited,
    scene::{CREATED, ID, Scene},
};

fn bill(scene: &Scene) -> Value {
    serde_json::from_str(&scene.output("petstore.cdx.json")).expect("JSON")
}

fn component<'a>(bill: &'a Value, name: &str) -> &'a Value {
    let all = bill["components"].as_array().expect("components");
    let found = all.iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is missing"))
}

#[test]
fn a_bill_says_what_the_binary_says() {
    let scene = Scene::new("bill");
    scene.build(&[]).done();
    let bill = bill(&scene);
    assert_eq!(bill["specVersion"], "1.6");
    assert_eq!(bill["metadata"]["timestamp"], CREATED);
    let image = &bill["metadata"]["component"];
    assert_eq!(
        (&image["type"], &image["name"]),
        (&json!("container"), &json!("petstore"))
    );
    assert_eq!(
        image["properties"][0],
        json!({ "name": "oarlock:image:id", "value": format!("sha256:{ID}") })
    );
    // The base, and each package that the binary names.
    assert_eq!(bill["components"].as_array().map(Vec::len), Some(10));
    let base = component(&bill, "gcr.io/distroless/cc-debian12");
    assert_eq!(
        *base,
        json!({ "type": "container", "bom-ref": "base-image", "name": "gcr.io/distroless/cc-debian12", "version": "nonroot" })
    );
    let root = component(&bill, "petstore");
    let digest: String = Sha256::digest(audited::binary())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(root["type"], "application");
    assert_eq!(
        root["hashes"],
        json!([{ "alg": "SHA-256", "content": digest }])
    );
    let hyper = component(&bill, "hyper");
    assert_eq!(
        *hyper,
        json!({
            "type": "library", "bom-ref": "pkg:cargo/hyper@1.12.0", "name": "hyper", "version": "1.12.0", "scope": "required",
            "licenses": [{ "expression": "MIT", "acknowledgement": "declared" }], "purl": "pkg:cargo/hyper@1.12.0",
        })
    );
    assert_eq!(component(&bill, "build-help")["scope"], "excluded");
    assert_eq!(
        component(&bill, "odd")["purl"],
        "pkg:cargo/odd@2.0.0%2Bbuild.7"
    );
    // What is not of the public registry has none of its names.
    for (name, source) in [
        ("petstore", "local"),
        ("forked", "git"),
        ("inner", "registry"),
    ] {
        let one = component(&bill, name);
        assert!(one["purl"].is_null(), "{one}");
        assert_eq!(
            one["properties"],
            json!([{ "name": "oarlock:source", "value": source }])
        );
    }
}

#[test]
fn licences_are_expressions_where_they_are_some() {
    let scene = Scene::new("licences");
    scene.build(&[]).done();
    let licences = |bill: &Value, name: &str| component(bill, name)["licenses"][0].clone();
    let written = bill(&scene);
    assert_eq!(licences(&written, "old")["expression"], "MIT OR Apache-2.0");
    assert_eq!(
        licences(&written, "unicode-ident")["expression"],
        "(MIT OR Apache-2.0) AND Unicode-3.0"
    );
    assert_eq!(
        licences(&written, "odd")["license"]["name"],
        "ask the author"
    );
    assert!(licences(&written, "petstore").is_null());
    // Without cargo there are none, and all else.
    scene
        .build_where(&[], &[("FAIL", "cargo")])
        .done()
        .tells("the bills of materials name no licences");
    let written = bill(&scene);
    assert!(licences(&written, "old").is_null());
    assert_eq!(written["components"].as_array().map(Vec::len), Some(10));
}

#[test]
fn each_reference_leads_to_a_component() {
    let scene = Scene::new("graph");
    scene.build(&[]).done();
    let bill = bill(&scene);
    let components = bill["components"].as_array().expect("components");
    let mut names: Vec<&str> = components
        .iter()
        .filter_map(|one| one["bom-ref"].as_str())
        .collect();
    names.push("image");
    names.sort_unstable();
    let graph = bill["dependencies"].as_array().expect("dependencies");
    let mut refs: Vec<&str> = graph.iter().filter_map(|one| one["ref"].as_str()).collect();
    refs.sort_unstable();
    assert_eq!(refs, names);
    for line in graph {
        for other in line["dependsOn"].as_array().expect("a list") {
            assert!(names.contains(&other.as_str().expect("text")), "{other}");
        }
    }
    let of = |name: &str| {
        graph.iter().find(|one| one["ref"] == name).expect("a line")["dependsOn"].clone()
    };
    assert_eq!(of("image"), json!(["base-image", "local:petstore@0.1.0"]));
    assert_eq!(
        of("pkg:cargo/hyper@1.12.0"),
        json!([
            "pkg:cargo/odd@2.0.0%2Bbuild.7",
            "pkg:cargo/unicode-ident@1.0.27"
        ])
    );
}

#[test]
fn a_base_that_is_pinned_has_its_digest_in_the_bill() {
    let scene = Scene::new("pinned");
    let digest = format!("sha256:{}", "3".repeat(64));
    let run = format!("registry.example.com:5000/base/cc:13@{digest}");
    scene.add(
        "oarlock.yaml",
        &format!("deploy:\n  bases: {{ run: \"{run}\" }}\n"),
    );
    scene.oarlock_in(&scene.project, &["generate"], &[]).done();
    scene.build(&[]).done();
    let bill = bill(&scene);
    let base = &bill["components"][0];
    assert_eq!(base["version"], "13");
    assert_eq!(
        base["purl"],
        format!(
            "pkg:oci/cc@sha256:{}?repository_url=registry.example.com:5000%2Fbase%2Fcc&tag=13",
            "3".repeat(64)
        )
    );
}
