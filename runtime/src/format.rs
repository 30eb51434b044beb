//! Texts of a fixed shape: dates, times and UUIDs, kept as they were written.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

macro_rules! text_format {
    ($(#[$doc:meta])* $name:ident, $test:path, $words:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// The value, where the text has the right shape.
            pub fn new(text: &str) -> Option<Self> {
                $test(text).then(|| Self(text.into()))
            }

            /// The text as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text).ok_or($words)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                match $test(&text) {
                    true => Ok(Self(text.into())),
                    false => Err(D::Error::custom($words)),
                }
            }
        }
    };
}

text_format!(
    /// A day: full-date of RFC 3339, as `2026-02-28`.
    Date, is_date, "not a date of RFC 3339"
);
text_format!(
    /// A moment: date-time of RFC 3339, as `2026-02-28T12:00:00Z`.
    DateTime, is_date_time, "not a date-time of RFC 3339"
);
text_format!(
    /// A UUID of RFC 9562, as `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`.
    Uuid, is_uuid, "not a UUID of RFC 9562"
);

/// A secret in a text: it is sent and received as it is, and never shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Takes a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Password(text.into())
    }

    /// The secret, for whoever must compare it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("Password(hidden)")
    }
}

fn number(text: &[u8]) -> Option<u32> {
    let digits = text.iter().all(u8::is_ascii_digit);
    digits.then(|| {
        text.iter()
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    })
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let (Some(year), Some(month), Some(day)) = (
        number(&bytes[..4]),
        number(&bytes[5..7]),
        number(&bytes[8..]),
    ) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn is_date_time(text: &str) -> bool {
    let Some((day, rest)) = text.split_at_checked(10) else {
        return false;
    };
    let bytes = rest.as_bytes();
    if !is_date(day) || bytes.len() < 10 || !matches!(bytes[0], b'T' | b't') {
        return false;
    }
    if bytes[3] != b':' || bytes[6] != b':' {
        return false;
    }
    let (Some(hour), Some(minute), Some(second)) = (
        number(&bytes[1..3]),
        number(&bytes[4..6]),
        number(&bytes[7..9]),
    ) else {
        return false;
    };
    let mut zone = &bytes[9..];
    if let Some(fraction) = zone.strip_prefix(b".") {
        let digits = fraction
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if digits == 0 {
            return false;
        }
        zone = &fraction[digits..];
    }
    let Some(offset) = offset_minutes(zone) else {
        return false;
    };
    // A leap second stands at the end of a UTC day alone.
    let utc = (i64::from(hour * 60 + minute) - offset).rem_euclid(24 * 60);
    hour <= 23 && minute <= 59 && (second <= 59 || (second == 60 && utc == 23 * 60 + 59))
}

/// The offset of a zone from UTC, in minutes.
fn offset_minutes(zone: &[u8]) -> Option<i64> {
    match zone {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), hours @ ..] if hours.len() == 5 && hours[2] == b':' => {
            let (hour, minute) = (number(&hours[..2])?, number(&hours[3..])?);
            let offset = i64::from(hour * 60 + minute);
            (hour <= 23 && minute <= 59).then_some(if *sign == b'-' { -offset } else { offset })
        }
        _ => None,
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist() {
        assert!(is_date("2024-02-29"));
        for text in [
            "2023-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-1-01",
            "20240101",
            "2024-04-31",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn only_moments_that_exist() {
        for text in [
            "2024-02-29T23:59:60Z",
            "2024-01-01t00:00:00.123+05:30",
            "1990-12-31T15:59:60-08:00",
        ] {
            assert!(is_date_time(text), "{text}");
        }
        for text in [
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:60Z",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00+25:00",
            "2024-01-01T0é:00:00Z",
        ] {
            assert!(!is_date_time(text), "{text}");
        }
    }

    #[test]
    fn a_uuid_has_its_hyphens() {
        assert!(is_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"));
        assert!(!is_uuid("f81d4fae7dec11d0a76500a0c91e6bf6"));
    }
}
