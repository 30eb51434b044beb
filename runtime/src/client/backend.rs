//! One backend of a service: its connections, its breaker, and how much it has to do.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use http::{Request, Response};

use super::{
    CallError,
    address::{Base, Resolver},
    breaker::{Admission, Change, Circuit},
    connection::{Failed, Pool},
    settings::Settings,
};
use crate::Body;
#[cfg(feature = "server")]
use crate::metrics::{CALLS, Server};

/// Where requests can be sent.
pub(super) struct Backend {
    /// None for whatever address a call is given.
    pub(super) base: Option<Base>,
    resolver: Resolver,
    pool: OnceLock<Result<Pool, String>>,
    in_flight: AtomicUsize,
    circuit: Option<Mutex<Circuit>>,
    #[cfg(feature = "server")]
    server: Server,
}

impl Backend {
    /// A backend at a base; at the first of these addresses, where they are told, the others being tried after it.
    pub(super) fn new(base: Base, known: Vec<IpAddr>, settings: &Settings) -> Self {
        let now = Instant::now();
        let resolver = Resolver {
            public: false,
            known: known.into(),
        };
        let circuit = settings.breaker.map(|breaker| Circuit::new(breaker, now));
        Backend {
            #[cfg(feature = "server")]
            server: CALLS.server(&base.host, base.port),
            base: Some(base),
            circuit: circuit.map(Mutex::new),
            ..Backend::over(resolver)
        }
    }

    /// Whatever address is given. Its connections are kept apart from those to a client's own service, since it must not
    /// come to use one that it could not have opened; and there is no breaker, since the hosts may be any.
    pub(super) fn given(settings: &Settings) -> Self {
        Backend::over(Resolver {
            public: !settings.private,
            ..Resolver::default()
        })
    }

    fn over(resolver: Resolver) -> Self {
        Backend {
            base: None,
            resolver,
            pool: OnceLock::new(),
            in_flight: AtomicUsize::new(0),
            circuit: None,
            #[cfg(feature = "server")]
            server: Server::UNTOLD,
        }
    }

    /// What its calls are counted under.
    #[cfg(feature = "server")]
    pub(super) fn server(&self) -> Server {
        self.server
    }

    /// The address that it is reached at, where one of several was chosen.
    pub(super) fn address(&self) -> Option<IpAddr> {
        self.resolver.known.first().copied()
    }

    pub(super) fn load(&self) -> usize {
        self.in_flight.load(Relaxed)
    }

    fn circuit(&self) -> Option<MutexGuard<'_, Circuit>> {
        let circuit = self.circuit.as_ref()?;
        Some(circuit.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How long it takes until a request may be sent; none where one may now.
    pub(super) fn wait(&self, now: Instant) -> Option<Duration> {
        self.circuit()?.wait(now)
    }

    /// Takes it for a request, where its breaker lets one through.
    pub(super) fn enter(self: &Arc<Self>, now: Instant) -> Option<Entered> {
        let admission = match self.circuit() {
            None => Admission::Usual,
            Some(mut circuit) => circuit.admit(now)?,
        };
        self.in_flight.fetch_add(1, Relaxed);
        Some(Entered {
            backend: self.clone(),
            admission,
            failed: None,
        })
    }

    pub(super) async fn send(
        &self,
        settings: &Settings,
        operation: &'static str,
        request: Request<Body>,
    ) -> Result<Response<Body>, Failed> {
        let made = || Pool::new(settings, self.resolver.clone());
        match self.pool.get_or_init(made) {
            Ok(pool) => pool.send(operation, request).await,
            Err(words) => Err(Failed {
                error: CallError::Request(words.clone()),
                unprocessed: true,
            }),
        }
    }
}

/// A request that is on its way to a backend, until this is dropped.
pub(super) struct Entered {
    pub(super) backend: Arc<Backend>,
    admission: Admission,
    /// Whether it failed, once that says something of the backend.
    pub(super) failed: Option<bool>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.backend.in_flight.fetch_sub(1, Relaxed);
        let Some(mut circuit) = self.backend.circuit() else {
            return;
        };
        let change = circuit.record(Instant::now(), self.admission, self.failed);
        drop(circuit);
        let base = self.backend.base.as_ref().map_or("", Base::as_str);
        let address = self.backend.address().map(tracing::field::display);
        match change {
            Some(Change::Opened(pause)) => {
                let seconds = pause.as_secs_f64();
                tracing::warn!(base, address, seconds, "a backend fails and is left alone");
            }
            Some(Change::Closed) => {
                tracing::info!(base, address, "a backend is well again");
            }
            None => {}
        }
    }
}
