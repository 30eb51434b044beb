//! The load test's contract by hand on bare hyper: a match for a router, no telemetry, no limits.

use std::convert::Infallible;

use bytes::Bytes;
use hand::{Item, Order};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use serde::Serialize;

type Answer = Response<Full<Bytes>>;

fn json(value: Option<impl Serialize>) -> Answer {
    match value.and_then(|value| serde_json::to_vec(&value).ok()) {
        Some(text) => typed("application/json", text.into()),
        None => empty(StatusCode::BAD_REQUEST),
    }
}

fn typed(media_type: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer
}

fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}

async fn answer(request: Request<Incoming>) -> Result<Answer, Infallible> {
    let path = request.uri().path();
    Ok(match (request.method(), path) {
        (&Method::GET, "/plain") => typed("text/plain; charset=utf-8", Bytes::from_static(b"hello")),
        (&Method::GET, "/items") => json(Some(Item::twenty())),
        (&Method::GET, path) if path.starts_with("/items/") => json(path["/items/".len()..].parse().ok().and_then(Item::of)),
        (&Method::POST, "/orders") => match request.into_body().collect().await {
            Ok(body) => json(serde_json::from_slice::<Order>(&body.to_bytes()).ok().and_then(|order| order.receipt())),
            Err(_) => empty(StatusCode::BAD_REQUEST),
        },
        _ => empty(StatusCode::NOT_FOUND),
    })
}

#[tokio::main]
async fn main() {
    let address = std::env::var("OARLOCK_HTTP_ADDR").expect("an address");
    let listener = tokio::net::TcpListener::bind(address).await.expect("a free port");
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            // Whoever has gone has gone.
            let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service_fn(answer)).await;
        });
    }
}
