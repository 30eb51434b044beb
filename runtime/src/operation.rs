//! What a document declares, as a table that generated code fills.

use std::{pin::Pin, sync::Arc, time::Duration};

use crate::{Call, ContentKind, Problem, Response, Schemas, Unauthorized, Violation};

/// A handler at work.
pub type Answering = Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send>>;

/// One operation.
pub struct Operation<A: 'static> {
    /// `operationId`.
    pub id: &'static str,
    /// The method.
    pub method: &'static str,
    /// The path template. What stands behind a `#` names one of several operations on a path: each request goes to the
    /// first that it fits, and where it fits none to the last.
    pub path: &'static str,
    /// What a request carries.
    pub body: Option<RequestBody>,
    /// Every exact status that is declared.
    pub statuses: &'static [u16],
    /// The declared answers for errors.
    pub errors: &'static [ErrorAnswer<A>],
    /// Reads the request, calls the handler, writes the answer.
    pub handler: fn(Arc<A>, Box<Call>) -> Answering,
}

/// What a request carries.
#[derive(Debug, Clone, Copy)]
pub struct RequestBody {
    /// Whether it must be there.
    pub required: bool,
    /// The media types it may have, each with how its bytes become values.
    pub contents: &'static [(&'static str, ContentKind)],
}

impl RequestBody {
    /// Whether it is read while the handler runs.
    pub(crate) fn is_streamed(self) -> bool {
        self.contents.iter().any(|(_, kind)| kind.is_streamed())
    }
}

/// Which statuses a declared answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    /// One.
    Exact(u16),
    /// A hundred: `4` for `4XX`.
    Range(u8),
    /// All that are not declared.
    Default,
}

/// A declared answer for errors.
pub struct ErrorAnswer<A> {
    /// Its statuses.
    pub status: Declared,
    /// Its media type.
    pub media_type: &'static str,
    /// Its body; none where the document declares none.
    pub body: Option<fn(&A, &Problem) -> Vec<u8>>,
}

impl<A> Clone for ErrorAnswer<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for ErrorAnswer<A> {}

/// The document's own words, its schemas and an example answer for each operation.
#[derive(Clone, Copy)]
pub struct Contract {
    /// `info.title`.
    pub title: &'static str,
    /// `info.version`.
    pub version: &'static str,
    /// `contract.json`.
    pub schemas: &'static Schemas,
    /// `examples.json`.
    pub examples: &'static str,
    /// The paths of the document's servers, under which requests are answered as well.
    pub base_paths: &'static [&'static str],
    /// `openapi.json`, for the page of the feature `docs-ui`: one JSON object without servers. None where the page has
    /// nothing to show.
    pub document: Option<&'static str>,
}

/// Why an operation gave no answer.
#[derive(Debug)]
pub struct Failure(pub(crate) Box<Cause>);

#[derive(Debug)]
pub(crate) enum Cause {
    /// The handler's own problem.
    Handler(Problem),
    /// The request breaks the document.
    Invalid(Vec<Violation>),
    /// The body's media type is not declared: what is.
    MediaType(RequestBody),
    /// The body's content coding is not known.
    Coding(String),
    /// The body's bytes are not what its content coding says.
    #[cfg_attr(not(feature = "compression"), allow(dead_code))]
    Damaged(String),
    /// The caller accepts none of the media types in which success is told.
    NotAcceptable(Vec<&'static str>),
    /// The body is larger than this many bytes.
    TooLarge(usize),
    /// The caller is not let in.
    Unauthorized(Unauthorized),
    /// The connection ended within the body.
    Unread,
    /// The body's next bytes did not come in time.
    Slow,
    /// The caller asks too often; how long to wait.
    TooOften(Duration),
    /// As many requests are in work as may be.
    Busy,
    /// The handler has taken too long.
    TimedOut,
    /// The fault is this service's; the cause is in the log.
    Internal,
}

impl Cause {
    /// When to come again (RFC 9110, 10.2.3), in whole seconds.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            Cause::TooOften(wait) => Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)),
            Cause::Busy | Cause::TimedOut => Some(1),
            _ => None,
        }
    }

    /// A handler's problem that is the request's fault is told like any other fault of a request.
    pub(crate) fn of_request(self) -> Self {
        match self {
            Cause::Handler(problem) if problem.is_refusal() => Cause::Invalid(problem.errors),
            other => other,
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure(Box::new(Cause::Handler(problem)))
    }
}

impl From<Unauthorized> for Failure {
    fn from(refusal: Unauthorized) -> Self {
        Failure(Box::new(Cause::Unauthorized(refusal)))
    }
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        Failure(Box::new(cause))
    }
}
