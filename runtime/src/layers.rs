//! What stands around every request: layers of the user's own, and those that settings ask for. A service without any
//! pays for none.

mod settings;

use std::{
    convert::Infallible,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as HttpBody;
use tower::util::{BoxCloneSyncService, ServiceExt};
use tower_service::Service;

use crate::{
    Body,
    server::{Connection, Server},
    service::failed,
    trace::TraceIds,
};

pub(crate) use settings::Settings;

/// Puts a layer around what is there.
pub(crate) type Wrap = Box<dyn FnOnce(Route) -> Route + Send>;

/// Whatever answers HTTP requests: services of `tower`, `tower-http` and `axum` do.
pub trait Serves<B>:
    Service<Request<Body>, Response = Response<B>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<B, S> Serves<B> for S where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// What answers a request behind a layer.
#[derive(Clone)]
pub struct Route(BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>);

impl Route {
    pub(crate) fn new<S, B>(service: S) -> Self
    where
        S: Serves<B>,
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let own = service.map_response(|response: Response<B>| response.map(Body::new));
        Route(BoxCloneSyncService::new(own))
    }

    /// The answer to a request.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Response<Body> {
        match self.0.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Layers may have put a body of their own in the place of the request's.
impl<B> Service<Request<B>> for Route
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        self.0.call(request.map(Body::new))
    }
}

/// What is known of a request before any layer has it.
#[derive(Clone)]
pub(crate) struct Arrived {
    pub(crate) ids: TraceIds,
    pub(crate) connection: Arc<Connection>,
    pub(crate) client: IpAddr,
    pub(crate) started: Instant,
}

/// Which operation has answered: told through layers together with the answer.
#[derive(Clone, Copy)]
pub(crate) struct Reached(pub(crate) Option<usize>);

/// What stands behind all layers: the document's operations.
#[derive(Clone)]
pub(crate) struct Innermost(pub(crate) Weak<Server>);

impl Service<Request<Body>> for Innermost {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let server = self.0.upgrade();
        let arrived = request.extensions_mut().remove::<Arrived>();
        Box::pin(async move {
            let (Some(server), Some(arrived)) = (server, arrived) else {
                tracing::error!(
                    "a layer has made a request of its own, without the extensions of the one that came"
                );
                return Ok(failed().into_http());
            };
            let (parts, body) = request.into_parts();
            // A layer may have changed the path.
            let found = server.router.find(&parts.method, parts.uri.path());
            let work = server.work(found, parts, body, arrived);
            let mut reached = None;
            let response = server.done(work, &mut reached).await;
            let mut response = response.into_http();
            response.extensions_mut().insert(Reached(reached));
            Ok(response)
        })
    }
}
