//! What is told of calls: metrics of the process, and spans of the request that they are made for. Without a server in the
//! build there is nobody to tell.

use http::Request;

use super::{backend::Backend, exchange::Outgoing, retry::Outcome};
use crate::Body;

#[cfg(feature = "server")]
pub(super) use told::{Trying, denied, refused, retried};
#[cfg(not(feature = "server"))]
pub(super) use untold::{Trying, denied, refused, retried};

#[cfg(feature = "server")]
mod told {
    use std::time::Instant;

    use super::{Backend, Body, Outcome, Outgoing, Request};
    use crate::{
        client::CallError,
        metrics::{CALLS, Count, Try},
        trace::Calling,
    };

    /// A request on its way. It is over when this is dropped, told then, whatever became of it.
    pub(in crate::client) struct Trying {
        began: Instant,
        counted: Try,
        trace: Option<u128>,
        span: Option<Calling>,
    }

    impl Trying {
        pub(in crate::client) fn begin(
            outgoing: &Outgoing,
            backend: &Backend,
            request: &mut Request<Body>,
            resend: u32,
        ) -> Self {
            let current = outgoing.current.as_ref();
            let trace = current.filter(|current| current.ids.sampled);
            Trying {
                began: Instant::now(),
                counted: Try {
                    operation: outgoing.operation,
                    method: outgoing.method_name,
                    server: backend.server(),
                    outcome: Err("cancelled"),
                },
                trace: trace.map(|current| current.ids.trace),
                span: current.and_then(|current| {
                    current.calling(request, outgoing.operation, outgoing.template, resend)
                }),
            }
        }

        pub(in crate::client) fn ended(mut self, outcome: &Outcome) {
            let outcome = match outcome {
                Ok(answer) => Ok(answer.status().as_u16()),
                Err(failed) => Err(failed.error.kind()),
            };
            self.counted.outcome = outcome;
            if let Some(span) = self.span.take() {
                span.ended(outcome);
            }
        }
    }

    impl Drop for Trying {
        fn drop(&mut self) {
            CALLS.tried(self.counted, self.began.elapsed(), self.trace);
        }
    }

    pub(in crate::client) fn retried(operation: &'static str) {
        CALLS.count(Count::Retried, operation);
    }

    pub(in crate::client) fn denied(operation: &'static str) {
        CALLS.count(Count::RetryDenied, operation);
    }

    /// A call was not sent at all.
    pub(in crate::client) fn refused(operation: &'static str, error: &CallError) {
        match error {
            CallError::Open { .. } => CALLS.count(Count::CircuitOpen, operation),
            CallError::Full => CALLS.count(Count::LimitFull, operation),
            _ => {}
        }
    }
}

#[cfg(not(feature = "server"))]
mod untold {
    use super::{Backend, Body, Outcome, Outgoing, Request};
    use crate::client::CallError;

    pub(in crate::client) struct Trying;

    impl Trying {
        pub(in crate::client) fn begin(
            _: &Outgoing,
            _: &Backend,
            _: &mut Request<Body>,
            _: u32,
        ) -> Self {
            Trying
        }

        pub(in crate::client) fn ended(self, _: &Outcome) {}
    }

    pub(in crate::client) fn retried(_: &'static str) {}

    pub(in crate::client) fn denied(_: &'static str) {}

    pub(in crate::client) fn refused(_: &'static str, _: &CallError) {}
}
