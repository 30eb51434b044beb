//! What every service that Oarlock generates runs on: one port for the API and one for operators, probes, metrics,
//! logs, limits, and a shutdown that loses nothing. It knows nothing of any one document: all that varies comes in
//! as a table of operations.

mod accept;
mod admin;
mod auth;
mod body;
mod call;
pub mod check;
mod config;
mod content_encoding;
mod context;
mod contract;
mod drain;
mod exact;
mod example;
mod expression;
mod format;
mod framing;
mod handler;
mod healthcheck;
mod items;
mod log;
mod media_type;
mod metrics;
mod multipart;
mod number;
mod operation;
mod parts;
mod pattern;
mod problem;
mod received_item;
mod response;
mod routing;
mod run;
mod schema;
mod server;
mod service;
mod shape;
mod style;
mod text;
mod trace;
pub mod wire;
mod xml;

pub use auth::{ApiKey, Basic, Bearer, Credential, Unauthorized};
pub use body::Body;
pub use bytes::Bytes;
pub use call::{Call, Refused};
pub use context::RequestContext;
pub use expression::{Exchange, Expression};
pub use format::{Date, DateTime, Password, Uuid};
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
pub use items::{Closed, Event, Events, ItemSender, Items, channel};
pub use multipart::{FormData, MultipartError, Part, PartError};
pub use number::{Integer, Number};
pub use operation::{
    Answering, ContentKind, Contract, Declared, ErrorAnswer, Failure, Operation, RequestBody,
};
pub use parts::{FromPart, Parts, ReceivedPart};
pub use pattern::{Pattern, check_pattern};
pub use problem::{Problem, Violation};
pub use response::{HeaderForm, Response, status, to_json, to_text};
pub use run::run;
pub use schema::{Guard, Schemas, Validator};
pub use service::Service;
pub use style::{Encoding, Style};
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
