//! How the three services are deployed.

use serde_yaml::Value;

use crate::{THREE, deal, read, shop, told};

fn yaml(folder: &std::path::Path, path: &str) -> Value {
    serde_yaml::from_str(&read(folder, path)).expect("YAML")
}

#[test]
fn each_service_has_its_own_over_what_all_have() {
    let folder = shop("deployed");
    deal(
        &folder,
        THREE,
        "deploy: { replicas: { min: 2, max: 5 }, labels: { team: harbour }, image: { registry: registry.example.com/shop } }\n",
    );
    told(&folder, &["generate"], 0);
    for (name, min, max, http, admin) in [
        ("catalog", 2, 5, 8080, 9090),
        ("cart", 2, 5, 8081, 9091),
        ("orders", 3, 20, 8082, 9092),
    ] {
        let values = yaml(&folder, &format!("deploy/chart/charts/{name}/values.yaml"));
        assert_eq!(values["replicas"], min, "{name}");
        assert_eq!(values["autoscaling"]["maxReplicas"], max, "{name}");
        assert_eq!(values["labels"]["team"], "harbour", "{name}");
        let repository = format!("registry.example.com/shop/{name}");
        assert_eq!(values["image"]["repository"], repository.as_str());
        let composed = yaml(&folder, "deploy/compose.yaml");
        let ports = &composed["services"][name]["ports"];
        assert_eq!(
            ports[0],
            format!("127.0.0.1:{http}:8080").as_str(),
            "{name}"
        );
        assert_eq!(
            ports[1],
            format!("127.0.0.1:{admin}:9090").as_str(),
            "{name}"
        );
        let chart = yaml(&folder, &format!("deploy/chart/charts/{name}/Chart.yaml"));
        assert_eq!(chart["name"], name);
        let docker = read(&folder, "deploy/Dockerfile");
        assert!(docker.contains(&format!("AS service-{name}\n")), "{docker}");
        let title = format!("org.opencontainers.image.title=\"Shop: {name}\"");
        assert!(docker.contains(&title), "{title} in {docker}");
    }
    let umbrella = yaml(&folder, "deploy/chart/Chart.yaml");
    assert_eq!(umbrella["name"], "shop-all");
    let names = umbrella["dependencies"].as_sequence().expect("charts");
    let names: Vec<&str> = names
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(names, ["oarlock.service", "catalog", "cart", "orders"]);
}

/// Each port of the machine once, whatever the services and what watches them have in their containers.
#[test]
fn what_watches_the_services_is_beside_all_of_them() {
    let folder = shop("watched");
    deal(
        &folder,
        THREE,
        "deploy: { observability: { ports: { grafana: 8081, prometheus: 9092 } } }\n",
    );
    told(&folder, &["generate"], 0);
    let composed = yaml(&folder, "deploy/compose.yaml");
    let services = composed["services"].as_mapping().expect("services");
    let ports = services.values().flat_map(|one| {
        let ports = one["ports"].as_sequence().expect("ports").iter();
        ports.map(|port| {
            port.as_str()
                .expect("text")
                .split(':')
                .nth(1)
                .expect("a port")
        })
    });
    let ports: Vec<&str> = ports.collect();
    assert_eq!(
        ports,
        [
            "8080", "9090", "8082", "9091", "8083", "9093", "9092", "8081", "16686", "4318"
        ]
    );
    let scrapes = yaml(&folder, "deploy/observability/prometheus.yaml");
    let text = read(&folder, "deploy/chart/charts/cart/dashboards/cart.json");
    assert!(
        !text.contains("getOrder") && text.contains("getCart"),
        "{text}"
    );
    for (index, name) in ["catalog", "cart", "orders"].into_iter().enumerate() {
        let scrape = &scrapes["scrape_configs"][index];
        assert_eq!(scrape["job_name"], name);
        assert_eq!(
            scrape["static_configs"][0]["targets"][0],
            format!("{name}:9090").as_str()
        );
        let dashboard = read(
            &folder,
            &format!("deploy/chart/charts/{name}/dashboards/{name}.json"),
        );
        let title = format!("Shop: {name}");
        assert!(dashboard.contains(&title), "{title}");
    }
    deal(
        &folder,
        THREE,
        "deploy: { observability: { ports: { grafana: 8080 } } }\n",
    );
    let all = told(&folder, &["check"], 2);
    assert!(
        all.contains("oarlock.yaml: deploy: observability: ports: grafana: grafana and http of the service catalog would both be 8080: give one of them another"),
        "{all}"
    );
}

/// Who calls whom is in the values of both.
#[test]
fn calls_stand_in_the_charts_of_both() {
    let folder = shop("calls");
    let three = "
  catalog: { tags: [products, categories] }
  cart: { tags: [carts, orders], calls: [catalog] }
  state: { tags: [operations] }
";
    deal(&folder, three, "");
    told(&folder, &["generate"], 0);
    for (name, calls, callers) in [
        ("catalog", vec![], vec!["cart"]),
        ("cart", vec!["catalog"], vec![]),
        ("state", vec![], vec![]),
    ] {
        let values = yaml(&folder, &format!("deploy/chart/charts/{name}/values.yaml"));
        let listed = |key: &str| {
            let names = values[key].as_sequence().expect("a list").iter();
            names.filter_map(Value::as_str).collect::<Vec<_>>()
        };
        assert_eq!(
            (listed("calls"), listed("callers")),
            (calls, callers),
            "{name}"
        );
    }
}

/// `--run` starts one service, and wants to know which.
#[test]
fn one_of_several_is_started_by_its_name() {
    let folder = shop("started");
    deal(&folder, THREE, "");
    let all = told(&folder, &["generate", "--run"], 2);
    assert!(all.contains("the project has several services (catalog, cart, orders): name the one that is to be started, as in `--run --service catalog`"), "{all}");
    let all = told(&folder, &["generate", "--run", "--service", "card"], 2);
    assert!(
        all.contains("there is no service \"card\"; there is catalog, cart, orders"),
        "{all}"
    );
    assert!(!folder.join("api").exists(), "nothing is written");
    told(&folder, &["generate", "--service", "cart"], 2);
}
