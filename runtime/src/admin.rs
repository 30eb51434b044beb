//! The operators' port: probes, metrics, version, log level.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    Body, Contract, Problem, Response,
    drain::Drain,
    log::{self, Level},
    metrics::Metrics,
    service::{problem_answer, unknown_method},
    trace::Tracing,
};

/// How many connections of operators are served at once.
const MAX_CONNECTIONS: usize = 64;
/// How long a log filter may be, in bytes.
const MAX_FILTER: usize = 4096;

const PLAIN: &str = "text/plain; charset=utf-8";
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What operators can ask.
pub(crate) struct Admin {
    pub(crate) contract: Contract,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tracing: Arc<Tracing>,
    pub(crate) drain: Arc<Drain>,
    pub(crate) started: AtomicBool,
    pub(crate) level: Option<Level>,
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
                    async move { Ok::<_, Infallible>(admin.answer(request, remote).await.into_http()) }
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

    async fn answer(&self, request: Request<Incoming>, remote: SocketAddr) -> Response {
        let path = request.uri().path().to_owned();
        let read = matches!(*request.method(), Method::GET | Method::HEAD);
        match (path.as_str(), read) {
            ("/livez", true) => Response::text(StatusCode::OK, PLAIN, "alive\n"),
            ("/startupz", true) => probe(self.started.load(Relaxed), "started\n", "starting\n"),
            ("/readyz", true) => match self.drain.is_leaving() {
                true => probe(false, "", "draining\n"),
                false => probe(self.started.load(Relaxed), "ready\n", "starting\n"),
            },
            ("/metrics", true) => {
                let text = self.metrics.text() + &self.tracing.text();
                Response::text(StatusCode::OK, PROMETHEUS, text)
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
        let now = self
            .level
            .as_ref()
            .and_then(|level| level.with_current(ToString::to_string).ok());
        match now {
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
            let _ = level.reload(filter);
        }
        self.level()
    }
}

fn probe(good: bool, yes: &'static str, no: &'static str) -> Response {
    match good {
        true => Response::bytes(StatusCode::OK, PLAIN, Body::from(yes.as_bytes())),
        false => Response::bytes(
            StatusCode::SERVICE_UNAVAILABLE,
            PLAIN,
            Body::from(no.as_bytes()),
        ),
    }
}
