//! Server-sent events out of text (WHATWG HTML, "Interpreting an event stream").

#[cfg(test)]
mod tests;

use std::{io, time::Duration};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use memchr::memchr2;
use serde_json::{Map, Value};

use super::{
    block::Block,
    read::{self, Decode, Found, Held, check_length},
};
use crate::{
    Problem,
    items::{Event, Events, Items},
};

/// What may stand on a line besides a value: a byte order mark, the longest name, a colon and a space.
const AROUND: usize = 3 + "event: ".len();

/// Reads events from a body by the rules of the standard. `parse` is given the data of one event at a time.
///
/// What `parse` refuses comes out as a problem in the event's place, and reading goes on. An event of more than `most`
/// bytes (413), its data, type and id taken together, and a body that breaks off (400) end the stream. An event that
/// the end of the body leaves unfinished is dropped, as the standard asks.
pub(crate) fn read_events<T, F>(
    bytes: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    most: usize,
    mut parse: F,
) -> Events<T>
where
    T: 'static,
    F: FnMut(&str) -> Result<T, Problem> + Send + 'static,
{
    let mut last_id = None;
    let mut retry = None;
    let dispatch = move |block: Block| {
        if let Some(id) = block.id {
            last_id = Some(id).filter(|id| !id.is_empty());
        }
        retry = block.retry.or(retry);
        let data = block.data?;
        let retry = retry.take().map(Duration::from_millis);
        let event = Some(block.event).filter(|event| !event.is_empty());
        Some(parse(&data).map(|data| Event {
            data,
            event,
            id: last_id.clone(),
            retry,
        }))
    };
    read::items(bytes, EventStream::new(most, Box::new(dispatch)))
}

/// Reads events from a body as objects: `data`, always a string, and those of `event`, `id` and `retry` that stand in
/// the event itself. All else is as in [`read_events`].
pub(crate) fn read_event_objects<T, F>(
    bytes: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    most: usize,
    mut parse: F,
) -> Items<T>
where
    T: 'static,
    F: FnMut(Value) -> Result<T, Problem> + Send + 'static,
{
    let dispatch = move |block: Block| {
        let mut members = Map::new();
        members.insert("data".to_owned(), block.data?.into());
        if !block.event.is_empty() {
            members.insert("event".to_owned(), block.event.into());
        }
        if let Some(id) = block.id {
            members.insert("id".to_owned(), id.into());
        }
        if let Some(retry) = block.retry {
            members.insert("retry".to_owned(), retry.into());
        }
        Some(parse(Value::Object(members)))
    };
    read::items(bytes, EventStream::new(most, Box::new(dispatch)))
}

type Dispatch<T> = Box<dyn FnMut(Block) -> Option<Result<T, Problem>> + Send>;

struct EventStream<T> {
    most: usize,
    held: Held,
    block: Block,
    dispatch: Dispatch<T>,
    /// On the first line, where a byte order mark may stand.
    first: bool,
    /// Behind a carriage return, whose line feed may still come.
    returned: bool,
    /// In a comment, of which nothing is kept.
    comment: bool,
}

impl<T> EventStream<T> {
    fn new(most: usize, dispatch: Dispatch<T>) -> Self {
        EventStream {
            most,
            held: Held::new(most, AROUND),
            block: Block::default(),
            dispatch,
            first: true,
            returned: false,
            comment: false,
        }
    }

    /// Keeps a part of a line, unless it is a comment's.
    fn keep(&mut self, part: &[u8]) -> Result<(), Problem> {
        self.comment |= self.held.is_empty() && part.first() == Some(&b':');
        match self.comment {
            true => Ok(()),
            false => self.held.keep(part),
        }
    }

    /// Takes in a line that ends here.
    fn line(&mut self, last: &[u8]) -> Result<Option<Result<T, Problem>>, Problem> {
        let comment = self.held.is_empty() && last.first() == Some(&b':');
        if std::mem::take(&mut self.comment) || comment {
            self.first = false;
            return Ok(None);
        }
        let mut line = self.held.whole(last)?;
        if std::mem::take(&mut self.first) {
            line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        }
        if line.is_empty() {
            self.held.clear();
            return Ok((self.dispatch)(std::mem::take(&mut self.block)));
        }
        self.block.line(&String::from_utf8_lossy(line));
        self.held.clear();
        check_length(self.block.size(), self.most)?;
        Ok(None)
    }
}

impl<T> Decode for EventStream<T> {
    type Item = T;

    fn take(&mut self, piece: &mut Bytes) -> Option<Found<T>> {
        while let Some(first) = piece.first() {
            if std::mem::take(&mut self.returned) && *first == b'\n' {
                piece.advance(1);
                continue;
            }
            let Some(at) = memchr2(b'\r', b'\n', piece) else {
                let rest = std::mem::take(piece);
                return self.keep(&rest).err().map(Found::Break);
            };
            let line = piece.split_to(at);
            self.returned = piece.first() == Some(&b'\r');
            piece.advance(1);
            match self.line(&line) {
                Ok(None) => {}
                Ok(Some(item)) => return Some(Found::Continue(item)),
                Err(problem) => return Some(Found::Break(problem)),
            }
        }
        None
    }

    fn end(&mut self) -> Option<Found<T>> {
        None
    }
}
