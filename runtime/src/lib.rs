//! What every service that Oarlock generates runs on: one port for the API and one for operators, probes, metrics,
//! logs, limits, and a shutdown that loses nothing. It knows nothing of any one document: all that varies comes in
//! as a table of operations.

mod admin;
mod auth;
mod body;
mod call;
pub mod check;
mod config;
mod context;
mod contract;
mod drain;
mod exact;
mod example;
mod format;
mod handler;
mod healthcheck;
mod log;
mod metrics;
mod number;
mod operation;
mod pattern;
mod problem;
mod response;
mod routing;
mod run;
mod schema;
mod server;
mod service;
mod text;
mod trace;
pub mod wire;

pub use auth::{ApiKey, Basic, Bearer, Unauthorized};
pub use body::Body;
pub use bytes::Bytes;
pub use call::{Call, Refused};
pub use context::RequestContext;
pub use format::{Date, DateTime, Password, Uuid};
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
pub use number::{Integer, Number};
pub use operation::{Answering, Contract, Declared, ErrorAnswer, Failure, Operation, RequestBody};
pub use pattern::{Pattern, check_pattern};
pub use problem::{Problem, Violation};
pub use response::{Response, status, to_json, to_text};
pub use run::run;
pub use schema::{Guard, Schemas, Validator};
pub use service::Service;
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
