use oarlock::config::{KEPT_OUT_OF_IMAGES, is_kept_out_of_images};

use super::{leads::Content, *};

const ALL: [&str; 3] = ["cart", "catalog", "orders"];

/// Which services are built for a file, where these files are there.
fn built(files: &[(&str, &str)], file: &str) -> Vec<&'static str> {
    let mut leads = Leads::default();
    for (path, text) in files {
        match text.strip_prefix("-> ") {
            Some(target) => leads.take(path, &Content::Link((*target).into())),
            None if *path == "Cargo.toml" => leads.take_workspace(text),
            None => leads.take(path, &Content::Text((*text).into())),
        }
    }
    let services = ALL.map(str::to_owned).into();
    let include = ["libs".to_owned(), "db/migrations".to_owned()];
    let inputs = Inputs::of(&services, &include, &leads);
    let files = BTreeSet::from([file.to_owned()]);
    let all = ALL.into_iter();
    all.filter(|service| !inputs.concerning(service, &files).is_empty())
        .collect()
}

#[test]
fn a_file_makes_those_services_built_that_are_made_of_it() {
    let manifests = [
        (
            "services/cart/Cargo.toml",
            "[dependencies]\nshop-api = { path = \"../../api\" }\ncatalog = { path = \"../catalog\" }\n",
        ),
        ("services/catalog/Cargo.toml", "[dependencies]\n"),
        (
            "services/orders/Cargo.toml",
            "[dependencies]\ncart = { path = '../cart' }\n",
        ),
    ];
    for (file, expected) in [
        ("services/orders/src/main.rs", &["orders"][..]),
        ("services/cart/src/main.rs", &["cart", "orders"]),
        ("services/catalog/Cargo.toml", &ALL),
        ("services/shared/src/lib.rs", &ALL),
        ("services/cartography/src/lib.rs", &ALL),
        ("services", &ALL),
        ("api/src/lib.rs", &ALL),
        ("api", &ALL),
        ("libs/money/src/lib.rs", &ALL),
        ("libs", &ALL),
        ("db", &ALL),
        ("db/migrations/1.sql", &ALL),
        ("db/migrations.sql", &[]),
        ("db/seed.sql", &[]),
        ("libsodium/a.rs", &[]),
        ("deploy/chart/values.yaml", &[]),
    ] {
        assert_eq!(built(&manifests, file), expected, "{file}");
    }
}

/// Files of these paths, and what stands in them.
type Files = &'static [(&'static str, &'static str)];

