//! One request: to its operation and back.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock, atomic::Ordering::Relaxed},
    time::Instant,
};

use http::{HeaderValue, Request, Version, header};
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout_at;

use super::{Asked, Server};
use crate::{
    Body, Call, Failure, Problem, RequestContext, Response, accept,
    context::accepted,
    contract::violations,
    handler::{self, Current, Guarded, Panicked},
    observe::Observed,
    operation::Cause,
    routing::Found,
    service::{unknown_method, unknown_path},
};

impl Server {
    /// Begins at once, before it is asked for an answer: the caller may be gone by then, and is counted all the same.
    pub(crate) fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        remote: SocketAddr,
        asked: Option<Asked>,
    ) -> impl Future<Output = http::Response<Body>> + Send {
        let version = request.version();
        let (parts, incoming) = request.into_parts();
        let ids = self.telemetry.tracing.begin(&parts.headers);
        let mut observed = Observed::begin(&self.telemetry, &parts.method, ids.clone());
        observed.peer = Some(remote);
        observed.asked = asked;
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
                        deadline: crate::deadline::asked(&parts.headers, observed.started),
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
                    self.admitted(index, call, &mut observed).await
                }
            };
            self.sent(response, observed, version)
        }
    }

    /// Lets a request in where its caller does not ask too often and there is room for it, and gives it its time.
    async fn admitted(&self, index: usize, mut call: Call, observed: &mut Observed) -> Response {
        let client = call.context.remote.ip();
        if let Some(Err(wait)) = self.rate.as_ref().map(|rate| rate.ask(client)) {
            return self.application.explain(index, Cause::TooOften(wait));
        }
        let Some(_place) = self.room.enter() else {
            return self.application.explain(index, Cause::Busy);
        };
        let limit = self.limits.request_timeout;
        let Some(limit) = limit.filter(|_| !self.entries[index].streams) else {
            return self.operated(index, call, observed).await;
        };
        let until = observed.started + limit;
        let asked = call.context.deadline;
        call.context.deadline = Some(asked.map_or(until, |asked| asked.min(until)));
        match timeout_at(until.into(), self.operated(index, call, observed)).await {
            Ok(response) => response,
            Err(_) => self.application.explain(index, Cause::TimedOut),
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
        if self.drain.is_leaving() {
            self.drain.served_while_leaving.fetch_add(1, Relaxed);
            if version < Version::HTTP_2 {
                response
                    .headers_mut()
                    .insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
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
