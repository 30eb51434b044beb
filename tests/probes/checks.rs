//! Checks: what fails, what that does to each probe, and what is told of it.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    client::ask,
    service::{Database, Service, command},
};

/// How long a check of these tests needs to notice: an interval, its jitter and its timeout, and what a busy machine adds.
const NOTICED: Duration = Duration::from_secs(3);

#[test]
fn a_dead_database_fails_readiness_alone() {
    let db = Database::open();
    let address = db.address.clone();
    let service = Service::start("plain,db", &[("DB", &address)]);
    service.eventually("readiness", || service.admin("/readyz").0 == 200);
    service.assert_probe("/readyz", 200, "ready\n");
    let up = |line: &str| service.admin("/metrics").1.contains(line);
    assert!(up("oarlock_check_up{check=\"db\",critical=\"true\"} 1\n"));
    let ready = || service.admin("/readyz").0;
    let rest_is_well = || {
        service.assert_probe("/livez", 200, "alive\n");
        service.assert_probe("/startupz", 200, "started\n");
    };

    db.answers(false);
    let hung = service.eventually("the hanging database", || ready() == 503);
    service.assert_probe("/readyz", 503, "not ready\n");
    let lines = service.admin("/readyz?verbose").1;
    assert!(
        lines.contains("[-]db failed: no result within 300ms\n"),
        "{lines}"
    );
    assert!(up("oarlock_check_up{check=\"db\",critical=\"true\"} 0\n"));
    rest_is_well();
    db.answers(true);
    service.eventually("the database again", || ready() == 200);

    drop(db);
    let refused = service.eventually("the closed database", || ready() == 503);
    let lines = service.admin("/readyz?verbose").1;
    assert!(
        lines.contains("[-]db failed: Connection refused"),
        "{lines}"
    );
    rest_is_well();
    let admin = format!("127.0.0.1:{}", service.admin);
    let mut healthcheck = command();
    healthcheck
        .arg("healthcheck")
        .env("OARLOCK_ADMIN_ADDR", &admin);
    let output = healthcheck.output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stderr, b"not ready: not ready\n");
    let _db = Database::at(&address);
    let back = service.eventually("the database again", || ready() == 200);
    assert_eq!(healthcheck.status().expect("it runs").code(), Some(0));
    eprintln!("noticed: hanging {hung:?}, closed {refused:?}, back {back:?}");
    assert!(hung.max(refused).max(back) < NOTICED);

    // Lines are written by a thread of their own.
    service.eventually("a line for each change", || {
        let log = service.log();
        let count = |line| log.matches(line).count();
        count("\"a check fails\"") == 2 && count("\"a check passes again\"") == 2
    });
}

#[test]
fn what_hangs_panics_or_blocks_fails_and_recovers() {
    for (way, reason) in [
        ("hangs", "no result within 300ms"),
        // Its own words may be anybody's, and stand in the log alone.
        ("panics", "it panicked; the log has its place"),
        ("blocks", "no result within 300ms"),
    ] {
        let service = Service::start(way, &[("OARLOCK_LIVENESS_STALL", "2s")]);
        let failed = format!("\n[-]{way} failed: {reason}\n");
        let lines = || service.admin("/readyz?verbose").1;
        service.eventually(&failed, || lines().contains(&failed));
        service.assert_probe("/readyz", 503, "not ready\n");
        // Longer than liveness would bear.
        sleep(Duration::from_millis(2500));
        service.assert_probe("/livez", 200, "alive\n");
        assert_eq!(service.admin("/readyz").0, 503);
        assert_eq!(service.http("/nap?ms=0").0, 204, "the API works on");
        service.mend();
        service.eventually("readiness", || service.admin("/readyz").0 == 200);
    }
}

#[test]
fn what_is_not_critical_is_told_and_nothing_more() {
    let service = Service::start("cache", &[]);
    let line = "[-]cache failed (not critical): environment variable not found\n";
    let lines = || service.admin("/readyz?verbose").1;
    service.eventually(line, || lines().contains(line));
    service.assert_probe("/readyz", 200, "ready\n");
    let metrics = service.admin("/metrics").1;
    let gauge = "oarlock_check_up{check=\"cache\",critical=\"false\"} 0\n";
    assert!(metrics.contains(gauge), "{metrics}");
}

