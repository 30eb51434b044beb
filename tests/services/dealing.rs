//! What is dealt wrongly, and what is told of it.

use std::fs;

use crate::{THREE, deal, shop, told};

/// Lines of `services`, and what is told of them.
const MISTAKES: &[(&str, &[&str])] = &[
    (
        " {}",
        &["services: names none: name one with its tags, or leave `services` out"],
    ),
    (
        "\n  catalog: { tags: [prodcuts, products, categories, operations] }\n  cart: { tags: [carts] }\n  orders: { tags: [orders] }",
        &[
            "services: catalog: tags: no operation has \"prodcuts\" as its first tag; did you mean \"products\"?",
        ],
    ),
    (
        "\n  catalog: { tags: [products, categories, operations, carts] }\n  cart: { tags: [carts] }\n  orders: { tags: [orders] }",
        &["services: catalog and cart both have the tag \"carts\": leave it to one of them"],
    ),
    (
        "\n  catalog: { tags: [products, categories, products, operations] }\n  cart: { tags: [carts, orders] }",
        &["services: catalog: tags: \"products\" stands twice"],
    ),
    (
        "\n  catalog: { tags: [products] }\n  cart: { tags: [carts, orders] }",
        &[
            "services: no service has the tag \"categories\", so that nobody would answer listCategories (openapi.yaml:41:5): add it to the `tags` of one",
            "services: no service has the tag \"operations\" (which operations without tags have), so that nobody would answer status (openapi.yaml:102:5): add it to the `tags` of one",
        ],
    ),
    (
        "\n  catalog: { tags: [products, categories, operations, orders, carts] }\n  cart: {}",
        &[
            "services: cart: has no tags, and so no operations: deal it some by `tags`, or leave it out",
        ],
    ),
    (
        "\n  catalog: { tags: [products, categories, operations] }\n  cart: { tags: [carts] }\n  cart: { tags: [orders] }",
        &["services: cart: stands twice: leave one of them out"],
    ),
    (
        "\n  Catalog: { tags: [products] }\n  car--t: { tags: [categories] }\n  1st: { tags: [carts] }\n  a: { tags: [orders] }\n  b-: { tags: [operations] }",
        &[
            "services: \"Catalog\" must be lower-case letters, digits and single `-` between them, start with a letter, and have 2 to 40 of them",
            "services: \"car--t\" must be",
            "services: \"1st\" must be",
            "services: \"a\" must be",
            "services: \"b-\" must be",
        ],
    ),
    (
        "\n  a1234567890123456789012345678901234567890: { tags: [products, categories, operations, orders, carts] }",
        &["services: \"a1234567890123456789012345678901234567890\" must be"],
    ),
    (
        "\n  build: { tags: [products] }\n  global: { tags: [categories] }\n  shop-api: { tags: [carts] }\n  shop-all: { tags: [orders] }\n  oarlock-runtime: { tags: [operations] }",
        &[
            "services: build: cargo has a folder of this name: choose another",
            "services: global: Helm has values for all charts of this name: choose another",
            "services: shop-api: the API has its crate of this name: choose another",
            "services: shop-all: all services together have their chart of this name: choose another",
            "services: oarlock-runtime: the runtime has its crate of this name: choose another",
        ],
    ),
    (
        "\n  time: { tags: [products, categories, carts, orders, operations] }",
        &["services: time: a library that services are built of has this name: choose another"],
    ),
    (
        "\n  a-b: { tags: [products, carts] }\n  type: { tags: [categories, orders] }\n  type-service: { tags: [operations] }",
        &[
            "services: type and type-service would have one name in Rust: choose another for one of them",
        ],
    ),
    (
        "\n  catalog: { tags: [products, categories, operations], calls: [catalog] }\n  cart: { tags: [carts], calls: [catlog] }\n  orders: { tags: [orders], calls: [cart, catalog, cart] }",
        &[
            "services: catalog: calls: it calls itself: leave that out",
            "services: cart: calls: there is no service \"catlog\"; did you mean \"catalog\"?",
            "services: orders: calls: \"cart\" stands twice",
        ],
    ),
    (
        "\n  catalog: { tags: [products, categories, operations], image: { repository: shop } }\n  cart: { tags: [carts], ports: { http: 9090 } }\n  orders: { tags: [orders], image: { repository: shop }, drain: { margin: 1s } }",
        &[
            "services: cart: ports: http and admin would both be 9090: give one of them another",
            "services: orders: drain: margin: 1s is less than the 5s that a service takes beside its drain: it would not start",
            "services: catalog and orders would both have the image \"shop\": give one of them an `image: repository` of its own",
        ],
    ),
    (
        "\n  catalog: { tags: [products, categories, operations], ports: { http: 65535 } }\n  cart: { tags: [carts], ports: { http: 65535 } }\n  orders: { tags: [orders] }",
        &[
            "services: cart: there is no port above 65535 left for it on a machine that runs all services: give it lower `ports`",
        ],
    ),
    // All that is wrong is told together.
    (
        "\n  catalog: { tags: [products, categorys], replicas: { min: 4, max: 3 } }\n  cart: { tags: [carts], calls: [order] }\n  orders: { tags: [orders] }",
        &[
            "services: catalog: tags: no operation has \"categorys\" as its first tag; did you mean \"categories\"?",
            "services: no service has the tag \"categories\"",
            "services: no service has the tag \"operations\"",
            "services: cart: calls: there is no service \"order\"; did you mean \"orders\"?",
            "services: catalog: replicas: min is 4 and max 3: raise max, or lower min",
        ],
    ),
];

