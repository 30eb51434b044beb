//! JSON lines: one JSON text on each line.

#[cfg(test)]
mod tests;

use bytes::{Buf, Bytes};
use memchr::memchr;

use super::read::{Decode, Found, Held, Parse, check_length, is_space};

/// The carriage return that may stand before the end of a line.
const CR: usize = 1;

pub(super) struct Lines<T> {
    most: usize,
    held: Held,
    parse: Parse<T>,
}

impl<T> Lines<T> {
    pub(super) fn new(most: usize, parse: Parse<T>) -> Self {
        Lines {
            most,
            held: Held::new(most, CR),
            parse,
        }
    }

    /// The item of a line that ends here; none where the line is blank.
    fn line(&mut self, last: &[u8]) -> Option<Found<T>> {
        let line = match self.held.whole(last) {
            Ok(line) => line.strip_suffix(b"\r").unwrap_or(line),
            Err(problem) => return Some(Found::Break(problem)),
        };
        if let Err(problem) = check_length(line.len(), self.most) {
            return Some(Found::Break(problem));
        }
        let blank = line.iter().copied().all(is_space);
        let item = (!blank).then(|| Found::Continue((self.parse)(line)));
        self.held.clear();
        item
    }
}

impl<T> Decode for Lines<T> {
    type Item = T;

    fn take(&mut self, piece: &mut Bytes) -> Option<Found<T>> {
        while let Some(at) = memchr(b'\n', piece) {
            let line = piece.split_to(at);
            piece.advance(1);
            if let Some(found) = self.line(&line) {
                return Some(found);
            }
        }
        let rest = std::mem::take(piece);
        self.held.keep(&rest).err().map(Found::Break)
    }

    fn end(&mut self) -> Option<Found<T>> {
        self.line(b"")
    }
}
