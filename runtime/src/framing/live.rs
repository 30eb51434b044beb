//! A body that stays open for as long as the service runs.

#[cfg(test)]
mod tests;

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

/// A comment, which readers skip, as a block of its own.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// Bytes, with a comment wherever they pause for long, until the service is on its way out.
pub(super) struct Live<B> {
    /// None once the end was given out.
    bytes: Option<Pin<Box<B>>>,
    ended: Pin<Box<dyn Future<Output = ()> + Send>>,
    pause: Pause,
}

impl<B> Live<B> {
    pub(super) fn new(
        bytes: B,
        keep_alive: Duration,
        ended: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Live {
            bytes: Some(Box::pin(bytes)),
            ended: Box::pin(ended),
            pause: Pause {
                longest: keep_alive,
                timer: None,
            },
        }
    }
}

impl<B: Stream<Item = io::Result<Bytes>>> Stream for Live<B> {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let live = &mut *self;
        let Some(bytes) = &mut live.bytes else {
            return Poll::Ready(None);
        };
        if live.ended.as_mut().poll(cx).is_ready() {
            live.bytes = None;
            return Poll::Ready(None);
        }
        match bytes.as_mut().poll_next(cx) {
            Poll::Pending => live.pause.poll_over(cx).map(|()| Some(Ok(COMMENT))),
            Poll::Ready(Some(Ok(chunk))) => {
                live.pause.begin();
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Ready(last) => {
                live.bytes = None;
                Poll::Ready(last)
            }
        }
    }
}

/// How long nothing was written.
struct Pause {
    longest: Duration,
    /// None before the first poll, and where the longest pause is beyond any clock.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Pause {
    fn begin(&mut self) {
        let over = match self.longest.is_zero() {
            true => None,
            false => Instant::now().checked_add(self.longest),
        };
        match (over, &mut self.timer) {
            (Some(over), Some(timer)) => timer.as_mut().reset(over),
            (Some(over), timer) => *timer = Some(Box::pin(sleep_until(over))),
            (None, timer) => *timer = None,
        }
    }

    /// Ready each time the pause has been at its longest.
    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.timer.is_none() {
            self.begin();
        }
        let over = match &mut self.timer {
            Some(timer) => timer.as_mut().poll(cx),
            None => Poll::Pending,
        };
        if over.is_ready() {
            self.begin();
        }
        over
    }
}
