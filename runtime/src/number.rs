//! Numbers that are kept as they were written, as far as 64 bits or a double go.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Number as Json;

use crate::{FromText, ToText, check::Decimal};

/// What integers and other numbers have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
struct Exact(Json);

impl Exact {
    fn whole(&self) -> Option<i128> {
        self.0
            .as_i64()
            .map(i128::from)
            .or_else(|| self.0.as_u64().map(i128::from))
    }

    fn as_f64(&self) -> f64 {
        self.0.as_f64().unwrap_or(f64::NAN)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a double is all there is beyond 64 bits"
    )]
    fn compare(&self, other: i128) -> Ordering {
        match self.whole() {
            Some(own) => own.cmp(&other),
            None => self.as_f64().total_cmp(&(other as f64 + 0.0)),
        }
    }

    fn is_multiple_of(&self, step: f64) -> bool {
        let own = self
            .whole()
            .map_or_else(|| Decimal::from(self.as_f64()), Decimal::from);
        own.is_multiple_of(step.into())
    }

    fn of_text(text: &str) -> Option<Self> {
        let whole = text.parse::<i64>().map(Json::from).ok();
        let whole = whole.or_else(|| text.parse::<u64>().map(Json::from).ok());
        whole
            .or_else(|| Json::from_f64(text.parse().ok()?))
            .map(Exact)
    }
}

struct Visitor;

impl serde::de::Visitor<'_> for Visitor {
    type Value = Exact;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a number")
    }

    fn visit_i64<E>(self, value: i64) -> Result<Exact, E> {
        Ok(Exact(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Exact, E> {
        Ok(Exact(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Exact, E> {
        Json::from_f64(value)
            .map(Exact)
            .ok_or_else(|| E::custom("not a finite number"))
    }
}

/// An integer whose size the document leaves open. Within 64 bits every digit is kept; beyond, as many as a double
/// holds, which is what JSON promises between programs (RFC 7493, section 2.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Integer(Exact);

/// A number whose limits a double alone could not judge: one that must be a multiple of something, for instance.
/// Integers of 64 bits keep every digit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Number(Exact);

macro_rules! common {
    ($name:ident: $($ty:ty),*) => {
        impl $name {
            /// The value, where it is an integer that fits.
            pub fn as_i64(&self) -> Option<i64> {
                self.0.0.as_i64()
            }

            /// The value, where it is an integer that fits.
            pub fn as_u64(&self) -> Option<u64> {
                self.0.0.as_u64()
            }

            /// The value as a double, the nearest one.
            pub fn as_f64(&self) -> f64 {
                self.0.as_f64()
            }

            /// Whether this is a multiple of a step, as decimals.
            pub fn is_multiple_of(&self, step: f64) -> bool {
                self.0.is_multiple_of(step)
            }
        }

        $(impl From<$ty> for $name {
            fn from(value: $ty) -> Self {
                $name(Exact(value.into()))
            }
        })*

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
                self.0.0.fmt(out)
            }
        }

        impl ToText for $name {
            fn to_text(&self, out: &mut String) {
                out.push_str(&self.0.0.to_string());
            }
        }
    };
}

common!(Integer: i8, i16, i32, i64, u8, u16, u32, u64);
common!(Number: i8, i16, i32, i64, u8, u16, u32, u64);

impl Integer {
    /// How the value compares with one of 128 bits.
    pub fn compare(&self, other: i128) -> Ordering {
        self.0.compare(other)
    }
}

impl Number {
    /// The number of a double; none for one that is not finite.
    pub fn from_f64(value: f64) -> Option<Self> {
        Json::from_f64(value).map(|number| Number(Exact(number)))
    }

    /// How the value compares with an integer.
    pub fn compare_integer(&self, other: i128) -> Ordering {
        self.0.compare(other)
    }

    /// How the value compares with a double.
    pub fn compare(&self, other: f64) -> Ordering {
        let whole = self
            .0
            .whole()
            .filter(|_| other.fract() == 0.0 && other.abs() < 1e38);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "held to be whole and in range just before"
        )]
        match whole {
            Some(own) => own.cmp(&(other as i128)),
            None => self.as_f64().total_cmp(&(other + 0.0)),
        }
    }
}

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = from.deserialize_i64(Visitor)?;
        match number.whole().is_some() || number.as_f64().fract() == 0.0 {
            true => Ok(Integer(number)),
            false => Err(D::Error::custom("not a whole number")),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_f64(Visitor).map(Number)
    }
}

impl FromText for Integer {
    fn from_text(text: &str) -> Option<Self> {
        crate::text::is_integer(text)
            .then(|| Exact::of_text(text).map(Integer))
            .flatten()
    }
}

impl FromText for Number {
    fn from_text(text: &str) -> Option<Self> {
        crate::text::is_number(text)
            .then(|| Exact::of_text(text).map(Number))
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_digit_is_lost_within_64_bits_and_no_integer_is_too_large() {
        for text in ["18446744073709551615", "-9223372036854775808", "0"] {
            assert_eq!(Integer::from_text(text).expect(text).to_string(), text);
        }
        let huge = crate::exact::from_slice::<Integer>(b"1e300").expect("an integer");
        assert_eq!(huge.compare(i128::MAX), Ordering::Greater);
        assert!(crate::exact::from_slice::<Integer>(b"1.5").is_err());
    }

    #[test]
    fn a_double_is_not_asked_where_it_could_not_tell() {
        let odd = crate::exact::from_slice::<Number>(b"9007199254740993").expect("a number");
        assert!(!odd.is_multiple_of(2.0) && odd.is_multiple_of(3.0));
        assert_eq!(odd.compare(9_007_199_254_740_992.0), Ordering::Greater);
        assert_eq!(Number::from(0).compare(-0.0), Ordering::Equal);
    }
}
