//! Integers of any size.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Number;

use crate::{FromText, ToText};

/// An integer whose size the document leaves open. Within 64 bits every digit is kept; beyond, as many as a double
/// holds, which is what JSON promises between programs (RFC 7493, section 2.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Integer(Number);

impl Integer {
    /// The value, where it fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.as_i64()
    }

    /// The value, where it fits.
    pub fn as_u64(&self) -> Option<u64> {
        self.0.as_u64()
    }

    /// The value as a double, the nearest one.
    pub fn as_f64(&self) -> f64 {
        self.0.as_f64().unwrap_or(f64::NAN)
    }

    /// How the value compares with one of 128 bits.
    pub fn compare(&self, other: i128) -> Ordering {
        let own = self
            .0
            .as_i64()
            .map(i128::from)
            .or_else(|| self.0.as_u64().map(i128::from));
        #[expect(
            clippy::cast_precision_loss,
            reason = "a double is all there is beyond 64 bits"
        )]
        match own {
            Some(own) => own.cmp(&other),
            None => self.as_f64().total_cmp(&(other as f64)),
        }
    }

    fn of_double(value: f64) -> Option<Self> {
        let number = Number::from_f64(value).filter(|_| value.fract() == 0.0)?;
        Some(Integer(number))
    }
}

macro_rules! small {
    ($($ty:ty),*) => {$(
        impl From<$ty> for Integer {
            fn from(value: $ty) -> Self {
                Integer(value.into())
            }
        }
    )*};
}

small!(i8, i16, i32, i64, u8, u16, u32, u64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Integer;

            fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str("an integer")
            }

            fn visit_i64<E>(self, value: i64) -> Result<Integer, E> {
                Ok(value.into())
            }

            fn visit_u64<E>(self, value: u64) -> Result<Integer, E> {
                Ok(value.into())
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Integer, E> {
                Integer::of_double(value).ok_or_else(|| E::custom("not a whole number"))
            }
        }

        from.deserialize_i64(Visitor)
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl FromText for Integer {
    fn from_text(text: &str) -> Option<Self> {
        if !crate::text::is_integer(text) {
            return None;
        }
        let small = text.parse::<i64>().map(Integer::from).ok();
        let small = small.or_else(|| text.parse::<u64>().map(Integer::from).ok());
        small.or_else(|| Integer::of_double(text.parse().ok()?))
    }
}

impl ToText for Integer {
    fn to_text(&self, out: &mut String) {
        out.push_str(&self.0.to_string());
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
}
