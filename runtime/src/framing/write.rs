//! Items as bytes, one chunk for each.

use std::{
    error::Error,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;

use crate::items::Items;

type Encode<T> = Box<dyn FnMut(T) -> serde_json::Result<Bytes> + Send>;

/// Asks for an item whenever it is asked for bytes, and never before.
pub(super) struct Written<T> {
    /// None once the end was given out.
    items: Option<Items<T>>,
    encode: Encode<T>,
}

impl<T> Written<T> {
    pub(super) fn new(
        items: Items<T>,
        encode: impl FnMut(T) -> serde_json::Result<Bytes> + Send + 'static,
    ) -> Self {
        Written {
            items: Some(items),
            encode: Box::new(encode),
        }
    }
}

impl<T> Stream for Written<T> {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(items) = &mut self.items else {
            return Poll::Ready(None);
        };
        let chunk = match Pin::new(items).poll_next(cx) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(None) => None,
            Poll::Ready(Some(Ok(item))) => Some((self.encode)(item).map_err(cut)),
            Poll::Ready(Some(Err(problem))) => Some(Err(cut(problem))),
        };
        if !matches!(chunk, Some(Ok(_))) {
            self.items = None;
        }
        Poll::Ready(chunk)
    }
}

fn cut(error: impl Error + Send + Sync + 'static) -> io::Error {
    tracing::error!(%error, "a stream of items broke off");
    io::Error::other(error)
}
