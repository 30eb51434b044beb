//! What stands around every request: what settings ask for, and layers and routes of the user's own.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::Command,
    sync::LazyLock,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    client::{Answer, ask, connect},
    examples::STAFF,
    process::Process,
    project,
};

const QUIET: [(&str, &str); 2] = [("OARLOCK_EXAMPLES", "on"), ("OARLOCK_DRAIN_DELAY", "0s")];

fn start(settings: &[(&str, &str)]) -> Process {
    Process::start(&[&QUIET, settings].concat())
}

fn get(process: &Process, target: &str, headers: &[(&str, &str)]) -> Answer {
    ask(process.http, "GET", target, headers, "")
}

#[test]
fn pages_of_other_origins_may_ask_where_the_settings_say_so() {
    let shop = ("origin", "https://shop.example");
    let allowed = "access-control-allow-origin";
    let closed = start(&[]);
    assert_eq!(get(&closed, "/pets", &[shop]).header(allowed), None);
    let open = start(&[
        (
            "OARLOCK_CORS_ORIGINS",
            "https://shop.example, https://www.shop.example:8443",
        ),
        ("OARLOCK_CORS_CREDENTIALS", "on"),
        ("OARLOCK_CORS_EXPOSE", "x-total"),
    ]);
    let answer = get(&open, "/pets", &[shop]);
    assert_eq!(
        (answer.status, answer.header(allowed)),
        (200, Some("https://shop.example"))
    );
    assert_eq!(
        answer.header("access-control-allow-credentials"),
        Some("true")
    );
    assert_eq!(
        answer.header("access-control-expose-headers"),
        Some("x-total")
    );
    let other = get(&open, "/pets", &[("origin", "https://evil.example")]);
    assert_eq!((other.status, other.header(allowed)), (200, None));
    // An error has the headers too: else a page could not read what is wrong.
    let missing = get(&open, "/nowhere", &[shop]);
    assert_eq!(
        (missing.status, missing.header(allowed)),
        (404, Some("https://shop.example"))
    );
    let asked = [
        shop,
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "content-type,authorization",
        ),
    ];
    let preflight = ask(open.http, "OPTIONS", "/pets", &asked, "");
    assert_eq!(preflight.status, 200);
    assert_eq!(
        preflight.header("access-control-allow-methods"),
        Some("POST")
    );
    assert_eq!(
        preflight.header("access-control-allow-headers"),
        Some("content-type,authorization")
    );
    assert_eq!(preflight.header("access-control-max-age"), Some("600"));
    let metrics = open.admin("/metrics").1;
    let preflights = "http_request_method=\"OPTIONS\"";
    assert!(metrics.contains(preflights), "{metrics}");
}

#[test]
fn answers_are_compressed_where_the_settings_say_so() {
    let accepts = [("accept-encoding", "gzip")];
    let plain = get(&start(&[]), "/pets", &accepts);
    assert_eq!(plain.header("content-encoding"), None);
    let process = start(&[("OARLOCK_COMPRESSION", "on")]);
    let answer = get(&process, "/pets", &accepts);
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(answer.body[..2], [0x1f, 0x8b]);
    let unasked = get(&process, "/pets", &[]);
    assert_eq!(unasked.header("content-encoding"), None);
    assert_eq!(unasked.body, plain.body);
    let metrics = process.admin("/metrics").1;
    assert!(!metrics.contains("error_type"), "{metrics}");
}

#[test]
fn requests_have_ids_and_answers_headers_where_the_settings_say_so() {
    let plain = get(&start(&[]), "/pets", &[("x-request-id", "abc")]);
    assert_eq!(plain.header("x-request-id"), None);
    assert_eq!(plain.header("x-content-type-options"), None);
    let process = start(&[
        ("OARLOCK_REQUEST_ID", "X-Request-Id"),
        ("OARLOCK_SECURITY_HEADERS", "on"),
    ]);
    let given = get(&process, "/pets", &[("x-request-id", "abc-1")]);
    assert_eq!(given.header("x-request-id"), Some("abc-1"));
    assert_eq!(given.header("x-content-type-options"), Some("nosniff"));
    let long = "x".repeat(200);
    for hostile in ["", "a b", "\u{e4}", &*long] {
        let answer = get(&process, "/nowhere", &[("x-request-id", hostile)]);
        let own = answer.header("x-request-id").expect("an id");
        assert!(
            own.len() == 32 && own.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{own}"
        );
    }
    process.log_with("\"request_id\":\"abc-1\"");
}

#[test]
fn trusted_proxies_say_who_asks() {
    let told = [("x-forwarded-for", "203.0.113.9")];
    let limit = [("OARLOCK_RATE_LIMIT", "1/h")];
    let process = start(&limit);
    assert_eq!(get(&process, "/pets", &told).status, 200);
    assert_eq!(
        get(&process, "/pets", &[("x-forwarded-for", "203.0.113.10")]).status,
        429
    );
    let trusting = start(&[limit[0], ("OARLOCK_TRUSTED_PROXIES", "127.0.0.0/8")]);
    for address in ["203.0.113.9", "203.0.113.10", "203.0.113.11"] {
        assert_eq!(
            get(&trusting, "/pets", &[("x-forwarded-for", address)]).status,
            200
        );
    }
    assert_eq!(get(&trusting, "/pets", &told).status, 429);
    trusting.log_with("\"client\":\"203.0.113.11\"");
}

