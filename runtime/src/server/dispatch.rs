//! One request: to its operation and back.

use std::{
    convert::Infallible,
    future::poll_fn,
    pin::{Pin, pin},
    sync::{Arc, OnceLock},
    task::Poll,
    time::Instant,
};

use http::{HeaderValue, Method, Request, Version, header, request::Parts};
use hyper::body::{Body as _, Incoming};
use sync_wrapper::SyncWrapper;
use tokio::time::timeout_at;

use super::{Asked, Connection, Server};
use crate::{
    Body, Call, Failure, Problem, RequestContext, Response, accept,
    body::Received,
    context::accepted,
    contract::violations,
    deadline,
    handler::{self, Current, Guarded, Panicked},
    layers::{Arrived, Reached, Route},
    limits::Place,
    observe::Observed,
    operation::Cause,
    routing::Found,
    service::{Entry, unknown_method, unknown_path},
};

/// What is to be done for a request. Everything that is large stands on the heap: this moves from stage to stage, and an
/// HTTP/2 connection keeps one for each request in work.
pub(crate) enum Work {
    /// An operation by its index, and when the request has come.
    Operation(usize, Box<Call>, Instant),
    /// The path has these methods and not the request's.
    OtherMethods(Vec<Method>),
    /// No operation has the path.
    Elsewhere(Box<(Parts, Body)>),
}

/// The way to an answer, and to the operation that gave it.
enum Way {
    Straight(Work),
    /// Through layers.
    Around(Pin<Box<dyn Future<Output = (Response, Option<usize>)> + Send>>),
}

impl Connection {
    /// Begins at once, before it is asked for an answer: the caller may be gone by then, and is counted all the same.
    pub(crate) fn answer(
        self: &Arc<Self>,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<http::Response<Body>, Infallible>> + Send + use<> {
        let server = &*self.server;
        let version = request.version();
        let (mut parts, incoming) = request.into_parts();
        let ids = server.telemetry.tracing.begin(&parts.headers);
        let request_id = server.layers.request_id(&mut parts.headers);
        let remote = self.peer.address;
        let client = server.proxies.client(remote, &parts.headers);
        let asked = Asked::on(self, version);
        let mut observed = Observed::begin(asked, &parts.method, ids.clone());
        observed.client = Some(client).filter(|client| *client != remote.ip());
        observed.request_id = request_id;
        let tracing = &server.telemetry.tracing;
        observed.span = tracing.serving(&ids, &parts, remote, client);
        if !incoming.is_end_stream() {
            observed.intake = Some(Arc::default());
        }
        let found = server.router.find(&parts.method, parts.uri.path());
        observed.reach(found.operation());
        let arrived = Arrived {
            ids,
            connection: self.clone(),
            client,
            started: observed.started,
        };
        let patience = server.limits.body_timeout;
        let received = Received::noted(incoming, observed.intake.clone(), patience);
        let body = Body::received(received);
        let way = match server.around.get() {
            None => Way::Straight(server.work(found, parts, body, arrived)),
            Some(route) => {
                let request = Request::from_parts(parts, body);
                Way::Around(Box::pin(through(route.clone(), request, arrived)))
            }
        };
        async move {
            let mut reached = None;
            let response = match way {
                Way::Straight(work) => {
                    let server = &observed.connection().server;
                    server.done(work, &mut reached).await
                }
                Way::Around(answering) => {
                    let (response, operation) = answering.await;
                    reached = operation;
                    response
                }
            };
            if reached != observed.operation {
                observed.reach(reached);
            }
            Ok(sent(response, observed, version))
        }
    }
}

impl Server {
    /// What is to be done for a request.
    pub(crate) fn work(&self, found: Found, parts: Parts, body: Body, arrived: Arrived) -> Work {
        let (index, captures) = match found {
            Found::Nothing => return Work::Elsewhere(Box::new((parts, body))),
            Found::OtherMethods(methods) => return Work::OtherMethods(methods),
            Found::Operation(index, captures) => (index, captures),
        };
        let entry = &self.entries[index];
        let call = Call {
            context: RequestContext {
                deadline: deadline::asked(&parts.headers, arrived.started),
                operation: entry.id,
                template: entry.path,
                captures,
                path: OnceLock::new(),
                parts,
                ids: arrived.ids,
                connection: arrived.connection,
                client: arrived.client,
            },
            incoming: SyncWrapper::new(Some(body)),
            received: bytes::Bytes::new(),
            content: None,
            form: None,
            body: entry.body,
            max_body: self.max_body(entry),
            schemas: self.schemas,
        };
        Work::Operation(index, Box::new(call), arrived.started)
    }

