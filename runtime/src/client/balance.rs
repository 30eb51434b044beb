//! The backends of a service, and which of them a request goes to.
//!
//! Each base address is one; where its name has several addresses, as a headless Service of Kubernetes has, each of them
//! is one, looked up anew from time to time. A Service with an address of its own stays one backend: what balances
//! connections behind it is not ours.

#[cfg(test)]
mod tests;

use std::{
    io,
    net::IpAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use super::{
    address::Base,
    backend::{Backend, Entered},
    settings::Settings,
};

/// How long the addresses of a name are taken for granted: few seconds longer than Kubernetes' own DNS says so.
const FRESH: Duration = Duration::from_secs(10);
/// The same, once a connection could not be made.
const DOUBTED: Duration = Duration::from_secs(1);
/// How many addresses of one name are taken.
const MOST: usize = 64;

pub(super) type List = Arc<[Arc<Backend>]>;

/// The backends of a client.
pub(super) struct Backends {
    bases: Vec<Base>,
    settings: Arc<Settings>,
    list: RwLock<List>,
    /// When the names were looked up last; none where they need not be.
    looked_up: Mutex<Option<Instant>>,
    first: tokio::sync::Mutex<()>,
    looking: AtomicBool,
}

impl Backends {
    pub(super) fn new(settings: &Arc<Settings>) -> Arc<Self> {
        let bases = settings.bases.clone();
        let named = settings.balance_names && bases.iter().any(Base::is_named);
        let list: List = match named {
            true => Arc::default(),
            false => {
                let bases = bases.iter().cloned();
                bases
                    .map(|base| Arc::new(Backend::new(base, Vec::new(), settings)))
                    .collect()
            }
        };
        let backends = Arc::new(Backends {
            bases,
            settings: settings.clone(),
            list: RwLock::new(list),
            looked_up: Mutex::new(None),
            first: tokio::sync::Mutex::default(),
            looking: AtomicBool::new(false),
        });
        #[cfg(feature = "server")]
        if settings.breaker.is_some() && !backends.bases.is_empty() {
            let own: Arc<dyn crate::metrics::Breakers> = backends.clone();
            crate::metrics::CALLS.watch(Arc::downgrade(&own));
        }
        backends
    }

    pub(super) fn known(&self) -> List {
        let list = self.list.read();
        list.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All of them; the first call of all waits until they are found.
    pub(super) async fn all(self: &Arc<Self>) -> List {
        let known = self.known();
        if known.is_empty() && !self.bases.is_empty() {
            let _alone = self.first.lock().await;
            if self.known().is_empty() {
                self.look_up().await;
            }
            return self.known();
        }
        if self.is_stale(FRESH) && !self.looking.swap(true, Relaxed) {
            let own = self.clone();
            tokio::spawn(async move {
                own.look_up().await;
                own.looking.store(false, Relaxed);
            });
        }
        known
    }

    /// A connection could not be made: perhaps the addresses are not what they were.
    pub(super) fn doubt(&self) {
        if self.is_stale(DOUBTED) {
            let mut looked_up = self
                .looked_up
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *looked_up = looked_up.and_then(|at| at.checked_sub(FRESH));
        }
    }

    fn is_stale(&self, fresh: Duration) -> bool {
        let looked_up = self.looked_up.lock();
        let looked_up = *looked_up.unwrap_or_else(PoisonError::into_inner);
        looked_up.is_some_and(|at| at.elapsed() >= fresh)
    }

    async fn look_up(&self) {
        let old = self.known();
        let mut list = Vec::new();
        for base in &self.bases {
            let same = |backend: &&Arc<Backend>| {
                let own = backend.base.as_ref().map(Base::as_str);
                own == Some(base.as_str())
            };
            let groups = match base.is_named() {
                false => vec![Vec::new()],
                true => match addresses(&base.host, self.settings.lookup).await {
                    Some(found) => groups(found),
                    // What was known is better than nothing; who never was found is told so by the connection.
                    None if old.iter().any(|one| same(&one)) => {
                        list.extend(old.iter().filter(same).cloned());
                        continue;
                    }
                    None => vec![Vec::new()],
                },
            };
            for group in groups {
                let mut kept = old.iter().filter(same);
                let kept = kept.find(|one| one.address() == group.first().copied());
                list.push(match kept {
                    Some(kept) => kept.clone(),
                    None => Arc::new(Backend::new(base.clone(), group, &self.settings)),
                });
            }
        }
        *self.list.write().unwrap_or_else(PoisonError::into_inner) = list.into();
        let mut looked_up = self
            .looked_up
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *looked_up = Some(Instant::now());
    }
}

#[cfg(feature = "server")]
impl crate::metrics::Breakers for Backends {
    fn each(&self, tell: &mut dyn FnMut(crate::metrics::Server, bool)) {
        let now = Instant::now();
        for backend in self.known().iter() {
            tell(backend.server(), backend.wait(now).is_some());
        }
    }
}

/// Finds the addresses of a name.
pub(super) type Lookup = fn(String) -> Finding;
type Finding = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// What the system says.
pub(super) fn system(host: String) -> Finding {
    Box::pin(async move {
        let found = tokio::net::lookup_host((host, 0)).await?;
        Ok(found.map(|one| one.ip()).collect())
    })
}

/// The addresses of a name, each once; none where they cannot be found now.
async fn addresses(host: &str, lookup: Lookup) -> Option<Vec<IpAddr>> {
    let found = lookup(host.to_owned()).await;
    let found = found.inspect_err(|error| tracing::debug!(host, %error, "a name was not found"));
    let mut addresses: Vec<IpAddr> = Vec::new();
    for one in found.ok()? {
        if !addresses.contains(&one) {
            addresses.push(one);
        }
    }
    Some(addresses)
}

/// What each backend of a name is reached at. Where the kind of address that the system likes best (RFC 6724) is there
/// several times, each is a backend, and one of the other kind stands behind it; else the connection chooses
/// (RFC 8305), as an empty group says.
fn groups(found: Vec<IpAddr>) -> Vec<Vec<IpAddr>> {
    let liked = found.first().map(IpAddr::is_ipv6);
    let (first, second): (Vec<IpAddr>, Vec<IpAddr>) = found
        .into_iter()
        .partition(|one| Some(one.is_ipv6()) == liked);
    if first.len() < 2 {
        return vec![Vec::new()];
    }
    let behind = (0..).map(|turn| second.get(turn % second.len().max(1)).copied());
    let pairs = first.into_iter().take(MOST).zip(behind);
    pairs
        .map(|(one, other)| [one].into_iter().chain(other).collect())
        .collect()
}

/// Chooses the one that has less to do of two that chance picks ("the power of two choices"), among those that were not
/// tried for this call and that are not left alone.
///
/// # Errors
/// After how long one of them may be asked, where all are left alone.
pub(super) fn choose(
    list: &[Arc<Backend>],
    tried: &[Arc<Backend>],
    now: Instant,
) -> Result<Entered, Duration> {
    let untried = |one: &&Arc<Backend>| !tried.iter().any(|other| Arc::ptr_eq(one, other));
    let is_open = |one: &&Arc<Backend>| one.wait(now).is_none();
    let mut fresh: Vec<&Arc<Backend>> = list.iter().filter(untried).filter(is_open).collect();
    let mut others: Vec<&Arc<Backend>> = list.iter().filter(|one| !untried(one)).collect();
    others.retain(is_open);
    for candidates in [&mut fresh, &mut others] {
        while let Some(place) = better_of_two(candidates) {
            // Another call may have become the probe meanwhile.
            if let Some(entered) = candidates.swap_remove(place).enter(now) {
                return Ok(entered);
            }
        }
    }
    let waits = list.iter().filter_map(|one| one.wait(now));
    Err(waits.min().unwrap_or_default())
}

/// Whether there is one that was not tried for this call and may be asked now.
pub(super) fn has_another(list: &[Arc<Backend>], tried: &[Arc<Backend>], now: Instant) -> bool {
    list.iter()
        .any(|one| !tried.iter().any(|other| Arc::ptr_eq(one, other)) && one.wait(now).is_none())
}

fn better_of_two(candidates: &[&Arc<Backend>]) -> Option<usize> {
    let count = candidates.len();
    if count < 2 {
        return (count == 1).then_some(0);
    }
    let first = fastrand::usize(..count);
    let second = (first + fastrand::usize(1..count)) % count;
    match candidates[second].load() < candidates[first].load() {
        true => Some(second),
        false => Some(first),
    }
}
