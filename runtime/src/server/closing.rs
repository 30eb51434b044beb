//! The end of a connection, which its other end is to hear of as an end.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// How much is taken up of what a caller goes on sending, in bytes.
const MOST: usize = 1 << 20;

/// A connection that is closed with nothing unread: where something is, TCP resets it, and what was answered last may be
/// lost on the way (RFC 9112, section 9.6).
pub(crate) struct ReadToItsEnd(pub(crate) TcpStream);

impl Drop for ReadToItsEnd {
    fn drop(&mut self) {
        let mut scratch = [0; 4096];
        let mut taken = 0;
        while taken < MOST {
            match self.0.try_read(&mut scratch) {
                Ok(count) if count > 0 => taken += count,
                // Nothing is there, or nobody is.
                Ok(_) | Err(_) => return,
            }
        }
    }
}

impl AsyncRead for ReadToItsEnd {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for ReadToItsEnd {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
