//! Where a body of several parts is cut (RFC 2046, section 5.1.1).

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, Waker, ready},
};

use bytes::{Buf, Bytes, BytesMut};
use futures_core::Stream;
use http::HeaderMap;
use memchr::{
    memmem::{self, Finder},
    memrchr,
};

use super::{Limits, MultipartError, header};

type Source = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Cuts a body into parts as it comes. What it holds is one piece of the body and at most a boundary, or the headers
/// of one part.
pub(super) struct Scanner {
    source: Source,
    /// What came and was not given out.
    held: BytesMut,
    /// The end of a line and the boundary.
    delimiter: Finder<'static>,
    limits: Limits,
    at: At,
    /// How many parts came.
    parts: usize,
    /// The number of the part that may be read now.
    number: usize,
    /// Who waits for that part.
    waiting: Option<Waker>,
}

/// What comes next.
enum At {
    /// What stands before the first boundary, and how much of it there was.
    Before(usize),
    /// The rest of the line of a boundary.
    Line,
    /// Headers, and how far they were searched for their end.
    Headers(usize),
    /// The end of the line after the headers: a boundary may use it as its own.
    Start,
    Content,
    /// What stands after the last boundary, and how much of it there was.
    After(usize),
    End,
    Broken(String),
}

impl Scanner {
    pub(super) fn new(boundary: &str, source: Source, limits: Limits) -> Self {
        let delimiter = format!("\r\n--{boundary}");
        Scanner {
            source,
            // The first boundary needs no line before it.
            held: BytesMut::from("\r\n"),
            delimiter: Finder::new(delimiter.as_bytes()).into_owned(),
            limits,
            at: At::Before(0),
            parts: 0,
            number: 0,
            waiting: None,
        }
    }

    /// Leaves the part that is read now, and gives the number of the next one.
    pub(super) fn pass_over(&mut self) -> usize {
        self.number += 1;
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
        self.number
    }

    /// Reads no further.
    pub(super) fn give_up(&mut self, what: &str) {
        self.at = At::Broken(what.to_owned());
        self.held = BytesMut::new();
    }

