//! A connection's bytes on their way, from which its conversation is told how far it has come.

use std::{
    cell::Cell,
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Connection;

/// Up to how many bytes an answer is sent in one piece.
const SMALL: usize = 4096;

/// A connection that is listened to.
pub(crate) struct Overheard<S> {
    stream: S,
    connection: Arc<Connection>,
}

impl<S> Overheard<S> {
    pub(crate) fn new(stream: S, connection: Arc<Connection>) -> Self {
        Overheard { stream, connection }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Overheard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, into);
        let bytes = &into.filled()[before..];
        if !bytes.is_empty() {
            self.connection.conversation.read(bytes);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Overheard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.connection.conversation.wrote(bytes, &polled);
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = bytes.first().map_or(&[][..], |first| first);
        let whole: usize = bytes.iter().map(|slice| slice.len()).sum();
        let polled = match whole <= SMALL && bytes.len() > 1 {
            true => joined(bytes, |all| Pin::new(&mut self.stream).poll_write(cx, all)),
            false => Pin::new(&mut self.stream).poll_write_vectored(cx, bytes),
        };
        self.connection.conversation.wrote(first, &polled);
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Shows slices as one: the kernel takes longer for a few of them than it takes to copy what is small.
fn joined<T>(slices: &[IoSlice<'_>], show: impl FnOnce(&[u8]) -> T) -> T {
    thread_local! {
        static ALL: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    let mut all = ALL.take();
    all.clear();
    slices.iter().for_each(|slice| all.extend_from_slice(slice));
    let shown = show(&all);
    ALL.set(all);
    shown
}
