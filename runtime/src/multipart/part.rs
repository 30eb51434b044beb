//! One part of a body.

#[cfg(feature = "server")]
use std::sync::{Arc, Mutex};
use std::{
    fmt,
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};

use super::{FormData, header};
#[cfg(feature = "server")]
use super::{scan::Scanner, scanner};
use crate::Body;

/// A part of a form whose content is read as it comes. One that was received can be read until the next part is asked
/// for.
pub struct Part {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    headers: HeaderMap,
    content: Content,
    /// Whether its end or an error was given out.
    ended: bool,
}

enum Content {
    #[cfg(feature = "server")]
    Received(Arc<Mutex<Scanner>>, usize),
    /// Apart, since the values of a form are small beside it.
    Sent(Box<Body>),
}

impl Part {
    /// A file to be sent: bytes, or a [`Body::stream`]. A name that is empty is left out, and a content type that a
    /// header cannot carry counts as `application/octet-stream`.
    pub fn new(file_name: &str, content_type: &str, content: impl Into<Body>) -> Self {
        let carried = HeaderValue::from_str(content_type).is_ok();
        let content_type = if carried {
            content_type
        } else {
            "application/octet-stream"
        };
        let part = Part {
            name: String::new(),
            file_name: (!file_name.is_empty()).then(|| file_name.to_owned()),
            content_type: Some(content_type.to_owned()),
            headers: HeaderMap::new(),
            content: Content::Sent(Box::new(content.into())),
            ended: false,
        };
        match HeaderValue::from_str(content_type) {
            Ok(value) => part.with_header(CONTENT_TYPE, value),
            Err(_) => part,
        }
    }

    /// The part under a name: one that the document does not name has none by itself.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The part with one header more, which takes the place of one of its name.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if name == CONTENT_TYPE {
            self.content_type = value.to_str().ok().map(str::to_owned);
        }
        self.headers.insert(name, value);
        self
    }

    #[cfg(feature = "server")]
    pub(super) fn received(
        headers: HeaderMap,
        scanner: Arc<Mutex<Scanner>>,
        number: usize,
    ) -> Result<Self, String> {
        let (name, file_name) = header::disposition(&headers)?;
        let content_type = headers.get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        Ok(Part {
            name,
            file_name,
            content_type: content_type.map(str::to_owned),
            headers,
            content: Content::Received(scanner, number),
            ended: false,
        })
    }

    /// Adds the part to a form, under the name of a field.
    pub(crate) fn add_to(mut self, name: &str, form: FormData) -> Result<FormData, String> {
        let mut disposition = format!("form-data; name=\"{}\"", header::encode(name));
        if let Some(file_name) = &self.file_name {
            let file_name = header::encode(file_name);
            disposition.push_str(&format!("; filename=\"{file_name}\""));
        }
        let disposition = HeaderValue::try_from(disposition)
            .map_err(|_| format!("the name of the part `{name}` cannot stand in a header"))?;
        let mut headers = std::mem::take(&mut self.headers);
        headers.insert(CONTENT_DISPOSITION, disposition);
        let content = match self.content {
            Content::Sent(body) => *body,
            #[cfg(feature = "server")]
            Content::Received(..) => Body::stream(self),
        };
        Ok(form.part(name, &headers, content))
    }

    /// The name of the field.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the file as the sender gives it. It may hold anything: separators, `..`, names of devices, control
    /// characters. Show it or keep it, but build no path from it; see [`Part::safe_file_name`].
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// The last segment of the file's name, without control characters, characters that turn the direction of text,
    /// colons, and dots or white space at its ends; none where nothing is left. It stays the sender's choice: it may
    /// be the name of a file that exists, or longer than a file system takes.
    pub fn safe_file_name(&self) -> Option<String> {
        safe(self.file_name()?)
    }

    /// The media type of the content, where the sender gives it.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Every header of the part.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// More of the content, never empty; none at its end.
    ///
    /// # Errors
    /// Where the body breaks off or is malformed, and where the next part was asked for before.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, io::Error> {
        poll_fn(|cx| self.poll_chunk(cx)).await.transpose()
    }

    /// The whole content, of so many bytes at most.
    ///
    /// # Errors
    /// Where it is larger or can't be read.
    pub async fn bytes(mut self, most: usize) -> Result<Bytes, PartError> {
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if first.len() + all.len() + chunk.len() > most {
                return Err(PartError::TooLarge { most });
            }
            if first.is_empty() && all.is_empty() {
                first = chunk;
                continue;
            }
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&chunk);
        }
        Ok(if all.is_empty() { first } else { all.freeze() })
    }

    /// The whole content as UTF-8, of so many bytes at most.
    ///
    /// # Errors
    /// Where it is larger, is not UTF-8 or can't be read.
    pub async fn text(self, most: usize) -> Result<String, PartError> {
        let bytes = self.bytes(most).await?;
        String::from_utf8(bytes.into()).map_err(|_| PartError::NotText)
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let chunk = match &mut self.content {
            #[cfg(feature = "server")]
            Content::Received(shared, number) => scanner(shared)
                .poll_content(*number, cx)
                .map(|chunk| chunk.map_err(io::Error::from).transpose()),
            Content::Sent(body) => loop {
                match Pin::new(&mut *body).poll_next(cx) {
                    Poll::Ready(Some(Ok(chunk))) if chunk.is_empty() => {}
                    next => break next,
                }
            },
        };
        chunk.map(|chunk| {
            self.ended = !matches!(chunk, Some(Ok(_)));
            chunk
        })
    }
}

impl Stream for Part {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(cx)
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.debug_struct("Part")
            .field("name", &self.name)
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

/// The part of a file's name that can't lead out of a folder.
fn safe(file_name: &str) -> Option<String> {
    let turns = |one| matches!(one, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let segment = file_name.rsplit(['/', '\\']).next()?;
    let kept = segment.replace(|one: char| one.is_control() || one == ':' || turns(one), "");
    let name = kept.trim_matches(|one: char| one.is_whitespace() || one == '.');
    (!name.is_empty()).then(|| name.to_owned())
}

/// Why a part could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum PartError {
    /// It has more bytes than were asked for.
    TooLarge {
        /// How many were asked for.
        most: usize,
    },
    /// It is not UTF-8.
    NotText,
    /// The body breaks off or is malformed.
    Io(io::Error),
}

impl fmt::Display for PartError {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::TooLarge { most } => write!(out, "the part has more than {most} bytes"),
            Self::NotText => out.write_str("the part is not UTF-8"),
            Self::Io(error) => error.fmt(out),
        }
    }
}

impl std::error::Error for PartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for PartError {
    fn from(error: io::Error) -> Self {
        PartError::Io(error)
    }
}
