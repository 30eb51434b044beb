//! Items out of bytes that come in pieces.

use std::{
    io,
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use http::StatusCode;

use crate::{Problem, items::Items};

/// Reads one item.
pub(super) type Parse<T> = Box<dyn FnMut(&[u8]) -> Result<T, Problem> + Send>;

/// An item, or a problem in its place; breaks with a problem that ends the stream.
pub(super) type Found<T> = ControlFlow<Problem, Result<T, Problem>>;

/// Finds items, wherever the pieces are cut.
pub(super) trait Decode {
    type Item;

    /// Takes bytes off a piece up to the end of an item; none where the piece is used up before.
    fn take(&mut self, piece: &mut Bytes) -> Option<Found<Self::Item>>;

    /// The item that the end of the body ends.
    fn end(&mut self) -> Option<Found<Self::Item>>;
}

pub(super) fn items<D>(
    bytes: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    decode: D,
) -> Items<D::Item>
where
    D: Decode + Send + Unpin + 'static,
{
    Items::new(Reader {
        bytes: Some(Box::pin(bytes)),
        piece: Bytes::new(),
        decode,
    })
}

struct Reader<B, D> {
    /// None once it is read to its end, or no further.
    bytes: Option<Pin<Box<B>>>,
    piece: Bytes,
    decode: D,
}

impl<B, D> Reader<B, D>
where
    B: Stream<Item = io::Result<Bytes>>,
    D: Decode,
{
    fn poll_found(&mut self, cx: &mut Context<'_>) -> Poll<Option<Found<D::Item>>> {
        loop {
            if let Some(found) = self.decode.take(&mut self.piece) {
                return Poll::Ready(Some(found));
            }
            let Some(bytes) = &mut self.bytes else {
                return Poll::Ready(None);
            };
            match ready!(bytes.as_mut().poll_next(cx)) {
                Some(Ok(piece)) => self.piece = piece,
                Some(Err(error)) => return Poll::Ready(Some(Found::Break(broken_off(&error)))),
                None => {
                    self.bytes = None;
                    return Poll::Ready(self.decode.end());
                }
            }
        }
    }
}

impl<B, D> Stream for Reader<B, D>
where
    B: Stream<Item = io::Result<Bytes>>,
    D: Decode + Unpin,
{
    type Item = Result<D::Item, Problem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = match ready!(self.poll_found(cx)) {
            None => None,
            Some(Found::Continue(item)) => Some(item),
            Some(Found::Break(problem)) => {
                self.bytes = None;
                self.piece.clear();
                Some(Err(problem))
            }
        };
        Poll::Ready(item)
    }
}

fn broken_off(error: &io::Error) -> Problem {
    tracing::debug!(%error, "a stream of items could not be read to its end");
    Problem::new(StatusCode::BAD_REQUEST, "the body ended too early")
}

/// The part of an item that came in earlier pieces. Each byte is looked at once, when its piece comes.
pub(super) struct Held {
    bytes: Vec<u8>,
    most: usize,
    around: usize,
}

impl Held {
    /// For items of at most `most` bytes, with at most `around` more that are not the item's own.
    pub(super) fn new(most: usize, around: usize) -> Self {
        Held {
            bytes: Vec::new(),
            most,
            around,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How many bytes are in memory.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Keeps a part until the next piece comes.
    pub(super) fn keep(&mut self, part: &[u8]) -> Result<(), Problem> {
        self.fits(part)?;
        self.bytes.extend_from_slice(part);
        Ok(())
    }

    /// The whole of what `last` ends. [`Held::clear`] makes way for the next one.
    pub(super) fn whole<'h>(&'h mut self, last: &'h [u8]) -> Result<&'h [u8], Problem> {
        if self.bytes.is_empty() {
            self.fits(last)?;
            return Ok(last);
        }
        self.keep(last)?;
        Ok(&self.bytes)
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    fn fits(&self, part: &[u8]) -> Result<(), Problem> {
        let length = self.bytes.len().saturating_add(part.len());
        match length <= self.most.saturating_add(self.around) {
            true => Ok(()),
            false => Err(too_long(self.most)),
        }
    }
}

/// Refuses an item that is too long.
pub(super) fn check_length(length: usize, most: usize) -> Result<(), Problem> {
    match length <= most {
        true => Ok(()),
        false => Err(too_long(most)),
    }
}

fn too_long(most: usize) -> Problem {
    let detail = format!("an item is longer than {most} bytes");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

/// Whether JSON takes a byte for white space (RFC 8259, section 2).
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
