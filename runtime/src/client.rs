//! What generated clients run on: requests put together, credentials chosen, answers read, over connections that are
//! kept for the next call. Redirects are not followed.

mod address;
mod answer;
mod call;
mod connection;
mod credential;
mod encoding;
mod error;
mod payload;
#[cfg(test)]
#[cfg(feature = "server")]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

#[cfg(feature = "jwt")]
pub(crate) use address::callable;
pub use answer::Answer;
pub use call::Call;
pub use credential::{Credential, Scheme, SchemeKind};
pub use error::CallError;

use crate::{Exchange, Expression};
use address::Base;
use call::Target;
use connection::Connections;

/// How long an answer's head may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How many bytes of an answer are taken into memory at most.
const MOST: usize = 16 * 1024 * 1024;

/// Says whether a host may be called.
type Allowed = dyn Fn(&str) -> bool + Send + Sync;

/// The client of one service, or of whoever is to be told of events. Clones share its connections.
#[derive(Clone)]
pub struct Client {
    settings: Arc<Settings>,
    connections: Arc<Connections>,
}

#[derive(Clone)]
struct Settings {
    /// None for a client that only calls addresses given to it.
    base: Option<Base>,
    timeout: Duration,
    connect_timeout: Duration,
    most: usize,
    http2: bool,
    credentials: Vec<(String, Credential)>,
    allowed: Option<Arc<Allowed>>,
    private: bool,
}

impl Default for Client {
    /// A client without a service of its own, for [`Client::call_url`].
    fn default() -> Self {
        Client {
            settings: Arc::new(Settings {
                base: None,
                timeout: TIMEOUT,
                connect_timeout: CONNECT_TIMEOUT,
                most: MOST,
                http2: false,
                credentials: Vec::new(),
                allowed: None,
                private: false,
            }),
            connections: Arc::default(),
        }
    }
}

impl Client {
    /// The client of the service at an address, such as `http://petstore:8080/v1`.
    ///
    /// # Errors
    /// [`CallError::Request`] where it is no such address, and for `https`, which is not there yet.
    pub fn new(base: &str) -> Result<Self, CallError> {
        let mut client = Self::default();
        let base = Base::parse(base).map_err(CallError::Request)?;
        Arc::make_mut(&mut client.settings).base = Some(base);
        Ok(client)
    }

    /// With another time for the head of an answer, the sending of the request included (30 seconds). A body that is
    /// read as a whole has as much time again; streams have all the time they need.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        Arc::make_mut(&mut self.settings).timeout = timeout;
        self
    }

    /// With another time for a connection to stand (10 seconds).
    #[must_use]
    pub fn with_connect_timeout(self, timeout: Duration) -> Self {
        self.reconnecting(|settings| settings.connect_timeout = timeout)
    }

    /// With another limit, in bytes, on answers that are read as a whole and on each item of a stream (16 MiB).
    #[must_use]
    pub fn with_max_answer(mut self, most: usize) -> Self {
        Arc::make_mut(&mut self.settings).most = most;
        self
    }

    /// With HTTP/2 from the first byte on (RFC 9113, section 3.3), which the service must be known to speak.
    #[must_use]
    pub fn with_http2(self) -> Self {
        self.reconnecting(|settings| settings.http2 = true)
    }

    /// With a credential for a security scheme, by the scheme's name in the document. It takes the place of an earlier
    /// one.
    #[must_use]
    pub fn with_credential(mut self, scheme: impl Into<String>, credential: Credential) -> Self {
        let scheme = scheme.into();
        let held = &mut Arc::make_mut(&mut self.settings).credentials;
        held.retain(|(name, _)| *name != scheme);
        held.push((scheme, credential));
        self
    }

    /// With a say in which hosts [`Client::call_url`] may call: names in lower case, and addresses, IPv6 ones without
    /// brackets.
    #[must_use]
    pub fn with_allowed_hosts(
        mut self,
        allowed: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        Arc::make_mut(&mut self.settings).allowed = Some(Arc::new(allowed));
        self
    }

    /// Whether [`Client::call_url`] may call addresses that are not public: those of this machine and of private
    /// networks. It may not unless this says so, since such a URL mostly comes from outside.
    #[must_use]
    pub fn allow_private_addresses(self, allow: bool) -> Self {
        self.reconnecting(|settings| settings.private = allow)
    }

    /// Begins a request of an operation of the service, whose path template may name one of several operations behind
    /// a `#`.
    pub fn call(
        &self,
        operation: &'static str,
        method: &'static str,
        template: &'static str,
    ) -> Call<'_> {
        let target = match &self.settings.base {
            Some(base) => Ok(Target::Template(base, template)),
            None => Err("this client has no service of its own".to_owned()),
        };
        Call::new(self, operation, method, target)
    }

    /// Begins a request to a URL that is only known now: a webhook's or a callback's.
    pub fn call_url(&self, operation: &'static str, method: &'static str, url: &str) -> Call<'_> {
        let target = address::checked(url, self.settings.allowed.as_deref(), self.settings.private);
        Call::new(self, operation, method, target.map(Target::Url))
    }

    /// Changes what a connection depends on, which leaves the old ones behind.
    fn reconnecting(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self.connections = Arc::default();
        self
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match &self.settings.base {
            Some(base) => write!(out, "Client({})", base.as_str()),
            None => out.write_str("Client"),
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
