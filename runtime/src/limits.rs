//! What callers may ask of a service: how long, how much, how often.

mod operation;
mod rate;
mod room;

use std::{num::NonZeroU32, time::Duration};

use crate::{config::Reader, server::Patience};

pub use operation::OperationLimits;
pub(crate) use rate::{Rate, RateLimit};
pub(crate) use room::{Place, Room};

const SECOND: Duration = Duration::from_secs(1);

/// The limits of a service.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Limits {
    /// `OARLOCK_HEADER_TIMEOUT`, `OARLOCK_IDLE_TIMEOUT`, `OARLOCK_WRITE_TIMEOUT`.
    pub(crate) patience: Patience,
    /// `OARLOCK_BODY_TIMEOUT`: how long the next bytes of a request's body may take.
    pub(crate) body_timeout: Duration,
    /// `OARLOCK_REQUEST_TIMEOUT`: from a request's head to the head of its answer; for operations that take in their
    /// body whole.
    pub(crate) request_timeout: Option<Duration>,
    /// `OARLOCK_MAX_CONNECTIONS`.
    pub(crate) max_connections: usize,
    /// `OARLOCK_MAX_CONCURRENT_REQUESTS`.
    pub(crate) max_requests: usize,
    /// `OARLOCK_MAX_BODY_BYTES`.
    pub(crate) max_body: usize,
    /// `OARLOCK_MAX_HEADERS`: on HTTP/1.
    pub(crate) max_headers: usize,
    /// `OARLOCK_MAX_HEADER_BYTES`.
    pub(crate) max_header_bytes: usize,
    /// `OARLOCK_HTTP2_MAX_STREAMS`: on a connection at a time.
    pub(crate) http2_streams: u32,
    /// `OARLOCK_RATE_LIMIT`, `OARLOCK_RATE_LIMIT_BURST`: of each client.
    pub(crate) rate: Option<Rate>,
}

impl Limits {
    pub(crate) fn read(reader: &mut Reader) -> Self {
        let least = Duration::from_millis(10);
        let mut timeout =
            |name, seconds| reader.duration_from(name, SECOND.saturating_mul(seconds), least);
        let patience = Patience {
            head: timeout("OARLOCK_HEADER_TIMEOUT", 10),
            // Longer than proxies and load balancers keep theirs, which are mostly a minute: else this service would
            // close a connection in the moment in which they ask.
            idle: timeout("OARLOCK_IDLE_TIMEOUT", 75),
            write: timeout("OARLOCK_WRITE_TIMEOUT", 30),
        };
        Limits {
            patience,
            body_timeout: timeout("OARLOCK_BODY_TIMEOUT", 30),
            request_timeout: request_timeout(reader, "OARLOCK_REQUEST_TIMEOUT"),
            max_connections: reader.count("OARLOCK_MAX_CONNECTIONS", 10_000),
            max_requests: reader.count("OARLOCK_MAX_CONCURRENT_REQUESTS", 10_000),
            max_body: reader.count("OARLOCK_MAX_BODY_BYTES", 2 << 20),
            max_headers: reader.count_within("OARLOCK_MAX_HEADERS", 100, 1..=10_000),
            max_header_bytes: reader.count_within(
                "OARLOCK_MAX_HEADER_BYTES",
                32 << 10,
                8192..=1 << 20,
            ),
            http2_streams: streams(reader, "OARLOCK_HTTP2_MAX_STREAMS"),
            rate: Rate::read(reader),
        }
    }
}

/// None where it is off.
fn request_timeout(reader: &mut Reader, name: &'static str) -> Option<Duration> {
    match &*reader.text_or(name, "60s") {
        "off" => None,
        value => {
            let parsed = humantime::parse_duration(value).ok();
            if parsed.is_none_or(|one| one.is_zero()) {
                reader.mistake(
                    name,
                    "a length of time with its unit, such as 500ms or 30s, or off",
                );
            }
            parsed
        }
    }
}

fn streams(reader: &mut Reader, name: &'static str) -> u32 {
    let count = reader.count_within(name, 200, 1..=100_000);
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Rate {
    /// None where callers may ask as often as they like.
    fn read(reader: &mut Reader) -> Option<Self> {
        let (name, burst_name) = ("OARLOCK_RATE_LIMIT", "OARLOCK_RATE_LIMIT_BURST");
        let value = reader.text(name);
        let burst = reader.text(burst_name);
        let Some(value) = value else {
            if burst.is_some() {
                reader.mistake(burst_name, "left out where there is no OARLOCK_RATE_LIMIT");
            }
            return None;
        };
        let Some((count, period)) = parsed_rate(&value) else {
            reader.mistake(
                name,
                "a number of requests a second, minute or hour, such as 100/s, 600/m or 5000/h",
            );
            return None;
        };
        let burst = match burst.map(|burst| burst.parse::<NonZeroU32>()) {
            None => count,
            Some(Ok(burst)) => burst,
            Some(Err(_)) => {
                reader.mistake(burst_name, "a whole number above 0");
                count
            }
        };
        Some(Rate::new(count, period, burst))
    }
}

fn parsed_rate(text: &str) -> Option<(NonZeroU32, Duration)> {
    let (count, period) = text.split_once('/')?;
    let period = match period.trim() {
        "s" => SECOND,
        "m" => SECOND * 60,
        "h" => SECOND * 3600,
        _ => return None,
    };
    Some((count.trim().parse().ok()?, period))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_numbers_over_times() {
        let read = |text| parsed_rate(text).map(|(count, period)| (count.get(), period.as_secs()));
        assert_eq!(read("100/s"), Some((100, 1)));
        assert_eq!(read("600 / m"), Some((600, 60)));
        assert_eq!(read("5/h"), Some((5, 3600)));
        for wrong in ["100", "0/s", "-1/s", "1.5/s", "/s", "1/d", "1/2s"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