const OWN: &str = r#"
fn surround(service: oarlock_runtime::Service) -> oarlock_runtime::Service {
    use axum::{Router, extract::Path, response::IntoResponse, routing::{get, post}};
    use tower_http::{
        catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer, normalize_path::NormalizePathLayer,
        set_header::SetResponseHeaderLayer,
    };
    let own = Router::new()
        .route("/hello/{name}", get(|Path(name): Path<String>| async move { format!("hello {name}") }))
        .route("/echo", post(|body: String| async move { body }))
        .route("/panic", get(|| async { if true { panic!("no") } "yes".into_response() }))
        .layer(CatchPanicLayer::new());
    let name = http::HeaderName::from_static("x-own-layer");
    let value = http::HeaderValue::from_static("yes");
    service
        .layer(RequestBodyLimitLayer::new(64))
        .layer(SetResponseHeaderLayer::overriding(name, value))
        .layer(NormalizePathLayer::trim_trailing_slash())
        .fallback(own)
}
"#;

/// The petstore with layers and routes of libraries that users know.
static SURROUNDED: LazyLock<PathBuf> = LazyLock::new(|| {
    let project = project::generate(
        "surrounded",
        "fixtures/petstore.yaml".as_ref(),
        "surrounded",
    );
    let limits = "limits:\n  createPet: { timeout: 300ms, max_requests: 1 }\n";
    project::configure(&project, limits);
    let service = project.join("services/surrounded");
    let main = service.join("src/main.rs");
    let text = fs::read_to_string(&main).expect("main.rs");
    let call = "surrounded_api::service(App)";
    assert!(text.contains(call), "{text}");
    let text = text.replace(call, &format!("surround({call})"));
    fs::write(&main, text + OWN).expect("it can be written");
    project::need(
        &service,
        "axum = { version = \"0.8\", default-features = false }\nhttp = \"1\"\n\
         tower-http = { version = \"0.7\", features = [\"catch-panic\", \"limit\", \"normalize-path\", \"set-header\"] }\n",
    );
    project::build(&project, "surrounded")
});

fn surrounded() -> Command {
    Command::new(&*SURROUNDED)
}

#[test]
fn an_operation_has_limits_of_its_own() {
    let process = Process::of(surrounded, &QUIET);
    let started = Instant::now();
    let (name, value) = STAFF;
    let begin = || {
        let mut stream = connect(process.http).expect("open");
        let head = format!(
            "POST /pets HTTP/1.1\r\nhost: a\r\n{name}: {value}\r\ncontent-type: application/json\r\ncontent-length: 60\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).expect("it takes bytes");
        stream
    };
    let mut slow = begin();
    sleep(Duration::from_millis(100));
    let answer = |stream: &mut TcpStream| {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).expect("an answer");
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    };
    let second = answer(&mut begin());
    assert!(
        second.contains(" 503 ") && second.contains("as many requests"),
        "{second}"
    );
    assert!(
        started.elapsed() < Duration::from_millis(280),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(get(&process, "/pets", &[]).status, 200);
    let first = answer(&mut slow);
    assert!(
        first.contains(" 503 ") && first.contains("in time"),
        "{first}"
    );
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn layers_and_routes_of_the_users_own() {
    let process = Process::of(surrounded, &QUIET);
    let answer = get(&process, "/pets", &[]);
    assert_eq!(
        (answer.status, answer.header("x-own-layer")),
        (200, Some("yes"))
    );
    assert_eq!(get(&process, "/pets/", &[]).status, 200);
    let hello = get(&process, "/hello/you", &[]);
    assert_eq!((hello.status, &*hello.body), (200, &b"hello you"[..]));
    assert_eq!(hello.header("x-own-layer"), Some("yes"));
    assert_eq!(get(&process, "/elsewhere", &[]).status, 404);
    assert_eq!(get(&process, "/panic", &[]).status, 500);
    let echoed = ask(process.http, "POST", "/echo", &[], "abc");
    assert_eq!((echoed.status, &*echoed.body), (200, &b"abc"[..]));
    let large = ask(
        process.http,
        "POST",
        "/pets",
        &[("content-type", "application/json")],
        "x".repeat(65),
    );
    assert_eq!(large.status, 413);
    let metrics = process.admin("/metrics").1;
    let line = |words: &[&str]| {
        let found = metrics.lines().any(|line| {
            line.starts_with("http_server_request_duration_seconds_count")
                && words.iter().all(|word| line.contains(word))
        });
        assert!(found, "{words:?} in {metrics}");
    };
    // What a layer answers for an operation is counted for it, and the slash that was cut off as well.
    line(&["operation_id=\"listPets\"", "status_code=\"200\"} 2"]);
    line(&["http_request_method=\"POST\"", "status_code=\"413\"} 1"]);
    line(&["status_code=\"500\"} 1"]);
    assert!(!metrics.contains("error_type"), "{metrics}");
}
