//! Clients that would hold up the way out, and its deadline.

use std::{
    io::{Read, Write},
    net::TcpStream,
    thread::sleep,
    time::Duration,
};

use oarlock_runtime::testing::Signal;

use crate::service::{count, get, line, rest, send, start, stop, until};

/// How much later than its deadline the way out may end.
const SLACK: Duration = Duration::from_millis(500);
const TIMEOUT: Duration = Duration::from_secs(4);

fn ferry() -> oarlock_runtime::testing::Instance {
    start(&[("OARLOCK_DRAIN_TIMEOUT", "4s")])
}

#[test]
fn half_sent_heads_and_silent_connections_are_dropped_soon() {
    let mut ferry = ferry();
    let held = [
        send(&ferry, "GET /trips HTTP/1.1\r\nhos"),
        send(&ferry, ""),
        // A whole request, and half of the next.
        send(&ferry, "GET /trips HTTP/1.1\r\nhost: x\r\n\r\nGET /tri"),
        // HTTP/2's preface, a part of it, and all of it with settings and half of a frame of headers.
        send(&ferry, "PRI * HT"),
        send(
            &ferry,
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x20\x01\x04\0\0\0\x01\0",
        ),
    ];
    sleep(Duration::from_millis(100));
    let (code, took) = stop(&mut ferry);
    assert_eq!(code, Some(0), "{}", ferry.log());
    assert!(took < Duration::from_secs(2), "{took:?}");
    let report = line(&ferry, "drained");
    assert_eq!(count(&report, "cut_connections"), 0, "{report}");
    // Those that have not shown which HTTP they speak end by themselves when they are told.
    assert!(count(&report, "dropped_connections") >= 2, "{report}");
    drop(held);
}

/// A connection of HTTP/2 whose other end is gone without a word after its requests.
#[test]
fn a_vanished_caller_of_http_2_is_not_waited_for_until_the_deadline() {
    let mut ferry = start(&[("OARLOCK_DRAIN_TIMEOUT", "15s")]);
    // GET / over HTTP/2: `:method GET`, `:scheme http`, `:path /`, `:authority x`.
    let mut held = send(
        &ferry,
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    );
    let head = [0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 1, b'x'];
    held.write_all(&head).expect("sent");
    let asked = "http_server_request_duration_seconds_count{http_request_method=\"GET\"";
    until("the request is counted", || {
        ferry
            .admin("/metrics")
            .is_some_and(|(_, text)| text.contains(asked))
    });
    let (code, took) = stop(&mut ferry);
    assert_eq!(code, Some(0), "{}", ferry.log());
    assert!(took < Duration::from_secs(8), "{took:?}");
    let report = line(&ferry, "drained");
    assert_eq!(count(&report, "dropped_connections"), 1, "{report}");
}

#[test]
fn a_thousand_idle_sockets_hold_nothing_up() {
    let mut ferry = ferry();
    let idle: Vec<TcpStream> = (0..1000).map(|_| send(&ferry, "")).collect();
    // Half of them have been answered before.
    for mut stream in &idle[..500] {
        stream
            .write_all(b"GET /trips HTTP/1.1\r\nhost: x\r\n\r\n")
            .expect("sent");
        let mut some = [0; 64];
        stream.read_exact(&mut some).expect("an answer");
    }
    let (code, took) = stop(&mut ferry);
    assert_eq!(code, Some(0), "{}", ferry.log());
    assert!(took < Duration::from_secs(2), "{took:?}");
    drop(idle);
}

#[test]
fn slow_bodies_and_callers_that_never_read_are_cut_at_the_deadline() {
    let mut ferry = ferry();
    let head = "PUT /cargo HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\n\
                content-length: 1000000\r\n\r\nsome";
    let slow = send(&ferry, head);
    let mut trickling = slow.try_clone().expect("a clone");
    std::thread::spawn(move || {
        while trickling.write_all(b"x").is_ok() {
            sleep(Duration::from_millis(20));
        }
    });
    let mut unread = get(&ferry, "/atlases");
    let mut some = [0; 1000];
    unread.read_exact(&mut some).expect("it begins");
    let (code, took) = stop(&mut ferry);
    assert_eq!(code, Some(2), "{}", ferry.log());
    assert!(took >= TIMEOUT && took < TIMEOUT + SLACK, "{took:?}");
    let report = line(&ferry, "drained");
    assert_eq!(count(&report, "in_flight"), 1, "{report}");
    assert_eq!(count(&report, "cut"), 1, "{report}");
    assert_eq!(count(&report, "cut_connections"), 2, "{report}");
}

