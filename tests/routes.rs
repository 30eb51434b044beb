//! Which requests of one host lead to which service: the first rule that fits leads to the one that has the operation.

use std::{cmp::Reverse, collections::BTreeMap};

use oarlock::{
    Options, config,
    diagnostic::Diagnostics,
    model::{Api, Route, RoutePath, Services},
    openapi::Method,
    source::{Source, Sources},
};
use oarlock_runtime::{path_names, path_shape};

fn dealt(document: &str, services: &str) -> Result<(Api, Services), Vec<String>> {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("openapi.yaml", document));
    let mut diagnostics = Diagnostics::default();
    let read = oarlock::read(&mut sources, id, Options::default(), &mut diagnostics);
    let (api, text) = read.expect("a document");
    let said: config::Services = serde_yaml::from_str(services).expect("services");
    let services = text.services(&sources, &api, "shop", &said)?;
    Ok((api, services))
}

/// A document of a path for each of these lines, each with its tag.
fn document(paths: &[(&str, &str, &str)]) -> String {
    let mut text = "openapi: 3.1.0\ninfo: { title: T, version: '1' }\npaths:\n".to_owned();
    let mut before = "";
    for (path, method, tag) in paths {
        if *path != before {
            text.push_str(&format!("  {path}:\n"));
            let names: Vec<String> = path_names(path)
                .map(|name| {
                    format!(
                        "{{ name: {name}, in: path, required: true, schema: {{ type: string }} }}"
                    )
                })
                .collect();
            text.push_str(&format!("    parameters: [{}]\n", names.join(", ")));
        }
        before = path;
        text.push_str(&format!(
            "    {method}: {{ tags: [{tag}], responses: {{ '204': {{ description: It is. }} }} }}\n"
        ));
    }
    text
}

fn told(services: &Services) -> Vec<String> {
    let routes = services.routes.iter().map(|route| {
        let (kind, path) = match &route.path {
            RoutePath::Exact(path) => ("=", path),
            RoutePath::Template(path) => ("~", path),
            RoutePath::Prefix(path) => ("^", path),
        };
        let methods: Vec<&str> = route.methods.iter().map(Method::as_str).collect();
        let methods = methods.join(",");
        format!(
            "{kind}{path} {methods} {}",
            services.all[route.service].name
        )
    });
    routes.map(|one| one.replace("  ", " ")).collect()
}

/// The segments of a path without the names of parameters.
fn segments(path: &str) -> Vec<String> {
    let shape = path_shape(path);
    shape[1..].split('/').map(str::to_owned).collect()
}

fn fits(template: &[String], path: &str) -> bool {
    let path: Vec<&str> = path[1..].split('/').collect();
    let segment = |(own, one): (&String, &&str)| match own.split_once("{}") {
        Some((before, after)) => {
            one.len() > before.len() + after.len()
                && one.starts_with(before)
                && one.ends_with(after)
        }
        None => own == one,
    };
    template.len() == path.len() && template.iter().zip(&path).all(segment)
}

/// The service to which the first rule that fits leads.
fn leads(services: &Services, path: &str, method: &Method) -> Option<usize> {
    let fitting = |route: &&Route| {
        let there = match &route.path {
            RoutePath::Exact(own) => own == path,
            RoutePath::Prefix(own) => {
                own == "/" || path == own || path.starts_with(&format!("{own}/"))
            }
            RoutePath::Template(own) => fits(&segments(own), path),
        };
        there && (route.methods.is_empty() || route.methods.contains(method))
    };
    services
        .routes
        .iter()
        .find(fitting)
        .map(|route| route.service)
}

/// The operations in the order in which one service with all of them would try their paths: segment by segment, texts
/// before parameters, and of these the ones with more text beside them.
fn operations(api: &Api, services: &Services) -> Vec<(Vec<String>, Method, usize)> {
    let mut operations = Vec::new();
    for (index, service) in services.all.iter().enumerate() {
        let groups = service.groups.iter().map(|group| &api.groups[*group]);
        for one in groups.flat_map(|group| &group.operations) {
            operations.push((segments(&one.path), one.method.clone(), index));
        }
    }
    let text = |segment: &String| match segment.contains("{}") {
        true => (true, Reverse(segment.len())),
        false => (false, Reverse(0)),
    };
    operations.sort_by_key(|(path, ..)| path.iter().map(text).collect::<Vec<_>>());
    operations
}

/// Each operation, asked with every mixture of a value of its own and of texts of other paths, leads to where one service
/// with all operations would have answered it, and so do `HEAD` and what is answered without an operation. How many
/// requests that were.
fn hold(api: &Api, services: &Services) -> usize {
    let operations = operations(api, services);
    let mut asked = 0;
    for (own, ..) in &operations {
        let mut requests = vec![String::new()];
        for (index, segment) in own.iter().enumerate() {
            let texts = operations.iter().filter_map(|(path, ..)| path.get(index));
            let texts = texts.filter(|one| !one.contains("{}")).map(String::as_str);
            let values: Vec<String> = match segment.contains("{}") {
                true => texts
                    .chain(["zz"])
                    .map(|one| segment.replace("{}", one))
                    .collect(),
                false => vec![segment.clone()],
            };
            let longer = requests
                .iter()
                .flat_map(|request| values.iter().map(move |value| format!("{request}/{value}")));
            requests = longer.collect();
        }
        for request in requests {
            let mut fitting = operations.iter().filter(|(path, ..)| fits(path, &request));
            let (first, ..) = fitting.next().expect("its own");
            let own = || operations.iter().filter(|(path, ..)| path == first);
            let of = |name: &str| own().find(|(_, method, _)| method.as_str() == name);
            for (_, method, service) in own() {
                let led = leads(services, &request, method);
                assert_eq!(led, Some(*service), "{request}: {:#?}", told(services));
                asked += 1;
            }
            if let Some((.., service)) = of("HEAD").or_else(|| of("GET")) {
                let led = leads(services, &request, &Method("HEAD".to_owned()));
                assert_eq!(led, Some(*service), "{request}: {:#?}", told(services));
            }
            for method in ["OPTIONS", "PATCH", "ODD"] {
                let led = leads(services, &request, &Method(method.to_owned()));
                let known = own().any(|(.., service)| led == Some(*service));
                assert!(known, "{method} {request}: {:#?}", told(services));
            }
        }
    }
    asked
}

