//! JSON text sequences (RFC 7464): a record separator before each JSON text, a line feed behind it.

#[cfg(test)]
mod tests;

use bytes::{Buf, Bytes};
use http::StatusCode;
use memchr::memchr;

use super::{
    RS,
    read::{Decode, Found, Held, Parse, check_length, is_space},
};
use crate::Problem;

/// The line feed behind a text.
const LF: usize = 1;

/// Reads a sequence. A text is given out at the line feed that ends it, and not only at the next record separator,
/// which may be long in coming.
pub(super) struct Sequence<T> {
    most: usize,
    held: Held,
    parse: Parse<T>,
    place: Place,
}

enum Place {
    /// Between texts: before the first record separator, or behind a text that its line feed ended.
    Between,
    /// In what no record separator announced; it is skipped.
    Stray,
    /// Behind a record separator.
    Text(Nesting),
}

impl<T> Sequence<T> {
    pub(super) fn new(most: usize, parse: Parse<T>) -> Self {
        Sequence {
            most,
            held: Held::new(most, LF),
            parse,
            place: Place::Between,
        }
    }

    /// Skips up to the next record separator; a problem where that is more than white space.
    fn between(&mut self, piece: &mut Bytes) -> Option<Found<T>> {
        let spaces = piece.iter().take_while(|byte| is_space(**byte)).count();
        piece.advance(spaces);
        match *piece.first()? {
            RS => {
                piece.advance(1);
                self.place = Place::Text(Nesting::default());
                None
            }
            _ => {
                self.place = Place::Stray;
                Some(refused("an item has no record separator in front of it"))
            }
        }
    }

    fn stray(&mut self, piece: &mut Bytes) -> Option<Found<T>> {
        match memchr(RS, piece) {
            Some(at) => {
                piece.advance(at);
                self.place = Place::Between;
            }
            None => piece.clear(),
        }
        None
    }

    fn text(&mut self, end: Option<usize>, piece: &mut Bytes) -> Option<Found<T>> {
        match end {
            Some(length) => {
                // A record separator stays in the piece: it begins the next text.
                let last = piece.split_to(length);
                self.whole(&last)
            }
            None => {
                let rest = std::mem::take(piece);
                self.held.keep(&rest).err().map(Found::Break)
            }
        }
    }

    /// The item of a text that ends here; none where there is nothing, as between two record separators (section 2.1).
    fn whole(&mut self, last: &[u8]) -> Option<Found<T>> {
        self.place = Place::Between;
        let text = match self.held.whole(last) {
            Ok(text) => text,
            Err(problem) => return Some(Found::Break(problem)),
        };
        let cut = may_be_cut(text);
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        if let Err(problem) = check_length(text.len(), self.most) {
            return Some(Found::Break(problem));
        }
        let blank = text.iter().copied().all(is_space);
        let found = match cut {
            true => Some(refused("an item was cut off")),
            false => (!blank).then(|| Found::Continue((self.parse)(text))),
        };
        self.held.clear();
        found
    }
}

impl<T> Decode for Sequence<T> {
    type Item = T;

    fn take(&mut self, piece: &mut Bytes) -> Option<Found<T>> {
        while !piece.is_empty() {
            let found = match &mut self.place {
                Place::Between => self.between(piece),
                Place::Stray => self.stray(piece),
                Place::Text(nesting) => {
                    let end = nesting.end(piece);
                    self.text(end, piece)
                }
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn end(&mut self) -> Option<Found<T>> {
        match self.place {
            Place::Text(_) => self.whole(b""),
            Place::Between | Place::Stray => None,
        }
    }
}

fn refused<T>(detail: &str) -> Found<T> {
    Found::Continue(Err(Problem::new(StatusCode::BAD_REQUEST, detail)))
}

/// Whether a text may lack its end and not show it: a number, `true`, `false` or `null` with no white space behind
/// (section 2.4). An object, a list or a string shows it by itself.
fn may_be_cut(text: &[u8]) -> bool {
    let first = text.iter().find(|byte| !is_space(**byte));
    let shows = first.is_none_or(|byte| b"{[\"".contains(byte));
    !shows && !text.last().copied().is_some_and(is_space)
}

/// How deep in a JSON text the reading stands. It follows brackets and strings only: what else is wrong with a text
/// is for its parser to find.
#[derive(Default)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
    begun: bool,
}

impl Nesting {
    /// Where the text ends: behind a line feed that follows a whole value, or before the next record separator.
    fn end(&mut self, piece: &[u8]) -> Option<usize> {
        for (at, byte) in piece.iter().copied().enumerate() {
            match byte {
                RS => return Some(at),
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_string => self.escaped = true,
                b'"' => {
                    self.in_string = !self.in_string;
                    self.begun = true;
                }
                _ if self.in_string => {}
                b'{' | b'[' => {
                    self.depth = self.depth.saturating_add(1);
                    self.begun = true;
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.begun = true;
                }
                b'\n' if self.begun && self.depth == 0 => return Some(at + 1),
                byte => self.begun |= !is_space(byte),
            }
        }
        None
    }
}
