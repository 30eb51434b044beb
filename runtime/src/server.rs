//! The API port: connections in, answers out, and a close that loses nothing.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use http::{HeaderValue, Request, Version, header};
use hyper::{
    body::{Body as _, Incoming},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::sleep,
};

use crate::{
    Body, Call, Failure, Problem, RequestContext, Response, accept,
    context::accepted,
    contract::violations,
    drain::{Drain, closing, last_connections, see_off},
    example::Examples,
    handler::{self, Current, Guarded, Panicked},
    metrics::{Conversation, InWork, Overheard},
    observe::{Observed, Telemetry},
    operation::Cause,
    probes::ApiProbes,
    routing::{Found, Router},
    service::{Application, Entry, Shared, unknown_method, unknown_path},
};

/// How long a connection may take to send a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The pause after an accept that failed, so that a lack of file descriptors does not become a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A service at work.
pub(crate) struct Server {
    pub(crate) application: Arc<dyn Application>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) router: Router,
    pub(crate) shared: Arc<Shared>,
    pub(crate) examples: Option<Examples>,
    pub(crate) telemetry: Arc<Telemetry>,
    /// Where the API port answers probes.
    pub(crate) probes: Option<ApiProbes>,
    pub(crate) drain: Arc<Drain>,
    pub(crate) builder: auto::Builder<TokioExecutor>,
    #[cfg(feature = "docs-ui")]
    pub(crate) docs: Option<Arc<crate::docs::Docs>>,
}

/// The way connections are spoken over.
pub(crate) fn protocol() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT);
    builder.http2().timer(TokioTimer::new());
    builder
}

impl Server {
    /// Takes connections until the drain closes the listener, and then those that were already made.
    pub(crate) async fn accept(self: Arc<Self>, listener: TcpListener, most: usize) {
        let room = Arc::new(Semaphore::new(most));
        {
            let closing = closing(&self.drain, &listener);
            tokio::pin!(closing);
            loop {
                let permit = tokio::select! {
                    () = &mut closing => break,
                    permit = room.clone().acquire_owned() => permit,
                };
                let Ok(permit) = permit else { break };
                tokio::select! {
                    () = &mut closing => break,
                    accepted = listener.accept() => self.clone().take(accepted, permit).await,
                }
            }
        }
        for accepted in last_connections(listener) {
            let permit = tokio::select! {
                permit = room.clone().acquire_owned() => permit,
                () = self.drain.cut() => break,
            };
            let Ok(permit) = permit else { break };
            self.clone().take(Ok(accepted), permit).await;
        }
    }

    async fn take(
        self: Arc<Self>,
        accepted: std::io::Result<(TcpStream, SocketAddr)>,
        permit: OwnedSemaphorePermit,
    ) {
        match accepted {
            Ok((stream, remote)) => {
                // A stream whose other end is gone already says so at its first read.
                let _ = stream.set_nodelay(true);
                tokio::spawn(self.connection(stream, remote, permit));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }

    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        remote: SocketAddr,
        permit: OwnedSemaphorePermit,
    ) {
        let metrics = &self.telemetry.metrics;
        let _open = Counting::new(&metrics.connections);
        let conversation = Arc::new(Conversation::default());
        let answer = service_fn(|request| {
            let (server, conversation) = (self.clone(), conversation.clone());
            let in_work = conversation.asked();
            let probed = self
                .probes
                .as_ref()
                .and_then(|probes| probes.answer(&request));
            let answer = match probed {
                Some(response) => Err(response),
                None => Ok(server.answer(request, remote, Some(in_work))),
            };
            async move {
                let response = match answer {
                    Ok(answer) => answer.await,
                    Err(response) => response,
                };
                if response.body().size_hint().exact().is_some() {
                    conversation.answered();
                }
                Ok::<_, Infallible>(response)
            }
        });
        let stream = TokioIo::new(Overheard::new(stream, conversation.clone()));
        let connection = self.builder.serve_connection(stream, answer);
        tokio::pin!(connection);
        let ended = see_off(connection.as_mut(), &self.drain, &conversation).await;
        metrics.connection_ended(&conversation, ended);
        drop(permit);
    }

    /// Begins at once, before it is asked for an answer: the caller may be gone by then, and is counted all the same.
    pub(crate) fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        remote: SocketAddr,
        in_work: Option<InWork>,
    ) -> impl Future<Output = http::Response<Body>> + Send {
        let version = request.version();
        let (parts, incoming) = request.into_parts();
        let ids = self.telemetry.tracing.begin(&parts.headers);
        let mut observed = Observed::begin(&self.telemetry, &parts.method, ids.clone());
        observed.peer = Some(remote);
        observed.connection = in_work;
        observed.span = self.telemetry.tracing.serving(&ids, &parts, remote);
        if !incoming.is_end_stream() {
            observed.intake = Some(Arc::default());
        }
        let found = self.router.find(&parts.method, parts.uri.path());
        let operation = match &found {
            Found::Operation(index, _) => Some(*index),
            Found::OtherMethods(_) | Found::Nothing => None,
        };
        observed.reach(operation);
        async move {
            let response = match found {
                Found::Nothing => self.no_operation(&parts).await,
                Found::OtherMethods(methods) => unknown_method(&methods),
                Found::Operation(index, captures) => {
                    let entry = &self.entries[index];
                    let context = RequestContext {
                        operation: entry.id,
                        template: entry.path,
                        captures,
                        path: OnceLock::new(),
                        parts,
                        ids,
                        remote,
                        examples: self.examples.is_some(),
                        drain: self.drain.clone(),
                    };
                    let call = Call {
                        context,
                        incoming: Some(incoming),
                        intake: observed.intake.clone(),
                        received: bytes::Bytes::new(),
                        content: None,
                        form: None,
                        body: entry.body,
                        shared: self.shared.clone(),
                    };
                    self.operated(index, call, &mut observed).await
                }
            };
            self.sent(response, observed, version)
        }
    }

