//! The three services at work.

use std::{collections::BTreeSet, path::PathBuf, process::Command, sync::LazyLock};

use crate::{
    THREE, building,
    client::ask,
    deal,
    project::{self, Service},
    read, shop, told,
};

static BINARIES: LazyLock<[PathBuf; 3]> = LazyLock::new(|| {
    let _one = building();
    let folder = shop("serving");
    deal(&folder, THREE, "");
    told(&folder, &["generate"], 0);
    SERVICES.map(|name| project::build(&folder, name))
});

const SERVICES: [&str; 3] = ["catalog", "cart", "orders"];
const ID: &str = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

/// Each operation well asked: the service that has it, the status of its example, and the status of the others. A path that
/// another service has as well, with other methods, is known there.
const OPERATIONS: &[(&str, &str, &str, &str, &str, u16)] = &[
    ("listProducts", "catalog", "GET", "/products", "", 200),
    ("getProduct", "catalog", "GET", "/products/7", "", 200),
    (
        "listOrdersOfProduct",
        "orders",
        "GET",
        "/products/7/orders",
        "",
        200,
    ),
    ("listCategories", "catalog", "GET", "/categories", "", 200),
    ("createCart", "cart", "POST", "/carts", "", 201),
    ("getCart", "cart", "GET", "/carts/ID", "", 200),
    (
        "addItem",
        "cart",
        "POST",
        "/carts/ID/items",
        r#"{"product":7,"count":1}"#,
        200,
    ),
    ("orderCart", "orders", "POST", "/carts/ID/order", "", 201),
    ("getOrder", "orders", "GET", "/orders/ID", "", 200),
    ("cancelOrder", "orders", "DELETE", "/orders/ID", "", 204),
    ("status", "catalog", "GET", "/status", "", 200),
];

fn start() -> [Service; 3] {
    let settings = [("OARLOCK_EXAMPLES", "on"), ("RUST_LOG", "off")];
    [0, 1, 2].map(|index| {
        Service::start(
            || Command::new(&BINARIES[index]),
            SERVICES[index],
            &settings,
        )
    })
}

#[test]
fn each_operation_is_answered_by_one_service() {
    let services = start();
    for (id, owner, method, path, body, status) in OPERATIONS {
        for base in ["", "/v1"] {
            for (service, name) in services.iter().zip(SERVICES) {
                let path = format!("{base}{}", path.replace("ID", ID));
                let headers = [
                    ("authorization", "Bearer token"),
                    ("content-type", "application/json"),
                ];
                let headers = if body.is_empty() {
                    &headers[..1]
                } else {
                    &headers[..]
                };
                let answer = ask(service.http, method, &path, headers, body);
                let due = if name == *owner { *status } else { 404 };
                assert_eq!(answer.status, due, "{id} of {owner} at {name}: {answer:?}");
            }
        }
    }
    for (service, name) in services.iter().zip(SERVICES) {
        let metrics = ask(service.admin, "GET", "/metrics", &[], "");
        let metrics = String::from_utf8_lossy(&metrics.body).into_owned();
        let listed: BTreeSet<&str> = metrics
            .split("operation_id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|id| !id.is_empty())
            .collect();
        let own = OPERATIONS.iter().filter(|one| one.1 == name);
        assert_eq!(listed, own.map(|one| one.0).collect(), "{name}: {metrics}");
        let title = format!("service_name=\"Shop: {name}\"");
        assert!(metrics.contains(&title), "{title} in {metrics}");
    }
}

/// Callers are known where an operation asks for it, whichever service has it.
#[test]
fn callers_are_known_in_each_service() {
    let services = start();
    for (service, path) in services
        .iter()
        .zip(["/products", "/carts/ID", "/orders/ID"])
    {
        let open = path == "/products";
        let answer = ask(service.http, "GET", &path.replace("ID", ID), &[], "");
        assert_eq!(
            answer.status,
            if open { 200 } else { 401 },
            "{path}: {answer:?}"
        );
    }
}

/// The test of a shutdown that ships with each service passes.
#[test]
fn each_service_stops_without_a_loss() {
    LazyLock::force(&BINARIES);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("services/serving");
    let said = project::test(&folder, "catalog");
    assert!(said.contains("1 passed"), "{said}");
}

/// The document of a service's docs page has its operations, and the schemas of all.
#[test]
fn each_service_shows_its_own_operations() {
    let folder = shop("shown");
    deal(&folder, THREE, "");
    told(&folder, &["generate"], 0);
    for name in SERVICES {
        let text = read(&folder, &format!("api/src/service/{name}.json"));
        let shown: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let paths = shown["paths"].as_object().expect("paths").values();
        let items = paths.filter_map(|item| item.as_object());
        let operations = items.flat_map(|item| item.values());
        let ids: BTreeSet<&str> = operations
            .filter_map(|one| one["operationId"].as_str())
            .collect();
        let own = OPERATIONS.iter().filter(|one| one.1 == name);
        assert_eq!(ids, own.map(|one| one.0).collect(), "{name}");
        assert!(
            shown["components"]["schemas"]["Order"].is_object(),
            "{name}"
        );
    }
}
