//! Calls that generated clients of this process send. The operations are those of documents and the servers those that
//! clients are made for; addresses that come from outside are told by no label.

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    sync::{
        Arc, LazyLock, Mutex, PoisonError, RwLock, Weak,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use super::{
    exposition::{Family, Kind, label},
    histogram::Durations,
};

/// How many servers have a label of their own; what is called beyond these has none.
const MOST: usize = 100;

/// All calls of the process, whichever client sends them.
pub(crate) static CALLS: LazyLock<Calls> = LazyLock::new(Calls::default);

#[derive(Default)]
pub(crate) struct Calls {
    servers: Mutex<Vec<(String, u16)>>,
    tries: Table<Try, Durations>,
    counts: Table<(Count, &'static str), AtomicU64>,
    breakers: Mutex<Vec<Weak<dyn Breakers>>>,
}

/// A server that has a label, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Server(Option<usize>);

impl Server {
    /// One that is not told.
    pub(crate) const UNTOLD: Server = Server(None);
}

/// What one request is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Try {
    pub(crate) operation: &'static str,
    pub(crate) method: &'static str,
    pub(crate) server: Server,
    /// The answer's status, or why there is none.
    pub(crate) outcome: Result<u16, &'static str>,
}

/// What else is counted, by operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Count {
    Retried,
    RetryDenied,
    CircuitOpen,
    LimitFull,
}

/// What has breakers: for each of them its server, and whether it is open.
pub(crate) trait Breakers: Send + Sync {
    fn each(&self, tell: &mut dyn FnMut(Server, bool));
}

impl Calls {
    /// The label of a server.
    pub(crate) fn server(&self, host: &str, port: u16) -> Server {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = servers
            .iter()
            .position(|one| one.0 == host && one.1 == port);
        if known.is_none() && servers.len() < MOST {
            servers.push((host.to_owned(), port));
            return Server(Some(servers.len() - 1));
        }
        Server(known)
    }

    pub(crate) fn tried(&self, one: Try, took: Duration, trace: Option<u128>) {
        self.tries.at(one).observe(took, trace);
    }

    pub(crate) fn count(&self, what: Count, operation: &'static str) {
        self.counts.at((what, operation)).fetch_add(1, Relaxed);
    }

    pub(crate) fn watch(&self, breakers: Weak<dyn Breakers>) {
        let mut all = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| one.strong_count() > 0);
        all.push(breakers);
    }

    /// Nothing, where nothing was called.
    pub(crate) fn write(&self, out: &mut String) {
        let tries = self.tries.sorted();
        let breakers = self.open_breakers();
        if tries.is_empty() && breakers.is_empty() && self.counts.sorted().is_empty() {
            return;
        }
        let servers = self
            .servers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let name = "http_client_request_duration_seconds";
        let help =
            "Time from a request that is sent to the head of its answer, each try by itself.";
        let mut family = Family::begin(out, name, Kind::Histogram, help);
        for (one, durations) in &tries {
            durations.write(&mut family, &one.labels(&servers));
        }
        self.write_counts(out);
        let help =
            "Backends of clients that are left alone, since most of what they were asked failed.";
        let name = "oarlock_client_open_breakers";
        let mut family = Family::begin(out, name, Kind::Gauge, help);
        for (server, open) in breakers {
            let mut labels = String::new();
            server.label(&servers, &mut labels);
            family.sample(&labels, open);
        }
    }

    fn write_counts(&self, out: &mut String) {
        let counts = self.counts.sorted();
        let mut one_family = |name, help, kinds: &[(Count, &str)]| {
            let mut family = Family::begin(out, name, Kind::Counter, help);
            for ((what, operation), count) in &counts {
                let kind = kinds.iter().find(|(kind, _)| kind == what);
                let Some((_, error)) = kind else { continue };
                let mut labels = String::new();
                label(&mut labels, "operation_id", operation);
                label(&mut labels, "error_type", error);
                family.sample(&labels, count.load(Relaxed));
            }
        };
        one_family(
            "oarlock_client_retries",
            "Requests that were sent again.",
            &[(Count::Retried, "")],
        );
        one_family(
            "oarlock_client_denied_retries",
            "Requests that were not sent again, since the retry budget was spent.",
            &[(Count::RetryDenied, "")],
        );
        one_family(
            "oarlock_client_refused_calls",
            "Calls that were not sent at all, since every breaker was open or the limit was reached.",
            &[
                (Count::CircuitOpen, "circuit_open"),
                (Count::LimitFull, "limit_full"),
            ],
        );
    }

    fn open_breakers(&self) -> BTreeMap<Server, u64> {
        let all = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counts = BTreeMap::new();
        for one in all.iter().filter_map(Weak::upgrade) {
            one.each(&mut |server, open| *counts.entry(server).or_default() += u64::from(open));
        }
        counts
    }
}

