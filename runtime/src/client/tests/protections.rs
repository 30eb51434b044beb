//! Deadlines, tries and backends, as the other end sees them.

use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

/// Answers with these statuses one after the other, and with 200 from then on.
async fn failing(statuses: &'static [u16], headers: &'static [(&str, &str)]) -> Served {
    let turn = Arc::new(AtomicUsize::new(0));
    serve(move |request: Request<Incoming>| {
        let status = statuses.get(turn.fetch_add(1, SeqCst));
        async move {
            let body = request.into_body().collect().await.unwrap().to_bytes();
            match status {
                Some(status) => answer(*status, headers, body),
                None => answer(200, &[], body),
            }
        }
    })
    .await
}

/// The address of nobody.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn status(call: Call<'_>) -> u16 {
    call.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn only_safe_requests_are_sent_again() {
    let client = failing(&[503, 502], &[]).await.client();
    assert_eq!(status(client.call("a", "GET", "/")).await, 200);
    let client = failing(&[503, 502, 504], &[]).await.client();
    assert_eq!(status(client.call("a", "GET", "/")).await, 504);
    let client = failing(&[503], &[]).await.client().with_tries(1);
    assert_eq!(status(client.call("a", "GET", "/")).await, 503);
    let client = failing(&[500], &[]).await.client();
    assert_eq!(status(client.call("a", "GET", "/")).await, 500);

    let client = failing(&[503], &[]).await.client();
    assert_eq!(status(client.call("a", "POST", "/")).await, 503);
    let client = failing(&[503], &[]).await.client();
    let mut call = client.call("a", "POST", "/");
    call.header("Idempotency-Key", false, Some("\"1\""));
    call.json("application/json", &[1, 2]);
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text::<String>().await.unwrap(), "[1,2]");

    // A stream is gone once it was sent.
    let client = failing(&[503], &[]).await.client();
    let (sender, items) = crate::channel::<u8>(1);
    drop(sender);
    let mut call = client.call("a", "PUT", "/");
    call.json_lines("application/jsonl", items);
    assert_eq!(status(call).await, 503);
}

#[tokio::test]
async fn a_service_says_when_to_come_back() {
    let client = failing(&[429], &[("retry-after", "1")]).await.client();
    let began = Instant::now();
    assert_eq!(status(client.call("a", "GET", "/")).await, 200);
    assert!(began.elapsed() >= Duration::from_secs(1));

    // Which would be too late.
    let client = failing(&[503], &[("retry-after", "1")]).await.client();
    let client = client.with_timeout(Duration::from_millis(900));
    let began = Instant::now();
    assert_eq!(status(client.call("a", "GET", "/")).await, 503);
    assert!(began.elapsed() < Duration::from_millis(900));
}

#[tokio::test]
async fn what_never_left_goes_to_another_backend() {
    let served = serve(told).await;
    for _ in 0..20 {
        let bases = [nobody().await, nobody().await, served.address.clone()];
        let client = Client::with_backends(bases.iter().map(String::as_str)).unwrap();
        assert_eq!(status(client.call("a", "POST", "/")).await, 200);
    }
    let bases = [nobody().await];
    let client = Client::with_backends(bases.iter().map(String::as_str)).unwrap();
    let error = client.call("a", "POST", "/").send().await.unwrap_err();
    assert!(matches!(error, CallError::Connect(_)), "{error:?}");
    assert!(Client::with_backends([]).is_err());
}

#[tokio::test]
async fn calls_are_spread_over_backends() {
    let (one, two) = (serve(told).await, serve(told).await);
    let bases = [one.address.as_str(), two.address.as_str()];
    let client = Client::with_backends(bases).unwrap();
    for _ in 0..50 {
        assert_eq!(status(client.call("a", "GET", "/")).await, 200);
    }
    for served in [one, two] {
        assert!(served.connections.load(SeqCst) > 0);
    }
}

#[tokio::test]
async fn a_try_has_a_time_of_its_own() {
    let turn = Arc::new(AtomicUsize::new(0));
    let served = serve(move |_| {
        let first = turn.fetch_add(1, SeqCst) == 0;
        async move {
            if first {
                std::future::pending::<()>().await;
            }
            answer(200, &[], "")
        }
    })
    .await;
    let client = served.client().with_try_timeout(Duration::from_millis(50));
    let error = client.call("a", "POST", "/").send().await.unwrap_err();
    assert!(matches!(error, CallError::Timeout), "{error:?}");
    assert_eq!(status(client.call("a", "GET", "/")).await, 200);
}

/// What a service is told of how long it is waited for, in milliseconds.
async fn expected(client: &Client) -> Option<u64> {
    let answer = client.call("a", "GET", "/").send().await.unwrap();
    let text: String = answer.text().await.unwrap();
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("x-envoy-expected-rq-timeout-ms: "));
    line.map(|number| number.parse().unwrap())
}

