//! How many calls are on their way at once.
//!
//! Over the limit calls wait, within their own deadline: a burst of a moment is no reason to fail. As many may wait as may
//! be on their way, and more fail at once: a longer queue would only be waited in for nothing.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Instant,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout_at,
};

use super::CallError;

pub(super) struct Limit {
    most: usize,
    turns: Semaphore,
    waiting: AtomicUsize,
}

impl Limit {
    pub(super) fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Limit {
            most,
            turns: Semaphore::new(most),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, CallError> {
        if let Ok(turn) = self.turns.try_acquire() {
            return Ok(turn);
        }
        let waiting = Waiting::begin(&self.waiting);
        if waiting.before >= self.most {
            return Err(CallError::Full);
        }
        match timeout_at(deadline.into(), self.turns.acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(CallError::Full),
        }
    }
}

/// One that waits, also where its caller goes away.
struct Waiting<'l> {
    count: &'l AtomicUsize,
    before: usize,
}

impl<'l> Waiting<'l> {
    fn begin(count: &'l AtomicUsize) -> Self {
        let before = count.fetch_add(1, Relaxed);
        Waiting { count, before }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn some_wait_and_more_fail() {
        let limit = Arc::new(Limit::new(2));
        let soon = || tokio::time::Instant::now().into_std() + Duration::from_secs(1);
        let held = (
            limit.turn(soon()).await.unwrap(),
            limit.turn(soon()).await.unwrap(),
        );
        let waiting = (0..2).map(|_| {
            let (limit, until) = (limit.clone(), soon());
            tokio::spawn(async move { limit.turn(until).await.map(drop) })
        });
        let waiting: Vec<_> = waiting.collect();
        tokio::task::yield_now().await;
        assert!(matches!(limit.turn(soon()).await, Err(CallError::Full)));
        drop(held.0);
        for one in waiting {
            one.await.unwrap().unwrap();
        }
        let _second = limit.turn(soon()).await.unwrap();
        let late = limit.turn(soon()).await;
        assert!(matches!(late, Err(CallError::Full)), "no turn in time");
        assert_eq!(limit.waiting.load(Relaxed), 0);
    }
}