impl Server {
    fn label(self, servers: &[(String, u16)], labels: &mut String) {
        if let Some((host, port)) = self.0.and_then(|place| servers.get(place)) {
            label(labels, "server_address", host);
            label(labels, "server_port", &port.to_string());
        }
    }
}

impl Try {
    fn labels(&self, servers: &[(String, u16)]) -> String {
        let mut labels = String::new();
        label(&mut labels, "operation_id", self.operation);
        label(&mut labels, "http_request_method", self.method);
        self.server.label(servers, &mut labels);
        match self.outcome {
            Ok(status) => label(
                &mut labels,
                "http_response_status_code",
                &status.to_string(),
            ),
            Err(error) => label(&mut labels, "error_type", error),
        }
        labels
    }
}

/// Rows that are made when they are first needed.
struct Table<K, V>(RwLock<HashMap<K, Arc<V>>>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Table(RwLock::default())
    }
}

impl<K: Copy + Eq + Hash + Ord, V: Default> Table<K, V> {
    fn at(&self, key: K) -> Arc<V> {
        let rows = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = rows.get(&key) {
            return row.clone();
        }
        drop(rows);
        let mut rows = self.0.write().unwrap_or_else(PoisonError::into_inner);
        rows.entry(key).or_default().clone()
    }

    fn sorted(&self) -> BTreeMap<K, Arc<V>> {
        let rows = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rows.iter().map(|(key, row)| (*key, row.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two(Server);

    impl Breakers for Two {
        fn each(&self, tell: &mut dyn FnMut(Server, bool)) {
            tell(self.0, true);
            tell(self.0, false);
        }
    }

    #[test]
    fn calls_are_told_by_operation_and_server() {
        let calls = Calls::default();
        let mut out = String::new();
        calls.write(&mut out);
        assert_eq!(out, "");

        let server = calls.server("pets", 8080);
        assert_eq!(calls.server("pets", 8080), server);
        let one = Try {
            operation: "getPet",
            method: "GET",
            server,
            outcome: Ok(200),
        };
        let took = Duration::from_millis(7);
        calls.tried(one, took, None);
        calls.tried(one, took, None);
        let outcome = Err("timeout");
        calls.tried(Try { outcome, ..one }, took, None);
        calls.count(Count::Retried, "getPet");
        calls.count(Count::LimitFull, "getPet");
        let breakers: Vec<Arc<dyn Breakers>> = vec![Arc::new(Two(server)), Arc::new(Two(server))];
        breakers
            .iter()
            .for_each(|one| calls.watch(Arc::downgrade(one)));
        calls.write(&mut out);
        let labels = "operation_id=\"getPet\",http_request_method=\"GET\",server_address=\"pets\",server_port=\"8080\"";
        for line in [
            format!("http_client_request_duration_seconds_count{{{labels},http_response_status_code=\"200\"}} 2\n"),
            format!("http_client_request_duration_seconds_count{{{labels},error_type=\"timeout\"}} 1\n"),
            "oarlock_client_retries_total{operation_id=\"getPet\"} 1\n".into(),
            "oarlock_client_refused_calls_total{operation_id=\"getPet\",error_type=\"limit_full\"} 1\n".into(),
            "oarlock_client_open_breakers{server_address=\"pets\",server_port=\"8080\"} 2\n".into(),
        ] {
            assert!(out.contains(&line), "{line}{out}");
        }
        drop(breakers);
        calls.watch(Weak::<Two>::new());
        assert!(calls.open_breakers().is_empty());
    }

    #[test]
    fn servers_without_end_do_not_become_labels_without_end() {
        let calls = Calls::default();
        let servers = (0..1000).map(|port| calls.server("a", port));
        let told = servers.filter(|one| *one != Server::UNTOLD).count();
        assert_eq!(told, MOST);
    }
}