#[test]
fn a_request_that_is_longer_than_the_drain_is_cut_and_told() {
    let mut ferry = start(&[("OARLOCK_DRAIN_TIMEOUT", "1500ms")]);
    let long = get(&ferry, "/trips/slow?milliseconds=60000");
    let short = get(&ferry, "/trips/slow?milliseconds=700");
    let last = get(&ferry, "/trips/last");
    let told = get(&ferry, "/trips/told");
    until("four are in work", || {
        let metrics = ferry.admin("/metrics");
        metrics.is_some_and(|(_, text)| text.matches("http_server_active_requests{").count() == 3)
    });
    let timeout = Duration::from_millis(1500);
    let (code, took) = stop(&mut ferry);
    assert_eq!(code, Some(2), "{}", ferry.log());
    assert!(took >= timeout && took < timeout + SLACK, "{took:?}");
    let report = line(&ferry, "drained");
    let counts = ["in_flight", "served", "finished", "cut", "cut_connections"];
    let counts = counts.map(|name| count(&report, name));
    // With a delay of 0 it is chance whether the one that was told is done before the port is closed.
    assert_eq!(counts[1] + counts[2], 3, "{report}");
    assert_eq!([counts[0], counts[3], counts[4]], [4, 1, 1], "{report}");
    assert!(rest(told).ends_with("going home"));
    assert!(rest(short).ends_with("over"));
    // A handler that listens for the end has a last word.
    assert!(rest(last).ends_with("back another day"));
    assert!(!rest(long).contains("200"));
}

/// Each thread that works on requests is blocked, so that nothing can be cut.
#[test]
fn blocked_threads_do_not_move_the_deadline() {
    let mut ferry = start(&[("OARLOCK_DRAIN_TIMEOUT", "1s")]);
    let blocked: Vec<TcpStream> = (0..16).map(|_| get(&ferry, "/trips/blocked")).collect();
    sleep(Duration::from_millis(300));
    let (code, took) = stop(&mut ferry);
    assert_eq!(code, Some(2), "{}", ferry.log());
    let deadline = Duration::from_secs(1);
    assert!(took >= deadline && took < deadline + SLACK, "{took:?}");
    assert!(count(&line(&ferry, "drained"), "cut") >= 1);
    drop(blocked);
}

#[test]
fn endless_events_end_by_themselves() {
    let settings = [
        ("OARLOCK_DRAIN_TIMEOUT", "8s"),
        ("OARLOCK_DRAIN_STREAMS", "1500ms"),
    ];
    let mut ferry = start(&settings);
    let (endless, polite) = (get(&ferry, "/horn"), get(&ferry, "/horn?goodbye=true"));
    for mut stream in [&endless, &polite] {
        let mut some = [0; 200];
        stream.read_exact(&mut some).expect("events");
    }
    let (code, took) = stop(&mut ferry);
    assert_eq!(code, Some(0), "{}", ferry.log());
    assert!(took < Duration::from_secs(3), "{took:?}");
    let report = line(&ferry, "drained");
    assert_eq!(count(&report, "finished"), 2, "{report}");
    assert_eq!(count(&report, "cut"), 0, "{report}");
    let (endless, polite) = (rest(endless), rest(polite));
    assert!(endless.ends_with("hoot\n\n\r\n0\r\n\r\n"), "{endless}");
    assert!(polite.ends_with("goodbye\n\n\r\n0\r\n\r\n"), "{polite}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for (second, wanted) in [(Signal::Terminate, 143), (Signal::Interrupt, 130)] {
        let mut ferry = start(&[("OARLOCK_DRAIN_DELAY", "10s")]);
        ferry.signal(Signal::Terminate);
        until("it is on its way out", || ferry.log().contains("draining"));
        let began = std::time::Instant::now();
        ferry.signal(second);
        assert_eq!(ferry.exit_code(TIMEOUT), Some(wanted), "{}", ferry.log());
        assert!(
            began.elapsed() < Duration::from_millis(300),
            "{:?}",
            began.elapsed()
        );
    }
}

#[test]
fn what_is_left_is_told_every_five_seconds() {
    let mut ferry = start(&[("OARLOCK_DRAIN_TIMEOUT", "9s")]);
    let slow = get(&ferry, "/trips/slow?milliseconds=5800");
    sleep(Duration::from_millis(200));
    let (code, _) = stop(&mut ferry);
    assert_eq!(code, Some(0), "{}", ferry.log());
    let told = line(&ferry, "still draining");
    let counts = ["requests", "connections", "tasks"].map(|name| count(&told, name));
    assert_eq!(counts, [1, 1, 0], "{told}");
    let report = line(&ferry, "drained");
    let longest = report["longest_milliseconds"].as_f64().expect("a number");
    assert!((5800.0..7500.0).contains(&longest), "{report}");
    assert!(rest(slow).ends_with("over"));
}