    async fn operated(&self, index: usize, call: Call, observed: &mut Observed) -> Response {
        let chosen = match self.entries[index].others.is_empty() {
            true => Ok((index, call)),
            false => self.fitting(index, call).await,
        };
        match chosen {
            Ok((chosen, call)) => {
                if chosen != index {
                    observed.reach(Some(chosen));
                }
                self.handled(chosen, call, observed.started).await
            }
            Err(failure) => self.application.explain(index, *failure.0),
        }
    }

    fn sent(
        &self,
        response: Response,
        mut observed: Observed,
        version: Version,
    ) -> http::Response<Body> {
        observed.status = Some(response.status);
        observed.due = response.body.size_hint().exact().or_else(|| {
            let said = response.headers.get(header::CONTENT_LENGTH)?;
            said.to_str().ok()?.parse().ok()
        });
        let mut response = response.into_http().map(|body| body.observed(observed));
        if version < Version::HTTP_2 && self.drain.is_leaving() {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        response
    }

    /// The answer to a path that no operation has.
    async fn no_operation(&self, _parts: &http::request::Parts) -> Response {
        #[cfg(feature = "docs-ui")]
        if let Some(docs) = &self.docs
            && let Some(response) = docs.answer(_parts).await
        {
            return response;
        }
        unknown_path()
    }

    /// The first of several operations on a path that a request fits, or the last of them.
    async fn fitting(&self, first: usize, mut call: Call) -> Result<(usize, Call), Failure> {
        call.take_in().await?;
        let mut last = first;
        for index in std::iter::once(first).chain(self.entries[first].others.iter().copied()) {
            let entry = &self.entries[index];
            call.context.operation = entry.id;
            call.context.template = entry.path;
            call.body = entry.body;
            last = index;
            let named = entry
                .overload
                .is_none_or(|one| holds(call.context.uri(), one));
            if named && call.receive().await.is_ok() && violations(&call).is_empty() {
                break;
            }
        }
        Ok((last, call))
    }

    async fn handled(&self, index: usize, call: Call, started: Instant) -> Response {
        let entry = &self.entries[index];
        let headers = &call.context.parts.headers;
        if headers.contains_key(header::ACCEPT) {
            let offers = entry.offers(call.shared.schemas);
            if !offers.is_empty() && accept::negotiate(accepted(headers), offers).is_none() {
                let cause = Cause::NotAcceptable(offers.to_vec());
                return self.application.explain(index, cause);
            }
        }
        let current = Current {
            ids: call.context.ids.clone(),
            operation: entry.id,
            tracing: self.telemetry.tracing.clone(),
        };
        let likes = self
            .examples
            .as_ref()
            .map(|_| accepted(headers).map(str::to_owned).collect());
        let mut handler = Guarded {
            answering: self.application.call(index, call),
            current: Some(current),
        };
        let outcome = (&mut handler).await;
        let _entered = handler.current.take().map(handler::enter);
        let cause = match outcome {
            Ok(Ok(response)) => match response.broken {
                None => return response,
                Some(reason) => {
                    tracing::error!(reason, "an answer could not be written");
                    Cause::Internal
                }
            },
            Ok(Err(failure)) => *failure.0,
            Err(Panicked) => Cause::Internal,
        };
        if let Cause::Handler(problem) = &cause {
            let likes: Vec<String> = likes.unwrap_or_default();
            if problem.is_unwritten()
                && let Some(example) = self
                    .examples
                    .as_ref()
                    .and_then(|all| all.answer(entry.id, &likes))
            {
                return example;
            }
            log_failure(problem, started);
        }
        self.application.explain(index, cause.of_request())
    }
}

/// Whether a request's query holds every pair that a path of the document has behind it; words that are no pairs only
/// name the operation.
fn holds(uri: &http::Uri, behind: &str) -> bool {
    let query = uri.query().unwrap_or_default();
    let mut pairs = behind.split('&').filter(|pair| pair.contains('='));
    pairs.all(|pair| query.split('&').any(|one| one == pair))
}

fn log_failure(problem: &Problem, started: Instant) {
    let status = problem.status.as_u16();
    if problem.status.is_server_error() {
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
        tracing::error!(
            status,
            milliseconds,
            detail = problem.detail,
            "a request failed"
        );
    }
}

/// Holds a gauge up while it lives, also when the caller goes away.
struct Counting<'m>(&'m AtomicI64);

impl<'m> Counting<'m> {
    fn new(gauge: &'m AtomicI64) -> Self {
        gauge.fetch_add(1, Relaxed);
        Counting(gauge)
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}
