//! How a stream of items stands in a body: JSON lines, JSON text sequences and server-sent events. The same code
//! serves both ends. Nothing is read or written ahead of the one who asks, so a slow end slows the other one down.

mod block;
mod event_read;
mod event_write;
mod lines;
mod live;
mod read;
mod sequence;
#[cfg(test)]
mod tests;
mod write;

use std::io;

use bytes::Bytes;
use futures_core::Stream;
use serde::Serialize;

use crate::{Problem, items::Items};

pub(crate) use event_read::{read_event_objects, read_events};
pub(crate) use event_write::{write_event_objects, write_events};

/// The record separator in front of each JSON text of a sequence (RFC 7464, section 2.2).
const RS: u8 = 0x1e;

/// How JSON texts follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One on each line: `application/jsonl`, `application/x-ndjson`.
    Lines,
    /// Each behind a record separator: `application/json-seq` (RFC 7464).
    Sequence,
}

/// Writes items as a body, a chunk for each. A problem, or an item that is no JSON, is logged and cuts the body off,
/// which its reader sees.
pub(crate) fn write_items<T: Serialize + Send + 'static>(
    framing: Framing,
    items: Items<T>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    write::Written::new(items, move |item: T| {
        let mut text = match framing {
            Framing::Lines => Vec::new(),
            Framing::Sequence => vec![RS],
        };
        serde_json::to_writer(&mut text, &item)?;
        text.push(b'\n');
        Ok(text.into())
    })
}

/// Reads items from a body. `parse` is given the text of one item at a time.
///
/// What `parse` refuses comes out as a problem in the item's place, and so does an item that was cut off on the way
/// (RFC 7464, section 2.4); reading goes on with the next one, as section 2.3 advises. An item longer than `most` bytes
/// (413) and a body that breaks off (400) end the stream.
pub(crate) fn read_items<T, F>(
    framing: Framing,
    bytes: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    most: usize,
    parse: F,
) -> Items<T>
where
    T: 'static,
    F: FnMut(&[u8]) -> Result<T, Problem> + Send + 'static,
{
    let parse = Box::new(parse);
    match framing {
        Framing::Lines => read::items(bytes, lines::Lines::new(most, parse)),
        Framing::Sequence => read::items(bytes, sequence::Sequence::new(most, parse)),
    }
}
