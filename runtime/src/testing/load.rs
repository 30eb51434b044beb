//! Requests at a fixed rate, whatever becomes of the answers: an open model, as many callers are.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::{
    runtime::Builder,
    task::JoinSet,
    time::{sleep, sleep_until},
};

use super::caller::{Caller, Kind, Unanswered};

/// How many requests without an answer are kept in words.
const WORDS: usize = 1000;
/// How often it is looked whether connections may be closed.
const REST: Duration = Duration::from_millis(5);

/// Requests that are sent until this is [stopped](Load::stop): half of them on connections that are kept, over HTTP/1.1
/// and HTTP/2.
pub struct Load {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    caller: Caller,
    paths: Vec<String>,
    pause: Duration,
    /// Whether no more requests are begun.
    over: AtomicBool,
    /// Whether the connections may be closed.
    released: AtomicBool,
    begun: AtomicU64,
    report: Mutex<LoadReport>,
}

/// What has become of the requests of a load.
#[derive(Debug, Clone, Default)]
pub struct LoadReport {
    /// Whole answers by their status.
    pub answered: BTreeMap<u16, u64>,
    /// When the first connection was refused, by the time at which it was known: a busy machine may have asked much later than
    /// it meant to. None where all were taken.
    pub refused_from: Option<Instant>,
    /// How many connections were refused.
    pub refused: u64,
    /// The other requests that have no whole answer, up to a thousand.
    pub lost: Vec<Lost>,
}

/// A request without a whole answer.
#[derive(Debug, Clone)]
pub struct Lost {
    /// When it was begun, before its connection was made.
    pub begun: Instant,
    /// How it was sent and what became of it.
    pub reason: String,
}

impl Load {
    /// Begins to send `GET` requests for these paths in turns.
    ///
    /// # Panics
    /// Where there is no path, or no thread to send from.
    pub fn start(address: SocketAddr, paths: &[String], per_second: u32) -> Self {
        assert!(!paths.is_empty(), "a load must have a path");
        let shared = Arc::new(Shared {
            caller: Caller::new(address),
            paths: paths.to_vec(),
            pause: Duration::from_secs(1) / per_second.max(1),
            over: AtomicBool::new(false),
            released: AtomicBool::new(false),
            begun: AtomicU64::new(0),
            report: Mutex::default(),
        });
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => panic!("there is no thread to send from: {error}"),
        };
        let sending = shared.clone();
        let thread = thread::spawn(move || runtime.block_on(sending.send()));
        Load {
            shared,
            thread: Some(thread),
        }
    }

    /// How many requests were begun.
    pub fn begun(&self) -> u64 {
        self.shared.begun.load(Relaxed)
    }

    /// Whether a connection was refused.
    pub fn is_refused(&self) -> bool {
        self.shared.report().refused > 0
    }

    /// Begins no more requests. Connections that are kept stay open.
    pub fn begin_no_more(&self) {
        self.shared.over.store(true, Relaxed);
    }

    /// Begins no more requests, and waits until each has its answer or none.
    ///
    /// # Panics
    /// Where a request has panicked.
    pub fn stop(mut self) -> LoadReport {
        self.shared.release();
        if let Some(thread) = self.thread.take() {
            assert!(thread.join().is_ok(), "a request panicked");
        }
        self.shared.report().clone()
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.release();
    }
}

impl Shared {
    async fn send(self: Arc<Self>) {
        let mut requests = JoinSet::new();
        let mut next = tokio::time::Instant::now();
        while !self.over.load(Relaxed) {
            sleep_until(next).await;
            next += self.pause;
            let number = self.begun.fetch_add(1, Relaxed);
            let shared = self.clone();
            requests.spawn(async move { shared.one(number).await });
            while requests.try_join_next().is_some() {}
        }
        requests.join_all().await;
        while !self.released.load(Relaxed) {
            sleep(REST).await;
        }
    }

    fn release(&self) {
        self.over.store(true, Relaxed);
        self.released.store(true, Relaxed);
    }

    async fn one(&self, number: u64) {
        let kind = Kind::nth(number);
        let turn = usize::try_from(number).unwrap_or_default() % self.paths.len();
        let (path, begun) = (&self.paths[turn], Instant::now());
        let answer = self.caller.get(kind, path).await;
        let mut report = self.report();
        match answer {
            Ok(status) => *report.answered.entry(status).or_default() += 1,
            Err(Unanswered::Refused) => {
                report.refused += 1;
                report.refused_from.get_or_insert_with(Instant::now);
            }
            Err(Unanswered::Broken(words)) if report.lost.len() < WORDS => {
                let reason = format!("{kind:?} {path}: {words}");
                report.lost.push(Lost { begun, reason });
            }
            Err(Unanswered::Broken(_)) => {}
        }
    }

    fn report(&self) -> MutexGuard<'_, LoadReport> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
