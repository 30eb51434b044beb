//! What the caller of a service with three backends sees while one of them is not well, with and without what the client
//! does about it; and that a client does not make a bad moment worse.
//! `cargo test --test client -- --nocapture` shows the figures.

#![expect(clippy::print_stdout, reason = "figures are to be seen")]

mod backends;
mod caller;

use std::time::Duration;

use backends::{Backend, Ill};
use caller::{Seen, call_many, plain};
use oarlock_runtime::client::{CallError, CircuitBreaker, Client};

/// How many calls are made of each kind.
const CALLS: usize = 2_000;
/// How long a caller waits.
const PATIENCE: Duration = Duration::from_millis(250);

/// A client of three backends, the last of which is as it is told.
async fn three(ill: Ill) -> Vec<Backend> {
    vec![
        Backend::start(Ill::Not).await,
        Backend::start(Ill::Not).await,
        Backend::start(ill).await,
    ]
}

fn over(backends: &[Backend]) -> Client {
    let addresses = backends.iter().map(|one| one.address.as_str());
    let client = Client::with_backends(addresses).expect("addresses");
    client.with_timeout(PATIENCE)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_three_backends_is_not_well() {
    println!("one of three backends is  client            errors     p50      p99");
    for (word, ill) in [
        ("dead (refuses)", Ill::Dead),
        ("resetting", Ill::Resetting),
        ("answering 503", Ill::Unavailable),
        ("slow (10 s)", Ill::Slow),
    ] {
        let backends = three(ill).await;
        let without = call_many(CALLS, plain(&backends, PATIENCE)).await;
        without.tell(word, "plain");
        assert!(without.errors > 0.2, "{without:?}");

        let backends = three(ill).await;
        let with = call_many(CALLS, vec![over(&backends)]).await;
        with.tell(word, "protected");
        // Who waits for a slow one has no time left for another try: until it is left alone, such calls fail.
        let bound = if ill == Ill::Slow { 0.02 } else { 0.01 };
        assert!(with.errors < bound, "{with:?}");

        if ill == Ill::Slow {
            let backends = three(ill).await;
            let client = over(&backends).with_try_timeout(PATIENCE / 3);
            let with = call_many(CALLS, vec![client]).await;
            with.tell(word, "and a try's time");
            assert!(with.errors < 0.01, "{with:?}");
            assert!(with.p99 < PATIENCE, "{with:?}");
        }
    }
}

/// What is asked of a service that fails as a whole is little more than what its callers ask for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_service_is_not_stormed() {
    let sent = |backends: &[Backend]| backends.iter().map(Backend::requests).sum::<usize>();
    let mut backends = Vec::new();
    for _ in 0..3 {
        backends.push(Backend::start(Ill::Unavailable).await);
    }
    let seen = call_many(CALLS, vec![over(&backends).with_breaker(None)]).await;
    let budget_alone = sent(&backends);
    println!("{CALLS} calls of a failing service: {budget_alone} requests with the budget alone");
    assert!(seen.errors > 0.99, "{seen:?}");
    assert!(
        budget_alone > CALLS + CALLS / 10,
        "{budget_alone}: nothing was tried again"
    );
    assert!(budget_alone <= CALLS * 5 / 4, "{budget_alone}");

    let unbounded = over(&backends)
        .with_breaker(None)
        .with_retry_budget(1e9, 1e9);
    call_many(CALLS, vec![unbounded]).await;
    let without = sent(&backends) - budget_alone;
    println!("{CALLS} calls of a failing service: {without} requests without a budget");
    assert!(without > CALLS * 2, "{without}");

    let before = sent(&backends);
    call_many(CALLS, vec![over(&backends)]).await;
    let with = sent(&backends) - before;
    println!("{CALLS} calls of a failing service: {with} requests with the breaker too");
    assert!(with < CALLS / 2, "{with}");
}

/// A breaker that has opened says so, and closes once the service is well again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_well_again_is_asked_again() {
    let backend = Backend::start(Ill::Unavailable).await;
    let breaker = CircuitBreaker::default().open_for(Duration::from_millis(100));
    let client = over(std::slice::from_ref(&backend))
        .with_tries(1)
        .with_breaker(breaker);
    let seen: Seen = call_many(50, vec![client.clone()]).await;
    assert!(seen.errors > 0.99, "{seen:?}");
    assert!(backend.requests() < 50, "{}", backend.requests());
    let refused = client.call("getPet", "GET", "/pets").send().await;
    let Err(error @ CallError::Open { .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(error.to_string().contains("left alone"), "{error}");

    backend.recover();
    tokio::time::sleep(Duration::from_millis(400)).await;
    let probe = client.call("getPet", "GET", "/pets").send().await;
    assert!(probe.is_ok(), "{probe:?}");
    let seen = call_many(50, vec![client]).await;
    assert!(seen.errors < 0.01, "{seen:?}");
}
