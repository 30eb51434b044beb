//! Limits of an operation, as people write them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Limits of an operation as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenLimits {
    /// How long its answer may take to begin: a number with its unit, such as `500ms`, `30s`, `10m` or `1h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
    /// How large a body may be that is taken in whole: bytes, or a number with `KiB`, `MiB` or `GiB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_body: Option<Size>,
    /// How many requests may be in work at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_requests: Option<u32>,
}

/// A number of bytes as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Size {
    /// As it is.
    Bytes(u64),
    /// With a unit.
    Text(String),
}

/// Limits of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// How long its answer may take to begin.
    pub timeout: Option<Duration>,
    /// In bytes.
    pub max_body: Option<u64>,
    /// How many requests may be in work at a time.
    pub max_requests: Option<u32>,
}

impl WrittenLimits {
    /// # Errors
    /// What cannot be read, in words.
    pub fn read(&self) -> Result<Limits, String> {
        let timeout = self.timeout.as_deref().map(|text| {
            duration(text).ok_or_else(|| {
                format!("timeout: {text:?} must be a length of time above 0 with its unit, such as 500ms, 30s or 10m")
            })
        });
        let max_body = self.max_body.as_ref().map(|size| {
            bytes(size).ok_or_else(|| {
                let shown = match size {
                    Size::Bytes(count) => count.to_string(),
                    Size::Text(text) => format!("{text:?}"),
                };
                format!(
                    "max_body: {shown} must be a number of bytes above 0, such as 65536 or 64 MiB"
                )
            })
        });
        if self.max_requests == Some(0) {
            return Err("max_requests: 0 must be a whole number above 0".to_owned());
        }
        Ok(Limits {
            timeout: timeout.transpose()?,
            max_body: max_body.transpose()?,
            max_requests: self.max_requests,
        })
    }
}

fn duration(text: &str) -> Option<Duration> {
    let (count, unit) = number(text)?;
    let milliseconds = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    Some(Duration::from_millis(count.checked_mul(milliseconds)?))
}

fn bytes(size: &Size) -> Option<u64> {
    match size {
        Size::Bytes(count) => (*count > 0).then_some(*count),
        Size::Text(text) => {
            let (count, unit) = number(text)?;
            let shift = match unit {
                "" => 0,
                "KiB" => 10,
                "MiB" => 20,
                "GiB" => 30,
                _ => return None,
            };
            count.checked_mul(1 << shift)
        }
    }
}

/// A whole number above 0, and what stands behind it.
fn number(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    let (count, unit) = text.split_at(end.unwrap_or(text.len()));
    let count = count.parse().ok().filter(|count| *count > 0)?;
    Some((count, unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_sizes_have_units() {
        let seconds = |text| duration(text).map(|one| one.as_secs_f64());
        assert_eq!(seconds("500ms"), Some(0.5));
        assert_eq!(seconds("10 m"), Some(600.0));
        for wrong in ["", "5", "0s", "-1s", "1.5s", "5d", "99999999999999999h"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
        let size = |text: &str| bytes(&Size::Text(text.into()));
        assert_eq!(size("64 MiB"), Some(64 << 20));
        assert_eq!(size("7"), Some(7));
        for wrong in ["", "0", "1 MB", "-1", "99999999999 GiB"] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
        assert_eq!(bytes(&Size::Bytes(0)), None);
    }
}
