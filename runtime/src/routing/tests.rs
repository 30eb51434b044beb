use super::*;

const TEMPLATES: &[&str] = &[
    "/pets",
    "/pets/mine",
    "/pets/{id}",
    "/users/{user}:getStats",
    "/users/{user}",
    "/instance/{x}/*",
    "/files/{name}.{ending}",
    "/pets/{id}/toys/",
    "/pets/mine/{x}/deep",
    "/",
];

fn found(path: &str) -> (Option<&'static str>, Vec<String>) {
    let mut router = Router::default();
    for (index, template) in TEMPLATES.iter().enumerate() {
        router.add(Method::GET, template, index);
    }
    match router.find(&Method::GET, path) {
        Found::Operation(index, captures) => {
            let values = (0..).map_while(|one| captures.get(path, one).map(str::to_owned));
            (Some(TEMPLATES[index]), values.collect())
        }
        _ => (None, Vec::new()),
    }
}

#[track_caller]
fn leads(path: &str, template: &str, values: &[&str]) {
    let (to, captured) = found(path);
    assert_eq!(to, Some(template), "{path}");
    assert_eq!(captured, values, "{path}");
}

#[test]
fn concrete_before_templated_and_the_most_text_first() {
    leads("/pets", "/pets", &[]);
    leads("/pets/mine", "/pets/mine", &[]);
    leads("/pets/m%69ne", "/pets/mine", &[]);
    leads("/pets/7", "/pets/{id}", &["7"]);
    leads("/users/u:getStats", "/users/{user}:getStats", &["u"]);
    leads("/users/u:other", "/users/{user}", &["u:other"]);
    leads("/users/:getStats", "/users/{user}", &[":getStats"]);
    leads("/instance/a/*", "/instance/{x}/*", &["a"]);
    leads("/files/a.b.c", "/files/{name}.{ending}", &["a", "b.c"]);
    leads("/pets/1/toys/", "/pets/{id}/toys/", &["1"]);
    leads("/pets/mine/x/deep", "/pets/mine/{x}/deep", &["x"]);
    leads("/pets/mine/toys/", "/pets/{id}/toys/", &["mine"]);
    leads("/", "/", &[]);
}

/// What the chart's rules of a host go by: a path as `tests/chart/routing.py` has it sent.
#[test]
fn a_path_that_is_percent_encoded_fits_its_template() {
    let mut router = Router::new(&["/my%20api", "/api%C3%BC"]);
    for (index, (template, _)) in ENCODED.iter().enumerate() {
        router.add(Method::GET, template, index);
    }
    for (index, (_, sent)) in ENCODED.iter().enumerate() {
        for base in ["", "/my%20api", "/api%C3%BC"] {
            let found = router.find(&Method::GET, &format!("{base}{sent}"));
            assert_eq!(found.operation(), Some(index), "{base}{sent}");
        }
    }
}

const ENCODED: &[(&str, &str)] = &[
    ("/files/z%20y", "/files/z%20y"),
    ("/files/ü_b", "/files/%C3%BC_b"),
    ("/files/%C3%BC/100%", "/files/%C3%BC/100%25"),
    ("/slash/a%2Fb", "/slash/a%2Fb"),
    ("/slash%2Fc/{file}", "/slash%2Fc/a-7%20b"),
    ("/z%20y/{file}", "/z%20y/a-7%20b"),
];

#[test]
fn nothing_where_no_template_fits() {
    for path in [
        "/pets/",
        "/pets/1/2",
        "/files/a.",
        "/files/.b",
        "/instance/a/b",
        "//",
        "/x",
    ] {
        assert_eq!(found(path).0, None, "{path}");
    }
}

#[test]
fn a_known_path_tells_its_methods() {
    let mut router = Router::default();
    router.add(Method::POST, "/a/{x}", 0);
    router.add(Method::GET, "/a/{x}", 1);
    assert!(matches!(
        router.find(&Method::HEAD, "/a/1"),
        Found::Operation(1, _)
    ));
    let Found::OtherMethods(methods) = router.find(&Method::PUT, "/a/1") else {
        panic!("a known path");
    };
    assert_eq!(methods, [Method::GET, Method::HEAD, Method::POST]);
}
