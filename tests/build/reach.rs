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
