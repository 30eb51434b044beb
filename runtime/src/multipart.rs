//! `multipart/form-data` (RFC 7578), read and written as it comes, so that a part of any size takes little memory.
//!
//! Reading is our own: `multer` takes in all that is ready before it looks for a boundary, and sets headers no limit.

mod form;
mod header;
mod part;
#[cfg(feature = "server")]
mod scan;

#[cfg(test)]
#[cfg(feature = "server")]
mod tests;

use std::{fmt, io};
#[cfg(feature = "server")]
use std::{
    future::poll_fn,
    sync::{Arc, Mutex, PoisonError},
};

#[cfg(feature = "server")]
use bytes::Bytes;
#[cfg(feature = "server")]
use futures_core::Stream;

pub use form::FormData;
pub use part::{Part, PartError};
#[cfg(feature = "server")]
use scan::Scanner;

/// How much of a body is taken beside the contents of its parts.
#[cfg(feature = "server")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How many parts there may be.
    pub(crate) parts: usize,
    /// How many bytes the headers of one part may have, and what stands before the first boundary.
    pub(crate) headers: usize,
}

#[cfg(feature = "server")]
impl Default for Limits {
    fn default() -> Self {
        Limits {
            parts: 1000,
            headers: 8 * 1024,
        }
    }
}

/// A body of `multipart/form-data` that is read part by part.
#[cfg(feature = "server")]
pub(crate) struct Multipart(Arc<Mutex<Scanner>>);

#[cfg(feature = "server")]
impl Multipart {
    /// Reads a body by its `Content-Type`.
    ///
    /// # Errors
    /// `Malformed` where that is not `multipart/form-data` with a boundary (RFC 2046, section 5.1.1).
    pub(crate) fn new(
        content_type: &str,
        body: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
        limits: Limits,
    ) -> Result<Self, MultipartError> {
        let boundary = header::boundary(content_type).map_err(MultipartError::Malformed)?;
        let scanner = Scanner::new(&boundary, Box::pin(body), limits);
        Ok(Multipart(Arc::new(Mutex::new(scanner))))
    }

    /// The next part; none after the last one. What is left of the part before is skipped, and reading it fails.
    ///
    /// # Errors
    /// Where the body breaks off, is malformed or goes beyond a limit. Every later call fails too.
    pub(crate) async fn next(&mut self) -> Result<Option<Part>, MultipartError> {
        let number = scanner(&self.0).pass_over();
        let headers = poll_fn(|cx| scanner(&self.0).poll_headers(cx)).await?;
        let part = headers.map(|headers| Part::received(headers, Arc::clone(&self.0), number));
        part.transpose().map_err(|what| {
            scanner(&self.0).give_up(&what);
            MultipartError::Malformed(what)
        })
    }
}

/// A scanner to be used; one that a panic of the body left behind can be used like any other.
#[cfg(feature = "server")]
fn scanner(shared: &Mutex<Scanner>) -> std::sync::MutexGuard<'_, Scanner> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a body of `multipart/form-data` could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum MultipartError {
    /// It is not what RFC 7578 describes.
    Malformed(String),
    /// There is more of something than is taken.
    TooLarge {
        /// What there is too much of, in the plural.
        what: &'static str,
        /// How much would be taken.
        most: usize,
    },
    /// The body broke off.
    Io(io::Error),
}

impl fmt::Display for MultipartError {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Malformed(what) => out.write_str(what),
            Self::TooLarge { what, most } => write!(out, "there are more than {most} {what}"),
            Self::Io(error) => error.fmt(out),
        }
    }
}

impl std::error::Error for MultipartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<MultipartError> for io::Error {
    fn from(error: MultipartError) -> Self {
        match error {
            MultipartError::Io(error) => error,
            error => io::Error::new(io::ErrorKind::InvalidData, error),
        }
    }
}
