use std::{sync::Arc, time::Duration};

use http::{Method, StatusCode};

use super::{Counted, Ending, HttpTable, Request};

fn request(operation: Option<usize>, method: &Method, status: u16) -> Request<'_> {
    Request {
        operation,
        method: Some(method),
        status: StatusCode::from_u16(status).ok(),
        ending: Ending::Answered,
        took: Duration::from_millis(7),
        received: 0,
        sent: 100,
        trace: None,
    }
}

#[test]
fn requests_are_counted_under_what_became_of_them() {
    let table = HttpTable::new(vec![Counted {
        id: "a",
        method: "GET",
        route: "/a/\"",
    }]);
    let odd = Method::from_bytes(b"BREW").expect("a method");
    for status in [299, 204, 404] {
        table.count(&request(Some(0), &Method::GET, status));
    }
    table.count(&request(Some(0), &Method::HEAD, 204));
    table.count(&request(None, &odd, 405));
    table.count(&Request {
        status: None,
        ending: Ending::Cancelled,
        took: Duration::from_secs(20),
        trace: Some(1),
        ..request(Some(0), &Method::GET, 0)
    });
    table.in_work(Some(0), &Method::GET, 1);
    let mut text = String::new();
    table.write(&mut text);
    let own = "operation_id=\"a\",http_request_method=\"GET\",http_route=\"/a/\\\"\"";
    for line in [
        format!("request_duration_seconds_bucket{{{own},http_response_status_code=\"299\",le=\"0.005\"}} 0\n"),
        format!("request_duration_seconds_bucket{{{own},http_response_status_code=\"299\",le=\"0.01\"}} 1\n"),
        format!("response_body_size_bytes_bucket{{{own},http_response_status_code=\"204\",le=\"100.0\"}} 1\n"),
        "request_duration_seconds_count{operation_id=\"a\",http_request_method=\"HEAD\",http_route=\"/a/\\\"\",http_response_status_code=\"204\"} 1\n".into(),
        "request_duration_seconds_count{http_request_method=\"_OTHER\",http_response_status_code=\"405\"} 1\n".into(),
        format!("request_duration_seconds_bucket{{{own},error_type=\"cancelled\",le=\"+Inf\"}} 1 # {{trace_id=\"00000000000000000000000000000001\"}} 20 "),
        format!("active_requests{{{own}}} 1\n"),
    ] {
        assert!(text.contains(&line), "{line} in\n{text}");
    }
}

#[test]
fn whoever_counts_at_once_is_counted() {
    let table = Arc::new(HttpTable::new(Vec::new()));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let table = table.clone();
            std::thread::spawn(move || {
                for status in (100..600).cycle().take(5000) {
                    table.count(&request(None, &Method::GET, status));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("it ends");
    }
    let mut text = String::new();
    table.write(&mut text);
    let counts = text
        .lines()
        .filter(|line| line.starts_with("http_server_request_duration_seconds_count"));
    let counts: Vec<_> = counts.collect();
    assert_eq!(counts.len(), 500);
    assert!(
        counts.iter().all(|line| line.ends_with(" 40")),
        "{counts:?}"
    );
}
