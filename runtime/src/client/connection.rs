//! Connections that are kept for the next call.

use std::time::Duration;

use http::{Request, Response};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

#[cfg(feature = "server")]
use super::in_process;
use super::{
    CallError,
    address::Resolver,
    error,
    mock::Mock,
    settings::{Settings, Transport},
};
use crate::{Body, body::Received};

/// How long a connection without a call is kept: less than servers and proxies do, which mostly wait for a minute or
/// longer.
const IDLE: Duration = Duration::from_secs(50);

/// After how long without a byte the other end is asked whether it is still there (TCP).
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// The same of an HTTP/2 connection with calls on it, which all wait for one other end, and how long it may take to say
/// so: what is gone without a word would be called until TCP gives up.
const PING: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(10));

#[cfg(not(feature = "tls"))]
type Connector = HttpConnector<Resolver>;
#[cfg(feature = "tls")]
type Connector = hyper_rustls::HttpsConnector<HttpConnector<Resolver>>;

/// A try that gave no answer.
pub(super) struct Failed {
    pub(super) error: CallError,
    /// Whether the request was certainly not worked on, so that it may be sent again whatever it does.
    pub(super) unprocessed: bool,
}

/// The connections to one backend.
pub(super) enum Pool {
    Network(Box<Client<Connector, Body>>),
    Mock(Mock),
    #[cfg(feature = "server")]
    InProcess(Box<Client<in_process::Connector, Body>>),
}

impl Pool {
    pub(super) fn new(settings: &Settings, resolver: Resolver) -> Result<Self, String> {
        match &settings.transport {
            Transport::Network => {
                let connector = connector(settings, resolver)?;
                Ok(Pool::Network(Box::new(client(settings, connector))))
            }
            Transport::Mock(mock) => Ok(Pool::Mock(mock.clone())),
            #[cfg(feature = "server")]
            Transport::InProcess(service) => {
                let connector = in_process::Connector(service.clone());
                Ok(Pool::InProcess(Box::new(client(settings, connector))))
            }
        }
    }

    pub(super) async fn send(
        &self,
        operation: &'static str,
        request: Request<Body>,
    ) -> Result<Response<Body>, Failed> {
        let answering = match self {
            Pool::Network(client) => client.request(request),
            Pool::Mock(mock) => return mock.answer(operation, request).await,
            #[cfg(feature = "server")]
            Pool::InProcess(client) => client.request(request),
        };
        match answering.await {
            Ok(answer) => Ok(answer.map(|incoming| Body::received(Received::of(incoming)))),
            Err(error) => Err(Failed {
                unprocessed: error::is_unprocessed(&error),
                error: error.into(),
            }),
        }
    }
}

fn connector(settings: &Settings, resolver: Resolver) -> Result<Connector, String> {
    let mut connector = HttpConnector::new_with_resolver(resolver);
    connector.set_connect_timeout(Some(settings.connect_timeout));
    connector.set_nodelay(true);
    connector.set_keepalive(Some(KEEP_ALIVE));
    #[cfg(feature = "tls")]
    let connector = {
        connector.enforce_http(false);
        super::tls::connector(connector, settings.trust.config()?, settings.http2)
    };
    Ok(connector)
}

fn client<C>(settings: &Settings, connector: C) -> Client<C, Body>
where
    C: hyper_util::client::legacy::connect::Connect + Clone,
{
    Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .http2_only(settings.http2)
        .http2_keep_alive_interval(PING.0)
        .http2_keep_alive_timeout(PING.1)
        .build(connector)
}
