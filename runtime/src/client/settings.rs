//! What can be set on a client, each in one line.

use std::{sync::Arc, time::Duration};

use super::balance::{self, Lookup};
#[cfg(feature = "server")]
use super::in_process::InProcess;
use super::{
    Allowed, CircuitBreaker, Client, Credential, Shared, address::Base, budget::Allowance,
    mock::Mock,
};

/// How long an answer's head may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How many bytes of an answer are taken into memory at most.
const MOST: usize = 16 * 1024 * 1024;
/// How often a request is sent at most.
const TRIES: u32 = 3;
/// How many calls are on their way at once: as Envoy has it (`max_requests` of its circuit breakers).
const MOST_CALLS: usize = 1024;

#[derive(Clone)]
pub(super) struct Settings {
    /// None for a client that only calls addresses given to it.
    pub(super) bases: Vec<Base>,
    pub(super) balance_names: bool,
    pub(super) lookup: Lookup,
    pub(super) timeout: Duration,
    pub(super) try_timeout: Option<Duration>,
    pub(super) connect_timeout: Duration,
    pub(super) tell_deadline: bool,
    pub(super) tries: u32,
    pub(super) allowance: Allowance,
    pub(super) breaker: Option<CircuitBreaker>,
    pub(super) most_calls: usize,
    pub(super) most: usize,
    pub(super) http2: bool,
    pub(super) credentials: Vec<(String, Credential)>,
    pub(super) allowed: Option<Arc<Allowed>>,
    pub(super) private: bool,
    pub(super) transport: Transport,
    #[cfg(feature = "tls")]
    pub(super) trust: super::tls::Trust,
}

/// What requests go over.
#[derive(Clone)]
pub(super) enum Transport {
    Network,
    Mock(Mock),
    #[cfg(feature = "server")]
    InProcess(Arc<InProcess>),
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            bases: Vec::new(),
            balance_names: true,
            lookup: balance::system,
            timeout: TIMEOUT,
            try_timeout: None,
            connect_timeout: CONNECT_TIMEOUT,
            tell_deadline: true,
            tries: TRIES,
            allowance: Allowance {
                share: 0.2,
                per_second: 2.0,
            },
            breaker: Some(CircuitBreaker::default()),
            most_calls: MOST_CALLS,
            most: MOST,
            http2: false,
            credentials: Vec::new(),
            allowed: None,
            private: false,
            transport: Transport::Network,
            #[cfg(feature = "tls")]
            trust: super::tls::Trust::default(),
        }
    }
}