#[tokio::test]
async fn deadlines_go_from_one_service_to_the_next() {
    let served = serve(told).await;
    let client = served.client();
    let told = expected(&client).await.unwrap();
    assert!((29_000..=30_000).contains(&told), "{told}");
    assert_eq!(expected(&client.clone().tell_deadline(false)).await, None);
    let short = client.clone().with_try_timeout(Duration::from_secs(2));
    let told = expected(&short).await.unwrap();
    assert!((1_900..=2_000).contains(&told), "{told}");

    let within = |milliseconds: u64| {
        let tracing = Arc::new(crate::trace::Tracing::quiet());
        crate::handler::enter(crate::handler::Current {
            ids: tracing.begin(&http::HeaderMap::new()),
            operation: "a",
            tracing,
            deadline: Some(Instant::now() + Duration::from_millis(milliseconds)),
        })
    };
    let entered = within(5_000);
    let told = expected(&client).await.unwrap();
    assert!((4_000..=5_000).contains(&told), "{told}");
    drop(entered);
    let entered = within(60_000);
    let told = expected(&client).await.unwrap();
    assert!(told <= 30_000, "it never becomes longer: {told}");
    drop(entered);
    let entered = within(0);
    let before = served.connections.load(SeqCst);
    let error = client.call("a", "GET", "/").send().await.unwrap_err();
    assert!(matches!(error, CallError::Timeout), "{error:?}");
    assert_eq!(served.connections.load(SeqCst), before);
    drop(entered);

    // Whoever gave the address is not told.
    let client = Client::default().allow_private_addresses(true);
    let answer = client.call_url("a", "GET", &served.address).send().await;
    let text: String = answer.unwrap().text().await.unwrap();
    assert!(!text.contains("x-envoy"), "{text}");
}

#[tokio::test]
async fn over_the_limit_calls_wait_or_fail() {
    let served = serve(|_| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        answer(200, &[], "")
    })
    .await;
    let client = served.client().with_max_calls(2);
    let calls = (0..6).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.call("a", "GET", "/").send().await.map(drop) })
    });
    let calls: Vec<_> = calls.collect();
    let mut full = 0;
    for call in calls {
        match call.await.unwrap() {
            Ok(()) => {}
            Err(CallError::Full) => full += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(full, 2, "two are on their way and two wait");
}

/// A server of HTTP/2 that refuses the first request, and answers the others.
async fn refusing(go_away: bool) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answered = Arc::new(AtomicUsize::new(0));
    let count = answered.clone();
    tokio::spawn(async move {
        let mut refused = false;
        while let Ok((mut stream, _)) = listener.accept().await {
            if go_away && !std::mem::replace(&mut refused, true) {
                going_away(&mut stream).await;
                continue;
            }
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((_, mut respond))) = connection.accept().await {
                if !std::mem::replace(&mut refused, true) {
                    respond.send_reset(h2::Reason::REFUSED_STREAM);
                    continue;
                }
                count.fetch_add(1, SeqCst);
                respond.send_response(Response::new(()), true).unwrap();
            }
        }
    });
    (address, answered)
}

/// Takes a request in and says that none was worked on (RFC 9113, section 6.8).
async fn going_away(stream: &mut tokio::net::TcpStream) {
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let acknowledged = [0, 0, 0, 4, 1, 0, 0, 0, 0];
    let go_away = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    stream.write_all(&settings).await.unwrap();
    stream.write_all(&acknowledged).await.unwrap();
    let (mut taken, headers) = (Vec::new(), [1, 5, 0, 0, 0, 1]);
    while !taken.windows(headers.len()).any(|bytes| bytes == headers) {
        assert!(
            stream.read_buf(&mut taken).await.unwrap() > 0,
            "no request came"
        );
    }
    stream.write_all(&go_away).await.unwrap();
}

#[tokio::test]
async fn what_http2_refuses_is_sent_again_whatever_it_is() {
    for go_away in [false, true] {
        let (address, answered) = refusing(go_away).await;
        let client = Client::new(&address).unwrap().with_http2();
        let answer = client.call("a", "POST", "/").send().await;
        assert_eq!(answer.unwrap().status(), 200, "{go_away}");
        assert_eq!(answered.load(SeqCst), 1);
    }
}

#[tokio::test]
async fn what_is_tried_again_and_what_is_not_sent_is_counted() {
    let client = failing(&[503, 503], &[]).await.client();
    assert_eq!(status(client.call("countedA", "GET", "/")).await, 200);
    let poor = failing(&[503, 503], &[]).await.client();
    let poor = poor.with_retry_budget(0.0, 0.0);
    assert_eq!(status(poor.call("countedB", "GET", "/")).await, 503);
    let ill = failing(&[503, 503], &[]).await.client().with_tries(1);
    let ill = ill.with_breaker(CircuitBreaker::default().least_outcomes(2));
    for _ in 0..2 {
        assert_eq!(status(ill.call("countedC", "GET", "/")).await, 503);
    }
    let error = ill.call("countedC", "GET", "/").send().await.unwrap_err();
    assert!(matches!(error, CallError::Open { .. }), "{error:?}");

    let mut told = String::new();
    crate::metrics::CALLS.write(&mut told);
    for line in [
        "oarlock_client_retries_total{operation_id=\"countedA\"} 2\n",
        "oarlock_client_denied_retries_total{operation_id=\"countedB\"} 1\n",
        "oarlock_client_refused_calls_total{operation_id=\"countedC\",error_type=\"circuit_open\"} 1\n",
    ] {
        assert!(told.contains(line), "{line}{told}");
    }
    let port = format!("server_port=\"{}\"", ill.settings.bases[0].port);
    let own = told.lines().filter(|line| line.contains(&port));
    let own: Vec<&str> = own.filter(|line| !line.contains("_bucket")).collect();
    let tries = "http_client_request_duration_seconds_count{operation_id=\"countedC\",";
    let open = "oarlock_client_open_breakers{server_address=\"127.0.0.1\",";
    assert!(
        own.iter()
            .any(|line| line.starts_with(tries) && line.ends_with(" 2")),
        "{own:#?}"
    );
    assert!(
        own.iter()
            .any(|line| line.starts_with(open) && line.ends_with(" 1")),
        "{own:#?}"
    );
}