const BOTH: &[&str] = &["cart", "orders"];
const SHARED: (&str, &str) = (
    "services/orders/Cargo.toml",
    "shared = { path = \"../shared\" }",
);
/// What leads from `orders`, or from what it takes up, to `cart`, or only looks so; which services a file of `cart` has built.
const LEADING: &[(Files, &[&str])] = &[
    (
        &[(
            "services/orders/Cargo.toml",
            "cart = { path = \"../../services/cart\" }",
        )],
        BOTH,
    ),
    (
        &[("services/orders/Cargo.toml", "cart.path = './../cart'")],
        BOTH,
    ),
    (
        &[(
            "services/orders/Cargo.toml",
            "[[bin]]\npath = \"../cart/src/main.rs\"",
        )],
        BOTH,
    ),
    (
        &[(
            "services/orders/inner/Cargo.toml",
            "x = { path = \"../../cart\" }",
        )],
        BOTH,
    ),
    (
        &[
            SHARED,
            (
                "services/shared/Cargo.toml",
                "cart = { path = \"../cart\" }",
            ),
        ],
        BOTH,
    ),
    (
        &[SHARED, ("services/shared/src/a.rs", "-> ../../cart/src")],
        BOTH,
    ),
    (
        &[(
            "services/shared/Cargo.toml",
            "cart = { path = \"../cart\" }",
        )],
        &["cart"],
    ),
    (
        &[(
            "services/orders/src/main.rs",
            "#[path = \"../../cart/src/extra.rs\"] mod extra;",
        )],
        BOTH,
    ),
    (
        &[(
            "services/orders/src/a/b.rs",
            "include_str!(\"../../../cart/x.txt\")",
        )],
        BOTH,
    ),
    (
        &[(
            "services/orders/src/a/b.rs",
            "let q = '\"'; include!(r\"../../../cart/x.rs\")",
        )],
        BOTH,
    ),
    (
        &[(
            "services/orders/src/main.rs",
            "include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../cart/x.rs\"))",
        )],
        BOTH,
    ),
    (
        &[(
            "services/orders/build.rs",
            "Path::new(\"..\").join(\"cart\")",
        )],
        BOTH,
    ),
    (
        &[(
            "services/orders/src/linked.rs",
            "-> ../../cart/src/extra.rs",
        )],
        BOTH,
    ),
    (
        &[
            ("services/orders/src/linked", "-> ../../shared"),
            ("services/shared/a", "-> ../cart"),
        ],
        BOTH,
    ),
    (&[("services/orders/all", "-> ..")], BOTH),
    (&[("services/orders", "-> cart")], BOTH),
    (
        &[
            (
                "services/orders/src/main.rs",
                "#[path = \"../../shared.rs\"] mod a;",
            ),
            ("services/shared.rs", "include!(\"cart/../cart/b.rs\");"),
        ],
        BOTH,
    ),
    (
        &[(
            "services/orders/src/main.rs",
            "match a { 'a'..'c' => x[..].len(), _ => 0..10 }",
        )],
        &["cart"],
    ),
    (
        &[(
            "services/orders/src/main.rs",
            "include!(\"../../../api/x.rs\"); include!(\"../cart/x.rs\")",
        )],
        BOTH,
    ),
    (
        &[(
            "services/orders/src/main.rs",
            "assert!(get(\"../../../../../etc/passwd\"));",
        )],
        &["cart"],
    ),
    (
        &[(
            "libs/money/Cargo.toml",
            "cart = { path = '../../services/cart' }",
        )],
        &ALL,
    ),
    (
        &[("libs/money/Cargo.toml", "core = { path = '../core' }")],
        &["cart"],
    ),
    (&[("libs/cart.rs", "-> ../services/cart/src/main.rs")], &ALL),
    (
        &[(
            "Cargo.toml",
            "members = [\"services/cart\"]\n[profile.release]\nlto = true",
        )],
        &["cart"],
    ),
    (
        &[(
            "Cargo.toml",
            "[workspace.dependencies]\ncart = { version = \"1\", path = \"services/cart\" }",
        )],
        &ALL,
    ),
];

#[test]
fn whatever_leads_into_a_folder_is_followed() {
    for (files, expected) in LEADING {
        assert_eq!(
            built(files, "services/cart/src/extra.rs"),
            *expected,
            "{files:?}"
        );
    }
}

#[test]
fn what_images_leave_out_is_what_dockerignore_says() {
    let patterns = include_str!("../../../templates/deploy/dockerignore").lines();
    let within = patterns.filter_map(|line| line.strip_prefix("**/"));
    let mut known: Vec<String> = KEPT_OUT_OF_IMAGES.map(str::to_owned).into();
    known.extend(["*.swp", "*~", ".env.*"].map(str::to_owned));
    known.sort();
    let mut within: Vec<String> = within.map(str::to_owned).collect();
    within.sort();
    assert_eq!(within, known);
    for path in [
        "services/a/target/x",
        "api/.env",
        "api/.env.local",
        "services/a/src/.main.rs.swp",
    ] {
        assert!(is_kept_out_of_images(path), "{path}");
    }
    for path in [
        "services/a/src/targets.rs",
        "api/.environment",
        "services/a/src/a.rs",
    ] {
        assert!(!is_kept_out_of_images(path), "{path}");
    }
}
