//! What requests and answers carry.

#[cfg(feature = "server")]
use std::{any::Any, sync::Arc, time::Duration};
use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Body as HttpBody, Frame, SizeHint};
#[cfg(any(feature = "client", feature = "server"))]
use hyper::body::Incoming;
#[cfg(feature = "server")]
use tokio::time::{Sleep, sleep};

#[cfg(feature = "server")]
use crate::observe::{Intake, Observed};

/// Bytes: all at once, or as they come.
pub struct Body {
    content: Content,
    /// The request that this is the answer of, while it is on its way.
    #[cfg(feature = "server")]
    observed: Option<Box<Observed>>,
}

enum Content {
    Full(Bytes),
    #[cfg(any(feature = "client", feature = "server"))]
    Received(Received),
    Stream(Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>),
    /// A body of another library's.
    #[cfg(feature = "server")]
    Other(Pin<Box<dyn HttpBody<Data = Bytes, Error = io::Error> + Send>>),
}

impl Content {
    /// Whether it is known that no more bytes come.
    fn is_end_stream(&self) -> bool {
        match self {
            Content::Full(bytes) => bytes.is_empty(),
            #[cfg(any(feature = "client", feature = "server"))]
            Content::Received(received) => received.incoming.is_end_stream(),
            Content::Stream(_) => false,
            #[cfg(feature = "server")]
            Content::Other(body) => body.is_end_stream(),
        }
    }
}

impl Body {
    fn of(content: Content) -> Self {
        Body {
            content,
            #[cfg(feature = "server")]
            observed: None,
        }
    }

    /// The body of an answer, with whom to tell when it is on its way as a whole. What is there already is.
    #[cfg(feature = "server")]
    pub(crate) fn observed(mut self, mut observed: Observed) -> Self {
        let without = observed.is_answered_without_body();
        match &self.content {
            Content::Full(bytes) if !without => {
                observed.sent = bytes.len() as u64;
                observed.whole = true;
            }
            // Nobody asks for the bytes.
            _ if without || observed.due == Some(0) || self.is_end_stream() => {
                observed.whole = true;
            }
            _ => self.observed = Some(Box::new(observed)),
        }
        self
    }

    /// Nothing.
    pub fn empty() -> Self {
        Body::of(Content::Full(Bytes::new()))
    }

    /// The body of a message, as it comes.
    #[cfg(any(feature = "client", feature = "server"))]
    pub(crate) fn received(incoming: Received) -> Self {
        Body::of(Content::Received(incoming))
    }

    /// A body of another library's, such as those of `tower-http`; trailers are left out.
    #[cfg(feature = "server")]
    pub fn new<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut body = Some(body);
        // Most layers leave the body as it is.
        if let Some(own) = (&mut body as &mut dyn Any).downcast_mut::<Option<Body>>() {
            return own.take().unwrap_or_default();
        }
        let body = body.map(|body| http_body_util::BodyExt::map_err(body, io::Error::other));
        body.map_or_else(Body::empty, |body| Body::of(Content::Other(Box::pin(body))))
    }

    /// The next bytes; none at the end.
    pub async fn next(&mut self) -> Option<io::Result<Bytes>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// All of the bytes.
    ///
    /// # Errors
    /// Where they are more than `most`, or break off.
    pub async fn bytes(mut self, most: usize) -> io::Result<Bytes> {
        let mut all = BytesMut::new();
        while let Some(bytes) = self.next().await {
            let bytes = bytes?;
            if all.len() + bytes.len() > most {
                let words = format!("there are more than {most} bytes");
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, words));
            }
            all.extend_from_slice(&bytes);
        }
        Ok(all.freeze())
    }

    /// The same once more, where all of it is there.
    #[cfg(feature = "client")]
    pub(crate) fn again(&self) -> Option<Self> {
        match &self.content {
            Content::Full(bytes) => Some(bytes.clone().into()),
            _ => None,
        }
    }

    /// Bytes as they come; an error cuts the answer off, which the caller sees.
    pub fn stream(bytes: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Body::of(Content::Stream(Box::pin(bytes)))
    }
}

impl Default for Body {
    /// Nothing.
    fn default() -> Self {
        Body::empty()
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Body::of(Content::Full(bytes.into()))
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        match &self.content {
            Content::Full(bytes) => write!(out, "Body({} bytes)", bytes.len()),
            _ => out.write_str("Body(stream)"),
        }
    }
}

