//! The operators' port: probes, metrics, version, log level.

mod port;

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    Body, Contract, Problem, Response,
    context::accepted,
    log::{self, Level},
    metrics::Metrics,
    probes::{Probe, Probes},
    service::{problem_answer, unknown_method},
};

pub(crate) use port::AdminPort;

/// How many connections of operators are served at once.
const MAX_CONNECTIONS: usize = 64;
/// How long a log filter may be, in bytes.
const MAX_FILTER: usize = 4096;

const PLAIN: &str = "text/plain; charset=utf-8";

/// What operators can ask.
pub(crate) struct Admin {
    pub(crate) contract: Contract,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) probes: Arc<Probes>,
    pub(crate) level: Option<Level>,
    #[cfg(feature = "docs-ui")]
    pub(crate) docs: Option<crate::docs::Desk>,
}

impl Admin {
    /// Serves until it is dropped.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        let room = Arc::new(tokio::sync::Semaphore::new(MAX_CONNECTIONS));
        loop {
            let Ok(permit) = room.clone().acquire_owned().await else {
                return;
            };
            let Ok((stream, remote)) = listener.accept().await else {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            };
            let admin = self.clone();
            tokio::spawn(async move {
                let answer = service_fn(|request| {
                    let admin = admin.clone();
                    async move { Ok::<_, Infallible>(admin.docs_or_answer(request, remote).await) }
                });
                let mut protocol = http1::Builder::new();
                protocol.timer(TokioTimer::new());
                // A connection that breaks is the caller's to notice.
                let _ = protocol
                    .serve_connection(TokioIo::new(stream), answer)
                    .await;
                drop(permit);
            });
        }
    }

    async fn docs_or_answer(
        &self,
        request: Request<Incoming>,
        remote: SocketAddr,
    ) -> http::Response<Body> {
        #[cfg(feature = "docs-ui")]
        let request = match &self.docs {
            None => request,
            Some(docs) => match docs.answer(request, remote).await {
                Ok(response) => return response,
                Err(request) => request,
            },
        };
        self.answer(request, remote).await.into_http()
    }

    async fn answer(&self, request: Request<Incoming>, remote: SocketAddr) -> Response {
        let path = request.uri().path().to_owned();
        let read = matches!(*request.method(), Method::GET | Method::HEAD);
        if let (Some(probe), true) = (Probe::at(&path), read) {
            let query = request.uri().query().unwrap_or_default();
            return self.probes.answer(probe, query, request.headers());
        }
        match (path.as_str(), read) {
            ("/metrics", true) => {
                let metrics = self.metrics.clone();
                metrics.answer(accepted(request.headers())).await
            }
            ("/version", true) => self.version(),
            ("/log-level", true) => self.level(),
            ("/log-level", false) if request.method() == Method::PUT => {
                match remote.ip().is_loopback() {
                    true => self.set_level(request).await,
                    false => problem_answer(&Problem::forbidden(
                        "the log level changes from loopback alone",
                    )),
                }
            }
            ("/log-level", false) => unknown_method(&[Method::GET, Method::HEAD, Method::PUT]),
            ("/livez" | "/startupz" | "/readyz" | "/metrics" | "/version", false) => {
                unknown_method(&[Method::GET, Method::HEAD])
            }
            _ => problem_answer(&Problem::not_found("the admin port has no such path")),
        }
    }

    fn version(&self) -> Response {
        let words = json!({
            "title": self.contract.title,
            "version": self.contract.version,
            "runtime": env!("CARGO_PKG_VERSION"),
        });
        Response::json(StatusCode::OK, "application/json", &words)
    }

    fn level(&self) -> Response {
        match self.level.as_ref().and_then(Level::now) {
            Some(filter) => Response::text(StatusCode::OK, PLAIN, format!("{filter}\n")),
            None => problem_answer(&Problem::not_found("this process logs in its own way")),
        }
    }

    async fn set_level(&self, request: Request<Incoming>) -> Response {
        let body = Limited::new(request.into_body(), MAX_FILTER)
            .collect()
            .await;
        let text = body
            .ok()
            .and_then(|body| String::from_utf8(body.to_bytes().to_vec()).ok());
        let Some(filter) = text.as_ref().and_then(|text| log::filter(text.trim()).ok()) else {
            let words = "the body must be a log filter, such as info or info,my_service=debug";
            return problem_answer(&Problem::new(StatusCode::BAD_REQUEST, words));
        };
        if let Some(level) = &self.level {
            // The subscriber lives as long as the process.
            let _ = level.set(filter);
        }
        self.level()
    }
}
