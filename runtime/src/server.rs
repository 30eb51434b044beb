//! The API port: connections in, answers out, and a close that loses nothing.

mod closing;
mod connection;
mod conversation;
mod dispatch;
mod overheard;
mod peer;
#[cfg(feature = "tls")]
mod tls;

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use hyper_util::{rt::TokioExecutor, server::conn::auto};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::sleep,
};

#[cfg(feature = "tls")]
use tokio::time::timeout;

#[cfg(feature = "tls")]
use crate::drain::Phase;
#[cfg(feature = "tls")]
use connection::LATE;

use crate::{
    Schemas,
    drain::{Drain, closing, last_connections},
    example::Examples,
    forwarded::TrustedProxies,
    layers::{self, Innermost, Route, Wrap},
    limits::{Limits, RateLimit, Room},
    observe::Telemetry,
    probes::ApiProbes,
    routing::Router,
    service::{Application, Entry},
};

use closing::ReadToItsEnd;
use connection::Counting;
pub(crate) use connection::{Connection, Versions, protocol};
pub(crate) use conversation::{Asked, Conversation, Overdue, Patience};
use overheard::Overheard;
pub(crate) use peer::Peer;
#[cfg(feature = "tls")]
pub(crate) use tls::{Settings as TlsSettings, Tls};

/// The pause after an accept that failed, so that a lack of file descriptors does not become a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A service at work.
pub(crate) struct Server {
    pub(crate) application: Arc<dyn Application>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) router: Router,
    pub(crate) schemas: &'static Schemas,
    pub(crate) examples: Option<Examples>,
    pub(crate) telemetry: Arc<Telemetry>,
    /// Where the API port answers probes.
    pub(crate) probes: Option<ApiProbes>,
    pub(crate) drain: Arc<Drain>,
    pub(crate) builder: auto::Builder<TokioExecutor>,
    /// What stands around every request; nothing where there are no layers. Set once, before the first.
    pub(crate) around: OnceLock<Route>,
    /// What is asked for paths that no operation has.
    pub(crate) fallback: Option<Route>,
    pub(crate) layers: layers::Settings,
    pub(crate) proxies: TrustedProxies,
    pub(crate) limits: Limits,
    /// How those are spoken with who have agreed on HTTP/2 in TLS.
    #[cfg(feature = "tls")]
    pub(crate) http2: auto::Builder<TokioExecutor>,
    /// Nothing where the port speaks plainly. Set once, before the first connection.
    #[cfg(feature = "tls")]
    pub(crate) tls: OnceLock<Arc<Tls>>,
    pub(crate) room: Room,
    pub(crate) rate: Option<RateLimit>,
    #[cfg(feature = "docs-ui")]
    pub(crate) docs: Option<Arc<crate::docs::Docs>>,
}

impl Server {
    /// Puts layers around every request, the first added innermost, and what the settings ask for around those.
    pub(crate) fn surround(self: &Arc<Self>, own: Vec<Wrap>) {
        if own.is_empty() && !self.layers.ask_for_layers() {
            return;
        }
        let innermost = Route::new(Innermost(Arc::downgrade(self)));
        let route = own.into_iter().fold(innermost, |route, wrap| wrap(route));
        self.around.get_or_init(|| self.layers.around(route));
    }

    /// Speaks TLS as the settings say, with the certificates that are there then.
    ///
    /// # Errors
    /// Where they cannot be used.
    #[cfg(feature = "tls")]
    pub(crate) fn secure(
        &self,
        settings: Option<&TlsSettings>,
        versions: Versions,
    ) -> Result<(), String> {
        if let Some(settings) = settings {
            let tls = Tls::new(settings.clone(), versions)?;
            tokio::spawn(tls.clone().watch());
            self.tls.get_or_init(|| tls);
        }
        Ok(())
    }

    /// Takes connections until the drain closes the listener, and then those that were already made.
    pub(crate) async fn accept(self: Arc<Self>, listener: TcpListener, most: usize) {
        let room = Arc::new(Semaphore::new(most));
        {
            let closing = closing(&self.drain, &listener);
            tokio::pin!(closing);
            loop {
                let permit = tokio::select! {
                    () = &mut closing => break,
                    permit = room.clone().acquire_owned() => permit,
                };
                let Ok(permit) = permit else { break };
                tokio::select! {
                    () = &mut closing => break,
                    accepted = listener.accept() => self.clone().take(accepted, permit).await,
                }
            }
        }
        for accepted in last_connections(listener) {
            let permit = tokio::select! {
                permit = room.clone().acquire_owned() => permit,
                () = self.drain.cut() => break,
            };
            let Ok(permit) = permit else { break };
            self.clone().take(Ok(accepted), permit).await;
        }
    }

    async fn take(
        self: Arc<Self>,
        accepted: std::io::Result<(TcpStream, SocketAddr)>,
        permit: OwnedSemaphorePermit,
    ) {
        match accepted {
            Ok((stream, remote)) => {
                // A stream whose other end is gone already says so at its first read.
                let _ = stream.set_nodelay(true);
                tokio::spawn(self.connected(stream, remote, permit));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

impl Server {
    /// Speaks on a connection as the settings say: plainly, or by TLS.
    async fn connected(
        self: Arc<Self>,
        stream: TcpStream,
        remote: SocketAddr,
        _permit: OwnedSemaphorePermit,
    ) {
        let _open = Counting::new(&self.telemetry.metrics.connections);
        let stream = ReadToItsEnd(stream);
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.get() {
            let late = async {
                self.drain.reached(Phase::Closing).await;
                sleep(LATE).await;
            };
            let agreed = tokio::select! {
                agreed = timeout(self.limits.patience.head, tls.accept(stream)) => agreed,
                () = late => return,
            };
            match agreed {
                Ok(Ok((stream, certificate))) => {
                    let peer = Peer::known(remote, certificate);
                    let builder = match stream.get_ref().1.alpn_protocol() {
                        Some(b"h2") => &self.http2,
                        _ => &self.builder,
                    };
                    Connection::new(self.clone(), peer)
                        .speak(stream, builder)
                        .await;
                }
                Ok(Err(error)) => tracing::debug!(%error, "a caller could not agree on TLS"),
                Err(_) => tracing::debug!("a caller took too long to agree on TLS"),
            }
            return;
        }
        let peer = Peer::at(remote);
        let connection = Connection::new(self.clone(), peer);
        connection.speak(stream, &self.builder).await;
    }
}
