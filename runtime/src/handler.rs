//! Around a handler: its panics are caught, and what it logs carries its trace.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use crate::{
    Answering, Failure, Response,
    trace::{TraceIds, Tracing},
};

/// The request that this thread works for right now.
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) ids: TraceIds,
    pub(crate) operation: &'static str,
    pub(crate) tracing: Arc<Tracing>,
    /// When nobody waits for its answer any more, where that is known: what is called for it ends then too.
    #[cfg_attr(not(feature = "client"), expect(dead_code))]
    pub(crate) deadline: Option<Instant>,
}

impl Current {
    /// Whether somebody is to see the spans of the request.
    pub(crate) fn is_kept(&self) -> bool {
        self.tracing.keeps(&self.ids)
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

/// The request that this thread works for right now, for one that outlives the call.
pub(crate) fn current() -> Option<Current> {
    CURRENT.with_borrow(Clone::clone)
}

/// Shows the request that this thread works for right now, if there is one.
pub(crate) fn with_current(show: impl FnOnce(&Current)) {
    CURRENT.with_borrow(|current| {
        if let Some(current) = current {
            show(current);
        }
    });
}

/// Restores what was before, also after a panic.
pub(crate) struct Entered(Option<Current>);

impl Entered {
    /// Gives back what was entered.
    fn leave(self) -> Option<Current> {
        CURRENT.with_borrow_mut(Option::take)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

pub(crate) fn enter(current: Current) -> Entered {
    Entered(replace(Some(current)))
}

/// Puts another in the place of the request that this thread works for.
pub(crate) fn replace(current: Option<Current>) -> Option<Current> {
    CURRENT.replace(current)
}

/// A handler that works within its request, and whose panics become errors.
pub(crate) struct Guarded {
    pub(crate) answering: Answering,
    /// Lent to the thread while it works for this request, so that nothing is counted or copied each time.
    pub(crate) current: Option<Current>,
}

/// A handler did; the log has its place.
pub(crate) struct Panicked;

impl Future for Guarded {
    type Output = Result<Result<Response, Failure>, Panicked>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let entered = Entered(replace(self.current.take()));
        let answering = self.answering.as_mut();
        let polled = catch_unwind(AssertUnwindSafe(|| answering.poll(cx)));
        self.current = entered.leave();
        match polled {
            Ok(poll) => poll.map(Ok),
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    }
}
