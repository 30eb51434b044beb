//! What a handler can know of its request beyond what it was asked.

use std::{net::SocketAddr, sync::Arc};

use http::{HeaderMap, Method, Uri, request::Parts};

use crate::{Unauthorized, drain::Drain, trace::TraceIds};

/// The request around a handler's call.
pub struct RequestContext {
    pub(crate) operation: &'static str,
    pub(crate) parts: Parts,
    pub(crate) ids: TraceIds,
    pub(crate) remote: SocketAddr,
    pub(crate) examples: bool,
    pub(crate) drain: Arc<Drain>,
}

impl RequestContext {
    /// The operation's `operationId`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The trace's id: 32 hexadecimal digits.
    pub fn trace_id(&self) -> String {
        self.ids.to_string()
    }

    /// Every header of the request.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The request's method.
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The request's target.
    pub fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    /// The other end of the connection: the caller, or the proxy before this service.
    pub fn remote_addr(&self) -> SocketAddr {
        self.remote
    }

    /// Ends when the drain's time is over and the request is about to be cut.
    pub async fn cancelled(&self) {
        self.drain.cut().await;
    }

    /// Who a caller is taken for while the verifier is not written.
    ///
    /// # Errors
    /// Everywhere but where `OARLOCK_EXAMPLES=on`: nobody is let in.
    pub fn example_principal<P>(&self, principal: P) -> Result<P, Unauthorized> {
        match self.examples {
            true => Ok(principal),
            false => Err(Unauthorized::new(
                "the verifier of this credential is not written yet",
            )),
        }
    }
}
