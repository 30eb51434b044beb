//! Around a handler: its panics are caught, and what it logs carries its trace.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use crate::{Answering, Failure, Response, trace::TraceIds};

/// The request that this thread works for right now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Current {
    pub(crate) ids: TraceIds,
    pub(crate) operation: &'static str,
}

thread_local! {
    static CURRENT: Cell<Option<Current>> = const { Cell::new(None) };
}

/// The request that this thread works for right now.
pub(crate) fn current() -> Option<Current> {
    CURRENT.get()
}

/// Restores what was before, also after a panic.
pub(crate) struct Entered(Option<Current>);

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

pub(crate) fn enter(current: Current) -> Entered {
    Entered(CURRENT.replace(Some(current)))
}

/// A handler that works within its request, and whose panics become errors.
pub(crate) struct Guarded {
    pub(crate) answering: Answering,
    pub(crate) current: Current,
}

/// A handler did; the log has its place.
pub(crate) struct Panicked;

impl Future for Guarded {
    type Output = Result<Result<Response, Failure>, Panicked>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let _entered = enter(self.current);
        let answering = self.answering.as_mut();
        match catch_unwind(AssertUnwindSafe(|| answering.poll(cx))) {
            Ok(poll) => poll.map(Ok),
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    }
}
