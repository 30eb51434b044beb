//! SIGTERM at random moments under load: whatever was begun while the port was open is answered.

use std::time::Duration;

use fastrand::Rng;
use oarlock_runtime::testing::{ShutdownReport, ShutdownTest};

use crate::{seed, service::BINARY};

const RUNS: usize = 50;
/// How many services are at work at the same time.
const AT_ONCE: usize = 2;

fn run(rng: &mut Rng) -> (String, ShutdownReport) {
    let before = Duration::from_millis(rng.u64(50..800));
    let delay = Duration::from_millis(rng.u64(300..1000));
    let report = ShutdownTest::of(&*BINARY)
        .get("/trips")
        .get("/trips/slow")
        .get("/charts")
        .per_second(400)
        .terminate_after(before)
        .drain_delay(delay)
        .run();
    (
        format!("SIGTERM after {before:?}, {delay:?} of delay"),
        report,
    )
}

#[test]
fn nothing_is_lost_in_fifty_shutdowns_under_load() {
    let seed = seed();
    eprintln!("TEST_SEED={seed}");
    std::thread::scope(|scope| {
        for lane in 0..AT_ONCE {
            scope.spawn(move || {
                let mut rng = Rng::with_seed(seed.wrapping_add(lane as u64));
                for number in (lane..RUNS).step_by(AT_ONCE) {
                    let (words, report) = run(&mut rng);
                    let answered: u64 = report.load.answered.values().sum();
                    eprintln!(
                        "run {number}: {words}: {:?} answered, {} refused after it, {} lost, {:?}",
                        report.load.answered,
                        report.load.refused,
                        report.lost.len(),
                        report.took
                    );
                    report.assert_nothing_lost();
                    // As many as were to be begun: the load does not wait for answers.
                    assert!(answered > 100, "run {number}: {answered} answered");
                    assert!(report.load.answered.keys().eq(&[200, 404]), "run {number}");
                }
            });
        }
    });
}
