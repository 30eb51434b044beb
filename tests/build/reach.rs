//! `--since`, where one service takes up sources of another: by whatever way, it is built with it.

use std::{fs, os::unix::fs::symlink};

use crate::scene::Scene;

/// Adds a way from `orders` to `cart`.
type Way = fn(&Scene);

const WAYS: [(&str, Way); 6] = [
    ("a path through the services' folder", |scene| {
        depend(scene, "orders", "cart = { path = \"../../services/cart\" }")
    }),
    ("a folder that several take up", |scene| {
        scene.write(
            "services/shared/Cargo.toml",
            "[package]\nname = \"shared\"\n[dependencies]\n",
        );
        depend(scene, "shared", "cart = { path = \"../cart\" }");
        depend(scene, "orders", "shared = { path = \"../shared\" }");
    }),
    ("a module's path", |scene| {
        scene.add(
            "services/orders/src/main.rs",
            "#[path = \"../../cart/src/extra.rs\"]\nmod extra;\n",
        )
    }),
    ("an included text", |scene| {
        scene.add(
            "services/orders/src/main.rs",
            "const TEXT: &str = include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../cart/src/extra.rs\"));\n",
        )
    }),
    ("a link", |scene| {
        let link = scene.project.join("services/orders/src/linked.rs");
        symlink("../../cart/src/extra.rs", link).expect("a link");
    }),
    ("the workspace", |scene| {
        scene.add(
            "Cargo.toml",
            "\n[workspace.dependencies]\ncart = { path = \"services/cart\" }\n",
        );
        depend(scene, "orders", "cart = { workspace = true }");
    }),
];

fn depend(scene: &Scene, service: &str, line: &str) {
    let path = format!("services/{service}/Cargo.toml");
    let text = fs::read_to_string(scene.project.join(&path)).expect("a manifest");
    let line = format!("[dependencies]\n{line}\n");
    scene.write(&path, &text.replacen("[dependencies]\n", &line, 1));
}

#[test]
fn what_a_project_includes_is_of_every_image() {
    let scene = Scene::several("include");
    scene.write("libs/money/Cargo.toml", "[package]\nname = \"money\"\n");
    scene.write("libs/money/src/lib.rs", "// one\n");
    scene.add(".gitignore", "*.gen\n");
    scene.commit();
    scene.write("libs/money/src/a.gen", "// one\n");
    let since = ["--dry-run", "--since", "HEAD"];
    let all = |told: crate::scene::Told, file: &str, built: bool| {
        for service in ["orders", "cart", "catalog"] {
            let words = match built {
                true => format!("{service}: built, since {file} differs from HEAD\n"),
                false => format!("{service}: not built"),
            };
            assert!(told.err.contains(&words), "{words}: {}", told.err);
        }
    };
    all(scene.build(&since).done(), "", false);
    let settings = fs::read_to_string(scene.project.join("oarlock.yaml")).expect("settings");
    let with = settings.replace("image: {", "image: { include: [libs, db],");
    assert_ne!(with, settings);
    scene.write("oarlock.yaml", &with);
    scene.oarlock_in(&scene.project, &["generate"], &[]).done();
    scene
        .build(&since)
        .ends(2)
        .tells("`deploy: image: include` names db, and . has no such folder or file");
    scene.write("db/0.sql", "");
    scene.commit();
    let told = scene.build(&since).done();
    all(
        told.tells("git does not look at libs/money/src/a.gen, and images are made of that"),
        "libs/money/src/a.gen",
        true,
    );
    fs::remove_file(scene.project.join("libs/money/src/a.gen")).expect("a file");
    all(scene.build(&since).done(), "", false);
    scene.add("libs/money/src/lib.rs", "// two\n");
    all(scene.build(&since).done(), "libs/money/src/lib.rs", true);
    scene.git(&["checkout", "--quiet", "--", "libs"]);
    scene.write("db/1.sql", "");
    all(scene.build(&since).done(), "db/1.sql", true);
}

#[test]
fn a_service_is_built_where_what_it_takes_of_another_has_changed() {
    let scene = Scene::several("reach");
    scene.write("services/cart/src/extra.rs", "// one\n");
    let start = scene.commit();
    let since = ["--dry-run", "--allow-stale", "--since", "HEAD"];
    let change = || {
        scene.write("services/cart/src/extra.rs", "// two\n");
        let told = scene.build(&since).done();
        told.tells("cart: built, since services/cart/src/extra.rs differs from HEAD\n")
    };
    change()
        .tells("orders: not built")
        .tells("catalog: not built");
    for (what, way) in WAYS {
        scene.git(&["reset", "--quiet", "--hard", &start]);
        way(&scene);
        scene.commit();
        scene
            .build(&since)
            .done()
            .tells("orders: not built")
            .tells("cart: not built");
        let told = change();
        assert!(
            told.err
                .contains("orders: built, since services/cart/src/extra.rs differs"),
            "{what}: {}",
            told.err
        );
    }
}
