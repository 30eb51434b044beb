//! What a service promises of its requests, as people write it.

use std::fmt;

use oarlock_runtime::defaults::DURATION_BOUNDS;

/// What is promised of the requests of a tag, over 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objectives {
    /// The share that is not answered with 5xx.
    pub availability: Share,
    /// The share of the others that is answered in time.
    pub latency: Latency,
}

/// What is said of it somewhere, which may be less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SaidObjectives {
    /// The share that is not answered with 5xx.
    pub availability: Option<Share>,
    /// The share of the others that is answered in time.
    pub latency: Option<Latency>,
}

/// A share of requests, in thousandths of a per cent: whole, so that what is left of 100 % is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

/// A share of requests, and the time within which they are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// The share.
    pub share: Share,
    /// An index into [`DURATION_BOUNDS`]: the service counts for these times alone.
    bound: usize,
}

impl SaidObjectives {
    /// What is said here, over what is said `below`.
    #[must_use]
    pub fn over(self, below: SaidObjectives) -> SaidObjectives {
        SaidObjectives {
            availability: self.availability.or(below.availability),
            latency: self.latency.or(below.latency),
        }
    }
}

/// 100 %.
const WHOLE: u32 = 100_000;
/// With less, no share of failing requests would burn what may fail 14.4 times as fast as it lasts.
const LEAST: u32 = 95_000;

impl Share {
    /// Thousandths of a per cent.
    pub const fn thousandths(count: u32) -> Self {
        Share(count)
    }

    /// Reads a percentage.
    ///
    /// # Errors
    /// What it must be, where it is not.
    pub fn read(text: &str) -> Result<Self, String> {
        let must = || {
            "a percentage from 95% to 99.999%, such as 99.9%, with three digits behind the point at most".to_owned()
        };
        let number = text.strip_suffix('%').map(str::trim_end).ok_or_else(must)?;
        let thousandths = thousandths(number).and_then(|one| u32::try_from(one).ok());
        let in_range = thousandths.filter(|one| (LEAST..WHOLE).contains(one));
        in_range.map(Share).ok_or_else(must)
    }

    /// The share that may be otherwise, as a decimal number of 1.
    pub fn budget(self) -> String {
        let digits = format!("{:05}", WHOLE - self.0);
        format!("0.{}", digits.trim_end_matches('0'))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}%", decimal(u64::from(self.0)))
    }
}

impl Latency {
    /// A share within one of the times that a service counts for, by its index in [`DURATION_BOUNDS`].
    pub(crate) const fn within_bound(share: Share, bound: usize) -> Self {
        Latency { share, bound }
    }

    /// Reads a percentage, `within`, and a length of time.
    ///
    /// # Errors
    /// What it must be, where it is not.
    pub fn read(text: &str) -> Result<Self, String> {
        let must = "a share of requests and the time within which they are answered, such as 99% within 500ms";
        let (share, time) = text.split_once(" within ").ok_or(must)?;
        let share = Share::read(share.trim())
            .map_err(|share| format!("{must}, where the share is {share}"))?;
        let nanoseconds = nanoseconds(time.trim()).ok_or(must)?;
        let found = DURATION_BOUNDS
            .iter()
            .position(|(bound, _)| *bound == nanoseconds);
        let bound = found.ok_or_else(|| {
            let near = nearest(nanoseconds);
            format!("{must}: a service counts for fixed times, of which the nearest are {near}")
        })?;
        Ok(Latency { share, bound })
    }

    /// The time as the metrics of a service write it, in seconds.
    pub fn seconds(self) -> &'static str {
        DURATION_BOUNDS[self.bound].1
    }

    /// The time with its unit.
    pub fn within(self) -> String {
        time(DURATION_BOUNDS[self.bound].0)
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{} within {}", self.share, self.within())
    }
}

/// The next bounds below and above, where there are such.
fn nearest(nanoseconds: u64) -> String {
    let bounds = || DURATION_BOUNDS.iter().map(|(bound, _)| *bound);
    let below = bounds().rfind(|bound| *bound < nanoseconds);
    let above = bounds().find(|bound| *bound > nanoseconds);
    let near = [below, above].into_iter().flatten().map(time);
    near.collect::<Vec<_>>().join(" and ")
}

fn nanoseconds(text: &str) -> Option<u64> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1_000),
        None => (text.strip_suffix('s')?, 1_000_000),
    };
    thousandths(number.trim_end())?.checked_mul(unit)
}

fn time(nanoseconds: u64) -> String {
    match nanoseconds >= 1_000_000_000 {
        true => format!("{}s", decimal(nanoseconds / 1_000_000)),
        false => format!("{}ms", decimal(nanoseconds / 1_000)),
    }
}

/// A decimal number with three digits behind the point at most.
fn thousandths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str, most| {
        (1..=most).contains(&text.len()) && text.bytes().all(|one| one.is_ascii_digit())
    };
    if !digits(whole, 9) || !digits(part, 3) {
        return None;
    }
    let (whole, part): (u64, u64) = (whole.parse().ok()?, format!("{part:0<3}").parse().ok()?);
    Some(whole * 1000 + part)
}

fn decimal(thousandths: u64) -> String {
    let (whole, part) = (thousandths / 1000, thousandths % 1000);
    match part {
        0 => whole.to_string(),
        _ => format!("{whole}.{}", format!("{part:03}").trim_end_matches('0')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_kept_to_the_thousandth() {
        for (text, shown, budget) in [
            ("99.9%", "99.9%", "0.001"),
            ("99.999%", "99.999%", "0.00001"),
            ("95 %", "95%", "0.05"),
            ("99.50%", "99.5%", "0.005"),
            ("97.123%", "97.123%", "0.02877"),
        ] {
            let share = Share::read(text).expect(text);
            assert_eq!((&*share.to_string(), &*share.budget()), (shown, budget));
        }
        for wrong in [
            "", "%", "99.9", "0.999", "100%", "94.999%", "99.9999%", "-99%", "99,9%", "99.%",
            ".9%", "1e2%",
        ] {
            assert!(Share::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_is_one_that_is_counted_for() {
        for (text, shown, seconds) in [
            ("99% within 500ms", "99% within 500ms", "0.5"),
            ("99% within 0.5s", "99% within 500ms", "0.5"),
            ("99.5% within 1 s", "99.5% within 1s", "1.0"),
            ("99% within 2500ms", "99% within 2.5s", "2.5"),
            ("99% within 5ms", "99% within 5ms", "0.005"),
        ] {
            let latency = Latency::read(text).expect(text);
            assert_eq!((&*latency.to_string(), latency.seconds()), (shown, seconds));
        }
        let near = |text| Latency::read(text).expect_err(text);
        assert!(near("99% within 300ms").ends_with("the nearest are 250ms and 500ms"));
        assert!(near("99% within 1ms").ends_with("the nearest are 5ms"));
        assert!(near("99% within 60s").ends_with("the nearest are 10s"));
        for wrong in [
            "99%",
            "500ms",
            "99% in 500ms",
            "99% within 500",
            "99% within",
            "9% within 500ms",
            "99% within 1m",
        ] {
            assert!(Latency::read(wrong).is_err(), "{wrong}");
        }
    }
}