    /// The answer to a request; tells the operation that it was for in the end.
    pub(crate) async fn done(&self, work: Work, reached: &mut Option<usize>) -> Response {
        let (index, mut call, started) = match work {
            Work::Operation(index, call, started) => (index, call, started),
            Work::OtherMethods(methods) => return unknown_method(&methods),
            Work::Elsewhere(request) => {
                let (parts, body) = *request;
                return Box::pin(self.no_operation(parts, body)).await;
            }
        };
        *reached = Some(index);
        let _admitted = match self.admitted(index, &call) {
            Ok(admitted) => admitted,
            Err(cause) => return self.application.explain(index, cause),
        };
        let until = self.until(index, &mut call, started);
        let mut operated = pin!(self.operated(index, reached, call, started));
        // Most answers are there at once: no timer is set up for them.
        match poll_fn(|cx| Poll::Ready(operated.as_mut().poll(cx))).await {
            Poll::Ready(response) => return response,
            Poll::Pending => {}
        }
        let Some(until) = until else {
            return operated.await;
        };
        let in_time = Box::pin(timeout_at(until.into(), operated)).await;
        in_time.unwrap_or_else(|_| self.application.explain(index, Cause::TimedOut))
    }

    /// How much of a body of an operation is taken in whole at most, in bytes.
    fn max_body(&self, entry: &Entry) -> usize {
        entry.limits.max_body.unwrap_or(self.limits.max_body)
    }

    /// Lets a request in where its caller does not ask too often and there is room for it.
    fn admitted(&self, index: usize, call: &Call) -> Result<(Place<'_>, Option<Place<'_>>), Cause> {
        let client = call.context.client;
        if let Some(Err(wait)) = self.rate.as_ref().map(|rate| rate.ask(client)) {
            return Err(Cause::TooOften(wait));
        }
        let place = self.room.enter().ok_or(Cause::Busy)?;
        let own = self.entries[index].room.as_ref();
        let own = own.map(|room| room.enter().ok_or(Cause::Busy));
        Ok((place, own.transpose()?))
    }

    /// By when there must be an answer.
    fn until(&self, index: usize, call: &mut Call, started: Instant) -> Option<Instant> {
        let entry = &self.entries[index];
        let usual = self.limits.request_timeout.filter(|_| !entry.streams);
        let own = started + entry.limits.timeout.or(usual)?;
        // Whoever asks may stop waiting earlier; never later.
        let until = call.context.deadline.map_or(own, |asked| asked.min(own));
        call.context.deadline = Some(until);
        Some(until)
    }

    /// The answer of an operation, or of one of the others on its path.
    async fn operated(
        &self,
        mut index: usize,
        reached: &mut Option<usize>,
        mut call: Box<Call>,
        started: Instant,
    ) -> Response {
        if !self.entries[index].others.is_empty() {
            match Box::pin(self.fitting(index, call)).await {
                Ok((chosen, fitting)) => (index, call) = (chosen, fitting),
                Err(failure) => return self.application.explain(index, *failure.0),
            }
            *reached = Some(index);
        }
        if let Some(cause) = self.unacceptable(index, &call) {
            return self.application.explain(index, cause);
        }
        let entry = &self.entries[index];
        let current = Current {
            deadline: call.context.deadline,
            ids: call.context.ids.clone(),
            operation: entry.id,
            tracing: self.telemetry.tracing.clone(),
        };
        let headers = &call.context.parts.headers;
        let examples = self.examples.as_ref();
        let likes = examples.map(|_| accepted(headers).map(str::to_owned).collect());
        let mut handler = Guarded {
            answering: self.application.call(index, call),
            current: Some(current),
        };
        match (&mut handler).await {
            Ok(Ok(response)) if response.broken.is_none() => response,
            outcome => {
                let _entered = handler.current.take().map(handler::enter);
                self.failed(index, outcome, likes.unwrap_or_default(), started)
            }
        }
    }

