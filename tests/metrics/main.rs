//! Metrics from outside: what a service tells of its requests is what its callers know of them.

#[path = "../service/client.rs"]
mod client;
mod kiosk;
#[path = "../project/mod.rs"]
mod project;
mod traffic;

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use client::{ask, connect, exchange};
use kiosk::{Kiosk, value};
use traffic::{Counts, counted, distinct_paths, labels, part};

const REQUESTS: usize = 100_000;
const CLIENTS: usize = 8;
const DURATIONS: &str = "http_server_request_duration_seconds";

fn settings() -> [(&'static str, &'static str); 2] {
    [("OARLOCK_MAX_BODY_BYTES", "10000"), ("RUST_LOG", "off")]
}

#[test]
fn metrics_equal_what_the_clients_count() {
    let kiosk = Kiosk::start(&settings());
    let port = kiosk.http;
    let clients = (0..CLIENTS).map(|index| {
        let count = REQUESTS / CLIENTS;
        thread::spawn(move || part(port, index * count, count))
    });
    let clients: Vec<_> = clients.collect();
    let mut own = Counts::new();
    let started = Instant::now();
    for client in clients {
        for (labels, count) in client.join().expect("every answer is the one that is due") {
            *own.entry(labels).or_default() += count;
        }
    }
    assert_eq!(own.values().sum::<u64>(), REQUESTS as u64);
    eprintln!(
        "{REQUESTS} requests of {} kinds in {:?}",
        own.len(),
        started.elapsed()
    );
    let metrics = kiosk.metrics_at_rest();
    for family in [
        DURATIONS,
        "http_server_request_body_size_bytes",
        "http_server_response_body_size_bytes",
    ] {
        let told = counted(&metrics, family);
        let differ = |labels: &&String| told.get(*labels) != own.get(*labels);
        let differ: BTreeSet<_> = told.keys().chain(own.keys()).filter(differ).collect();
        let differ = differ
            .iter()
            .map(|one| (one, told.get(*one), own.get(*one)));
        let differ: Vec<_> = differ.collect();
        assert!(
            differ.is_empty(),
            "{family}, the service and its clients: {differ:#?}"
        );
    }
    let added = labels(Some(("addPaper", "/papers")), "POST", Some(201), "");
    let bytes = own[&added] as f64 * r#"{"title":"Evening"}"#.len() as f64;
    for side in ["request", "response"] {
        let series = format!("http_server_{side}_body_size_bytes_sum{{{added}}}");
        assert_eq!(value(&metrics, &series), bytes, "{series}");
    }
    assert_eq!(
        value(&metrics, "kiosk_papers_added_total"),
        own[&added] as f64
    );
    let panics = labels(Some(("panic", "/panic")), "GET", Some(500), "");
    assert!(value(&metrics, "oarlock_panics_total") >= own[&panics] as f64);
}

#[test]
fn neither_paths_nor_methods_add_a_series() {
    let kiosk = Kiosk::start(&settings());
    let series = || -> BTreeSet<String> {
        let metrics = kiosk.metrics_at_rest();
        let lines = metrics.lines().filter(|line| !line.starts_with('#'));
        let series = lines.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned()));
        series.collect()
    };
    let brew = |index: usize| {
        let answer = ask(kiosk.http, &format!("BREW{index}"), "/papers", &[], "");
        assert_eq!(answer.status, 405);
    };
    ask(kiosk.http, "GET", "/nowhere", &[], "");
    brew(0);
    let before = series();
    distinct_paths(kiosk.http, 100_000);
    (1..=1000).for_each(brew);
    assert_eq!(series(), before);
    let counts = counted(&kiosk.metrics(), DURATIONS);
    assert_eq!(counts[&labels(None, "GET", Some(404), "")], 100_001);
    assert_eq!(counts[&labels(None, "BREW", Some(405), "")], 1001);
}