impl Client {
    /// With another time for the head of an answer, all tries included (30 seconds). Within a request of a service, what
    /// that request has left counts where it is less. A body that is read as a whole has as much time again; streams
    /// have all the time they need.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        self.with(|settings| settings.timeout = timeout)
    }

    /// With a time of its own for each try (none but the call's). Where the service's backends are several, a short one
    /// keeps a slow one of them from being waited for.
    #[must_use]
    pub fn with_try_timeout(self, timeout: Duration) -> Self {
        self.with(|settings| settings.try_timeout = Some(timeout))
    }

    /// With another time for a connection to stand (10 seconds).
    #[must_use]
    pub fn with_connect_timeout(self, timeout: Duration) -> Self {
        self.reconnecting(|settings| settings.connect_timeout = timeout)
    }

    /// Whether the service is told how long it is waited for (it is): milliseconds, in
    /// `x-envoy-expected-rq-timeout-ms`.
    #[must_use]
    pub fn tell_deadline(self, tell: bool) -> Self {
        self.with(|settings| settings.tell_deadline = tell)
    }

    /// With another number of times that a request is sent at most (3); 1 switches retries off.
    ///
    /// Again is sent only what is safe: a request whose method is idempotent (RFC 9110, section 9.2.2) or that has an
    /// `Idempotency-Key`, where it failed, took too long or was answered 429, 502, 503 or 504 (`Retry-After` is heeded);
    /// and any that was certainly not worked on, since there was no connection or HTTP/2 says so. Streams are sent once.
    #[must_use]
    pub fn with_tries(self, tries: u32) -> Self {
        self.with(|settings| settings.tries = tries.max(1))
    }

    /// With another retry budget: how many retries there are for each call (0.2), and in each second beside that (2).
    #[must_use]
    pub fn with_retry_budget(self, share: f64, per_second: f64) -> Self {
        self.reconnecting(|settings| settings.allowance = Allowance { share, per_second })
    }

    /// With another circuit breaker for each backend, or none.
    #[must_use]
    pub fn with_breaker(self, breaker: impl Into<Option<CircuitBreaker>>) -> Self {
        let breaker = breaker.into();
        self.reconnecting(|settings| settings.breaker = breaker)
    }

    /// With another limit on calls whose answer's head is still to come (1024). As many more wait for their turn, within
    /// their time; beyond that, calls fail at once with [`CallError::Full`](super::CallError::Full).
    #[must_use]
    pub fn with_max_calls(self, most: usize) -> Self {
        self.reconnecting(|settings| settings.most_calls = most)
    }

    /// Whether each address of a name that has several is a backend of its own (it is), as with a headless Service of
    /// Kubernetes; else connections go to the first that answers.
    #[must_use]
    pub fn balance_names(self, balance: bool) -> Self {
        self.reconnecting(|settings| settings.balance_names = balance)
    }

    /// With another limit, in bytes, on answers that are read as a whole and on each item of a stream (16 MiB).
    #[must_use]
    pub fn with_max_answer(self, most: usize) -> Self {
        self.with(|settings| settings.most = most)
    }

    /// With HTTP/2 alone: over `http` from the first byte on (RFC 9113, section 3.3), which the service must be known to
    /// speak. Over `https` it is used wherever the service offers it, also without this.
    #[must_use]
    pub fn with_http2(self) -> Self {
        self.reconnecting(|settings| settings.http2 = true)
    }

    /// With the authorities of a PEM file trusted too, beside those of the machine (`SSL_CERT_FILE` and `SSL_CERT_DIR`,
    /// or where its system keeps them).
    ///
    /// # Errors
    /// [`CallError::Request`](super::CallError::Request) where the file cannot be read or holds no certificate.
    #[cfg(feature = "tls")]
    pub fn with_ca_file(self, file: impl AsRef<std::path::Path>) -> Result<Self, super::CallError> {
        self.trusting(|trust| trust.add_file(file.as_ref()))
    }

    /// With a certificate to be shown to services that ask for one: a PEM file of the certificate and those that vouch
    /// for it, and one of its private key. Both are read once.
    ///
    /// # Errors
    /// [`CallError::Request`](super::CallError::Request) where they cannot be read or do not belong together.
    #[cfg(feature = "tls")]
    pub fn with_client_certificate(
        self,
        chain: impl AsRef<std::path::Path>,
        key: impl AsRef<std::path::Path>,
    ) -> Result<Self, super::CallError> {
        self.trusting(|trust| trust.identify(chain.as_ref(), key.as_ref()))
    }

    #[cfg(feature = "tls")]
    fn trusting(
        self,
        change: impl FnOnce(&mut super::tls::Trust) -> Result<(), String>,
    ) -> Result<Self, super::CallError> {
        let mut done = Ok(());
        let client = self.reconnecting(|settings| done = change(&mut settings.trust));
        done.map(|()| client).map_err(super::CallError::Request)
    }

    /// With a credential for a security scheme, by the scheme's name in the document. It takes the place of an earlier
    /// one.
    #[must_use]
    pub fn with_credential(self, scheme: impl Into<String>, credential: Credential) -> Self {
        let scheme = scheme.into();
        self.with(|settings| {
            settings.credentials.retain(|(name, _)| *name != scheme);
            settings.credentials.push((scheme, credential));
        })
    }

    /// With a say in which hosts [`Client::call_url`] may call: names in lower case, and addresses, IPv6 ones without
    /// brackets.
    #[must_use]
    pub fn with_allowed_hosts(
        self,
        allowed: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.with(|settings| settings.allowed = Some(Arc::new(allowed)))
    }

    /// Whether [`Client::call_url`] may call addresses that are not public: those of this machine and of private
    /// networks. It may not unless this says so, since such a URL mostly comes from outside.
    #[must_use]
    pub fn allow_private_addresses(self, allow: bool) -> Self {
        self.reconnecting(|settings| settings.private = allow)
    }

    /// Changes what each call looks at anew.
    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }

    /// Changes what is shared by the clones of a client, which leaves theirs behind.
    pub(super) fn reconnecting(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self.shared = Shared::later();
        self
    }
}
