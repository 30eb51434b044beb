//! Which port answers probes, and until when.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{
    client::{ask, connect, exchange},
    service::Service,
};

#[test]
fn the_api_port_answers_probes_where_it_is_told_to() {
    let service = Service::start("", &[]);
    service.eventually("readiness", || service.admin("/readyz").0 == 200);
    assert_eq!(service.http("/livez").0, 404);
    assert_eq!(service.http("/readyz").0, 404);
    assert_eq!(service.http("/startupz").0, 204, "the document's own");

    let settings = [("OARLOCK_PROBES_ON_API", "on")];
    let service = Service::start("hangs", &settings);
    service.eventually("the check", || service.admin("/readyz").1 == "not ready\n");
    assert_eq!(service.http("/livez"), (200, "alive\n".into()));
    assert_eq!(
        service.http("/startupz").0,
        204,
        "the document's own path wins"
    );
    assert!(service.log().contains("the document has this path"));
    assert_eq!(ask(service.http, "POST", "/livez", &[], "").status, 404);
    assert_eq!(ask(service.http, "HEAD", "/readyz", &[], "").status, 503);
    // Nothing of what stands behind it, however it is asked, and no way around it.
    service.eventually("a reason", || {
        service
            .admin("/readyz?verbose")
            .1
            .contains("no result within")
    });
    for target in ["/readyz", "/readyz?verbose", "/readyz?exclude=hangs"] {
        assert_eq!(
            service.http(target),
            (503, "not ready\n".into()),
            "{target}"
        );
        let answer = ask(
            service.http,
            "GET",
            target,
            &[("accept", "application/json")],
            "",
        );
        assert_eq!(
            (answer.status, &*answer.body),
            (503, &b"{\"status\":\"failed\"}"[..])
        );
    }
    service.mend();
    service.eventually("readiness", || service.admin("/readyz").0 == 200);
    assert_eq!(service.http("/readyz?verbose"), (200, "ready\n".into()));
    // A probe is no request of the API.
    let metrics = service.admin("/metrics").1;
    let counts: Vec<&str> = metrics
        .lines()
        .filter(|line| line.starts_with("http_server_request_duration_seconds_count"))
        .collect();
    let all: u64 = counts
        .iter()
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum();
    assert_eq!(all, 2, "the document's own, and POST: {counts:?}");
}

#[test]
fn readiness_goes_first_and_the_admin_port_last() {
    let settings = [
        ("OARLOCK_PROBES_ON_API", "on"),
        ("OARLOCK_DRAIN_DELAY", "1s"),
    ];
    let mut service = Service::start("plain,stop", &settings);
    service.eventually("readiness", || service.admin("/readyz").0 == 200);
    let mut kept = connect(service.http).expect("the port is open");
    let answer = exchange(&mut kept, "GET", "/readyz", &[], "").expect("an answer");
    assert_eq!((answer.status, answer.header("connection")), (200, None));
    service.terminate();
    let gone = service.eventually("the signal", || service.admin("/readyz").0 == 503);
    eprintln!("/readyz was 503 {gone:?} after SIGTERM");
    assert!(gone < Duration::from_millis(500), "{gone:?}");
    let answer = exchange(&mut kept, "GET", "/readyz", &[], "").expect("an answer");
    assert_eq!(
        (answer.status, answer.header("connection")),
        (503, Some("close"))
    );
    assert_eq!(service.http("/nap?ms=0").0, 204, "still serving");
    service.eventually("the API port's end", || connect(service.http).is_err());
    // A stop hook of 1.5 s is at work; a connection that was begun as the port closed is refused a second later.
    let closed = Instant::now();
    while closed.elapsed() < Duration::from_millis(300) {
        service.assert_probe("/livez", 200, "alive\n");
        let lines = service.admin("/readyz?verbose").1;
        assert!(lines.starts_with("[-]shutdown failed: "), "{lines}");
        assert!(lines.contains("[+]plain ok\n"), "{lines}");
        sleep(Duration::from_millis(20));
    }
    assert_eq!(service.exit_code(), Some(0), "{}", service.log());
    assert!(connect(service.admin).is_err());
}
