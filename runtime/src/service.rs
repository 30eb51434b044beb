//! A document's operations over the handlers of one application.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use http::{HeaderValue, Method, StatusCode, header};

use crate::{
    Call, Contract, ErrorAnswer, Operation, Problem, RequestBody, Response, Schemas,
    example::Examples,
    handler,
    metrics::Counted,
    operation::{Answering, Cause, Declared},
    routing::Router,
};

/// What a request is held against, the same for all of a service.
pub(crate) struct Shared {
    pub(crate) max_body: usize,
    pub(crate) schemas: &'static Schemas,
    /// The path template of each operation.
    pub(crate) templates: HashMap<&'static str, &'static str>,
}

/// What the dispatch must know of one operation.
pub(crate) struct Entry {
    pub(crate) id: &'static str,
    pub(crate) body: Option<RequestBody>,
}

/// Work to be done before the process ends.
pub(crate) struct StopHook {
    pub(crate) name: &'static str,
    pub(crate) deadline: Duration,
    pub(crate) work: Box<dyn FnOnce() -> StopWork + Send>,
}

pub(crate) type StopWork =
    Pin<Box<dyn Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>> + Send>>;

/// A document's operations over the handlers of one application, ready to [`run`](crate::run()).
pub struct Service {
    pub(crate) application: Arc<dyn Application>,
    pub(crate) contract: Contract,
    pub(crate) entries: Vec<Entry>,
    pub(crate) counted: Vec<Counted>,
    pub(crate) router: Router,
    pub(crate) hooks: Vec<StopHook>,
}

impl Service {
    /// Puts a table of operations over an application.
    pub fn new<A: Send + Sync + 'static>(
        application: A,
        operations: &'static [Operation<A>],
        contract: Contract,
    ) -> Self {
        let mut router = Router::default();
        for (index, operation) in operations.iter().enumerate() {
            router.add(operation.method.clone(), operation.path, index);
        }
        Service {
            application: Arc::new(Typed {
                application: Arc::new(application),
                operations,
            }),
            contract,
            entries: operations
                .iter()
                .map(|one| Entry {
                    id: one.id,
                    body: one.body,
                })
                .collect(),
            counted: operations.iter().map(counted).collect(),
            router,
            hooks: Vec::new(),
        }
    }

    /// Adds work to be done when every request is answered, the last added first; it has until its deadline.
    #[must_use]
    pub fn on_stop<F, W>(mut self, name: &'static str, deadline: Duration, work: F) -> Self
    where
        F: FnOnce() -> W + Send + 'static,
        W: Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        self.hooks.push(StopHook {
            name,
            deadline,
            work: Box::new(move || Box::pin(work())),
        });
        self
    }

    pub(crate) fn shared(&self, max_body: usize) -> Shared {
        let templates = self.counted.iter().map(|one| (one.id, one.route));
        Shared {
            max_body,
            schemas: self.contract.schemas,
            templates: templates.collect(),
        }
    }

    pub(crate) fn examples(&self, on: bool) -> Option<Examples> {
        on.then(|| Examples::read(self.contract.examples))
    }
}

fn counted<A>(operation: &Operation<A>) -> Counted {
    Counted {
        id: operation.id,
        method: operation.method.to_string(),
        route: operation.path,
        statuses: operation.statuses,
    }
}

/// An application, whatever its type.
pub(crate) trait Application: Send + Sync {
    fn call(&self, operation: usize, call: Call) -> Answering;
    fn explain(&self, operation: usize, cause: Cause) -> Response;
}

struct Typed<A: 'static> {
    application: Arc<A>,
    operations: &'static [Operation<A>],
}