#[test]
fn a_head_that_takes_too_long_is_counted_and_an_idle_connection_is_not() {
    let timeouts = [
        ("OARLOCK_HEADER_TIMEOUT", "500ms"),
        ("OARLOCK_IDLE_TIMEOUT", "1s"),
    ];
    let kiosk = Kiosk::start(&[&settings()[..], &timeouts].concat());
    let mut idle = connect(kiosk.http).expect("the port is open");
    exchange(&mut idle, "GET", "/papers", &[], "").expect("an answer");
    let mut half = connect(kiosk.http).expect("the port is open");
    half.write_all(b"GET /papers HTTP/1.1\r\nho")
        .expect("it is sent");
    // Both are closed without an answer.
    for mut one in [idle, half] {
        one.set_read_timeout(Some(Duration::from_secs(30)))
            .expect("it is set");
        assert_eq!(one.read(&mut [0; 100]).expect("an end"), 0);
    }
    let own = Counts::from([
        (
            labels(Some(("listPapers", "/papers")), "GET", Some(200), ""),
            1,
        ),
        (labels(None, "", None, "timeout"), 1),
    ]);
    assert_eq!(counted(&kiosk.metrics_at_rest(), DURATIONS), own);
}

#[test]
fn a_request_in_work_is_seen_and_the_drain_tells_what_it_cost() {
    let kiosk = Kiosk::start(&[
        ("OARLOCK_DRAIN_DELAY", "500ms"),
        ("OARLOCK_DRAIN_TIMEOUT", "100ms"),
        ("OARLOCK_MAX_CONNECTIONS", "123"),
    ]);
    let mut waiting = connect(kiosk.http).expect("the port is open");
    waiting
        .write_all(b"GET /wait HTTP/1.1\r\n\r\n")
        .expect("it is sent");
    let active = "http_server_active_requests{operation_id=\"wait\",http_request_method=\"GET\",http_route=\"/wait\"}";
    wait_for(&kiosk, active, 1.0);
    let metrics = kiosk.metrics();
    for (series, wanted) in [
        ("oarlock_connections", 1.0),
        ("oarlock_connections_limit", 123.0),
        ("oarlock_draining", 0.0),
        ("oarlock_log_lines_total{level=\"info\"}", 1.0),
    ] {
        assert_eq!(value(&metrics, series), wanted, "{series}");
    }
    kiosk.terminate();
    wait_for(&kiosk, "oarlock_draining", 1.0);
    ask(kiosk.http, "GET", "/papers", &[], "");
    wait_for(&kiosk, "oarlock_drain_served_requests_total", 1.0);
    wait_for(&kiosk, "oarlock_drain_cut_connections_total", 1.0);
    let own = Counts::from([
        (
            labels(Some(("listPapers", "/papers")), "GET", Some(200), ""),
            1,
        ),
        (labels(Some(("wait", "/wait")), "GET", None, "cancelled"), 1),
    ]);
    assert_eq!(counted(&kiosk.metrics_at_rest(), DURATIONS), own);
}

