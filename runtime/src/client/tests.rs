//! Calls to a small server in this process.

mod answers;
mod local;
mod protections;
mod requests;
mod streams;
#[cfg(feature = "tls")]
mod tls;

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use tokio::net::TcpListener;

use super::*;
use crate::Body;

struct Served {
    address: String,
    connections: Arc<AtomicUsize>,
}

impl Served {
    fn client(&self) -> Client {
        Client::new(&self.address).unwrap()
    }
}

async fn serve<F, A>(answer: F) -> Served
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, SeqCst);
            let answer = answer.clone();
            let service = service_fn(move |request| {
                let answer = answer(request);
                async move { Ok::<_, Infallible>(answer.await) }
            });
            tokio::spawn(async move {
                let builder = auto::Builder::new(TokioExecutor::new());
                _ = builder
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    Served {
        address,
        connections,
    }
}

fn answer(
    status: u16,
    headers: &[(&'static str, &'static str)],
    body: impl Into<Body>,
) -> Response<Body> {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        answer.headers_mut().append(*name, value.parse().unwrap());
    }
    answer
}

/// Answers with the request as it came: its line, its headers, its body.
async fn told(request: Request<Incoming>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let mut text = format!("{} {}\n", head.method, head.uri.path_and_query().unwrap());
    for (name, value) in &head.headers {
        text.push_str(&format!(
            "{name}: {}\n",
            String::from_utf8_lossy(value.as_bytes())
        ));
    }
    text.push('\n');
    text.push_str(&String::from_utf8_lossy(
        &body.collect().await.unwrap().to_bytes(),
    ));
    answer(200, &[], text)
}

#[tokio::test]
async fn connections_are_kept() {
    let served = serve(told).await;
    let client = served.client();
    for _ in 0..3 {
        let answer = client.clone().call("a", "GET", "/").send().await.unwrap();
        let _: String = answer.text().await.unwrap();
    }
    assert_eq!(served.connections.load(SeqCst), 1);
    let other = client.with_connect_timeout(Duration::from_secs(1));
    other.call("a", "GET", "/").send().await.unwrap();
    assert_eq!(served.connections.load(SeqCst), 2);
}

#[tokio::test]
async fn http2_can_be_known_beforehand() {
    let served = serve(|request: Request<Incoming>| async move {
        answer(200, &[], format!("{:?}", request.version()))
    })
    .await;
    let client = served.client().with_http2();
    let answer = client.call("a", "GET", "/").send().await.unwrap();
    assert_eq!(answer.text::<String>().await.unwrap(), "HTTP/2.0");
}

#[tokio::test]
async fn an_answer_comes_in_time_or_not_at_all() {
    let served = serve(|request: Request<Incoming>| async move {
        if request.uri().path() == "/head" {
            std::future::pending::<()>().await;
        }
        let (sender, items) = crate::channel::<String>(1);
        sender.send("x".into()).await.unwrap();
        let body = Body::stream(crate::framing::write_items(
            crate::framing::Framing::Lines,
            items,
        ));
        // Kept open for as long as the test lasts.
        std::mem::forget(sender);
        answer(200, &[], body)
    })
    .await;
    let client = served.client().with_timeout(Duration::from_millis(50));
    let head = client.call("a", "GET", "/head").send().await;
    assert!(matches!(head, Err(CallError::Timeout)));
    let body = client.call("a", "GET", "/body").send().await.unwrap();
    assert!(matches!(
        body.text::<String>().await,
        Err(CallError::Timeout)
    ));
}

#[tokio::test]
async fn nobody_at_the_other_end_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(&address).unwrap();
    let error = client.call("a", "GET", "/").send().await.unwrap_err();
    assert!(matches!(error, CallError::Connect(_)), "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn urls_from_outside_do_not_lead_inside() {
    let served = serve(told).await;
    let port = served.address.rsplit(':').next().unwrap().to_owned();
    let client = Client::default();
    // The last one is no address to the URL, but one to the resolver.
    for host in ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1"] {
        let url = format!("http://{host}:{port}/");
        let error = client.call_url("a", "POST", &url).send().await.unwrap_err();
        let CallError::Request(words) = &error else {
            panic!("{host}: {error}");
        };
        assert!(words.contains("not a public address"), "{words}");
    }
    assert_eq!(served.connections.load(SeqCst), 0);

    let client = client.allow_private_addresses(true);
    let url = format!("{}/hook?a=1#x", served.address);
    let mut call = client.call_url("a", "POST", &url);
    call.query("b", crate::Encoding::FORM, Some("2"));
    let text: String = call.send().await.unwrap().text().await.unwrap();
    assert!(text.starts_with("POST /hook?a=1&b=2\n"), "{text}");

    let none = client.with_allowed_hosts(|host| host == "example.com");
    let error = none.call_url("a", "POST", &url).send().await.unwrap_err();
    assert!(error.to_string().contains("may not be called"), "{error}");
}

#[tokio::test]
async fn a_client_without_a_service_calls_urls_only() {
    let error = Client::default()
        .call("a", "GET", "/")
        .send()
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Request(_)));
    let secure = Client::new("https://example.com");
    assert_eq!(secure.is_ok(), cfg!(feature = "tls"));
}
