//! Backends in this process, well and ill.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use oarlock_runtime::{Body, StatusCode};
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};

/// What is wrong with a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ill {
    Not,
    /// Nobody listens.
    Dead,
    /// Takes ten seconds for an answer.
    Slow,
    /// Resets each connection as soon as it stands.
    Resetting,
    /// Answers 503.
    Unavailable,
}

pub(crate) struct Backend {
    pub(crate) address: String,
    requests: Arc<AtomicUsize>,
    recovered: Arc<AtomicBool>,
}

impl Backend {
    pub(crate) async fn start(ill: Ill) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let backend = Backend {
            address,
            requests: Arc::default(),
            recovered: Arc::default(),
        };
        if ill != Ill::Dead {
            let (requests, recovered) = (backend.requests.clone(), backend.recovered.clone());
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    match ill {
                        Ill::Resetting => {
                            stream.set_zero_linger().expect("no linger");
                            drop(stream);
                        }
                        _ => {
                            let (requests, recovered) = (requests.clone(), recovered.clone());
                            tokio::spawn(serve(stream, ill, requests, recovered));
                        }
                    }
                }
            });
        }
        backend
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Relaxed)
    }

    /// It is well from now on.
    pub(crate) fn recover(&self) {
        self.recovered.store(true, Relaxed);
    }
}

async fn serve(
    stream: TcpStream,
    ill: Ill,
    requests: Arc<AtomicUsize>,
    recovered: Arc<AtomicBool>,
) {
    let answer = service_fn(|_: Request<Incoming>| async {
        requests.fetch_add(1, Relaxed);
        let ill = if recovered.load(Relaxed) {
            Ill::Not
        } else {
            ill
        };
        let mut answer = Response::new(Body::from("a pet"));
        match ill {
            Ill::Slow => sleep(Duration::from_secs(10)).await,
            Ill::Unavailable => *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE,
            _ => sleep(Duration::from_millis(1)).await,
        }
        Ok::<_, Infallible>(answer)
    });
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), answer)
        .await;
}
