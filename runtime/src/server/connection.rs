//! One connection, from its first byte to its last.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::OwnedSemaphorePermit,
};

use super::{Conversation, Overdue, Overheard, Patience, Server};
use crate::{drain::Phase, limits::Limits, metrics::Ended};

/// How long a connection may take to send a request's head once the listener is closed, and to end once it is told to.
const LATE: Duration = Duration::from_secs(1);
/// How often a silent HTTP/2 connection with requests in work is asked whether it is still there, and how long it may
/// take to say so.
const PING: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(20));

/// The way connections are spoken over.
pub(crate) fn protocol(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // Heads are timed here, together with what else a connection waits for: hyper would set up a timer for each.
        .header_read_timeout(None)
        .max_headers(limits.max_headers)
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
    builder
}

impl Server {
    /// Speaks on a connection until it ends, is overdue or is cut.
    pub(super) async fn connection<S>(
        self: Arc<Self>,
        stream: S,
        remote: SocketAddr,
        permit: OwnedSemaphorePermit,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let metrics = &self.telemetry.metrics;
        let _open = Counting::new(&metrics.connections);
        let conversation = Arc::new(Conversation::default());
        let answer = service_fn(|request| {
            let asked = conversation.asked();
            let probes = self.probes.as_ref();
            let answer = match probes.and_then(|probes| probes.answer(&request)) {
                Some(response) => Err(response),
                None => Ok(self.clone().answer(request, remote, Some(asked))),
            };
            async move {
                Ok::<_, Infallible>(match answer {
                    Ok(answer) => answer.await,
                    Err(response) => response,
                })
            }
        });
        let stream = TokioIo::new(Overheard::new(stream, conversation.clone()));
        let connection = self.builder.serve_connection(stream, answer);
        tokio::pin!(connection);
        let usual = self.limits.patience;
        let late = Patience {
            head: LATE,
            idle: LATE,
            ..usual
        };
        let mut ended = tokio::select! {
            biased;
            ended = connection.as_mut() => Some(Ended::ByItself(ended)),
            overdue = conversation.overdue(usual) => Some(Ended::Overdue(overdue)),
            () = self.drain.reached(Phase::Closing) => None,
        };
        // A caller that has connected and not yet sent its request gets a moment to do so.
        if ended.is_none() {
            let last = tokio::time::timeout(LATE, connection.as_mut()).await;
            ended = last.ok().map(Ended::ByItself);
        }
        // One that has nothing more to ask is told that this is the end, which HTTP/2 has a frame for.
        if let None | Some(Ended::Overdue(Overdue::Idle)) = ended {
            connection.as_mut().graceful_shutdown();
            ended = Some(tokio::select! {
                biased;
                result = connection.as_mut() => Ended::ByItself(result),
                overdue = conversation.overdue(late) => Ended::Overdue(overdue),
                () = self.drain.cut() => Ended::Cut,
            });
        }
        if let Some(ended) = &ended {
            if let Ended::Cut = ended {
                self.drain.cut_connections.fetch_add(1, Relaxed);
            }
            metrics.connection_ended(&conversation, ended);
        }
        drop(permit);
    }
}

/// Holds a gauge up while it lives, also when the caller goes away.
struct Counting<'m>(&'m AtomicI64);

impl<'m> Counting<'m> {
    fn new(gauge: &'m AtomicI64) -> Self {
        gauge.fetch_add(1, Relaxed);
        Counting(gauge)
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}