    /// Why no answer of an operation would be taken by who asks.
    fn unacceptable(&self, index: usize, call: &Call) -> Option<Cause> {
        let headers = &call.context.parts.headers;
        if !headers.contains_key(header::ACCEPT) {
            return None;
        }
        let offers = self.entries[index].offers(call.schemas);
        let fits = offers.is_empty() || accept::negotiate(accepted(headers), offers).is_some();
        (!fits).then(|| Cause::NotAcceptable(offers.to_vec()))
    }

    /// The answer where a handler has none.
    fn failed(
        &self,
        index: usize,
        outcome: Result<Result<Response, Failure>, Panicked>,
        likes: Vec<String>,
        started: Instant,
    ) -> Response {
        let cause = match outcome {
            Ok(Ok(response)) => {
                let reason = response.broken;
                tracing::error!(reason, "an answer could not be written");
                Cause::Internal
            }
            Ok(Err(failure)) => *failure.0,
            Err(Panicked) => Cause::Internal,
        };
        if let Cause::Handler(problem) = &cause {
            let examples = self.examples.as_ref().filter(|_| problem.is_unwritten());
            let id = self.entries[index].id;
            if let Some(example) = examples.and_then(|all| all.answer(id, &likes)) {
                return example;
            }
            log_failure(problem, started);
        }
        self.application.explain(index, cause.of_request())
    }

    /// The answer to a path that no operation has.
    async fn no_operation(&self, parts: Parts, body: Body) -> Response {
        #[cfg(feature = "docs-ui")]
        if let Some(docs) = &self.docs
            && let Some(response) = docs.answer(&parts).await
        {
            return response;
        }
        match &self.fallback {
            None => unknown_path(),
            Some(route) => {
                Response::from_http(route.answer(Request::from_parts(parts, body)).await)
            }
        }
    }

    /// The first of several operations on a path that a request fits, or the last of them.
    async fn fitting(
        &self,
        first: usize,
        mut call: Box<Call>,
    ) -> Result<(usize, Box<Call>), Failure> {
        call.take_in().await?;
        let mut last = first;
        for index in std::iter::once(first).chain(self.entries[first].others.iter().copied()) {
            let entry = &self.entries[index];
            call.context.operation = entry.id;
            call.context.template = entry.path;
            call.body = entry.body;
            call.max_body = self.max_body(entry);
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
}

/// The answer as it goes out.
fn sent(response: Response, mut observed: Observed, version: Version) -> http::Response<Body> {
    observed.status = Some(response.status);
    observed.due = response.body.size_hint().exact().or_else(|| {
        let said = response.headers.get(header::CONTENT_LENGTH)?;
        said.to_str().ok()?.parse().ok()
    });
    let mut response = response.into_http();
    let server = &observed.connection().server;
    let headers = response.headers_mut();
    server
        .layers
        .complete(headers, observed.request_id.as_ref());
    if version < Version::HTTP_2 && server.drain.is_leaving() {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response.map(|body| body.observed(observed))
}

/// The answer of what stands around all operations.
async fn through(
    route: Route,
    mut request: Request<Body>,
    arrived: Arrived,
) -> (Response, Option<usize>) {
    request.extensions_mut().insert(arrived);
    let mut response = route.answer(request).await;
    let reached = response.extensions_mut().remove::<Reached>();
    let reached = reached.and_then(|Reached(operation)| operation);
    (Response::from_http(response), reached)
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
