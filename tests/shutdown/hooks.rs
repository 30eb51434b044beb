//! Start and stop hooks, and background tasks.

use std::{net::TcpStream, time::Duration};

use oarlock_runtime::testing::{Instance, Signal};

use crate::service::{count, line, spawn, start, stop, until};

const LIMIT: Duration = Duration::from_secs(10);

/// What the hooks have said, in their order.
fn said(ferry: &Instance) -> Vec<String> {
    let log = ferry.log();
    let lines = log.lines().filter(|line| !line.starts_with('{'));
    lines.map(str::to_owned).collect()
}

#[test]
fn what_is_started_is_stopped_the_last_first() {
    let mut ferry = start(&[("FERRY", "engine,flag,ramp")]);
    assert_eq!(stop(&mut ferry).0, Some(0), "{}", ferry.log());
    let wanted = [
        "engine is started",
        "ramp is started",
        "ramp is stopped",
        "flag is stopped",
        "engine is stopped",
    ];
    assert_eq!(said(&ferry), wanted);
}

#[test]
fn a_start_that_fails_ends_the_service_with_its_reason() {
    for (hook, reason) in [
        (
            "failing-start",
            "the service cannot start: fuel: the tank is empty",
        ),
        (
            "late-start",
            "the service cannot start: tide: it took longer than its deadline of 100ms",
        ),
        (
            "panicking-start",
            "the service cannot start: anchor: it panicked; the log has its place",
        ),
    ] {
        let mut ferry = spawn(&[("FERRY", &format!("engine,{hook},ramp"))]);
        assert_eq!(ferry.exit_code(LIMIT), Some(1), "{}", ferry.log());
        let said = said(&ferry);
        let (told, hooks): (Vec<_>, Vec<_>) =
            said.iter().partition(|line| !line.starts_with("engine"));
        assert!(told.iter().any(|line| *line == reason), "{said:?}");
        assert!(
            !told.iter().any(|line| line.starts_with("ramp")),
            "{said:?}"
        );
        assert_eq!(hooks, ["engine is started", "engine is stopped"]);
    }
}

#[test]
fn a_signal_while_it_starts_ends_it_well_and_the_port_was_never_open() {
    let mut ferry = spawn(&[("FERRY", "engine,slow-start,ramp")]);
    until("the slow hook begins", || {
        ferry.log().contains("slow begins")
    });
    until("the admin port is open", || ferry.admin("/livez").is_some());
    assert!(TcpStream::connect(ferry.http_addr()).is_err());
    let probes = ["/livez", "/startupz", "/readyz"].map(|path| ferry.admin(path));
    let statuses = probes.map(|answer| answer.map_or(0, |(status, _)| status));
    assert_eq!(statuses, [200, 503, 503]);
    let (code, took) = stop(&mut ferry);
    assert_eq!(code, Some(0), "{}", ferry.log());
    assert!(took < Duration::from_secs(1), "{took:?}");
    let wanted = ["engine is started", "slow begins", "engine is stopped"];
    assert_eq!(said(&ferry), wanted);
    assert!(!ferry.log().contains("\"serving\""), "{}", ferry.log());
}

#[test]
fn a_stop_hook_that_hangs_has_its_deadline_and_is_told() {
    for hook in ["hanging-stop", "blocking-stop"] {
        let mut ferry = start(&[("FERRY", &format!("engine,{hook}"))]);
        let (code, took) = stop(&mut ferry);
        assert_eq!(code, Some(1), "{}", ferry.log());
        assert!(took < Duration::from_secs(1), "{took:?}");
        let report = line(&ferry, "drained");
        assert_eq!(count(&report, "failed_hooks"), 1, "{report}");
        // The others are run all the same.
        assert!(ferry.log().contains("engine is stopped"), "{}", ferry.log());
    }
}

#[test]
fn hooks_count_in_the_grace_period() {
    let settings = [("FERRY", "engine,flag"), ("OARLOCK_GRACE_PERIOD", "26s")];
    let mut ferry = spawn(&settings);
    assert_eq!(ferry.exit_code(LIMIT), Some(2));
    // 20 s of drain, 5 s for the rest, and a second for each that is to be stopped.
    assert!(ferry.log().contains("27s"), "{}", ferry.log());
}

#[test]
fn tasks_are_told_waited_for_and_cut() {
    let mut ferry = start(&[("FERRY", "told-task")]);
    assert_eq!(stop(&mut ferry).0, Some(0), "{}", ferry.log());
    assert_eq!(said(&ferry), ["lookout has come to its end"]);

    let settings = [
        ("FERRY", "told-task,deaf-task"),
        ("OARLOCK_DRAIN_TIMEOUT", "1s"),
    ];
    let mut ferry = start(&settings);
    let (code, took) = stop(&mut ferry);
    assert_eq!(code, Some(1), "{}", ferry.log());
    let deadline = Duration::from_secs(1);
    assert!(
        took >= deadline && took < deadline + Duration::from_millis(500),
        "{took:?}"
    );
    assert_eq!(count(&line(&ferry, "drained"), "cut_tasks"), 1);
    let told = line(&ferry, "a task was cut at the end of the drain");
    assert_eq!(told["task"], "deaf");
}

#[test]
fn a_task_that_fails_takes_the_service_with_it_but_no_request() {
    let mut ferry = start(&[("FERRY", "failing-task"), ("OARLOCK_DRAIN_DELAY", "500ms")]);
    until("it is on its way out", || {
        ferry.log().contains("\"draining\"")
    });
    assert!(TcpStream::connect(ferry.http_addr()).is_ok());
    assert_eq!(ferry.admin("/readyz"), Some((503, "draining\n".into())));
    assert_eq!(ferry.exit_code(LIMIT), Some(1), "{}", ferry.log());
    let told = line(&ferry, "a task failed");
    let told = [&told["task"], &told["reason"]];
    assert_eq!(told, ["pump", "the pump is stuck"]);
}

#[test]
fn what_a_failed_task_means_is_chosen() {
    let mut ferry = start(&[("FERRY", "panicking-task,unready-task,dead-task")]);
    let up = |name: &str| {
        let (_, text) = ferry.admin("/metrics").expect("metrics");
        text.contains(&format!("oarlock_task_up{{task=\"{name}\"}} 0"))
    };
    until("all have failed", || {
        ["radio", "radar", "helm"].iter().all(|one| up(one))
    });
    let verbose = |path: &str| ferry.admin(&format!("{path}?verbose")).expect("an answer");
    let (status, lines) = verbose("/readyz");
    assert!(
        status == 503 && lines.contains("[-]radar"),
        "{status} {lines}"
    );
    assert!(
        !lines.contains("radio") && !lines.contains("helm"),
        "{lines}"
    );
    let (status, lines) = verbose("/livez");
    assert!(
        status == 503 && lines.contains("[-]helm"),
        "{status} {lines}"
    );
    ferry.signal(Signal::Terminate);
    assert_eq!(ferry.exit_code(LIMIT), Some(0), "{}", ferry.log());
}
