//! Request bodies that were sent compressed (RFC 9110, section 8.4), read as if they had not been. A small body can
//! stand for an endless one, so what comes out is bounded, both as a whole and by what went in.

#[cfg(feature = "compression")]
mod decoding;
#[cfg(test)]
mod tests;
#[cfg(feature = "compression")]
mod zstd;

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, header};

/// The codings that are decoded, as the `Accept-Encoding` of a 415 says it (RFC 9110, 12.5.3).
#[cfg(feature = "compression")]
pub(crate) const ACCEPTED: &str = "gzip, deflate, br, zstd";
/// The codings that are decoded, as the `Accept-Encoding` of a 415 says it (RFC 9110, 12.5.3).
#[cfg(not(feature = "compression"))]
pub(crate) const ACCEPTED: &str = "identity";

/// How many codings one body may have on top of one another.
const MOST_CODINGS: usize = 2;

/// A coding that is decoded here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    fn named(name: &str) -> Option<Self> {
        let known = [
            ("gzip", Coding::Gzip),
            // RFC 9110, 8.4.1.3: the same.
            ("x-gzip", Coding::Gzip),
            ("deflate", Coding::Deflate),
            ("br", Coding::Brotli),
            ("zstd", Coding::Zstd),
        ];
        let mut same = known
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name));
        same.next()
            .map(|(_, coding)| *coding)
            .filter(|_| cfg!(feature = "compression"))
    }
}

/// A body has a coding that is not decoded here, or too many: 415, with [`ACCEPTED`] as `Accept-Encoding`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unsupported {
    /// The coding that is not known.
    Coding(String),
    /// More than two on top of one another.
    TooMany,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Unsupported::Coding(name) => {
                write!(
                    out,
                    "the body's content coding `{name}` is not known; known are {ACCEPTED}"
                )
            }
            Unsupported::TooMany => {
                write!(
                    out,
                    "the body has more than {MOST_CODINGS} content codings on top of one another"
                )
            }
        }
    }
}

impl std::error::Error for Unsupported {}

/// Why a body was not read to its end; it stands inside an [`io::Error`], where [`Stopped::of`] finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// More bytes came out than may: this many may.
    TooMany(u64),
    /// It grows out of all proportion to what was sent.
    #[cfg(feature = "compression")]
    Bomb,
    /// It is not what its coding says: cut off, damaged, or followed by something else.
    #[cfg(feature = "compression")]
    Damaged(String),
}

impl Stopped {
    /// The reason inside an error; none for an error of the connection.
    pub(crate) fn of(error: &io::Error) -> Option<&Stopped> {
        error.get_ref()?.downcast_ref()
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Stopped::TooMany(most) => write!(out, "the body, decoded, is larger than {most} bytes"),
            #[cfg(feature = "compression")]
            Stopped::Bomb => {
                out.write_str("the body, decoded, is out of all proportion to what was sent")
            }
            #[cfg(feature = "compression")]
            Stopped::Damaged(cause) => {
                write!(out, "the body does not fit its content coding: {cause}")
            }
        }
    }
}

impl std::error::Error for Stopped {}

impl From<Stopped> for io::Error {
    fn from(stopped: Stopped) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, stopped)
    }
}

/// A body with its codings undone, as it comes. After an error it has ended.
pub(crate) struct Decoded<S> {
    content: Content<S>,
    most: Option<u64>,
    /// How many bytes came out so far.
    given: u64,
}

enum Content<S> {
    AsSent(S),
    #[cfg(feature = "compression")]
    Coded(decoding::Decoding),
    Ended,
}

/// A body with the codings that its `Content-Encoding` names undone. It is given as it was sent where there is none.
///
/// Reading stops with a [`Stopped`] where more than `most` bytes come out, where more than a thousand bytes come out
/// for each that went in once they are a mebibyte, and where the body is damaged. Errors of `bytes` come out as
/// they are.
///
/// # Errors
/// Where a coding is not known, or there are more than two.
pub(crate) fn decoded<S>(
    headers: &HeaderMap,
    bytes: S,
    most: Option<u64>,
) -> Result<Decoded<S>, Unsupported>
where
    S: Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static,
{
    let codings = codings(headers)?;
    #[cfg(feature = "compression")]
    let content = match codings.is_empty() {
        true => Content::AsSent(bytes),
        false => Content::Coded(decoding::Decoding::new(&codings, bytes)),
    };
    // Without decoders no coding is known, so that none is left here.
    #[cfg(not(feature = "compression"))]
    let content = {
        debug_assert!(codings.is_empty());
        Content::AsSent(bytes)
    };
    Ok(Decoded {
        content,
        most,
        given: 0,
    })
}

/// The codings in the order in which they were applied, `identity` left out.
fn codings(headers: &HeaderMap) -> Result<Vec<Coding>, Unsupported> {
    let mut codings = Vec::new();
    for value in headers.get_all(header::CONTENT_ENCODING) {
        let value = String::from_utf8_lossy(value.as_bytes());
        for name in value.split(',').map(str::trim) {
            if name.is_empty() || name.eq_ignore_ascii_case("identity") {
                continue;
            }
            let coding = Coding::named(name).ok_or_else(|| Unsupported::Coding(name.to_owned()))?;
            if codings.len() == MOST_CODINGS {
                return Err(Unsupported::TooMany);
            }
            codings.push(coding);
        }
    }
    Ok(codings)
}

impl<S> Stream for Decoded<S>
where
    S: Stream<Item = io::Result<Bytes>> + Unpin,
{
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = match &mut self.content {
            Content::AsSent(bytes) => Pin::new(bytes).poll_next(cx),
            #[cfg(feature = "compression")]
            Content::Coded(bytes) => bytes.poll_next(cx),
            Content::Ended => Poll::Ready(None),
        };
        let next = ready!(next).map(|bytes| self.within(bytes?));
        if !matches!(next, Some(Ok(_))) {
            self.content = Content::Ended;
        }
        Poll::Ready(next)
    }
}

impl<S> Decoded<S> {
    fn within(&mut self, bytes: Bytes) -> io::Result<Bytes> {
        self.given = self.given.saturating_add(bytes.len() as u64);
        match self.most {
            Some(most) if self.given > most => Err(Stopped::TooMany(most).into()),
            _ => Ok(bytes),
        }
    }
}