#[test]
fn each_operation_leads_to_its_service() {
    let paths = [
        ("/health", "get", "a"),
        ("/products", "get", "a"),
        ("/products/{id}", "get", "a"),
        ("/products/{id}/reviews", "get", "a"),
        ("/carts", "post", "b"),
        ("/carts/{id}", "get", "b"),
        ("/carts/{id}/order", "post", "c"),
        ("/carts/current", "get", "c"),
        ("/orders/{id}", "delete", "c"),
        ("/orders/{id}", "get", "b"),
        ("/orders/new/{kind}", "get", "c"),
        ("/files/{name}.json", "get", "a"),
        ("/files/{name}", "get", "b"),
    ];
    let services = "{one: {tags: [a]}, two: {tags: [b]}, three: {tags: [c]}}";
    let (api, services) = dealt(&document(&paths), services).expect("they fit");
    assert_eq!(
        told(&services),
        [
            "=/carts two",
            "=/health one",
            "=/carts/current three",
            "~/orders/new/{kind} three",
            "~/files/{name}.json one",
            "~/carts/{id} two",
            "~/files/{name} two",
            "~/orders/{id} DELETE three",
            "~/orders/{id} two",
            "~/carts/{id}/order three",
            "^/products one",
        ]
    );
    assert!(hold(&api, &services) > paths.len());
}

#[test]
fn one_of_those_that_share_a_path_takes_the_rest_of_it() {
    let paths = [
        ("/things", "post", "a"),
        ("/things", "get", "b"),
        ("/heads", "get", "a"),
        ("/heads", "put", "b"),
        ("/heads", "head", "c"),
        ("/odd", "get", "a"),
        ("/odd", "query", "b"),
    ];
    let document = document(&paths).replace("3.1.0", "3.2.0");
    let services = "{one: {tags: [a]}, two: {tags: [b]}, three: {tags: [c]}}";
    let (api, services) = dealt(&document, services).expect("they fit");
    assert_eq!(
        told(&services),
        [
            "=/heads PUT two",
            "=/heads HEAD three",
            "=/heads one",
            // No HTTPRoute knows QUERY: the service that has it takes what is not another's.
            "=/odd GET,HEAD one",
            "=/odd two",
            "=/things GET,HEAD two",
            "=/things one",
        ]
    );
    assert!(hold(&api, &services) >= paths.len());
}

#[test]
fn one_service_has_the_whole_host() {
    let paths = [("/{any}", "get", "a"), ("/b", "get", "b")];
    let (api, _) = dealt(&document(&paths), "{one: {tags: [a, b]}}").expect("they fit");
    let services = oarlock::lower::one_service(&api, "one");
    assert_eq!(told(&services), ["^/ one"]);
    assert_eq!(hold(&api, &services), 3);
}

/// Any paths, dealt out in any way.
#[test]
fn random_paths_lead_to_their_services() {
    let seed = std::env::var("TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let mut random = fastrand::Rng::with_seed(seed.unwrap_or(11));
    let mut asked = 0;
    for _ in 0..200 {
        let mut shapes = BTreeMap::new();
        for _ in 0..random.usize(2..9) {
            let segments = (0..random.usize(1..4)).map(|index| match random.u8(0..8) {
                0..3 => format!("/{{p{index}}}"),
                3 => format!("/{{p{index}}}.x"),
                4..6 => "/a".to_owned(),
                _ => "/b".to_owned(),
            });
            let path: String = segments.collect();
            let methods = ["get", "put", "head"]
                .map(|method| (method, *random.choice(["a", "b", "c"].iter()).expect("one")));
            shapes.insert(path_shape(&path), (path, methods));
        }
        let mut paths = Vec::new();
        for (path, methods) in shapes.values() {
            paths.extend(
                methods
                    .iter()
                    .map(|(method, tag)| (path.as_str(), *method, *tag)),
            );
        }
        let mut tags: Vec<&str> = paths.iter().map(|(_, _, tag)| *tag).collect();
        tags.sort_unstable();
        tags.dedup();
        let services: Vec<String> = tags
            .iter()
            .map(|tag| format!("s{tag}: {{tags: [{tag}]}}"))
            .collect();
        let services = format!("{{{}}}", services.join(", "));
        let (api, services) = dealt(&document(&paths), &services).expect("they fit");
        asked += hold(&api, &services);
    }
    assert!(asked > 2000, "{asked}");
}

#[test]
fn what_nothing_tells_apart_is_refused() {
    let document = "openapi: 3.1.0
info: { title: T, version: '1' }
paths:
  /a?kind=x: { get: { operationId: ax, tags: [x], responses: { '204': { description: It is. } } } }
  /a?kind=y: { get: { operationId: ay, tags: [y], responses: { '204': { description: It is. } } } }
";
    let services = "{one: {tags: [x]}, two: {tags: [y]}}";
    assert_eq!(
        dealt(document, services).map(|_| ()),
        Err(vec![
            "services: ax of one and ay of two are both GET /a: deal them to one service"
                .to_owned()
        ])
    );
}
