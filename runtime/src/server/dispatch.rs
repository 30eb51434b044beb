//! One request: to its operation and back.

use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};

use http::{HeaderValue, Request, Version, header, request::Parts};
use hyper::body::{Body as _, Incoming};
use sync_wrapper::SyncWrapper;
use tokio::time::timeout_at;

use super::{Asked, Peer, Server};
use crate::{
    Body, Call, Failure, Problem, RequestContext, Response, accept,
    body::Received,
    context::accepted,
    contract::violations,
    deadline,
    handler::{self, Current, Guarded, Panicked},
    layers::{Arrived, Reached, Route},
    limits::Room,
    observe::Observed,
    operation::Cause,
    routing::Found,
    service::{Entry, unknown_method, unknown_path},
};

impl Server {
    /// Begins at once, before it is asked for an answer: the caller may be gone by then, and is counted all the same.
    pub(crate) fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: Peer,
        asked: Option<Asked>,
    ) -> impl Future<Output = http::Response<Body>> + Send {
        let version = request.version();
        let (mut parts, incoming) = request.into_parts();
        let ids = self.telemetry.tracing.begin(&parts.headers);
        let request_id = self.layers.request_id(&mut parts.headers);
        let mut observed = Observed::begin(&self.telemetry, &parts.method, ids.clone());
        let remote = peer.address;
        let client = self.proxies.client(remote, &parts.headers);
        observed.peer = Some(remote);
        observed.client = Some(client).filter(|client| *client != remote.ip());
        observed.asked = asked;
        observed.request_id = request_id;
        observed.span = self.telemetry.tracing.serving(&ids, &parts, remote, client);
        if !incoming.is_end_stream() {
            observed.intake = Some(Arc::default());
        }
        let found = self.router.find(&parts.method, parts.uri.path());
        observed.reach(found.operation());
        let arrived = Arrived {
            ids,
            peer,
            client,
            started: observed.started,
        };
        let patience = self.limits.body_timeout;
        let received = Received::noted(incoming, observed.intake.clone(), patience);
        let body = Body::received(received);
        async move {
            let (response, reached) = match self.around.get() {
                None => self.found(found, parts, body, arrived).await,
                Some(route) => through(route, Request::from_parts(parts, body), arrived).await,
            };
            if reached != observed.operation {
                observed.reach(reached);
            }
            self.sent(response, observed, version)
        }
    }

    /// The answer to a request, and the operation that it was for in the end.
    pub(crate) async fn found(
        &self,
        found: Found,
        parts: Parts,
        body: Body,
        arrived: Arrived,
    ) -> (Response, Option<usize>) {
        let (index, captures) = match found {
            Found::Nothing => return (self.no_operation(parts, body).await, None),
            Found::OtherMethods(methods) => return (unknown_method(&methods), None),
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
                proxied: self.proxies.trust(arrived.peer.address.ip()),
                peer: arrived.peer,
                client: arrived.client,
                examples: self.examples.is_some(),
                drain: self.drain.clone(),
            },
            incoming: SyncWrapper::new(Some(body)),
            received: bytes::Bytes::new(),
            content: None,
            form: None,
            body: entry.body,
            max_body: self.max_body(entry),
            schemas: self.schemas,
        };
        let mut reached = index;
        let response = self.admitted(&mut reached, call, arrived.started).await;
        (response, Some(reached))
    }

    /// How much of a body of an operation is taken in whole at most, in bytes.
    fn max_body(&self, entry: &Entry) -> usize {
        entry.limits.max_body.unwrap_or(self.limits.max_body)
    }

    /// Lets a request in where its caller does not ask too often and there is room for it, and gives it its time.
    async fn admitted(&self, reached: &mut usize, mut call: Call, started: Instant) -> Response {
        let index = *reached;
        let client = call.context.client;
        if let Some(Err(wait)) = self.rate.as_ref().map(|rate| rate.ask(client)) {
            return self.application.explain(index, Cause::TooOften(wait));
        }
        let entry = &self.entries[index];
        let Some(_place) = self.room.enter() else {
            return self.application.explain(index, Cause::Busy);
        };
        let own = entry.room.as_ref().map(Room::enter);
        if let Some(None) = own {
            return self.application.explain(index, Cause::Busy);
        }
        let usual = self.limits.request_timeout.filter(|_| !entry.streams);
        let Some(limit) = entry.limits.timeout.or(usual) else {
            return self.operated(reached, call, started).await;
        };
        let own = started + limit;
        // Whoever asks may stop waiting earlier; never later.
        let until = call.context.deadline.map_or(own, |asked| asked.min(own));
        call.context.deadline = Some(until);
        match timeout_at(until.into(), self.operated(reached, call, started)).await {
            Ok(response) => response,
            Err(_) => self.application.explain(index, Cause::TimedOut),
        }
    }

    async fn operated(&self, reached: &mut usize, call: Call, started: Instant) -> Response {
        let first = *reached;
        let chosen = match self.entries[first].others.is_empty() {
            true => Ok((first, call)),
            false => self.fitting(first, call).await,
        };
        match chosen {
            Ok((chosen, call)) => {
                *reached = chosen;
                self.handled(chosen, call, started).await
            }
            Err(failure) => self.application.explain(first, *failure.0),
        }
    }

    fn sent(
        &self,
        response: Response,
        mut observed: Observed,
        version: Version,
    ) -> http::Response<Body> {
        observed.status = Some(response.status);
        let request_id = observed.request_id.clone();
        observed.due = response.body.size_hint().exact().or_else(|| {
            let said = response.headers.get(header::CONTENT_LENGTH)?;
            said.to_str().ok()?.parse().ok()
        });
        let mut response = response.into_http().map(|body| body.observed(observed));
        self.layers.complete(response.headers_mut(), request_id);
        if version < Version::HTTP_2 && self.drain.is_leaving() {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        response
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
    async fn fitting(&self, first: usize, mut call: Call) -> Result<(usize, Call), Failure> {
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

    async fn handled(&self, index: usize, call: Call, started: Instant) -> Response {
        let entry = &self.entries[index];
        let headers = &call.context.parts.headers;
        if headers.contains_key(header::ACCEPT) {
            let offers = entry.offers(call.schemas);
            if !offers.is_empty() && accept::negotiate(accepted(headers), offers).is_none() {
                let cause = Cause::NotAcceptable(offers.to_vec());
                return self.application.explain(index, cause);
            }
        }
        let current = Current {
            deadline: call.context.deadline,
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

/// The answer of what stands around all operations.
async fn through(
    route: &Route,
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
