//! `FEATURES` of an image: each service is compiled with those that it has, and the one of the image with all.

use std::{fs, path::Path, process::Command};

use crate::{empty, oarlock, text};

const SHOP: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/golden/shop/openapi.yaml"
);
const SERVICES: [&str; 3] = ["orders", "cart", "catalog"];

/// A project of three services, of which each has what not all others have.
fn shop(name: &str) -> std::path::PathBuf {
    let folder = empty(name);
    fs::copy(SHOP, folder.join("openapi.yaml")).expect("a copy");
    let settings = "spec: openapi.yaml\nname: shop\nservices:\n  orders: { tags: [orders] }\n  cart: { tags: [carts] }\n  \
                    catalog: { tags: [products, categories, operations] }\n";
    fs::write(folder.join("oarlock.yaml"), settings).expect("settings");
    oarlock(&folder, &["generate"]).expect("a project");
    let add = |service: &str, before: &str, line: &str| {
        let path = folder.join("services").join(service).join("Cargo.toml");
        let manifest = fs::read_to_string(&path).expect("a manifest");
        let changed = manifest.replacen(before, &format!("{before}\n{line}"), 1);
        assert_ne!(changed, manifest);
        fs::write(path, changed).expect("a manifest");
    };
    add("orders", "[features]", "only-orders = []");
    add(
        "orders",
        "[package]",
        r#"description = "a \"features\":{\"deep\":[ trap""#,
    );
    add(
        "cart",
        "[dependencies]",
        "leaf = { path = '../leaf', optional = true, features = ['inner'] }\nother = { package = 'leaf', path = '../leaf' }",
    );
    let leaf = folder.join("services/leaf");
    fs::create_dir_all(leaf.join("src")).expect("a folder");
    fs::write(leaf.join("src/lib.rs"), "").expect("a file");
    let manifest = "[package]\nname = \"leaf\"\nversion = \"0.1.0\"\n[features]\ninner = []\n";
    fs::write(leaf.join("Cargo.toml"), manifest).expect("a file");
    let lock = Command::new("cargo")
        .args(["generate-lockfile", "--quiet"])
        .current_dir(&folder)
        .status();
    assert!(lock.expect("cargo").success());
    folder
}

/// What the shell of a stage's `RUN` gets to do.
pub(crate) fn run_of(dockerfile: &str, stage: &str) -> String {
    let start = format!(" AS {stage}\n");
    let (_, rest) = dockerfile.split_once(&start).expect("a stage");
    let (_, rest) = rest.split_once("\nRUN ").expect("a command");
    let joined = rest.replace("\\\n", " ");
    joined.lines().next().expect("a line").to_owned()
}

/// The features with which a stage compiles each service, by cargo's own words.
fn compiled(folder: &Path, stage: &str, features: &str) -> Vec<(String, String)> {
    let run = run_of(&text(folder, "deploy/Dockerfile.layers"), stage);
    // All is done but compiling: `cargo auditable` is told instead, and the rest of cargo is cargo.
    let shell = format!(
        "set -eu; cargo() {{ case \"$1\" in auditable) shift; echo \"$@\" >&3 ;; *) command cargo \"$@\" ;; esac; }}; find() {{ :; }}; install() {{ :; }}; {}",
        run.replace("/target)", "/dev/null)")
    );
    let output = Command::new("sh")
        .args(["-c", &format!("exec 3>&1; {shell}")])
        .current_dir(folder)
        .env("FEATURES", features)
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{shell}\n{output:?}");
    let told = String::from_utf8(output.stdout).expect("text");
    let lines = told.replace('\n', " ");
    let builds = lines.split("build --profile image").skip(1);
    let parts = builds.map(|build| {
        let (_, named) = build.split_once("--package ").expect("a package");
        let (name, features) = named.split_once(" --features ").expect("features");
        (name.to_owned(), features.trim().to_owned())
    });
    parts.collect()
}

#[test]
fn a_feature_that_a_service_does_not_have_is_left_out_where_others_are_compiled() {
    let folder = shop("features");
    let features = "otlp,only-orders, leaf other/inner deep inner oarlock-runtime/tls nowhere/x";
    for stage in ["dependencies", "api"] {
        let with = compiled(&folder, stage, features);
        let expected = [
            ("orders", "otlp only-orders oarlock-runtime/tls"),
            ("cart", "otlp leaf other/inner oarlock-runtime/tls"),
            ("catalog", "otlp oarlock-runtime/tls"),
        ];
        assert_eq!(
            with,
            expected.map(|(name, has)| (name.to_owned(), has.to_owned())),
            "{stage}"
        );
        let without = compiled(&folder, stage, "");
        assert_eq!(
            without,
            SERVICES.map(|name| (name.to_owned(), String::new()))
        );
    }
    for service in SERVICES {
        let with = compiled(&folder, &format!("build-{service}"), features);
        assert_eq!(with, [(service.to_owned(), features.to_owned())]);
    }
}
