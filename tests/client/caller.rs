//! Callers, and what they see.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use oarlock_runtime::client::Client;

use crate::backends::Backend;

/// How many calls are on their way at once.
const CALLERS: usize = 16;

/// What the callers of many calls saw.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The share of calls without a good answer.
    pub(crate) errors: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

impl Seen {
    pub(crate) fn tell(&self, ill: &str, client: &str) {
        println!(
            "{ill:<25} {client:<17} {:>6.2} % {:>6.1} ms {:>6.1} ms",
            self.errors * 100.0,
            self.p50.as_secs_f64() * 1000.0,
            self.p99.as_secs_f64() * 1000.0,
        );
    }
}

/// A client for each backend, asked in turns, that does nothing about what goes wrong.
pub(crate) fn plain(backends: &[Backend], patience: Duration) -> Vec<Client> {
    let clients = backends.iter().map(|one| {
        let client = Client::new(&one.address).expect("an address");
        client
            .with_timeout(patience)
            .with_tries(1)
            .with_breaker(None)
    });
    clients.collect()
}

/// Makes many calls that may be made twice, in turns by these clients.
pub(crate) async fn call_many(calls: usize, clients: Vec<Client>) -> Seen {
    let (clients, next) = (Arc::new(clients), Arc::new(AtomicUsize::new(0)));
    let callers = (0..CALLERS).map(|_| {
        let (clients, next) = (clients.clone(), next.clone());
        tokio::spawn(async move {
            let mut seen = Vec::new();
            loop {
                let turn = next.fetch_add(1, Relaxed);
                if turn >= calls {
                    return seen;
                }
                let began = Instant::now();
                let good = is_answered(&clients[turn % clients.len()]).await;
                seen.push((began.elapsed(), good));
            }
        })
    });
    let callers: Vec<_> = callers.collect();
    let mut all = Vec::new();
    for caller in callers {
        all.extend(caller.await.expect("the callers end"));
    }
    assert_eq!(all.len(), calls);
    all.sort();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand calls")]
    let errors = all.iter().filter(|(_, good)| !good).count() as f64 / calls as f64;
    Seen {
        errors,
        p50: all[calls / 2].0,
        p99: all[calls * 99 / 100].0,
    }
}

async fn is_answered(client: &Client) -> bool {
    let Ok(answer) = client.call("getPet", "GET", "/pets").send().await else {
        return false;
    };
    let good = answer.status().is_success();
    answer.text::<String>().await.is_ok() && good
}
