//! A service in the caller's own process: HTTP as ever, over a pipe in memory.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use http::Uri;
use hyper::{
    rt::{Read, ReadBufCursor, Write},
    service::service_fn,
};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use tokio::io::DuplexStream;

use crate::{
    Service,
    assembly::assemble,
    config::Config,
    server::{self, Peer, Server},
};

/// What a pipe holds: as much as a socket does.
const BUFFER: usize = 64 * 1024;

/// A service that is put together by the first call, on the executor that works for it then.
pub(super) struct InProcess {
    service: Mutex<Option<Service>>,
    server: OnceLock<Option<Arc<Server>>>,
}

impl InProcess {
    pub(super) fn new(service: Service) -> Self {
        InProcess {
            service: Mutex::new(Some(service)),
            server: OnceLock::new(),
        }
    }

    fn server(&self) -> Option<Arc<Server>> {
        let server = self.server.get_or_init(|| {
            let mut service = self.service.lock().unwrap_or_else(PoisonError::into_inner);
            let examples = [("OARLOCK_EXAMPLES".into(), "on".into())];
            let service = service.take()?;
            let settled = Config::read(examples, false, Duration::ZERO, &service.verifiers);
            Some(assemble(service, &settled.config, None, &[]).0)
        });
        server.clone()
    }
}

/// Makes connections to a service in this process.
#[derive(Clone)]
pub(super) struct Connector(pub(super) Arc<InProcess>);

impl tower_service::Service<Uri> for Connector {
    type Response = Pipe;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Pipe>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let own = self.0.clone();
        Box::pin(async move {
            let server = own.server().ok_or(io::ErrorKind::NotConnected)?;
            let (ours, theirs) = tokio::io::duplex(BUFFER);
            tokio::spawn(serve(server, theirs));
            Ok(Pipe(TokioIo::new(ours)))
        })
    }
}

async fn serve(server: Arc<Server>, stream: DuplexStream) {
    let remote = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let shared = server::Connection::new(server, Peer::at(remote));
    let answer = service_fn(|request| shared.answer(request));
    let builder = &shared.server.builder;
    let connection = builder.serve_connection(TokioIo::new(stream), answer);
    // Its end is told to the other end, where the call is.
    let _ = connection.await;
}

/// The caller's end of a pipe.
pub(super) struct Pipe(TokioIo<DuplexStream>);

impl Connection for Pipe {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl Write for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
