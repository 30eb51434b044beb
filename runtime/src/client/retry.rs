//! Which calls may be made again, and after which pause.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method, Response, StatusCode, header};

use super::{CallError, connection::Failed};
use crate::Body;

/// The longest first pause; each further one may be twice as long.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);

/// What a try came to.
pub(super) type Outcome = Result<Response<Body>, Failed>;

/// Whether doing it twice is the same as doing it once: by its method (RFC 9110, section 9.2.2; `QUERY` is safe), or since
/// the service is told that it is the same request (`Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header).
pub(super) fn is_idempotent(method: &Method, headers: &HeaderMap) -> bool {
    let known = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"];
    known.contains(&method.as_str()) || headers.contains_key("idempotency-key")
}

/// Whether another try may do better, for a request that can be sent again.
pub(super) fn is_worth_it(outcome: &Outcome, idempotent: bool) -> bool {
    match outcome {
        Ok(response) => idempotent && asks_for_another(response.status()),
        Err(failed) => match failed.error {
            CallError::Connect(_) | CallError::Broken(_) | CallError::Timeout => {
                idempotent || failed.unprocessed
            }
            _ => false,
        },
    }
}

fn asks_for_another(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || is_of_the_backend(status)
}

/// Whether an answer says that its backend is not well, rather than anything of the request.
pub(super) fn is_of_the_backend(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
    )
}

/// The pause after so many tries: any up to a bound that doubles ("full jitter"), behind what the service asks for.
pub(super) fn pause(outcome: &Outcome, tries: u32) -> Duration {
    let bound = PAUSE.saturating_mul(1 << tries.saturating_sub(1).min(16));
    let jitter = bound.min(LONGEST).mul_f64(fastrand::f64());
    let asked = match outcome {
        Ok(response) => retry_after(response.headers(), SystemTime::now()),
        Err(_) => None,
    };
    asked.unwrap_or_default().saturating_add(jitter)
}

/// How long a service asks to be left alone (RFC 9110, section 10.2.3): seconds, or a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, retry_after: &str) -> Outcome {
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::from_u16(status).unwrap();
        if !retry_after.is_empty() {
            let value = retry_after.parse().unwrap();
            answer.headers_mut().insert(header::RETRY_AFTER, value);
        }
        Ok(answer)
    }

    fn failed(error: CallError, unprocessed: bool) -> Outcome {
        Err(Failed { error, unprocessed })
    }

    #[test]
    fn only_what_is_safe_is_made_again() {
        let idempotent = |method: &str| {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            is_idempotent(&method, &HeaderMap::new())
        };
        assert!(
            ["GET", "PUT", "DELETE", "HEAD", "QUERY"]
                .into_iter()
                .all(idempotent)
        );
        assert!(
            !["POST", "PATCH", "CONNECT", "get"]
                .into_iter()
                .any(idempotent)
        );
        let mut headers = HeaderMap::new();
        headers.insert("idempotency-key", "\"8e03978e\"".parse().unwrap());
        assert!(is_idempotent(&Method::POST, &headers));

        for (outcome, safe, unsafe_too) in [
            (answered(200, ""), false, false),
            (answered(500, ""), false, false),
            (answered(501, ""), false, false),
            (answered(429, ""), true, false),
            (answered(502, ""), true, false),
            (answered(503, ""), true, false),
            (answered(504, ""), true, false),
            (failed(CallError::Timeout, false), true, false),
            (failed(CallError::Broken("x".into()), false), true, false),
            (failed(CallError::Broken("x".into()), true), true, true),
            (failed(CallError::Connect("x".into()), true), true, true),
            (failed(CallError::Request("x".into()), true), false, false),
            (failed(CallError::Full, true), false, false),
        ] {
            assert_eq!(is_worth_it(&outcome, true), safe);
            assert_eq!(is_worth_it(&outcome, false), unsafe_too);
        }
    }

    #[test]
    fn pauses_grow_and_heed_what_is_asked() {
        let longest = |tries| {
            let pauses = (0..1000).map(|_| pause(&failed(CallError::Timeout, false), tries));
            pauses.max().unwrap()
        };
        assert!((40..=50).contains(&longest(1).as_millis()));
        assert!((80..=100).contains(&longest(2).as_millis()));
        assert!(longest(60) <= LONGEST);
        let asked = pause(&answered(503, " 7 "), 1).as_millis();
        assert!((7000..=7050).contains(&asked), "{asked}");
        assert!(pause(&answered(503, "soon"), 1) <= PAUSE);
        assert!(pause(&answered(503, "18446744073709551615"), 1) > Duration::from_secs(1 << 40));
        let mut headers = HeaderMap::new();
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        headers.insert(header::RETRY_AFTER, date.parse().unwrap());
        let before = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 9);
        assert_eq!(retry_after(&headers, before), Some(Duration::from_secs(9)));
        assert_eq!(
            retry_after(&headers, SystemTime::now()),
            Some(Duration::ZERO)
        );
    }
}
