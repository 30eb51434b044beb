//! Two instances behind a balancer that learns late of what is gone.

use std::{
    io::copy,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread::{scope, sleep, spawn},
    time::{Duration, Instant},
};

use fastrand::Rng;
use oarlock_runtime::testing::{Instance, Load, LoadReport, Signal};

use crate::{seed, service::start};

const ROLLOUTS: usize = 20;
const AT_ONCE: usize = 4;
/// The drain delay is 4 s where a balancer learns within 3: both are a fifth of that, and by `TEST_SCALE=5` all of it.
const DELAY: Duration = Duration::from_millis(800);
const LATEST: Duration = Duration::from_millis(600);

/// How many times longer everything takes.
fn scale() -> u32 {
    let asked = std::env::var("TEST_SCALE");
    asked.map_or(1, |text| text.parse().expect("a number"))
}

/// Passes connections on to those who are there, in turns, as a service of Kubernetes does.
struct Balancer {
    address: SocketAddr,
    there: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Balancer {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let there = Arc::new(Mutex::new(Vec::new()));
        let known: Arc<Mutex<Vec<SocketAddr>>> = there.clone();
        spawn(move || {
            for caller in listener.incoming() {
                let next = {
                    let mut known = known.lock().expect("nobody panicked");
                    if known.is_empty() {
                        return;
                    }
                    known.rotate_left(1);
                    known[0]
                };
                // A caller whose connection cannot be passed on sees it break.
                if let (Ok(caller), Ok(server)) = (caller, TcpStream::connect(next)) {
                    pass(&caller, &server);
                }
            }
        });
        Balancer { address, there }
    }

    fn add(&self, address: SocketAddr) {
        self.there.lock().expect("nobody panicked").push(address);
    }

    fn remove(&self, address: SocketAddr) {
        let mut there = self.there.lock().expect("nobody panicked");
        there.retain(|one| *one != address);
    }
}

/// Passes bytes on, both ways, until both ends are closed.
fn pass(caller: &TcpStream, server: &TcpStream) {
    for (from, to) in [(caller, server), (server, caller)] {
        from.set_nodelay(true).expect("an option");
        let (mut from, mut to) = (
            from.try_clone().expect("a clone"),
            to.try_clone().expect("a clone"),
        );
        spawn(move || {
            // Which end broke it is seen by the other.
            let _ = copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    }
}

/// Replaces two instances one after the other, under load.
fn rollout(rng: &mut Rng, delay: Duration) -> LoadReport {
    let delay = &format!("{}ms", delay.as_millis());
    let balancer = Balancer::open();
    let new = || start(&[("OARLOCK_DRAIN_DELAY", delay)]);
    let mut at_work: Vec<Instance> = (0..2).map(|_| new()).collect();
    for instance in &at_work {
        balancer.add(instance.http_addr());
    }
    let paths = ["/trips", "/trips/slow", "/charts"].map(String::from);
    let load = Load::start(balancer.address, &paths, 100);
    sleep(Duration::from_millis(200));
    for _ in 0..2 {
        let next = new();
        balancer.add(next.http_addr());
        let mut old = at_work.remove(0);
        at_work.push(next);
        let signal = Instant::now();
        old.signal(Signal::Terminate);
        let late = (LATEST * scale()).mul_f64(rng.f64());
        sleep(late);
        balancer.remove(old.http_addr());
        let code = old.exit_code(Duration::from_secs(30));
        assert_eq!(code, Some(0), "{:?}: {}", signal.elapsed(), old.log());
    }
    sleep(Duration::from_millis(100));
    load.stop()
}

#[test]
fn nothing_is_lost_in_twenty_rollouts() {
    let seed = seed();
    eprintln!("TEST_SEED={seed}");
    scope(|scope| {
        for lane in 0..AT_ONCE {
            scope.spawn(move || {
                let mut rng = Rng::with_seed(seed.wrapping_add(lane as u64));
                for number in (lane..ROLLOUTS).step_by(AT_ONCE) {
                    let report = rollout(&mut rng, DELAY * scale());
                    eprintln!("rollout {number}: {:?}", report.answered);
                    assert!(
                        report.lost.is_empty() && report.refused == 0,
                        "rollout {number}: {} refused, {:#?}",
                        report.refused,
                        report.lost
                    );
                    assert!(report.answered.values().sum::<u64>() > 200);
                    assert!(report.answered.keys().eq(&[200]), "{:?}", report.answered);
                }
            });
        }
    });
}

/// Without a delay the port is closed before the balancer knows: what this loses, the delay saves.
#[test]
fn without_a_drain_delay_a_rollout_loses_requests() {
    let mut rng = Rng::with_seed(seed());
    let lost: usize = (0..3)
        .map(|_| rollout(&mut rng, Duration::ZERO).lost.len())
        .sum();
    eprintln!("{lost} lost");
    assert!(lost > 0);
}
