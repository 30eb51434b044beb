//! Connections that are kept for the next call.

use std::{sync::OnceLock, time::Duration};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

use super::{CallError, Settings, address::Resolver};
use crate::Body;

/// How long a connection without a call is kept: less than servers and proxies do, which mostly wait for a minute or
/// longer.
const IDLE: Duration = Duration::from_secs(50);

#[cfg(not(feature = "tls"))]
type Connector = HttpConnector<Resolver>;
#[cfg(feature = "tls")]
type Connector = hyper_rustls::HttpsConnector<HttpConnector<Resolver>>;
type Pool = Client<Connector, Body>;

/// The connections of a client. Those to its own service are kept apart from those to addresses that were given from
/// outside, which must not come to use one that they could not have opened.
#[derive(Default)]
pub(super) struct Connections {
    own: OnceLock<Result<Pool, String>>,
    given: OnceLock<Result<Pool, String>>,
}

impl Connections {
    /// Sends a request; `given` tells that its address comes from outside.
    pub(super) async fn send(
        &self,
        settings: &Settings,
        given: bool,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, CallError> {
        let pool = match given {
            true => self.given.get_or_init(|| pool(settings, !settings.private)),
            false => self.own.get_or_init(|| pool(settings, false)),
        };
        let pool = pool
            .as_ref()
            .map_err(|words| CallError::Connect(words.clone()))?;
        let answering = pool.request(request);
        match tokio::time::timeout(settings.timeout, answering).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(CallError::Timeout),
        }
    }
}

fn pool(settings: &Settings, public: bool) -> Result<Pool, String> {
    let mut connector = HttpConnector::new_with_resolver(Resolver { public });
    connector.set_connect_timeout(Some(settings.connect_timeout));
    connector.set_nodelay(true);
    #[cfg(feature = "tls")]
    let connector = {
        connector.enforce_http(false);
        super::tls::connector(connector, settings.trust.config()?, settings.http2)
    };
    let pool = Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .http2_only(settings.http2)
        .build(connector);
    Ok(pool)
}
