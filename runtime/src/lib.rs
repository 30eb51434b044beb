//! What every service that Oarlock generates runs on: one port for the API and one for operators, probes, metrics,
//! logs, limits, and a shutdown that loses nothing. It knows nothing of any one document: all that varies comes in
//! as a table of operations.
//!
//! The feature `server` has all of that, `client` has what generated clients run on; types need neither.

#[cfg(feature = "server")]
mod accept;
#[cfg(feature = "server")]
mod admin;
#[cfg(all(feature = "allocator", target_env = "musl"))]
mod allocator;
#[cfg(feature = "server")]
mod assembly;
#[cfg(feature = "server")]
mod auth;
mod body;
#[cfg(feature = "server")]
mod call;
pub mod check;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "server")]
mod config;
#[cfg(any(feature = "client", feature = "server"))]
mod content_encoding;
mod content_kind;
#[cfg(feature = "server")]
mod context;
#[cfg(any(feature = "client", feature = "server"))]
mod contract;
#[cfg(any(feature = "client", feature = "server"))]
mod deadline;
#[cfg(feature = "server")]
pub mod defaults;
#[cfg(feature = "docs-ui")]
mod docs;
#[cfg(feature = "server")]
mod drain;
mod exact;
#[cfg(feature = "server")]
mod example;
#[cfg(any(feature = "client", feature = "server"))]
mod expression;
mod format;
#[cfg(feature = "server")]
mod forwarded;
#[cfg(any(feature = "client", feature = "server"))]
mod framing;
#[cfg(feature = "server")]
mod handler;
#[cfg(feature = "server")]
mod healthcheck;
#[cfg(feature = "server")]
mod hook;
mod items;
#[cfg(feature = "server")]
mod layers;
#[cfg(feature = "server")]
mod lifecycle;
#[cfg(feature = "server")]
mod limits;
#[cfg(feature = "server")]
mod log;
#[cfg(any(feature = "client", feature = "server"))]
mod media_type;
#[cfg(feature = "server")]
mod method;
#[cfg(feature = "server")]
mod metrics;
mod multipart;
mod number;
#[cfg(feature = "server")]
mod observe;
#[cfg(feature = "server")]
mod operation;
mod parts;
mod pattern;
#[cfg(all(feature = "tls", any(feature = "client", feature = "server")))]
mod pem;
#[cfg(feature = "server")]
mod probes;
mod problem;
#[cfg(any(feature = "client", feature = "server"))]
mod received_item;
#[cfg(feature = "server")]
mod response;
#[cfg(feature = "server")]
mod routing;
#[cfg(feature = "server")]
mod run;
mod schema;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "server")]
mod service;
#[cfg(any(feature = "client", feature = "server"))]
mod shape;
#[cfg(any(feature = "client", feature = "server"))]
mod style;
#[cfg(feature = "server")]
mod task;
mod template;
#[cfg(feature = "server")]
mod terminal;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
#[cfg(feature = "server")]
mod trace;
#[cfg(any(feature = "client", feature = "testing"))]
mod unprocessed;
pub mod wire;
#[cfg(any(feature = "client", feature = "server"))]
mod xml;

#[cfg(feature = "passwords")]
pub use auth::Passwords;
#[cfg(feature = "server")]
pub use auth::{
    ApiKey, ApiKeys, Basic, Bearer, ClientCertificate, Credential, KeyHolder, NoCertificate,
    Unauthorized, Verifier,
};
#[cfg(feature = "jwt")]
pub use auth::{Claims, Jwt, JwtBuilder};
pub use body::Body;
pub use bytes::Bytes;
#[cfg(feature = "server")]
pub use call::{Call, Refused};
pub use content_kind::ContentKind;
#[cfg(feature = "server")]
pub use context::RequestContext;
#[cfg(feature = "server")]
pub use drain::Stopping;
#[cfg(any(feature = "client", feature = "server"))]
pub use expression::{Exchange, Expression};
pub use format::{Date, DateTime, Password, Uuid};
#[cfg(feature = "server")]
pub use hook::{Started, StopWork};
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
pub use items::{Closed, Event, Events, ItemSender, Items, channel};
#[cfg(feature = "server")]
pub use layers::{Route, Serves};
#[cfg(feature = "server")]
pub use limits::OperationLimits;
pub use multipart::{FormData, MultipartError, Part, PartError};
pub use number::{Integer, Number};
#[cfg(feature = "server")]
pub use operation::{Answering, Contract, Declared, ErrorAnswer, Failure, Operation, RequestBody};
#[cfg(feature = "server")]
pub use parts::{FromPart, ReceivedPart};
pub use parts::{IntoPart, Parts, SentPart};
pub use pattern::{Pattern, check_pattern};
#[cfg(feature = "server")]
pub use probes::HealthCheck;
pub use problem::{Problem, Violation};
#[cfg(feature = "server")]
pub use response::{Response, status, to_json, to_text};
#[cfg(feature = "server")]
pub use run::run;
pub use schema::{Guard, Schemas, Validator};
#[cfg(feature = "server")]
pub use service::Service;
#[cfg(any(feature = "client", feature = "server"))]
pub use style::{Encoding, HeaderForm, Style};
#[cfg(feature = "server")]
pub use task::{Task, TaskFailure, TaskOutcome};
pub use template::{path_names, path_shape};
pub use text::{FromText, ToText};
pub use wire::{ListOrOther, ObjectOrOther};

#[doc(hidden)]
pub use exact::Exact;
#[doc(hidden)]
pub use serde;
#[doc(hidden)]
pub use serde_json;

/// Ends a handler that is not written yet: an example answer where `OARLOCK_EXAMPLES=on`, 501 elsewhere.
#[macro_export]
macro_rules! example {
    () => {
        Err($crate::Problem::unwritten())
    };
}