impl<A: Send + Sync + 'static> Application for Typed<A> {
    fn call(&self, operation: usize, call: Call) -> Answering {
        (self.operations[operation].handler)(self.application.clone(), call)
    }

    fn explain(&self, operation: usize, cause: Cause) -> Response {
        let errors = self.operations[operation].errors;
        let challenges = match &cause {
            Cause::Unauthorized(refusal) => refusal.challenges,
            _ => &[],
        };
        let (status, answer) = choose(errors, &cause);
        let problem = problem(status, cause);
        let told = || tell(&*self.application, answer, &problem);
        // The mapping may be the user's own.
        let mut response = catch_unwind(AssertUnwindSafe(told)).unwrap_or_else(|panic| {
            tracing::error!(
                panic = handler::words(&*panic),
                "the mapping of an error panicked"
            );
            problem_answer(&problem)
        });
        for challenge in challenges {
            response.headers.append(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static(challenge),
            );
        }
        response
    }
}

/// The most fitting of the declared answers, and the status under which it goes out.
fn choose<A>(
    errors: &'static [ErrorAnswer<A>],
    cause: &Cause,
) -> (u16, Option<&'static ErrorAnswer<A>>) {
    let own;
    let (first, natural, last): (&[u16], u16, &[u16]) = match cause {
        Cause::Handler(problem) => {
            own = [problem.status.as_u16()];
            (&own, own[0], &[])
        }
        Cause::Invalid(_) | Cause::Unread => (&[422, 400], 400, &[]),
        Cause::MediaType(_) => (&[415], 415, &[400, 422]),
        Cause::TooLarge(_) => (&[413], 413, &[400, 422]),
        Cause::Unauthorized(_) => (&[401], 401, &[403]),
        Cause::Internal => (&[500], 500, &[]),
    };
    let declared = |status: Declared| errors.iter().find(|answer| answer.status == status);
    let exact = |statuses: &[u16]| {
        let mut found = statuses
            .iter()
            .map(|one| (*one, declared(Declared::Exact(*one))));
        found.find(|(_, answer)| answer.is_some())
    };
    #[expect(clippy::cast_possible_truncation, reason = "a status has three digits")]
    let class = (natural / 100) as u8;
    let wide = declared(Declared::Range(class)).or_else(|| declared(Declared::Default));
    exact(first)
        .or_else(|| wide.map(|answer| (natural, Some(answer))))
        .or_else(|| exact(last))
        .unwrap_or((natural, None))
}

fn problem(status: u16, cause: Cause) -> Problem {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match cause {
        Cause::Handler(problem) => problem,
        Cause::Invalid(errors) => {
            let words = errors.first().map(ToString::to_string).unwrap_or_default();
            let detail = match errors.len() {
                1 => format!("the request breaks the contract: {words}"),
                count => {
                    format!("the request breaks the contract in {count} places, first: {words}")
                }
            };
            let mut problem = Problem::new(status, detail);
            problem.errors = errors;
            problem
        }
        Cause::MediaType(declared) => Problem::new(
            status,
            format!("the body's media type must be {}", declared.join(" or ")),
        ),
        Cause::TooLarge(most) => {
            Problem::new(status, format!("the body is larger than {most} bytes"))
        }
        Cause::Unauthorized(refusal) => Problem::new(status, refusal.detail),
        Cause::Unread => Problem::new(status, "the body ended too early"),
        Cause::Internal => Problem::new(status, "the service failed; the cause is in its log"),
    }
}

fn tell<A>(application: &A, answer: Option<&ErrorAnswer<A>>, problem: &Problem) -> Response {
    let Some(answer) = answer else {
        return problem_answer(problem);
    };
    match answer.body {
        Some(body) => {
            let body = body(application, problem);
            Response::bytes(problem.status, answer.media_type, body.into())
        }
        None => Response::empty(problem.status),
    }
}

/// An answer as RFC 9457 has it.
pub(crate) fn problem_answer(problem: &Problem) -> Response {
    Response::json(problem.status, "application/problem+json", problem)
}

/// The answer to a path that no template fits.
pub(crate) fn unknown_path() -> Response {
    problem_answer(&Problem::not_found("no operation has this path"))
}

/// The answer to a method that a path does not have.
pub(crate) fn unknown_method(allowed: &[Method]) -> Response {
    let words: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    let words = words.join(", ");
    let detail = format!("this path has no such method; it has {words}");
    let response = problem_answer(&Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail));
    response.with_header("allow", &words)
}
