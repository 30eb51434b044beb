//! One connection, from its first byte to its last.

use std::{
    error::Error,
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use futures_util::{
    StreamExt as _,
    future::{Either, ready},
    stream::FuturesUnordered,
};
use http::Request;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulConnection},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::sleep,
};

use super::{Asked, Conversation, Overdue, Overheard, Patience, Peer, Server};
use crate::{config::Reader, drain::Phase, limits::Limits, metrics::Ended};

/// How long a caller that has connected before the port was closed may take to send its request's head.
pub(super) const LATE: Duration = Duration::from_secs(1);
/// How long a connection on which nothing is in work may stand still once it is told to end: its other end is gone
/// without a word.
const STILL: Duration = Duration::from_secs(5);
/// How many headers hyper takes by itself on HTTP/1.
const HYPERS_HEADERS: usize = 100;
/// How often a silent HTTP/2 connection with requests in work is asked whether it is still there, and how long it may
/// take to say so.
const PING: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(20));

/// Which versions of HTTP are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Versions {
    /// As the first bytes of a connection say, or ALPN.
    Both,
    /// HTTP/1.1 and 1.0 alone.
    Http1,
    /// HTTP/2 alone: in the clear by prior knowledge (RFC 9113, section 3.3).
    Http2,
}

impl Versions {
    pub(crate) fn read(reader: &mut Reader) -> Self {
        match &*reader.word("OARLOCK_HTTP_VERSIONS", "both", &["both", "1", "2"]) {
            "1" => Versions::Http1,
            "2" => Versions::Http2,
            _ => Versions::Both,
        }
    }
}

/// The way connections are spoken over.
pub(crate) fn protocol(limits: &Limits, versions: Versions) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    if limits.max_headers != HYPERS_HEADERS {
        // Said in so many words, it would cost a tenth of a request: hyper then makes room for as many each time.
        builder.http1().max_headers(limits.max_headers);
    }
    builder
        .http1()
        .timer(TokioTimer::new())
        // Heads are timed here, together with what else a connection waits for: hyper would set up a timer for each.
        .header_read_timeout(None)
        // The buffer of a connection, which a head must fit into.
        .max_buf_size(limits.max_header_bytes);
    let http2_head = u32::try_from(limits.max_header_bytes).unwrap_or(u32::MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING.0)
        .keep_alive_timeout(PING.1)
        .max_concurrent_streams(limits.http2_streams)
        .max_header_list_size(http2_head);
    match versions {
        Versions::Both => builder,
        Versions::Http1 => builder.http1_only(),
        Versions::Http2 => builder.http2_only(),
    }
}

/// What the requests of one connection share: each holds this, and counts on nothing that all connections share.
pub(crate) struct Connection {
    pub(crate) server: Arc<Server>,
    pub(crate) peer: Peer,
    pub(crate) conversation: Conversation,
}

impl Connection {
    pub(crate) fn new(server: Arc<Server>, peer: Peer) -> Arc<Self> {
        Arc::new(Connection {
            server,
            peer,
            conversation: Conversation::default(),
        })
    }

    /// Speaks on a connection until it ends, is overdue or is cut.
    pub(super) async fn speak<S>(self: Arc<Self>, stream: S, builder: &auto::Builder<TokioExecutor>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let answer = service_fn(|request: Request<Incoming>| {
            let probes = self.server.probes.as_ref();
            match probes.and_then(|probes| probes.answer(&request)) {
                Some(response) => {
                    drop(Asked::on(&self, request.version()));
                    Either::Left(ready(Ok(response)))
                }
                None => Either::Right(self.answer(request)),
            }
        });
        let stream = TokioIo::new(Overheard::new(stream, self.clone()));
        let connection = builder.serve_connection(stream, answer);
        tokio::pin!(connection);
        let ended = self.see_off(connection.as_mut()).await;
        let metrics = &self.server.telemetry.metrics;
        metrics.connection_ended(&self.conversation, &ended);
    }

    /// Serves a connection to its end, which comes with the service's at the latest.
    async fn see_off<C>(&self, mut connection: Pin<&mut C>) -> Ended
    where
        C: GracefulConnection<Error = Box<dyn Error + Send + Sync>>,
    {
        let (conversation, drain) = (&self.conversation, &self.server.drain);
        let usual = self.server.limits.patience;
        let interruption = async {
            tokio::select! {
                biased;
                overdue = conversation.overdue(usual) => Some(overdue),
                () = drain.reached(Phase::Closing) => None,
            }
        };
        // Looked at when it has something to say, and not with each request.
        let mut interruption = FuturesUnordered::from_iter([interruption]);
        let spoken = poll_fn(|cx| {
            let polled = connection.as_mut().poll(cx);
            if polled.is_pending() {
                conversation.rest();
            }
            polled
        });
        let overdue = tokio::select! {
            biased;
            ended = spoken => return Ended::ByItself(ended),
            interruption = interruption.next() => interruption.flatten(),
        };
        match overdue {
            // One that has nothing more to ask is told that this is the end, which HTTP/2 has a frame for.
            Some(Overdue::Idle) => {}
            Some(overdue) => return Ended::Overdue(overdue),
            // What was sent before the port was closed may still be on its way.
            None => {
                let late = async {
                    tokio::select! {
                        () = sleep(LATE) => {}
                        () = drain.cut() => {}
                    }
                };
                tokio::select! {
                    ended = connection.as_mut() => return Ended::ByItself(ended),
                    () = late => {}
                }
            }
        }
        connection.as_mut().graceful_shutdown();
        self.last_answers(connection).await
    }

    /// Serves what is in work on a connection that takes no more.
    async fn last_answers<C>(&self, connection: Pin<&mut C>) -> Ended
    where
        C: GracefulConnection<Error = Box<dyn Error + Send + Sync>>,
    {
        let (conversation, drain) = (&self.conversation, &self.server.drain);
        let last = Patience {
            head: LATE,
            // On HTTP/2 half of the first head cannot be told from none.
            idle: match conversation.has_begun() {
                true => STILL,
                false => LATE,
            },
            ..self.server.limits.patience
        };
        tokio::select! {
            biased;
            ended = connection => Ended::ByItself(ended),
            overdue = conversation.overdue(last) => {
                drain.dropped(overdue == Overdue::Write);
                Ended::Overdue(overdue)
            }
            () = drain.cut() => {
                drain.dropped(conversation.has_begun());
                Ended::Cut
            }
        }
    }
}

/// Holds a gauge up while it lives, also when the caller goes away.
pub(super) struct Counting<'m>(&'m AtomicI64);

impl<'m> Counting<'m> {
    pub(super) fn new(gauge: &'m AtomicI64) -> Self {
        gauge.fetch_add(1, Relaxed);
        Counting(gauge)
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}