impl Stream for Body {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = match &mut self.content {
            Content::Full(bytes) if bytes.is_empty() => Poll::Ready(None),
            Content::Full(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            #[cfg(any(feature = "client", feature = "server"))]
            Content::Received(received) => Pin::new(received).poll_next(cx),
            Content::Stream(stream) => stream.as_mut().poll_next(cx),
            #[cfg(feature = "server")]
            Content::Other(body) => poll_bytes(body.as_mut(), cx),
        };
        #[cfg(feature = "server")]
        self.note(&next);
        next
    }
}

/// The next bytes of a body of another library's.
#[cfg(feature = "server")]
fn poll_bytes(
    mut body: Pin<&mut (dyn HttpBody<Data = Bytes, Error = io::Error> + Send)>,
    cx: &mut Context<'_>,
) -> Poll<Option<io::Result<Bytes>>> {
    loop {
        match std::task::ready!(body.as_mut().poll_frame(cx)) {
            None => return Poll::Ready(None),
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    return Poll::Ready(Some(Ok(bytes)));
                }
            }
        }
    }
}

#[cfg(feature = "server")]
impl Body {
    fn note(&mut self, next: &Poll<Option<io::Result<Bytes>>>) {
        let Some(observed) = &mut self.observed else {
            return;
        };
        match next {
            Poll::Ready(Some(Ok(bytes))) => {
                observed.sent += bytes.len() as u64;
                // A body whose length is known is not asked again when it has come to its end.
                observed.whole =
                    observed.due == Some(observed.sent) || self.content.is_end_stream();
            }
            Poll::Ready(Some(Err(_))) => self.observed = None,
            Poll::Ready(None) => {
                observed.whole = true;
                self.observed = None;
            }
            Poll::Pending => {}
        }
    }
}

/// The bytes of a body on a connection.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) struct Received {
    incoming: Incoming,
    /// Where it is noted how much was read.
    #[cfg(feature = "server")]
    intake: Option<Arc<Intake>>,
    /// How long the next bytes may take.
    #[cfg(feature = "server")]
    patience: Option<Duration>,
    /// Runs while they are waited for.
    #[cfg(feature = "server")]
    late: Option<Pin<Box<Sleep>>>,
}

#[cfg(any(feature = "client", feature = "server"))]
impl Received {
    #[cfg(feature = "client")]
    pub(crate) fn of(incoming: Incoming) -> Self {
        Received {
            incoming,
            #[cfg(feature = "server")]
            intake: None,
            #[cfg(feature = "server")]
            patience: None,
            #[cfg(feature = "server")]
            late: None,
        }
    }

    #[cfg(feature = "server")]
    pub(crate) fn noted(
        incoming: Incoming,
        intake: Option<Arc<Intake>>,
        patience: Duration,
    ) -> Self {
        Received {
            incoming,
            intake,
            patience: Some(patience),
            late: None,
        }
    }

    /// Whether the next bytes have been waited for too long.
    #[cfg(feature = "server")]
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(patience) = self.patience else {
            return Poll::Pending;
        };
        let late = self.late.get_or_insert_with(|| Box::pin(sleep(patience)));
        late.as_mut().poll(cx)
    }
}

#[cfg(any(feature = "client", feature = "server"))]
impl Stream for Received {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let polled = Pin::new(&mut self.incoming).poll_frame(cx);
            #[cfg(feature = "server")]
            if polled.is_pending() {
                std::task::ready!(self.poll_late(cx));
                return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
            }
            let frame = std::task::ready!(polled);
            #[cfg(feature = "server")]
            {
                self.late = None;
            }
            #[cfg(feature = "server")]
            if let Some(intake) = &self.intake {
                intake.note(&frame);
            }
            match frame {
                None => return Poll::Ready(None),
                Some(Err(error)) => {
                    let error = io::Error::new(io::ErrorKind::UnexpectedEof, error);
                    return Poll::Ready(Some(Err(error)));
                }
                // Trailers are no part of what the document describes.
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
            }
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut self.content {
            Content::Full(bytes) if bytes.is_empty() => Poll::Ready(None),
            Content::Full(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            _ => {
                let next = self.poll_next(cx);
                next.map(|item| item.map(|bytes| bytes.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            #[cfg(any(feature = "client", feature = "server"))]
            Content::Received(received) => received.incoming.size_hint(),
            Content::Stream(_) => SizeHint::default(),
            #[cfg(feature = "server")]
            Content::Other(body) => body.size_hint(),
        }
    }
}
