//! The page's paths, what they tell of themselves, and on which port they are.

use crate::{
    bazaar,
    client::{Answer, ask},
    process::Process,
    start,
};

/// Every path of the page and its media type.
const PATHS: [(&str, &str); 7] = [
    ("/docs", "text/html; charset=utf-8"),
    ("/docs/start.js", "text/javascript; charset=utf-8"),
    ("/docs/page.css", "text/css; charset=utf-8"),
    (
        "/docs/swagger-ui-bundle.js",
        "text/javascript; charset=utf-8",
    ),
    ("/docs/swagger-ui.css", "text/css; charset=utf-8"),
    ("/openapi.json", "application/json"),
    ("/openapi.yaml", "application/yaml"),
];

fn get(port: u16, path: &str) -> Answer {
    ask(port, "GET", path, &[], "")
}

/// The sources that a directive of the policy names.
fn sources<'a>(policy: &'a str, directive: &str) -> Vec<&'a str> {
    let mut directives = policy.split(';').map(str::split_whitespace);
    let mut found =
        directives.find_map(|mut words| (words.next() == Some(directive)).then_some(words));
    found
        .as_mut()
        .map(|words| words.by_ref().collect())
        .unwrap_or_default()
}

#[test]
fn every_part_is_there_under_a_strict_policy() {
    let process = start(&[]);
    for (path, media_type) in PATHS {
        let answer = get(process.admin, path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(media_type), "{path}");
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(
            answer.header("referrer-policy"),
            Some("no-referrer"),
            "{path}"
        );
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
        let policy = answer.header("content-security-policy").expect("a policy");
        assert_eq!(sources(policy, "default-src"), ["'none'"]);
        for directive in ["script-src", "style-src", "connect-src"] {
            assert_eq!(
                sources(policy, directive),
                ["'self'"],
                "{directive} of {path}"
            );
        }
        assert_eq!(sources(policy, "img-src"), ["'self'", "data:", "blob:"]);
        for directive in ["base-uri", "form-action", "frame-ancestors"] {
            assert_eq!(
                sources(policy, directive),
                ["'none'"],
                "{directive} of {path}"
            );
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"));
        assert!(answer.body.len() > 100, "{path} holds something");
        let head = ask(process.admin, "HEAD", path, &[], "");
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        let length = answer.body.len().to_string();
        assert_eq!(
            head.header("content-length"),
            Some(length.as_str()),
            "{path}"
        );
    }
    let page = String::from_utf8(get(process.admin, "/docs").body).expect("text");
    assert!(
        !page.contains("Bazaar"),
        "no text of the document is part of the page"
    );
    assert!(!page.contains("://"), "the page names no other host");
}

#[test]
fn what_is_not_part_of_the_page_is_not_there() {
    let process = start(&[]);
    let slash = get(process.admin, "/docs/");
    assert_eq!(
        (slash.status, slash.header("location")),
        (308, Some("../docs"))
    );
    for path in [
        "/docs/index.html",
        "/docs/swagger-ui.js",
        "/docs/../docs",
        "/docs//start.js",
        "/docs/%2e%2e/openapi.json",
        "/docs/start.js/",
        "/Docs",
        "/openapi",
    ] {
        assert_eq!(get(process.admin, path).status, 404, "{path}");
    }
    for (path, _) in PATHS {
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
            let answer = ask(process.admin, method, path, &[], "");
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD"));
        }
    }
    assert_eq!(
        get(process.admin, "/readyz").status,
        200,
        "the admin port has its own paths still"
    );
    assert_eq!(
        get(process.http, "/docs").status,
        404,
        "the API port has no page unless asked"
    );
    assert_eq!(get(process.http, "/openapi.json").status, 404);
}

#[test]
fn the_setting_says_on_which_port_it_is() {
    for (word, admin, api) in [
        ("admin", 200, 404),
        ("api", 404, 200),
        ("both", 200, 200),
        ("off", 404, 404),
    ] {
        let process = start(&[("OARLOCK_DOCS", word)]);
        for path in ["/docs", "/docs/swagger-ui-bundle.js", "/openapi.json"] {
            assert_eq!(
                get(process.admin, path).status,
                admin,
                "{path} of the admin port, {word}"
            );
            assert_eq!(
                get(process.http, path).status,
                api,
                "{path} of the API port, {word}"
            );
        }
        let own = get(process.http, "/openapi.yaml");
        assert_eq!(
            (own.status, &*own.body),
            (200, &b"own"[..]),
            "a path of the document wins, {word}"
        );
        let tried = ask(
            process.admin,
            "GET",
            "/docs/try/stalls",
            &[("oarlock-docs", "try-it")],
            "",
        );
        assert_eq!(tried.status, admin, "requests of the page, {word}");
        let header = [("oarlock-docs", "try-it")];
        assert_eq!(
            ask(process.http, "GET", "/docs/try/stalls", &header, "").status,
            404,
            "{word}"
        );
    }
}

#[test]
fn a_wrong_setting_is_told() {
    let output = bazaar()
        .env("OARLOCK_DOCS", "on")
        .output()
        .expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("OARLOCK_DOCS is \"on\", but must be admin, api, both or off"),
        "{told}"
    );
}

/// The petstore is built as it is scaffolded: without the feature.
#[test]
fn without_the_feature_there_is_no_page() {
    let process = Process::start(&[]);
    for (path, _) in PATHS {
        assert_eq!(get(process.admin, path).status, 404, "{path}");
        assert_eq!(get(process.http, path).status, 404, "{path}");
    }
    let output = crate::process::command()
        .env("OARLOCK_DOCS", "admin")
        .output();
    let output = output.expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("build the service with its feature docs-ui"),
        "{told}"
    );
}
