//! Several services: which are built, in which order they are asked for.

use std::path::Path;

use oarlock::{config::Deploy, lower, model::Api};

use super::*;
use crate::command::build::steps;

fn api() -> Api {
    let text = "openapi: 3.1.0\ninfo: { title: Shop, version: \"2\" }\npaths: {}\n";
    let mut sources = oarlock::source::Sources::default();
    let id = sources.add(oarlock::source::Source::new("openapi.yaml", text));
    let mut diagnostics = oarlock::diagnostic::Diagnostics::default();
    let read = oarlock::read(
        &mut sources,
        id,
        oarlock::Options::default(),
        &mut diagnostics,
    );
    read.expect("a document").0
}

fn shop() -> Deployment {
    let services = ["cart", "catalog", "orders"].map(|name| (name.to_owned(), Deploy::default()));
    let mut deployment =
        lower::deployment(&api(), &Deploy::default(), &services).expect("a deployment");
    for service in &mut deployment.services {
        service.image.repository = format!("registry.example.com/{}", service.name);
    }
    deployment
}

fn wishes<'a>(deployment: &'a Deployment, services: &'a [String]) -> Wishes<'a> {
    Wishes {
        root: Path::new("."),
        deployment,
        engine: Engine::Docker,
        services,
        since: None,
        tag: Some("x"),
        link_static: false,
        platform: None,
        layers: false,
        push: true,
    }
}

#[test]
fn every_image_is_built_before_one_is_pushed() {
    let (deployment, nowhere) = (shop(), Repository::Unknown(String::new()));
    let plan = plan(&wishes(&deployment, &[]), &nowhere).expect("a plan");
    let steps = steps::steps(&plan);
    let verbs = steps.iter().map(|step| step.invocation.shown());
    let verbs: Vec<String> = verbs
        .map(|line| {
            line.replace("DOCKER_BUILDKIT=1 ", "")
                .replace("container=$(", "")
        })
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    let once = ["docker create", "docker cp", "docker rm"];
    let expected = [
        vec!["docker build"; 3],
        once.repeat(3),
        vec!["cargo metadata"],
        vec!["docker push"; 3],
        vec!["docker image"; 3],
    ];
    assert_eq!(verbs, expected.concat());
    let order: Vec<&str> = plan.jobs.iter().map(|job| job.service.as_str()).collect();
    assert_eq!(order, ["cart", "catalog", "orders"]);
}

#[test]
fn services_that_are_named_are_built_alone() {
    let (deployment, nowhere) = (shop(), Repository::Unknown(String::new()));
    let named = ["orders".to_owned(), "cart".to_owned()];
    let some = plan(&wishes(&deployment, &named), &nowhere).expect("a plan");
    let order: Vec<&str> = some.jobs.iter().map(|job| job.service.as_str()).collect();
    assert_eq!(order, ["cart", "orders"]);
    let unknown = ["basket".to_owned()];
    let refused = plan(&wishes(&deployment, &unknown), &nowhere).expect_err("a refusal");
    assert_eq!(
        refused,
        "there is no service \"basket\"; the project has: cart, catalog, orders"
    );
}
