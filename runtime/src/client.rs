//! What generated clients run on: requests put together, credentials chosen, answers read, over connections that are
//! kept for the next call. Redirects are not followed.
//!
//! A call has a deadline, is tried again where that is safe and there is a budget for it, goes to the backend with less to
//! do, and not to one that fails. [`Client`] has a line for each of these.

mod address;
mod answer;
mod backend;
mod balance;
mod breaker;
mod budget;
mod call;
mod connection;
mod credential;
mod encoding;
mod error;
mod exchange;
#[cfg(feature = "server")]
mod in_process;
mod limit;
pub mod mock;
mod observe;
mod payload;
mod retry;
mod settings;
#[cfg(test)]
#[cfg(feature = "server")]
mod tests;
#[cfg(feature = "tls")]
mod tls;

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Instant,
};

#[cfg(feature = "jwt")]
pub(crate) use address::callable;
pub use answer::Answer;
pub use breaker::CircuitBreaker;
pub use call::Call;
pub use credential::{Credential, Scheme, SchemeKind};
pub use error::CallError;

use crate::{Exchange, Expression};
use address::Base;
use backend::Backend;
use balance::{Backends, List};
use budget::Budget;
use call::Target;
use limit::Limit;
use settings::{Settings, Transport};

/// Says whether a host may be called.
type Allowed = dyn Fn(&str) -> bool + Send + Sync;

/// The client of one service, or of whoever is to be told of events. Clones share its connections, its retry budget, its
/// breakers and its limit.
#[derive(Clone)]
pub struct Client {
    settings: Arc<Settings>,
    shared: Arc<OnceLock<Shared>>,
}

/// What the clones of a client have in common.
struct Shared {
    backends: Arc<Backends>,
    /// For addresses that are given.
    given: List,
    budget: Budget,
    limit: Limit,
}

impl Shared {
    /// Made by the first call: until then, settings may change.
    fn later() -> Arc<OnceLock<Self>> {
        Arc::default()
    }

    fn new(settings: &Arc<Settings>) -> Self {
        Shared {
            backends: Backends::new(settings),
            given: Arc::new([Arc::new(Backend::given(settings))]),
            budget: Budget::new(settings.allowance, Instant::now()),
            limit: Limit::new(settings.most_calls),
        }
    }
}

impl Default for Client {
    /// A client without a service of its own, for [`Client::call_url`].
    fn default() -> Self {
        Client {
            settings: Arc::default(),
            shared: Shared::later(),
        }
    }
}

impl Client {
    /// The client of the service at an address, such as `http://petstore:8080/v1`; `https` with the feature `tls`. Where
    /// its name has several addresses, calls are spread over them.
    ///
    /// # Errors
    /// [`CallError::Request`] where it is no such address, and for `https` without the feature `tls`.
    pub fn new(base: &str) -> Result<Self, CallError> {
        Self::with_backends([base])
    }

    /// The client of a service that stands at several addresses: a call goes to the one of them with less to do.
    ///
    /// # Errors
    /// [`CallError::Request`] where one is no such address, and where there is none.
    pub fn with_backends<'b>(bases: impl IntoIterator<Item = &'b str>) -> Result<Self, CallError> {
        let bases: Result<Vec<Base>, String> = bases.into_iter().map(Base::parse).collect();
        let bases = bases.map_err(CallError::Request)?;
        if bases.is_empty() {
            return Err(CallError::Request("no address is given".into()));
        }
        Ok(Self::default().reconnecting(|settings| settings.bases = bases))
    }

    /// A client for tests that is answered by a mock. It sends each request once and has no breaker, unless it is told to.
    pub fn mock(mock: &mock::Mock) -> Self {
        Self::without_network(Transport::Mock(mock.clone()))
    }

    /// A client for tests whose service is in this process: its routing, decoding, checks, verifiers, handlers and
    /// answers, as they are served, without a socket. Its checks, hooks and operators' port are not run, settings are as
    /// they usually are, and handlers that are not written yet answer with examples: whoever stands in for a service writes
    /// those that a test needs. It sends each request once and has no breaker, unless it is told to.
    ///
    /// ```ignore
    /// let shop = shop_api::client::Client(Client::in_process(shop_api::service(Shop)));
    /// ```
    #[cfg(feature = "server")]
    pub fn in_process(service: crate::Service) -> Self {
        let service = in_process::InProcess::new(service);
        Self::without_network(Transport::InProcess(Arc::new(service)))
    }

    fn without_network(transport: Transport) -> Self {
        let client = Self::default().reconnecting(|settings| {
            settings.bases.extend(Base::parse("http://service"));
            settings.balance_names = false;
            settings.transport = transport;
        });
        client.with_tries(1).with_breaker(None)
    }

    /// Begins a request of an operation of the service, whose path template may name one of several operations behind
    /// a `#`.
    pub fn call(
        &self,
        operation: &'static str,
        method: &'static str,
        template: &'static str,
    ) -> Call<'_> {
        let target = match self.settings.bases.is_empty() {
            false => Ok(Target::Template(template)),
            true => Err("this client has no service of its own".to_owned()),
        };
        Call::new(self, operation, method, target)
    }

    /// Begins a request to a URL that is only known now: a webhook's or a callback's.
    pub fn call_url(&self, operation: &'static str, method: &'static str, url: &str) -> Call<'_> {
        let target = address::checked(url, self.settings.allowed.as_deref(), self.settings.private);
        Call::new(self, operation, method, target.map(Target::Url))
    }

    fn shared(&self) -> &Shared {
        self.shared.get_or_init(|| Shared::new(&self.settings))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let bases = self.settings.bases.iter().map(Base::as_str);
        match bases.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => out.write_str("Client"),
            bases => write!(out, "Client({bases})"),
        }
    }
}

/// The address that a callback goes to, by the expression that the document gives and the request that asked for it.
///
/// # Errors
/// Where the request does not hold what the expression asks for.
pub fn callback_url(expression: &str, exchange: &Exchange) -> Result<String, CallError> {
    let expression = Expression::parse(expression).map_err(CallError::Request)?;
    expression.evaluate(exchange).map_err(CallError::Request)
}