/// Waits until a series is told and has a value.
fn wait_for(kiosk: &Kiosk, series: &str, wanted: f64) {
    let until = Instant::now() + Duration::from_secs(10);
    while !kiosk.metrics().contains(&format!("\n{series} {wanted}\n")) {
        assert!(Instant::now() < until, "{series} is never {wanted}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_process_and_its_executor_are_told() {
    let kiosk = Kiosk::start(&[
        ("OTEL_RESOURCE_ATTRIBUTES", "k8s.pod.name=kiosk-1"),
        ("OTEL_SERVICE_NAME", "papers"),
    ]);
    ask(kiosk.http, "GET", "/panic", &[], "");
    let metrics = kiosk.metrics();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time")
        .as_secs_f64();
    for (series, least, most) in [
        ("process_start_time_seconds", now - 60.0, now + 1.0),
        ("process_resident_memory_bytes", 1e6, 1e9),
        ("process_virtual_memory_bytes", 1e6, 1e12),
        ("process_cpu_seconds_total", 0.0, 60.0),
        ("process_threads", 2.0, 1000.0),
        ("process_open_fds", 5.0, 1000.0),
        ("process_max_fds", 5.0, f64::INFINITY),
        ("tokio_workers", 1.0, 10_000.0),
        ("tokio_alive_tasks", 1.0, 100.0),
        ("tokio_global_queue_depth", 0.0, 1000.0),
        ("tokio_workers_busy_seconds_total", 1e-6, 60.0),
        ("oarlock_panics_total", 1.0, 1.0),
        // The panic, and the request that it ended.
        ("oarlock_log_lines_total{level=\"error\"}", 2.0, 2.0),
        (
            "oarlock_build_info{title=\"Kiosk\",version=\"1.2.3\",runtime=\"0.1.0\"}",
            1.0,
            1.0,
        ),
        (
            "target_info{service_name=\"papers\",k8s_pod_name=\"kiosk-1\",service_version=\"1.2.3\"}",
            1.0,
            1.0,
        ),
    ] {
        let value = value(&metrics, series);
        assert!((least..=most).contains(&value), "{series} {value}");
    }
}

#[test]
fn the_caller_chooses_the_format() {
    let kiosk = Kiosk::start(&settings());
    let traced = |id: &str, flags: &str| {
        let parent = format!("00-{id}-00f067aa0ba902b7-{flags}");
        ask(
            kiosk.http,
            "GET",
            "/papers?limit=5",
            &[("traceparent", &parent)],
            "",
        );
    };
    let (sampled, other) = (
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "0af7651916cd43dd8448eb211c80319c",
    );
    traced(sampled, "01");
    traced(other, "00");
    let of_prometheus_2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    let of_prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
    for accept in [
        of_prometheus_2,
        of_prometheus_3,
        "application/openmetrics-text",
    ] {
        let (media_type, text) = kiosk.metrics_as(accept);
        assert_eq!(
            media_type,
            "application/openmetrics-text; version=1.0.0; charset=utf-8"
        );
        assert!(
            text.ends_with("\n# EOF\n") && text.matches("# EOF").count() == 1,
            "{text}"
        );
        for word in [
            &format!(" # {{trace_id=\"{sampled}\"}} 0."),
            "# TYPE kiosk_papers_added counter\n",
            "# UNIT process_cpu_seconds seconds\n",
        ] {
            assert!(text.contains(word), "{word} in\n{text}");
        }
        assert!(!text.contains(other), "{text}");
    }
    for accept in [
        "text/plain",
        "*/*",
        "application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5",
        "text/html",
    ] {
        let (media_type, text) = kiosk.metrics_as(accept);
        assert_eq!(
            media_type, "text/plain; version=0.0.4; charset=utf-8",
            "{accept}"
        );
        for word in ["# EOF", "# UNIT", "trace_id"] {
            assert!(!text.contains(word), "{word} in\n{text}");
        }
        let own = "# HELP kiosk_papers_added_total Papers that were \"added\".\n# TYPE kiosk_papers_added_total counter\n";
        assert!(text.contains(own), "{text}");
    }
}

#[test]
fn metrics_of_the_users_that_hang_hold_nobody_else() {
    let kiosk = Kiosk::start(&[("KIOSK_METRICS_HANG", "yes")]);
    let before = kiosk.threads();
    for _ in 0..200 {
        let mut scraper = connect(kiosk.admin).expect("the port is open");
        let head = b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n";
        scraper.write_all(head).expect("it is sent");
        thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(ask(kiosk.admin, "GET", "/readyz", &[], "").status, 200);
    assert_eq!(ask(kiosk.http, "GET", "/papers", &[], "").status, 200);
    let after = kiosk.threads();
    assert!(after <= before + 1, "{before} threads, then {after}");
}
