//! The closing of a port, which no connection is lost by.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};

use super::{Drain, Phase};

/// How long a handshake that has begun may take to come to its end.
const HANDSHAKE: Duration = Duration::from_millis(20);

/// Ends when a port is to be closed, a little after the drain's closing: handshakes that had begun are over then, and no
/// other has begun.
pub(crate) async fn closing(drain: &Drain, listener: &TcpListener) {
    drain.reached(Phase::Closing).await;
    begin_no_handshake(listener);
    tokio::select! {
        () = sleep(HANDSHAKE) => {}
        () = drain.cut() => {}
    }
}

/// A handshake that comes to its end between the last connection that is accepted and the closing of the listener would
/// be reset, to whoever takes itself for connected. So none begins any more: what asks for one is dropped, asks again a
/// second later (RFC 6298, 2), and is refused then, or answered by another instance.
///
/// Where the platform cannot do this, that gap of some microseconds stays.
#[cfg(target_os = "linux")]
fn begin_no_handshake(listener: &TcpListener) {
    use socket2::{SockFilter, SockRef};

    // A program for the kernel (Documentation/networking/filter.rst). Connections inherit it, and have no such segments.
    const PROGRAM: [SockFilter; 5] = [
        // The octet with the flags (RFC 9293, 3.1), of which SYN and ACK count.
        SockFilter::new(0x30, 0, 0, 13),
        SockFilter::new(0x54, 0, 0, 0x12),
        // SYN alone begins a handshake: it is dropped, and anything else is taken whole.
        SockFilter::new(0x15, 0, 1, 0x02),
        SockFilter::new(0x06, 0, 0, 0),
        SockFilter::new(0x06, 0, 0, u32::MAX),
    ];
    if let Err(error) = SockRef::from(listener).attach_filter(&PROGRAM) {
        tracing::debug!(%error, "handshakes cannot be held back");
    }
}

#[cfg(not(target_os = "linux"))]
fn begin_no_handshake(_: &TcpListener) {}

/// What the kernel has already accepted for us was made while the listener was open. Asked of the kernel itself, and
/// the listener closed right behind, so that nothing comes in between.
pub(crate) fn last_connections(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else {
        return Vec::new();
    };
    let mut accepted = Vec::new();
    while let Ok(one) = listener.accept() {
        accepted.push(one);
    }
    drop(listener);
    let streams = accepted.into_iter().filter_map(|(stream, remote)| {
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, remote))
    });
    streams.collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        time::timeout,
    };

    use super::*;

    #[tokio::test]
    async fn no_handshake_begins_and_those_that_had_begun_are_taken() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address).await else {
                continue;
            };
            let address = listener.local_addr().expect("an address");
            let mut early = TcpStream::connect(address).await.expect("it is open");
            begin_no_handshake(&listener);
            let late = timeout(Duration::from_millis(300), TcpStream::connect(address));
            let late = late.await;
            assert!(late.is_err(), "neither taken nor refused: {late:?}");
            let late = tokio::spawn(TcpStream::connect(address));
            let mut taken = last_connections(listener);
            assert_eq!(taken.len(), 1);
            let (mut stream, _) = taken.remove(0);
            early.write_all(b"ask").await.expect("sent");
            let mut asked = [0; 3];
            stream.read_exact(&mut asked).await.expect("it is read");
            stream.write_all(b"told").await.expect("sent");
            drop(stream);
            let mut told = String::new();
            early.read_to_string(&mut told).await.expect("whole");
            assert_eq!(told, "told");
            let late = late.await.expect("it does not panic");
            let kind = late.expect_err("nobody listens").kind();
            assert_eq!(kind, std::io::ErrorKind::ConnectionRefused);
        }
    }
}
