//! Where nobody reads stdout.

use std::{
    io::Read,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    client::{connect, exchange},
    vault::{Process, lines},
};

const REQUESTS: u64 = 2000;

/// Asks, and how long the slowest answer took.
fn press(process: &Process) -> Duration {
    let mut stream = connect(process.http).expect("the port is open");
    let times = (0..REQUESTS).map(|_| {
        let asked = Instant::now();
        let answer = exchange(&mut stream, "GET", "/ask?for=nothing", &[], "").expect("an answer");
        assert_eq!(answer.status, 204);
        asked.elapsed()
    });
    times.max().expect("a time")
}

fn sum(lines: &[Value], name: &str) -> u64 {
    lines.iter().filter_map(|line| line[name].as_u64()).sum()
}

#[test]
fn requests_go_on_and_drops_are_counted_and_told() {
    let (process, mut pipe) = Process::unread(&[("OARLOCK_LOG_BUFFER_BYTES", "100000")]);
    let slowest = press(&process);
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    let dropped = process.metric("oarlock_log_dropped_lines_total{level=\"info\"}");
    // The pipe holds 64 KiB, the queue 100 kB, the thread as much again as it writes at once.
    assert!((500..REQUESTS).contains(&dropped), "{dropped}");
    let reader = thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).expect("text");
        text
    });
    thread::sleep(Duration::from_millis(500));
    press(&process);
    let logged = process.metric("oarlock_log_lines_total{level=\"info\"}");
    let last = process.metric("oarlock_log_dropped_lines_total{level=\"info\"}");
    process.terminate();
    let lines = lines(&reader.join().expect("it is read"));
    let drops: Vec<Value> = lines
        .iter()
        .filter(|line| line["dropped"].is_u64())
        .cloned()
        .collect();
    assert_eq!(
        drops[0]["message"],
        "lines were dropped: stdout was not read fast enough"
    );
    assert_eq!(drops[0]["level"], "WARN");
    let told = sum(&drops, "info");
    assert_eq!((told, sum(&drops, "dropped")), (last, last), "{drops:?}");
    let written = lines.iter().filter(|line| line["level"] == "INFO").count() as u64;
    // `draining` and `drained` come after the count.
    assert_eq!(
        written - 2 + told,
        logged,
        "every line is written or told of"
    );
    eprintln!(
        "slowest answer {slowest:?}; {logged} lines, {told} dropped and told in {} lines",
        drops.len()
    );
}

#[test]
fn the_process_ends_though_nobody_reads() {
    let (mut process, _pipe) = Process::unread(&[("OARLOCK_LOG_BUFFER_BYTES", "100000")]);
    press(&process);
    let asked = Instant::now();
    process.terminate();
    let status = process.running.0.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "{:?}",
        asked.elapsed()
    );
}

#[test]
fn the_last_lines_are_written_before_the_end() {
    for _ in 0..2 {
        let process = Process::start(&[]);
        press(&process);
        let lines = process.lines();
        let access = lines
            .iter()
            .filter(|line| line["target"] == "access")
            .count() as u64;
        assert_eq!(access, REQUESTS);
        assert_eq!(lines[lines.len() - 1]["message"], "drained");
    }
}
