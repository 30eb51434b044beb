//! Requests of each kind that callers send: on connections that are kept and on fresh ones, HTTP/1.1 and HTTP/2.

use std::{
    collections::VecDeque,
    error::Error,
    io,
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Empty};
use hyper::{
    body::Incoming,
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{net::TcpStream, time::timeout};

use crate::unprocessed::{chain, is_unprocessed};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(30);
/// How often a request that has not left may be sent on another connection.
const TRIES: usize = 5;
/// How long a connection of HTTP/1.1 may rest before it is left alone. Servers close such as rest for long, and no caller
/// knows whether a request or the closing is first on its way (RFC 9112, 9.3.1).
const REST: Duration = Duration::from_secs(1);
/// How many connections of HTTP/2 are kept.
const KEPT_HTTP_2: usize = 4;

type Sender1 = http1::SendRequest<Empty<Bytes>>;
type Sender2 = http2::SendRequest<Empty<Bytes>>;
type BoxError = Box<dyn Error + Send + Sync>;

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Kept1,
    Fresh1,
    Kept2,
    Fresh2,
}

impl Kind {
    /// The kind of the nth request: kept connections more often than fresh ones, as callers have it.
    pub(super) fn nth(number: u64) -> Self {
        match number % 8 {
            0 | 2 | 6 => Kind::Kept1,
            1 | 4 => Kind::Kept2,
            3 | 5 => Kind::Fresh1,
            _ => Kind::Fresh2,
        }
    }
}

/// Why there is no whole answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// Nobody listens there.
    Refused,
    /// Anything else, in words.
    Broken(String),
}

/// Sends requests to one address.
pub(super) struct Caller {
    address: SocketAddr,
    /// Connections at rest; the one that has rested longest is taken first.
    kept_1: Mutex<VecDeque<(Instant, Sender1)>>,
    kept_2: Mutex<VecDeque<Sender2>>,
}

impl Caller {
    pub(super) fn new(address: SocketAddr) -> Self {
        Caller {
            address,
            kept_1: Mutex::default(),
            kept_2: Mutex::default(),
        }
    }

    /// The status of a whole answer.
    pub(super) async fn get(&self, kind: Kind, path: &str) -> Result<u16, Unanswered> {
        let answer = async {
            match kind {
                Kind::Kept1 | Kind::Fresh1 => self.over_http_1(kind, path).await,
                Kind::Kept2 | Kind::Fresh2 => self.over_http_2(kind, path).await,
            }
        };
        match timeout(ANSWER, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(Unanswered::Broken(format!("no answer within {ANSWER:?}"))),
        }
    }

    async fn over_http_1(&self, kind: Kind, path: &str) -> Result<u16, Unanswered> {
        let mut request = request(path, self.address);
        for _ in 0..TRIES {
            let kept = (kind == Kind::Kept1).then(|| self.kept_http_1());
            let mut sender = match kept.flatten() {
                Some(sender) => sender,
                None => self.connect_1().await?,
            };
            let answer = match sender.try_send_request(request).await {
                Ok(answer) => answer,
                Err(mut error) => match error.take_message() {
                    // It has not left: another connection takes it.
                    Some(unsent) => {
                        request = unsent;
                        continue;
                    }
                    None => return Err(broken(error.into_error())),
                },
            };
            let closes = answer
                .headers()
                .get(header::CONNECTION)
                .is_some_and(|value| value == "close");
            let status = whole(answer).await?;
            if kind == Kind::Kept1 && !closes && sender.ready().await.is_ok() {
                lock(&self.kept_1).push_back((Instant::now(), sender));
            }
            return Ok(status);
        }
        Err(Unanswered::Broken("no connection took the request".into()))
    }

    async fn over_http_2(&self, kind: Kind, path: &str) -> Result<u16, Unanswered> {
        let mut request = request(path, self.address);
        for _ in 0..TRIES {
            let kept = (kind == Kind::Kept2).then(|| self.kept_http_2());
            let mut sender = match kept.flatten() {
                Some(sender) => sender,
                None => {
                    let sender = self.connect_2().await?;
                    if kind == Kind::Kept2 {
                        lock(&self.kept_2).push_back(sender.clone());
                    }
                    sender
                }
            };
            match sender.try_send_request(request).await {
                Ok(answer) => return whole(answer).await,
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    // The connection was told to end in the moment in which the request was handed to it.
                    None if is_unprocessed(error.error()) => {
                        request = self::request(path, self.address)
                    }
                    None => return Err(broken(error.into_error())),
                },
            }
        }
        Err(Unanswered::Broken("no connection took the request".into()))
    }

    /// The connection that has rested longest, of those that are open still.
    fn kept_http_1(&self) -> Option<Sender1> {
        let mut kept = lock(&self.kept_1);
        while let Some((since, sender)) = kept.pop_front() {
            if !sender.is_closed() && since.elapsed() < REST {
                return Some(sender);
            }
        }
        None
    }

    /// A connection that is open still, once there are enough of them.
    fn kept_http_2(&self) -> Option<Sender2> {
        let mut kept = lock(&self.kept_2);
        kept.retain(|sender| !sender.is_closed());
        if kept.len() < KEPT_HTTP_2 {
            return None;
        }
        kept.rotate_left(1);
        kept.front().cloned()
    }

    async fn connect(&self) -> Result<TokioIo<TcpStream>, Unanswered> {
        let stream =
            TcpStream::connect(self.address)
                .await
                .map_err(|error| match error.kind() {
                    io::ErrorKind::ConnectionRefused => Unanswered::Refused,
                    _ => broken(error),
                })?;
        // A connection that is gone already says so when it is used.
        let _ = stream.set_nodelay(true);
        Ok(TokioIo::new(stream))
    }

    async fn connect_1(&self) -> Result<Sender1, Unanswered> {
        let stream = self.connect().await?;
        let (sender, connection) = http1::handshake(stream).await.map_err(broken)?;
        // What breaks it is told to whoever waits for an answer.
        tokio::spawn(connection);
        Ok(sender)
    }

    async fn connect_2(&self) -> Result<Sender2, Unanswered> {
        let stream = self.connect().await?;
        let handshake = http2::handshake(TokioExecutor::new(), stream);
        let (sender, connection) = handshake.await.map_err(broken)?;
        tokio::spawn(connection);
        Ok(sender)
    }
}

fn request(path: &str, address: SocketAddr) -> Request<Empty<Bytes>> {
    let request = Request::get(format!("http://{address}{path}"));
    let request = request.header(header::HOST, address.to_string());
    match request.body(Empty::new()) {
        Ok(request) => request,
        Err(error) => panic!("{path:?} is no path: {error}"),
    }
}

/// Reads an answer to its end.
async fn whole(answer: http::Response<Incoming>) -> Result<u16, Unanswered> {
    let (head, body) = answer.into_parts();
    body.collect().await.map_err(broken)?;
    Ok(head.status.as_u16())
}

/// An error with its causes.
fn broken(error: impl Into<BoxError>) -> Unanswered {
    let error = error.into();
    let causes: Vec<String> = chain(&*error).map(ToString::to_string).collect();
    Unanswered::Broken(causes.join(": "))
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