    /// The headers of the next part; none after the last one.
    pub(super) fn poll_headers(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<HeaderMap>, MultipartError>> {
        let headers = ready!(self.poll_to_headers(cx));
        if let Err(error) = &headers
            && !matches!(self.at, At::Broken(_))
        {
            self.give_up(&error.to_string());
        }
        Poll::Ready(headers)
    }

    fn poll_to_headers(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<HeaderMap>, MultipartError>> {
        loop {
            match self.at {
                At::Before(before) => match ready!(self.poll_until_delimiter(cx))? {
                    Some(skipped) if before + skipped.len() > self.limits.headers => {
                        return Poll::Ready(Err(MultipartError::Malformed(
                            "the boundary does not come".to_owned(),
                        )));
                    }
                    Some(skipped) => self.at = At::Before(before + skipped.len()),
                    None => self.at = At::Line,
                },
                At::Start | At::Content => {
                    ready!(self.poll_piece(cx))?;
                }
                At::Line => ready!(self.poll_line(cx))?,
                At::Headers(searched) => {
                    if let Some(headers) = self.headers(searched)? {
                        return Poll::Ready(Ok(Some(headers)));
                    }
                    ready!(self.poll_more(cx))?;
                }
                At::After(after) => {
                    let after = after + self.held.len();
                    self.held.clear();
                    let more = after <= self.limits.headers && ready!(self.poll_some(cx))?;
                    self.at = if more { At::After(after) } else { At::End };
                }
                At::End => return Poll::Ready(Ok(None)),
                At::Broken(ref what) => {
                    return Poll::Ready(Err(MultipartError::Malformed(what.clone())));
                }
            }
        }
    }

    /// More of the content of a part; none at its end. Who waits is woken where the part is passed over.
    pub(super) fn poll_content(
        &mut self,
        number: usize,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, MultipartError>> {
        if number != self.number {
            let what = "the next part was asked for before this one was read";
            return Poll::Ready(Err(MultipartError::Malformed(what.to_owned())));
        }
        self.waiting = None;
        let Poll::Ready(piece) = self.poll_piece(cx) else {
            self.waiting = Some(cx.waker().clone());
            return Poll::Pending;
        };
        if let Err(error) = &piece {
            self.give_up(&error.to_string());
        }
        Poll::Ready(piece)
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, MultipartError>> {
        loop {
            match &self.at {
                At::Start => {
                    let delimiter = self.delimiter.needle();
                    if delimiter.starts_with(&self.held) && self.held.len() < delimiter.len() {
                        ready!(self.poll_more(cx))?;
                        continue;
                    }
                    if !self.held.starts_with(delimiter) {
                        self.held.advance(2);
                    }
                    self.at = At::Content;
                }
                At::Content => {
                    let piece = ready!(self.poll_until_delimiter(cx))?;
                    if piece.is_none() {
                        self.at = At::Line;
                    }
                    return Poll::Ready(Ok(piece));
                }
                At::Broken(what) => {
                    return Poll::Ready(Err(MultipartError::Malformed(what.clone())));
                }
                _ => return Poll::Ready(Ok(None)),
            }
        }
    }

    /// Bytes before the next delimiter; none where it stands here, and then it is taken.
    fn poll_until_delimiter(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, MultipartError>> {
        let delimiter = self.delimiter.needle().len();
        loop {
            let before = match self.delimiter.find(&self.held) {
                Some(0) => {
                    self.held.advance(delimiter);
                    return Poll::Ready(Ok(None));
                }
                Some(before) => before,
                None => self.held.len() - self.begun(),
            };
            if before > 0 {
                return Poll::Ready(Ok(Some(self.held.split_to(before).freeze())));
            }
            ready!(self.poll_more(cx))?;
        }
    }

    /// How many bytes at the end of what is held may be the start of a delimiter. Only the last carriage return may
    /// start it, since a delimiter has no other one.
    fn begun(&self) -> usize {
        let start = memrchr(b'\r', &self.held).unwrap_or(self.held.len());
        let end = self.held.get(start..).unwrap_or_default();
        match self.delimiter.needle().starts_with(end) {
            true => end.len(),
            false => 0,
        }
    }

    /// The rest of the line of a boundary: two hyphens after the last one, nothing after the others.
    fn poll_line(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), MultipartError>> {
        loop {
            match &*self.held {
                [b'-', b'-', ..] => {
                    self.at = At::After(0);
                    return Poll::Ready(Ok(()));
                }
                [b'\r', b'\n', ..] if self.parts == self.limits.parts => {
                    let most = self.limits.parts;
                    let what = "parts";
                    return Poll::Ready(Err(MultipartError::TooLarge { what, most }));
                }
                [b'\r', b'\n', ..] => {
                    self.parts += 1;
                    self.at = At::Headers(0);
                    return Poll::Ready(Ok(()));
                }
                [b' ' | b'\t', ..] => self.held.advance(1),
                [] | [b'\r' | b'-'] => ready!(self.poll_more(cx))?,
                _ => {
                    let what = "something stands beside a boundary";
                    return Poll::Ready(Err(MultipartError::Malformed(what.to_owned())));
                }
            }
        }
    }

    /// The headers, where all of them came. They stand between the end of the boundary's line and an empty line.
    fn headers(&mut self, searched: usize) -> Result<Option<HeaderMap>, MultipartError> {
        let unsearched = self.held.get(searched..).unwrap_or_default();
        let found = memmem::find(unsearched, b"\r\n\r\n").map(|at| searched + at);
        if found.unwrap_or(self.held.len()) > self.limits.headers {
            let what = "bytes of headers in a part";
            let most = self.limits.headers;
            return Err(MultipartError::TooLarge { what, most });
        }
        let Some(end) = found else {
            self.at = At::Headers(self.held.len().saturating_sub(3));
            return Ok(None);
        };
        let lines = self.held.get(2..end + 4).unwrap_or_default();
        let headers = header::headers(lines).map_err(MultipartError::Malformed)?;
        self.held.advance(end + 2);
        self.at = At::Start;
        Ok(Some(headers))
    }

    /// Takes more of the body, which must not be at its end.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), MultipartError>> {
        Poll::Ready(match ready!(self.poll_some(cx))? {
            true => Ok(()),
            false => {
                let what = "the body ends before its last boundary";
                Err(MultipartError::Malformed(what.to_owned()))
            }
        })
    }

    /// Takes more of the body; whether there was more.
    fn poll_some(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, MultipartError>> {
        match ready!(self.source.as_mut().poll_next(cx)) {
            Some(Ok(bytes)) if self.held.is_empty() => self.held = BytesMut::from(bytes),
            Some(Ok(bytes)) => self.held.extend_from_slice(&bytes),
            Some(Err(error)) => return Poll::Ready(Err(MultipartError::Io(error))),
            None => return Poll::Ready(Ok(false)),
        }
        Poll::Ready(Ok(true))
    }

    /// How many bytes are set aside for what is held.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.held.capacity()
    }
}
