//! For tests: a client that calls nobody. Requests are written and answers are read as ever; what stands between is what
//! the test says, operation by operation.
//!
//! ```
//! use oarlock_runtime::client::{Client, mock::{Mock, Reply}};
//!
//! let mock = Mock::new()
//!     .on("getPet", |sent| Reply::json(200, &format!("the pet of {}", sent.path)))
//!     .on("addPet", |_| Reply::empty(503));
//! let client = Client::mock(&mock);
//! // … what is to be tested calls, and then:
//! assert!(mock.sent("addPet").is_empty());
//! ```
//!
//! Where the service's own handlers are at hand, or stand-ins for some of them, `Client::in_process` is checked by more.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};

use super::{CallError, connection::Failed};
use crate::Body;

type Answering = dyn Fn(&Sent) -> Reply + Send + Sync;

/// What answers in the place of a service, and keeps what it was sent. Clones are the same mock.
#[derive(Clone, Default)]
pub struct Mock {
    answers: HashMap<&'static str, Arc<Answering>>,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Mock {
    /// A mock that has no answers yet.
    pub fn new() -> Self {
        Mock::default()
    }

    /// Answers an operation, by its `operationId`; in the place of an earlier answer.
    #[must_use]
    pub fn on(
        mut self,
        operation: &'static str,
        answer: impl Fn(&Sent) -> Reply + Send + Sync + 'static,
    ) -> Self {
        self.answers.insert(operation, Arc::new(answer));
        self
    }

    /// What an operation was sent, in the order in which it came.
    pub fn sent(&self, operation: &str) -> Vec<Sent> {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let own = sent.iter().filter(|one| one.operation == operation);
        own.cloned().collect()
    }

    pub(super) async fn answer(
        &self,
        operation: &'static str,
        request: Request<Body>,
    ) -> Result<Response<Body>, Failed> {
        let (head, body) = request.into_parts();
        let body = body.bytes(usize::MAX).await;
        let body = body.map_err(|error| failed(CallError::Broken(error.to_string())))?;
        let target = head.uri.path_and_query().map(ToString::to_string);
        let sent = Sent {
            operation,
            method: head.method,
            path: target.unwrap_or_default(),
            headers: head.headers,
            body,
        };
        let Some(answer) = self.answers.get(operation) else {
            let words = format!("the mock has no answer for `{operation}`");
            return Err(failed(CallError::Request(words)));
        };
        let reply = answer(&sent);
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sent);
        if let Some(pause) = reply.pause {
            tokio::time::sleep(pause).await;
        }
        reply.answer.map_err(failed)
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let mut operations: Vec<&&str> = self.answers.keys().collect();
        operations.sort();
        out.debug_tuple("Mock").field(&operations).finish()
    }
}

fn failed(error: CallError) -> Failed {
    Failed {
        unprocessed: matches!(error, CallError::Connect(_)),
        error,
    }
}

/// A request as it would have gone out.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sent {
    /// The `operationId`.
    pub operation: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path, and its query where it has one.
    pub path: String,
    /// Its headers, credentials among them.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Sent {
    /// The body as JSON.
    ///
    /// # Errors
    /// Where it is none, or not of the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

/// What a mock answers.
#[derive(Debug)]
pub struct Reply {
    answer: Result<Response<Body>, CallError>,
    pause: Option<Duration>,
}

impl Reply {
    /// An answer with a body of any media type.
    pub fn new(status: u16, media_type: &str, body: impl Into<Body>) -> Self {
        let mut reply = Self::empty(status).header(header::CONTENT_TYPE.as_str(), media_type);
        if let Ok(answer) = &mut reply.answer {
            *answer.body_mut() = body.into();
        }
        reply
    }

    /// An answer in JSON.
    pub fn json<T: Serialize + ?Sized>(status: u16, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(text) => Self::new(status, "application/json", text),
            Err(error) => Self::wrong(format!("cannot be written as JSON: {error}")),
        }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        let Ok(status) = StatusCode::from_u16(status) else {
            return Self::wrong(format!("has {status} as its status, which is none"));
        };
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = status;
        Reply {
            answer: Ok(answer),
            pause: None,
        }
    }

    /// No answer, such as [`CallError::Timeout`].
    pub fn error(error: CallError) -> Self {
        Reply {
            answer: Err(error),
            pause: None,
        }
    }

    /// The same with a header added.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let pair = (name.parse::<HeaderName>(), value.parse::<HeaderValue>());
        match (&mut self.answer, pair) {
            (Ok(answer), (Ok(name), Ok(value))) => _ = answer.headers_mut().append(name, value),
            (Ok(_), _) => return Self::wrong(format!("cannot have the header `{name}`")),
            (Err(_), _) => {}
        }
        self
    }

    /// The same after a while.
    #[must_use]
    pub fn after(mut self, pause: Duration) -> Self {
        self.pause = Some(pause);
        self
    }

    fn wrong(words: String) -> Self {
        Self::error(CallError::Request(format!("the mock's answer {words}")))
    }
}
