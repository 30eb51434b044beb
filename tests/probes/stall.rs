//! An executor whose threads are blocked.

use std::{
    cell::Cell,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::service::{Database, Service};

const BOUND: Duration = Duration::from_secs(2);
const SETTINGS: (&str, &str) = ("OARLOCK_LIVENESS_STALL", "2s");

#[test]
fn a_blocked_executor_fails_livez_within_its_bound_and_recovers() {
    let db = Database::open();
    let service = Service::start("db", &[SETTINGS, ("DB", &db.address)]);
    service.eventually("readiness", || service.admin("/readyz").0 == 200);
    let naps = service.block(2, 5000);
    let blocked = Instant::now();
    service.assert_probe("/livez", 200, "alive\n");
    let slowest = Cell::new(Duration::ZERO);
    let failed = service.eventually("the standstill", || {
        let asked = Instant::now();
        let failed = service.admin("/livez").0 == 503;
        slowest.set(slowest.get().max(asked.elapsed()));
        failed
    });
    eprintln!(
        "/livez was 503 {failed:?} after the last thread was blocked; slowest probe {:?}",
        slowest.get()
    );
    assert!(slowest.get() < Duration::from_secs(1), "{slowest:?}");
    assert!(failed <= BOUND, "{failed:?}");
    service.assert_probe("/livez", 503, "stalled\n");
    let (status, lines) = service.admin("/livez?verbose");
    assert_eq!(status, 503);
    assert!(lines.starts_with("[-]executor failed: "), "{lines}");
    // What nobody has looked at for so long is not believed.
    let (status, lines) = service.admin("/readyz?verbose");
    assert_eq!(status, 503);
    assert!(
        lines.contains("\n[-]db failed: the last result is "),
        "{lines}"
    );
    assert!(blocked.elapsed() < Duration::from_secs(5), "still blocked");
    for nap in naps {
        assert_eq!(nap.join().expect("an answer"), 204);
    }
    service.eventually("life", || service.admin("/livez").0 == 200);
    service.eventually("readiness", || service.admin("/readyz").0 == 200);
    service.eventually("both lines", || {
        let log = service.log();
        log.contains("the executor takes up no work") && log.contains("takes up work again")
    });
}

#[test]
fn one_blocked_thread_of_two_is_no_standstill() {
    let service = Service::start("", &[SETTINGS]);
    service.eventually("readiness", || service.admin("/readyz").0 == 200);
    let naps = service.block(1, 4500);
    let blocked = Instant::now();
    while blocked.elapsed() < Duration::from_secs(4) {
        service.assert_probe("/livez", 200, "alive\n");
        let asked = Instant::now();
        assert_eq!(service.http("/nap?ms=0").0, 204);
        let took = asked.elapsed();
        assert!(took < BOUND, "the other thread answers: {took:?}");
        sleep(Duration::from_millis(50));
    }
    for nap in naps {
        assert_eq!(nap.join().expect("an answer"), 204);
    }
}

#[test]
fn a_signal_is_heard_where_everything_is_blocked() {
    let mut service = Service::start("", &[]);
    service.eventually("readiness", || service.admin("/readyz").0 == 200);
    let naps = service.block(2, 3000);
    service.terminate();
    let heard = service.eventually("the end", || service.admin("/readyz").0 == 503);
    eprintln!("/readyz was 503 {heard:?} after SIGTERM");
    assert!(heard < Duration::from_secs(1), "{heard:?}");
    service.assert_probe("/readyz", 503, "draining\n");
    service.assert_probe("/livez", 200, "alive\n");
    for nap in naps {
        assert_eq!(nap.join().expect("an answer"), 204);
    }
    assert_eq!(service.exit_code(), Some(0), "{}", service.log());
}
