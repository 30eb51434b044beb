//! Callers of a service, wherever it runs. What has become of their requests is a line of JSON on standard output.
//!
//! usage: callers rate ADDRESS PER-SECOND PATH…             open load, until standard input ends
//!        callers many ADDRESS CONNECTIONS SECONDS PATH     connections that are kept, each with a request at a time

use std::{
    collections::BTreeMap,
    error::Error,
    io::{Read, Write, stdin, stdout},
    net::SocketAddr,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use http_body_util::{BodyExt, Empty};
use hyper::{
    Request,
    body::Bytes,
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use oarlock_runtime::testing::{Load, LoadReport};
use serde_json::{Value, json};
use tokio::{net::TcpStream, runtime::Builder, sync::Barrier, task::JoinSet, time::timeout};

type BoxError = Box<dyn Error + Send + Sync>;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(30);
/// How many failures are kept in words.
const WORDS: usize = 100;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let report = match &words[..] {
        ["rate", address, rate, paths @ ..] if !paths.is_empty() => at_a_rate(address, rate, paths),
        ["many", address, connections, seconds, path] => many(address, connections, seconds, path),
        _ => Err(
            "callers rate ADDRESS PER-SECOND PATH… | many ADDRESS CONNECTIONS SECONDS PATH".into(),
        ),
    };
    let said = report.and_then(|report| Ok(writeln!(stdout(), "{report}")?));
    match said {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn at_a_rate(address: &str, rate: &str, paths: &[&str]) -> Result<Value, BoxError> {
    let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
    let load = Load::start(address.parse()?, &paths, rate.parse()?);
    stdin().read_to_end(&mut Vec::new())?;
    Ok(told(&load.stop()))
}

/// Moments are seconds since 1970, as the platform's are.
fn told(report: &LoadReport) -> Value {
    let lost: Vec<Value> = report
        .lost
        .iter()
        .map(|one| json!({ "begun": since_1970(one.begun), "reason": one.reason }))
        .collect();
    json!({
        "answered": report.answered,
        "refused": report.refused,
        "refused_from": report.refused_from.map(since_1970),
        "lost": lost,
    })
}

fn since_1970(moment: Instant) -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs_f64() - moment.elapsed().as_secs_f64()
}

/// What has become of the requests of many connections.
#[derive(Default)]
struct Tally {
    answered: BTreeMap<u16, u64>,
    failed: u64,
    reasons: Vec<String>,
    slowest: Duration,
}

fn many(address: &str, connections: &str, seconds: &str, path: &str) -> Result<Value, BoxError> {
    let (address, connections) = (address.parse()?, connections.parse()?);
    let length = Duration::from_secs(seconds.parse()?);
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let tally = runtime.block_on(crowd(address, connections, length, path));
    let tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(json!({
        "answered": tally.answered,
        "failed": tally.failed,
        "reasons": tally.reasons,
        "slowest": tally.slowest.as_secs_f64(),
    }))
}

/// Half of the connections speak HTTP/1.1, half HTTP/2. Requests begin when all of them are there.
async fn crowd(
    address: SocketAddr,
    connections: usize,
    length: Duration,
    path: &str,
) -> Arc<Mutex<Tally>> {
    let tally = Arc::new(Mutex::new(Tally::default()));
    let there = Arc::new(Barrier::new(connections));
    let mut callers = JoinSet::new();
    for number in 0..connections {
        let caller = Caller {
            address,
            path: path.to_owned(),
            length,
            there: there.clone(),
            tally: tally.clone(),
        };
        callers.spawn(async move {
            let asked = match number % 2 {
                0 => caller.over_http_1().await,
                _ => caller.over_http_2().await,
            };
            if let Err(error) = asked {
                caller.failed(&*error);
            }
        });
    }
    callers.join_all().await;
    tally
}

struct Caller {
    address: SocketAddr,
    path: String,
    length: Duration,
    there: Arc<Barrier>,
    tally: Arc<Mutex<Tally>>,
}

impl Caller {
    async fn connect(&self) -> Result<TokioIo<TcpStream>, BoxError> {
        let connected = timeout(ANSWER, TcpStream::connect(self.address)).await;
        // Whoever has no connection waits all the same: the others are not to wait for it.
        self.there.wait().await;
        let stream = connected??;
        stream.set_nodelay(true)?;
        Ok(TokioIo::new(stream))
    }

    fn request(&self) -> Result<Request<Empty<Bytes>>, BoxError> {
        let request = Request::get(format!("http://{}{}", self.address, self.path));
        let request = request.header("host", self.address.to_string());
        Ok(request.body(Empty::new())?)
    }

    async fn over_http_1(&self) -> Result<(), BoxError> {
        let (mut sender, connection) = http1::handshake(self.connect().await?).await?;
        tokio::spawn(connection);
        let end = Instant::now() + self.length;
        while Instant::now() < end {
            let begun = Instant::now();
            sender.ready().await?;
            let answer = timeout(ANSWER, sender.send_request(self.request()?)).await??;
            self.whole(begun, answer).await?;
        }
        Ok(())
    }

    async fn over_http_2(&self) -> Result<(), BoxError> {
        let stream = self.connect().await?;
        let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
        tokio::spawn(connection);
        let end = Instant::now() + self.length;
        while Instant::now() < end {
            let begun = Instant::now();
            let answer = timeout(ANSWER, sender.send_request(self.request()?)).await??;
            self.whole(begun, answer).await?;
        }
        Ok(())
    }

    async fn whole(
        &self,
        begun: Instant,
        answer: hyper::Response<hyper::body::Incoming>,
    ) -> Result<(), BoxError> {
        let status = answer.status().as_u16();
        timeout(ANSWER, answer.into_body().collect()).await??;
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        *tally.answered.entry(status).or_default() += 1;
        tally.slowest = tally.slowest.max(begun.elapsed());
        Ok(())
    }

    fn failed(&self, error: &(dyn Error + Send + Sync)) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.failed += 1;
        if tally.reasons.len() < WORDS {
            tally.reasons.push(error.to_string());
        }
    }
}