#[test]
fn what_is_dealt_wrongly_is_told_at_once() {
    let folder = shop("mistakes");
    for (services, due) in MISTAKES {
        deal(&folder, services, "");
        let told = told(&folder, &["generate"], 2);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), due.len(), "{services}: {told}");
        for (line, due) in lines.iter().zip(*due) {
            let line = line.trim_start_matches("error: ").replace("(./", "(");
            assert!(
                line.starts_with(&format!("oarlock.yaml: {due}")),
                "{services}:\n{line}\nis not\n{due}"
            );
        }
        assert!(!folder.join("api").exists(), "nothing is written");
    }
}

/// What is wrong with a value is told with its place; keys of the project are none of a service's.
#[test]
fn values_are_told_with_their_places() {
    let folder = shop("values");
    for (services, due) in [
        (
            "\n  catalog: { tags: [products], bases: {} }",
            "unknown field `bases`",
        ),
        (
            "\n  catalog: { tags: [products], replicas: { min: 0 } }",
            "must be a whole number above 0",
        ),
        ("\n  catalog: { tags: products }", "expected a sequence"),
        (
            " [catalog]",
            "names of services with their tags, such as `cart: { tags: [carts] }`",
        ),
    ] {
        deal(&folder, services, "");
        let told = told(&folder, &["generate"], 2);
        assert!(
            told.contains(due) && told.contains(" line "),
            "{services}: {told}"
        );
    }
}

/// What `deploy` does for all is told once, under its own key; what a service sets right is not told.
#[test]
fn what_is_said_for_all_is_told_once() {
    let folder = shop("shared");
    deal(&folder, THREE, "deploy: { ports: { http: 9090 } }\n");
    let all = told(&folder, &["generate"], 2);
    let line =
        "oarlock.yaml: deploy: ports: http and admin would both be 9090: give one of them another";
    assert_eq!(all.matches(line).count(), 1, "{all}");
    assert_eq!(all.lines().count(), 1, "{all}");
    let right = "
  catalog: { tags: [products, categories, operations], ports: { admin: 9000 } }
  cart: { tags: [carts, orders], ports: { admin: 9000 } }
";
    deal(&folder, right, "deploy: { ports: { http: 9090 } }\n");
    told(&folder, &["generate"], 0);
}

/// Services may call one another in a circle: nothing waits for anything at build time or at the start.
#[test]
fn circles_of_calls_are_taken() {
    let folder = shop("circle");
    let circle = "
  catalog: { tags: [products, categories, operations], calls: [cart] }
  cart: { tags: [carts, orders], calls: [catalog] }
";
    deal(&folder, circle, "");
    told(&folder, &["generate"], 0);
}

/// The one service of a document has no name that others keep: of a title, another is made; one that is asked for is refused.
#[test]
fn one_service_has_no_name_that_others_keep() {
    let folder = shop("taken");
    let document = fs::read_to_string(folder.join("openapi.yaml")).expect("the document");
    let (_, rest) = document.split_once("title: ").expect("a title");
    let (title, _) = rest.split_once([',', '\n']).expect("its end");
    for (given, name) in [("Global", "global"), ("Deps API", "deps"), ("Time", "time")] {
        let titled = document.replacen(&format!("title: {title}"), &format!("title: {given}"), 1);
        fs::write(folder.join("titled.yaml"), titled).expect("written");
        told(&folder, &["generate", "titled.yaml", "--out", name], 0);
        let service = folder.join(format!("{name}/services/{name}-service/Cargo.toml"));
        assert!(service.exists(), "{given}: {}", service.display());
        let all = told(
            &folder,
            &["generate", "titled.yaml", "--out", "asked", "--name", name],
            2,
        );
        assert!(
            all.contains(&format!("{name:?} cannot name a service: "))
                && all.contains("this name; choose another, as in `--name shop`"),
            "{all}"
        );
    }
}
