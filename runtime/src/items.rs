//! Items that come one after the other, and events among them: what a handler reads and writes as a stream.

mod channel;
mod event;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

use crate::Problem;

pub use channel::{Closed, ItemSender, channel};
pub use event::{Event, Events};

type Source<T> = Pin<Box<dyn Stream<Item = Result<T, Problem>> + Send>>;

/// Items as they come. Nothing is read ahead: the next item is asked for when its reader asks.
///
/// Once the end is reached the source is dropped, and every later call finds the end again.
pub struct Items<T>(Option<Source<T>>);

impl<T> Items<T> {
    /// The items of a stream. Where they are written to a body, a problem cuts it off.
    pub fn new(stream: impl Stream<Item = Result<T, Problem>> + Send + 'static) -> Self {
        Items(Some(Box::pin(stream)))
    }

    /// Items that are all there already.
    pub fn of<I>(items: I) -> Self
    where
        I: IntoIterator<Item = T>,
        I::IntoIter: Send + 'static,
    {
        Self::new(Ready(items.into_iter()))
    }

    /// The next item; none at the end.
    pub async fn next(&mut self) -> Option<Result<T, Problem>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Problem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(source) = &mut self.0 else {
            return Poll::Ready(None);
        };
        let next = source.as_mut().poll_next(cx);
        if matches!(next, Poll::Ready(None)) {
            self.0 = None;
        }
        next
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let source = self.0.as_ref();
        source.map_or((0, Some(0)), |source| source.size_hint())
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(match self.0 {
            Some(_) => "Items(stream)",
            None => "Items(ended)",
        })
    }
}

struct Ready<I>(I);

/// The iterator is only ever moved out of, never pinned.
impl<I> Unpin for Ready<I> {}

impl<I: Iterator> Stream for Ready<I> {
    type Item = Result<I::Item, Problem>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}
