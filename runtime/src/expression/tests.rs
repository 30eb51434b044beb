use serde_json::json;

use super::*;

/// The request of the specification's examples, and its answer.
fn with<T>(read: impl FnOnce(&Exchange) -> T) -> T {
    let mut request_headers = HeaderMap::new();
    request_headers.insert("content-type", "application/json".parse().unwrap());
    request_headers.append("accept", "text/plain".parse().unwrap());
    request_headers.append("accept", "text/html".parse().unwrap());
    request_headers.insert("x-odd", http::HeaderValue::from_bytes(b"\xff").unwrap());
    let mut response_headers = HeaderMap::new();
    response_headers.insert(
        "location",
        "https://example.org/subscription/1".parse().unwrap(),
    );
    let request_body = json!({
        "failedUrl": "https://clientdomain.com/failed",
        "successUrls": ["https://clientdomain.com/fast", "https://clientdomain.com/slow"],
        "id": 12, "price": 1.50, "on": true, "none": null, "a/b": {"m~n": "deep"}, "": "empty name",
        "host": "clientdomain.com:8080", "at": "user@evil.example", "dots": "..", "dot": ".", "blank": "",
        "hostile": "x/../admin?role=root&all=1#end", "email": "a+b@example.org", "control": "a\r\nb\0",
        "coded": "..%2fadmin", "words": "zwölf ✓",
    });
    let response_body = json!({"uuid": "c5b0", "user": {"names": ["a", "b"]}});
    let path = [("eventType", "my event"), ("id", "5")];
    let path = path.map(|(name, value)| (name.to_owned(), value.to_owned()));
    read(&Exchange {
        url: "https://example.org/subscribe/my%20event?queryUrl=x",
        method: &Method::POST,
        status: Some(StatusCode::CREATED),
        request_headers: &request_headers,
        request_query: Some(
            "queryUrl=https%3A%2F%2Fclientdomain.com%2Fstreaming&tag=a+b&tag=c&flag&%69d=7&bad=%ff",
        ),
        request_path: &path,
        request_body: Some(&request_body),
        response_headers: Some(&response_headers),
        response_body: Some(&response_body),
    })
}

fn value(text: &str) -> Result<String, String> {
    let expression = Expression::parse(text).unwrap();
    with(|exchange| expression.evaluate(exchange))
}

