//! SIGTERM: nothing that was asked while the port was open goes without its answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use crate::{
    client::{ask, connect, exchange},
    process::{Process, command},
};

const RUNS: usize = 5;
const CLIENTS: usize = 8;

#[derive(Default)]
struct Counts {
    answered: AtomicU64,
    lost: AtomicU64,
    closed: AtomicU64,
}

/// Asks until the port is closed; half of the clients keep their connections.
fn client(port: u16, keeps: bool, counts: &Counts) {
    while let Ok(mut stream) = connect(port) {
        loop {
            match exchange(&mut stream, "GET", "/pets", &[], "") {
                Ok(answer) => {
                    counts.answered.fetch_add(1, Relaxed);
                    assert_eq!(answer.status, 200);
                    if !keeps || answer.header("connection") == Some("close") {
                        break;
                    }
                }
                // Cut short by the port's closing in this very moment, or lost while it was open.
                Err(_) => {
                    let closed = connect(port).is_err();
                    let count = if closed { &counts.closed } else { &counts.lost };
                    count.fetch_add(1, Relaxed);
                    break;
                }
            }
        }
    }
}

#[test]
fn no_request_is_lost_under_load() {
    for run in 0..RUNS {
        let settings = [("OARLOCK_EXAMPLES", "on"), ("OARLOCK_DRAIN_DELAY", "300ms")];
        let mut process = Process::start(&settings);
        let counts = Arc::new(Counts::default());
        let clients: Vec<_> = (0..CLIENTS)
            .map(|index| {
                let (counts, port) = (counts.clone(), process.http);
                thread::spawn(move || client(port, index % 2 == 0, &counts))
            })
            .collect();
        thread::sleep(Duration::from_millis(300));
        process.terminate();
        for client in clients {
            client.join().expect("every answer is a 200");
        }
        assert_eq!(process.exit_code(), Some(0), "run {run}: {}", process.log());
        let (answered, lost) = (counts.answered.load(Relaxed), counts.lost.load(Relaxed));
        eprintln!(
            "run {run}: {answered} answered, {lost} lost, {} at the closing",
            counts.closed.load(Relaxed)
        );
        assert!(
            answered > 100 && lost == 0,
            "run {run}: {answered} answered, {lost} lost"
        );
    }
}

#[test]
fn the_way_out_is_serving_first_and_closed_then() {
    let mut process =
        Process::start(&[("OARLOCK_EXAMPLES", "on"), ("OARLOCK_DRAIN_DELAY", "700ms")]);
    let mut idle = connect(process.http).expect("the port is open");
    let answer = exchange(&mut idle, "GET", "/pets", &[], "").expect("an answer");
    assert_eq!(answer.header("connection"), None);
    process.terminate();
    thread::sleep(Duration::from_millis(200));
    assert_eq!(process.admin("/readyz"), (503, "draining\n".to_owned()));
    assert_eq!(process.admin("/livez").0, 200);
    let answer = ask(process.http, "GET", "/pets", &[], "");
    assert_eq!(
        (answer.status, answer.header("connection")),
        (200, Some("close"))
    );
    assert_eq!(process.exit_code(), Some(0));
    assert!(connect(process.http).is_err());
    assert!(
        process.log().contains("\"message\":\"drained\""),
        "{}",
        process.log()
    );
}

#[test]
fn healthcheck_tells_by_its_exit_code() {
    let mut process = Process::start(&[("OARLOCK_DRAIN_DELAY", "0s")]);
    let admin = format!("127.0.0.1:{}", process.admin);
    let ask = || {
        let mut command = command();
        command.arg("healthcheck").env("OARLOCK_ADMIN_ADDR", &admin);
        command.output().expect("it runs").status.code()
    };
    assert_eq!(ask(), Some(0));
    process.terminate();
    assert_eq!(process.exit_code(), Some(0));
    assert_eq!(ask(), Some(1));
}