#[test]
fn readiness_waits_for_startup_which_passes_once() {
    let service = Service::start("migrations,plain", &[]);
    let lines = || service.admin("/startupz?verbose").1;
    service.eventually("a result", || lines().contains("12 of 40"));
    service.assert_probe("/startupz", 503, "starting\n");
    service.assert_probe("/readyz", 503, "starting\n");
    service.assert_probe("/livez", 200, "alive\n");
    let failed = "[+]listener ok\n[-]migrations failed: 12 of 40\nstartupz check failed\n";
    service.assert_probe("/startupz?verbose", 503, failed);
    service.mend();
    service.eventually("startup", || service.admin("/startupz").0 == 200);
    service.assert_probe("/readyz", 200, "ready\n");
    std::fs::remove_file(service.folder.join("mended")).expect("the file");
    sleep(Duration::from_secs(1));
    service.assert_probe("/startupz", 200, "started\n");
    let passed = "[+]shutdown ok\n[+]startup ok\n[+]plain ok\nreadyz check passed\n";
    service.assert_probe("/readyz?verbose", 200, passed);
}

#[test]
fn people_are_told_more_where_they_ask() {
    let service = Service::start("plain,hangs,cache", &[]);
    let lines = || service.admin("/readyz?verbose").1;
    service.eventually("results", || {
        lines().contains("no result within")
            && lines().contains("not found")
            && lines().contains("plain ok")
    });
    service.assert_probe("/readyz", 503, "not ready\n");
    service.assert_probe("/readyz?exclude=hangs", 200, "ready\n");
    service.assert_probe("/readyz?exclude=plain", 503, "not ready\n");
    let excluded = "[+]shutdown ok\n[+]startup ok\n[+]plain excluded: ok\n\
        [-]hangs excluded: no result within 300ms\n\
        [-]cache failed (not critical): environment variable not found\n\
        warn: \"a b\" cannot be excluded: no such check\nreadyz check passed\n";
    let target = "/readyz?verbose&exclude=h%61ngs&exclude=plain&exclude=a%20b";
    service.assert_probe(target, 200, excluded);

    let json =
        |target: &str, accept: &str| ask(service.admin, "GET", target, &[("accept", accept)], "");
    let answer = json("/readyz?exclude=plain", "application/json");
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = answer.json();
    assert_eq!(
        (&body["probe"], &body["status"]),
        (&"readyz".into(), &"failed".into())
    );
    let names: Vec<&str> = body["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter_map(|check| check["name"].as_str())
        .collect();
    assert_eq!(names, ["shutdown", "startup", "plain", "hangs", "cache"]);
    let (plain, hangs, cache) = (&body["checks"][2], &body["checks"][3], &body["checks"][4]);
    assert_eq!(
        (&plain["status"], &plain["excluded"]),
        (&"passed".into(), &true.into())
    );
    assert_eq!(hangs["reason"], "no result within 300ms");
    assert!(
        hangs["duration_seconds"].as_f64().expect("seconds") >= 0.3,
        "{body}"
    );
    assert!(
        hangs["age_seconds"].as_f64().expect("seconds") < 2.0,
        "{body}"
    );
    assert_eq!(
        (&cache["status"], &cache["critical"]),
        (&"failed".into(), &false.into())
    );
    let either = json("/livez", "*/*");
    assert_eq!((either.status, &*either.body), (200, &b"alive\n"[..]));
}

#[test]
fn a_probe_takes_no_longer_for_a_slow_check() {
    let times = |watch: &str| {
        let service = Service::start(watch, &[]);
        let mut times: Vec<Duration> = (0..300)
            .map(|index| {
                let probe = ["/livez", "/readyz", "/readyz?verbose"][index % 3];
                let asked = Instant::now();
                service.admin(probe);
                asked.elapsed()
            })
            .collect();
        times.sort_unstable();
        (times[150], times[299])
    };
    let (without, with, blocked) = (times("plain"), times("slow,hangs"), times("blocks"));
    eprintln!(
        "median and slowest of 300 probes: {without:?} without, {with:?} with, {blocked:?} beside one that blocks"
    );
    for (median, slowest) in [with, blocked] {
        assert!(
            median < without.0 * 3 + Duration::from_millis(5),
            "{median:?}"
        );
        assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    }
}

#[test]
fn two_checks_of_one_name_are_told_at_the_start() {
    let mut version = command();
    version.arg("--version").env("WATCH", "db,twin");
    let output = version.output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("two checks are called \"db\""), "{words}");
}
