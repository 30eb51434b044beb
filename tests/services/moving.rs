//! Tags that move from one service to another, and services that go: the user's files only ever grow.

use std::{fs, path::Path, process::Command};

use crate::{THREE, building, deal, project, read, shop, told};

/// The shop before and after `categories` moves from one service to another.
const BEFORE: &str = "
  wares: { tags: [products, categories, operations] }
  basket: { tags: [carts] }
  sales: { tags: [orders] }
";
const AFTER: &str = "
  wares: { tags: [products, operations] }
  basket: { tags: [carts, categories] }
  sales: { tags: [orders] }
";

/// What cargo says of a package, which does not build.
fn refused(folder: &Path, package: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", package])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", project::target())
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{package} builds");
    told
}

#[test]
fn a_moved_tag_takes_its_stubs_along() {
    let _one = building();
    let folder = shop("moved");
    deal(&folder, BEFORE, "");
    told(&folder, &["generate"], 0);
    // What the user has made of it.
    let own = "services/wares/src/categories.rs";
    let written = read(&folder, own).replace("example!()", "Ok(example!()?)");
    fs::write(folder.join(own), &written).expect("a file");
    let main = read(&folder, "services/wares/src/main.rs");

    deal(&folder, AFTER, "");
    let all = told(&folder, &["generate"], 0);
    let left = "left: services/wares/src/categories.rs: basket has the operations of \"categories\" now: take your handlers there, and `mod categories;` out of services/wares/src/main.rs";
    assert!(all.contains(left), "{all}");
    assert!(all.contains("grown: services/basket/src/main.rs"), "{all}");
    assert_eq!(read(&folder, own), written);
    assert_eq!(read(&folder, "services/wares/src/main.rs"), main);
    let stub = read(&folder, "services/basket/src/categories.rs");
    assert!(stub.contains("async fn list_categories("), "{stub}");
    let grown = read(&folder, "services/basket/src/main.rs");
    assert!(
        grown.contains("mod carts;\nmod security;\nmod categories;\n"),
        "{grown}"
    );
    // It is told for as long as it is so, and is no matter of a stale tree.
    let check = told(&folder, &["check"], 0);
    assert!(check.contains(left), "{check}");
    project::build(&folder, "wares");
    project::build(&folder, "basket");

    fs::remove_file(folder.join(own)).expect("a file");
    let check = told(&folder, &["check"], 0);
    assert!(!check.contains("left:"), "{check}");
}

/// Whatever the services are called, what is written compiles, and is as rustfmt has it.
#[test]
fn services_of_odd_names_compile() {
    let _one = building();
    let folder = shop("names");
    let long = "the-longest-of-names-that-a-service-has0";
    let settings = format!(
        "spec: openapi.yaml\nname: the-longest-of-names-of-projects-is-40-0\nservices:\n  mod: {{ tags: [products] }}\n  \
         self: {{ tags: [carts], calls: [type] }}\n  type: {{ tags: [orders] }}\n  {long}: {{ tags: [categories] }}\n  \
         a-name-of-twenty0: {{ tags: [operations] }}\n"
    );
    fs::write(folder.join("oarlock.yaml"), settings).expect("settings");
    told(&folder, &["generate"], 0);
    for package in ["mod", "self", "type", long, "a-name-of-twenty0"] {
        project::build(&folder, package);
        let formatted = Command::new(env!("CARGO"))
            .args(["fmt", "--check", "--package", package])
            .current_dir(&folder)
            .output()
            .expect("cargo runs");
        let said = String::from_utf8_lossy(&formatted.stdout).into_owned();
        assert!(formatted.status.success(), "{said}");
    }
}

/// Whoever takes a handler out, or never had it, is told by the compiler, by the operation's name.
#[test]
fn a_missing_handler_does_not_compile() {
    let _one = building();
    let folder = shop("missing");
    deal(&folder, AFTER, "");
    told(&folder, &["generate"], 0);
    let own = "services/basket/src/categories.rs";
    let without = read(&folder, own).replace("async fn list_categories", "async fn list_kinds");
    fs::write(folder.join(own), without).expect("a file");
    let said = refused(&folder, "basket");
    assert!(said.contains("missing: `list_categories`"), "{said}");
    fs::write(folder.join(own), "").expect("a file");
    let said = refused(&folder, "basket");
    assert!(
        said.contains("the trait `Categories` is not implemented for `App`"),
        "{said}"
    );
}

#[test]
fn a_service_that_goes_leaves_what_is_the_users() {
    let folder = shop("gone");
    deal(&folder, THREE, "");
    told(&folder, &["generate"], 0);
    let two = "
  catalog: { tags: [products, categories, operations] }
  orders: { tags: [orders, carts] }
";
    deal(&folder, two, "");
    let all = told(&folder, &["generate"], 0);
    let left = "left: services/cart: there is no such service any more: take your handlers to where their tags are now, and delete it";
    assert!(all.contains(left), "{all}");
    assert!(folder.join("services/cart/src/carts.rs").exists());
    for gone in [
        "api/src/service/cart.rs",
        "api/src/service/cart.json",
        "deploy/chart/charts/cart",
    ] {
        assert!(!folder.join(gone).exists(), "{gone}");
    }
    let workspace = read(&folder, "Cargo.toml");
    let members = "members = [\"api\", \"runtime\", \"services/catalog\", \"services/orders\"]";
    assert!(workspace.contains(members), "{workspace}");
    let check = told(&folder, &["check"], 0);
    assert!(check.contains(left), "{check}");
    fs::remove_dir_all(folder.join("services/cart")).expect("a folder");
    assert!(!told(&folder, &["check"], 0).contains("left:"));
}

/// A project of one service whose tags are dealt out, and taken back.
#[test]
fn one_service_becomes_several_and_one_again() {
    let folder = shop("divided");
    fs::remove_file(folder.join("openapi.yaml")).expect("a file");
    let document = project::root().join(crate::SHOP).join("openapi.yaml");
    let document = document.to_str().expect("a path").to_owned();
    told(&folder, &["generate", &document, "--out", "."], 0);
    let one = read(&folder, "Cargo.toml");
    let alone = "
  shop: { tags: [products, categories, operations, carts] }
  orders: { tags: [orders] }
";
    deal(&folder, alone, "");
    let all = told(&folder, &["generate"], 0);
    for left in [
        "left: services/shop/src/main.rs: the service is made by `shop_api::service::shop(App)` now: write that there",
        "left: services/shop/src/orders.rs: orders has the operations of \"orders\" now",
    ] {
        assert!(all.contains(left), "{all}");
    }
    fs::write(
        folder.join("oarlock.yaml"),
        "spec: openapi.yaml\nname: shop\n",
    )
    .expect("settings");
    let all = told(&folder, &["generate"], 0);
    assert!(
        all.contains("left: services/orders: there is no such service any more"),
        "{all}"
    );
    assert_eq!(read(&folder, "Cargo.toml"), one);
}