#[test]
fn the_examples_of_the_specification() {
    for (text, expected) in [
        (
            "$url",
            "https://example.org/subscribe/my%20event?queryUrl=x",
        ),
        ("$method", "POST"),
        ("$statusCode", "201"),
        ("$request.path.eventType", "my event"),
        (
            "$request.query.queryUrl",
            "https://clientdomain.com/streaming",
        ),
        ("$request.header.content-Type", "application/json"),
        ("$request.header.accept", "text/plain"),
        (
            "$request.body#/failedUrl",
            "https://clientdomain.com/failed",
        ),
        (
            "$request.body#/successUrls/1",
            "https://clientdomain.com/slow",
        ),
        (
            "$response.header.Location",
            "https://example.org/subscription/1",
        ),
        ("$response.body#/uuid", "c5b0"),
        ("$response.body#/user", r#"{"names":["a","b"]}"#),
    ] {
        assert_eq!(value(text).as_deref(), Ok(expected), "{text}");
        assert_eq!(
            value(&format!("{{{text}}}")).as_deref(),
            Ok(expected),
            "{text} in braces"
        );
    }
}

#[test]
fn scalars_are_written_as_they_are() {
    for (text, expected) in [
        ("$request.body#/id", "12"),
        ("$request.body#/price", "1.5"),
        ("$request.body#/on", "true"),
        ("$request.body#/a~1b/m~0n", "deep"),
        ("$request.body#/", "empty name"),
        (
            "$request.body#/successUrls",
            r#"["https://clientdomain.com/fast","https://clientdomain.com/slow"]"#,
        ),
        ("$request.query.tag", "a b"),
        ("$request.query.flag", ""),
        ("$request.query.id", "7"),
        ("$request.body#/control", "a\r\nb\0"),
    ] {
        assert_eq!(value(text).as_deref(), Ok(expected), "{text}");
    }
    let whole = value("$request.body").unwrap();
    assert_eq!(value("$request.body#").as_ref(), Ok(&whole));
    assert!(whole.starts_with('{'));
}

#[test]
fn what_is_missing_is_named() {
    for text in [
        "$request.body#/nothing",
        "$request.body#/none",
        "$request.body#/successUrls/2",
        "$request.query.nothing",
        "$request.path.nothing",
        "$request.header.nothing",
        "$request.header.x-odd",
        "$request.query.bad",
        "$response.header.nothing",
        "$response.body#/user/names/x",
    ] {
        for whole in [text.to_owned(), format!("https://example.org/{{{text}}}")] {
            let error = value(&whole).unwrap_err();
            assert!(error.contains(&format!("`{text}`")), "{whole}: {error}");
        }
    }
    let status = Expression::parse("$statusCode").unwrap();
    let body = Expression::parse("$response.body").unwrap();
    let header = Expression::parse("$response.header.a").unwrap();
    with(|exchange| {
        let early = Exchange {
            status: None,
            response_headers: None,
            response_body: None,
            ..*exchange
        };
        for expression in [status, body, header] {
            assert!(expression.evaluate(&early).unwrap_err().contains("missing"));
        }
    });
}

#[test]
fn templates_keep_what_is_written_around_values() {
    for (text, expected) in [
        ("no expression, {braces}", "no expression, {braces}"),
        ("", ""),
        (
            "{$request.body#/failedUrl}/data",
            "https://clientdomain.com/failed/data",
        ),
        (
            "{$request.query.queryUrl}?id={$request.body#/id}",
            "https://clientdomain.com/streaming?id=12",
        ),
        (
            "http://notificationServer.com?transactionId={$request.body#/id}&email={$request.body#/email}",
            "http://notificationServer.com?transactionId=12&email=a%2Bb@example.org",
        ),
        (
            "http://notify/{$request.body#/failedUrl}?id={$request.path.id}",
            "http://notify/https:%2F%2Fclientdomain.com%2Ffailed?id=5",
        ),
        ("/users/{$request.path.eventType}/x", "/users/my%20event/x"),
        (
            "http://{$request.body#/host}/x",
            "http://clientdomain.com:8080/x",
        ),
        ("{$request.path.id}-{$request.path.eventType}", "5-my event"),
        ("Bearer {$request.path.eventType}", "Bearer my event"),
        ("http://notify/a{$request.body#/dot}b", "http://notify/a.b"),
        (
            "http://notify/?q={$request.body#/blank}",
            "http://notify/?q=",
        ),
        (
            "http://notify/{$request.body#/words}",
            "http://notify/zw%C3%B6lf%20%E2%9C%93",
        ),
    ] {
        assert_eq!(value(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn hostile_values_do_not_leave_their_place() {
    let encoded = "x%2F..%2Fadmin%3Frole%3Droot%26all%3D1%23end";
    for before in [
        "http://notify/",
        "/",
        "http://notify/a?b=",
        "//notify/",
        "{$request.body#/failedUrl}/",
        "a/b#",
    ] {
        let text = format!("{before}{{$request.body#/hostile}}");
        let value = value(&text).unwrap();
        assert!(value.ends_with(encoded), "{text}: {value}");
    }
    assert_eq!(
        value("/x/{$request.body#/control}").as_deref(),
        Ok("/x/a%0D%0Ab%00")
    );
    assert_eq!(
        value("/x/{$request.body#/coded}").as_deref(),
        Ok("/x/..%252fadmin")
    );
    for text in [
        "http://notify/{$request.body#/dots}/secret",
        "http://notify/{$request.body#/dots}?a",
        "http://notify/{$request.body#/dot}{$request.body#/dot}",
        "http://notify/.{$request.body#/dot}",
        "http://notify/{$request.body#/blank}",
        "/{$request.body#/blank}/evil.example",
        "http://{$request.body#/at}/",
        "http://{$request.body#/hostile}/",
        "http://notify.{$request.body#/control}/",
        "http://trusted:80{$request.body#/at}/",
        "//{$request.body#/at}/",
        "http://{$request.body#/blank}/evil.example",
    ] {
        let error = value(text).unwrap_err();
        assert!(error.contains("`$request.body#/"), "{text}: {error}");
    }
}

#[test]
fn what_is_no_expression_is_refused() {
    for text in [
        "$",
        "$URL",
        "$url/more",
        "$request",
        "$request.",
        "$request.body.id",
        "$request.body/id",
        "$request.body#id",
        "$request.body#/a~2",
        "$request.body#/a~",
        "$request.header.",
        "$request.header.a b",
        "$request.query",
        "$request.query.",
        "$request.path.",
        "$request.cookie.a",
        "$response.query.a",
        "$response.path.a",
        "$responses.body",
        "x{$url",
        "x{$request.body#/{$url}}",
        "x{$}",
    ] {
        if text == "x{$request.body#/{$url}}" {
            // The first brace closes: the pointer names `{$url`.
            assert!(Expression::parse(text).is_ok());
            continue;
        }
        let error = Expression::parse(text).unwrap_err();
        assert!(error.contains('`'), "{text}: {error}");
    }
}

#[test]
fn no_text_and_no_value_makes_it_panic() {
    let pieces = [
        "{",
        "}",
        "$",
        "{$",
        "$request.",
        "$response.",
        "body",
        "#",
        "/",
        "~",
        "~0",
        "header.",
        "query.",
        "path.",
        "id",
        "url",
        "method",
        "://",
        "?",
        "é",
        "{$request.body#/x}",
        "{$request.query.x}",
        "http://",
        ".",
        "",
    ];
    let text = |random: &mut fastrand::Rng| -> String {
        (0..random.usize(..10))
            .map(|_| pieces[random.usize(..pieces.len())])
            .collect()
    };
    let mut random = fastrand::Rng::with_seed(5);
    let headers = HeaderMap::new();
    for _ in 0..50_000 {
        let Ok(expression) = Expression::parse(&text(&mut random)) else {
            continue;
        };
        let (body, query, id) = (
            json!({"x": text(&mut random)}),
            text(&mut random),
            text(&mut random),
        );
        let _ = expression.evaluate(&Exchange {
            url: "/",
            method: &Method::GET,
            status: None,
            request_headers: &headers,
            request_query: Some(&query),
            request_path: &[("id".into(), id.clone())],
            request_body: Some(&body),
            response_headers: None,
            response_body: None,
        });
    }
}
