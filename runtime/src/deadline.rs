//! The time by which a request must be answered, as it goes from one service to the next.
//!
//! No standard has a header for it. Taken is Envoy's: how many milliseconds the caller still waits. Meshes write it of
//! themselves, and Envoy takes it off what comes from outside ("HTTP header manipulation", x-envoy-expected-rq-timeout-ms).
//! gRPC's `grpc-timeout` would be the other one; proxies read it for gRPC alone.

use std::time::Duration;
#[cfg(feature = "server")]
use std::time::Instant;

use http::{HeaderMap, HeaderName};

/// How many milliseconds the caller still waits.
pub(crate) const EXPECTED: HeaderName = HeaderName::from_static("x-envoy-expected-rq-timeout-ms");

/// When the caller of a request stops waiting, by its own word. Anybody may say so: it can shorten what is done for the
/// request, and never makes it longer.
#[cfg(feature = "server")]
pub(crate) fn asked(headers: &HeaderMap, now: Instant) -> Option<Instant> {
    // To look at the dozen headers that a request has takes less than to make a hash of this long name.
    let (_, value) = headers.iter().find(|(name, _)| *name == EXPECTED)?;
    let text = value.to_str().ok()?;
    // Envoy writes 0 where there is no end.
    let milliseconds = text.trim().parse().ok().filter(|number| *number > 0)?;
    now.checked_add(Duration::from_millis(milliseconds))
}

/// Tells the next service how long it is waited for, unless that is told already.
#[cfg(feature = "client")]
pub(crate) fn tell(headers: &mut HeaderMap, left: Duration) {
    let milliseconds = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
    headers
        .entry(EXPECTED)
        .or_insert_with(|| milliseconds.max(1).into());
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_a_number_of_milliseconds() {
        let now = Instant::now();
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(EXPECTED, text.parse().unwrap());
            asked(&headers, now).map(|at| at - now)
        };
        assert_eq!(of("1500"), Some(Duration::from_millis(1500)));
        assert_eq!(of(" 1 "), Some(Duration::from_millis(1)));
        for none in ["", "0", "-1", "1.5", "1s", "99999999999999999999999"] {
            assert_eq!(of(none), None, "{none}");
        }
        // More than any clock holds is no end.
        _ = of("18446744073709551615");
        assert_eq!(asked(&HeaderMap::new(), now), None);
    }
}
