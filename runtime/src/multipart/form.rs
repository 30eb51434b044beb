//! Forms to be sent.

use std::{
    collections::VecDeque,
    fmt,
    hash::{BuildHasher, RandomState},
    io,
    pin::Pin,
    task::{Context, Poll, Waker, ready},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::{HeaderMap, HeaderValue, header::CONTENT_DISPOSITION};
use http_body::Body as _;

use super::header;
use crate::Body;

/// A form of `multipart/form-data` that is put together part by part.
///
/// Names of fields and files are encoded as browsers do (WHATWG HTML): `"`, CR and LF become `%22`, `%0D` and `%0A`.
pub struct FormData {
    boundary: String,
    parts: VecDeque<(Bytes, Body)>,
}

impl Default for FormData {
    fn default() -> Self {
        Self::new()
    }
}

impl FormData {
    /// A form without parts, with a boundary that nobody can foresee.
    pub fn new() -> Self {
        // What fastrand gives next can be told from what it gave before; keyed hashes of it can't.
        let half = || RandomState::new().hash_one(fastrand::u64(..));
        FormData {
            boundary: format!("form-{:016x}{:016x}", half(), half()),
            parts: VecDeque::new(),
        }
    }

    /// A form without parts that has a given boundary, which must not stand in any part; none where the text can't be
    /// a boundary (RFC 2046, section 5.1.1).
    pub fn with_boundary(boundary: &str) -> Option<Self> {
        header::is_boundary(boundary).then(|| FormData {
            boundary: boundary.to_owned(),
            parts: VecDeque::new(),
        })
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        self.part(
            name,
            &HeaderMap::new(),
            Bytes::copy_from_slice(value.as_bytes()),
        )
    }

    /// Adds a value that is written as JSON already.
    #[must_use]
    pub fn json(self, name: &str, value: impl Into<Bytes>) -> Self {
        self.add(name, None, Some("application/json"), value.into().into())
    }

    /// Adds a file: bytes, or a [`Body::stream`]. A content type that a header can't carry counts as
    /// `application/octet-stream`.
    #[must_use]
    pub fn file(
        self,
        name: &str,
        file_name: &str,
        content_type: &str,
        content: impl Into<Body>,
    ) -> Self {
        let carried = HeaderValue::from_str(content_type).is_ok();
        let kind = if carried {
            content_type
        } else {
            "application/octet-stream"
        };
        self.add(name, Some(file_name), Some(kind), content.into())
    }

    /// Adds a part with headers of its own. A Content-Disposition among them stands in place of the one that the name
    /// gives.
    #[must_use]
    pub fn part(mut self, name: &str, headers: &HeaderMap, content: impl Into<Body>) -> Self {
        let mut head = match headers.contains_key(CONTENT_DISPOSITION) {
            true => self.boundary_line(),
            false => self.head(name, None),
        };
        for (name, value) in headers {
            head.extend_from_slice(name.as_str().as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        self.push(head, content.into());
        self
    }

    fn add(
        mut self,
        name: &str,
        file_name: Option<&str>,
        content_type: Option<&str>,
        content: Body,
    ) -> Self {
        let mut head = self.head(name, file_name);
        if let Some(content_type) = content_type {
            head.extend_from_slice(format!("Content-Type: {content_type}\r\n").as_bytes());
        }
        self.push(head, content);
        self
    }

    fn boundary_line(&self) -> BytesMut {
        let before = if self.parts.is_empty() { "" } else { "\r\n" };
        BytesMut::from(format!("{before}--{}\r\n", self.boundary).as_str())
    }

    fn head(&self, name: &str, file_name: Option<&str>) -> BytesMut {
        let mut head = self.boundary_line();
        let name = header::encode(name);
        let line = match file_name.map(header::encode) {
            Some(file) => format!("form-data; name=\"{name}\"; filename=\"{file}\""),
            None => format!("form-data; name=\"{name}\""),
        };
        head.extend_from_slice(format!("Content-Disposition: {line}\r\n").as_bytes());
        head
    }

    fn push(&mut self, mut head: BytesMut, content: Body) {
        head.extend_from_slice(b"\r\n");
        self.parts.push_back((head.freeze(), content));
    }

    /// The `Content-Type` of the form.
    pub fn content_type(&self) -> String {
        let boundary = &self.boundary;
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"'+_-.".contains(&byte);
        match boundary.bytes().all(token) {
            true => format!("multipart/form-data; boundary={boundary}"),
            false => format!("multipart/form-data; boundary=\"{boundary}\""),
        }
    }

    /// The form as it is sent. An error of a part ends it early, without the last boundary.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        self.sending()
    }

    /// The form in one piece; none where a part comes as a stream.
    pub fn into_bytes(self) -> Option<Bytes> {
        let mut parts = self.parts.iter();
        if !parts.all(|(_, content)| http_body::Body::size_hint(content).exact().is_some()) {
            return None;
        }
        let mut all = BytesMut::new();
        let mut sending = self.sending();
        let mut cx = Context::from_waker(Waker::noop());
        // What is in memory is ready.
        while let Poll::Ready(Some(Ok(bytes))) = Pin::new(&mut sending).poll_next(&mut cx) {
            all.extend_from_slice(&bytes);
        }
        Some(all.freeze())
    }

    /// The form as a body, with its length where that is known.
    pub fn into_body(self) -> Body {
        let mut parts = self.parts.iter();
        match parts.all(|(_, content)| http_body::Body::size_hint(content).exact().is_some()) {
            true => self.into_bytes().unwrap_or_default().into(),
            false => Body::stream(self.sending()),
        }
    }

    fn sending(self) -> Sending {
        let before = if self.parts.is_empty() { "" } else { "\r\n" };
        Sending {
            parts: self.parts,
            content: None,
            end: Some(format!("{before}--{}--\r\n", self.boundary).into()),
        }
    }
}

impl fmt::Debug for FormData {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "FormData({} parts)", self.parts.len())
    }
}

struct Sending {
    parts: VecDeque<(Bytes, Body)>,
    /// The content that is sent now.
    content: Option<Body>,
    end: Option<Bytes>,
}

impl Stream for Sending {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while let Some(content) = &mut self.content {
            match ready!(Pin::new(content).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
                Some(Err(error)) => {
                    self.content = None;
                    self.parts.clear();
                    self.end = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None => self.content = None,
            }
        }
        Poll::Ready(match self.parts.pop_front() {
            Some((head, content)) => {
                self.content = Some(content);
                Some(Ok(head))
            }
            None => self.end.take().map(Ok),
        })
    }
}
