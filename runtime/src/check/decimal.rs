//! Numbers as decimal fractions, since that is what documents and callers write: `19.99` is a multiple of `0.01`.

/// `digits` times ten to the power of `exponent`; the sign is of no matter for multiples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    digits: u128,
    exponent: i32,
}

impl From<i128> for Decimal {
    fn from(value: i128) -> Self {
        Decimal {
            digits: value.unsigned_abs(),
            exponent: 0,
        }
    }
}

impl From<f64> for Decimal {
    /// The shortest decimal that stands for the double.
    fn from(value: f64) -> Self {
        let text = format!("{:e}", value.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}").parse().unwrap_or(0);
        let exponent = exponent.parse::<i32>().unwrap_or(0);
        let places = i32::try_from(fraction.len()).unwrap_or(0);
        Decimal {
            digits,
            exponent: exponent - places,
        }
    }
}

impl Decimal {
    /// Whether this is a whole number of times `step`, which is above 0.
    pub(crate) fn is_multiple_of(self, step: Decimal) -> bool {
        if self.digits == 0 || step.digits == 0 {
            return self.digits == 0;
        }
        let shift = self.exponent - step.exponent;
        let power = shift.unsigned_abs();
        if shift >= 0 {
            let rest = times_modulo(self.digits, power_modulo(power, step.digits), step.digits);
            return rest == Some(0);
        }
        let scaled = 10_u128
            .checked_pow(power)
            .and_then(|power| step.digits.checked_mul(power));
        scaled.is_some_and(|step| self.digits.is_multiple_of(step))
    }
}

/// Ten to a power, modulo `modulus`; none where that does not fit.
fn power_modulo(power: u32, modulus: u128) -> Option<u128> {
    (0..power).try_fold(1 % modulus, |product, _| {
        times_modulo(product, Some(10 % modulus), modulus)
    })
}

fn times_modulo(left: u128, right: Option<u128>, modulus: u128) -> Option<u128> {
    (left % modulus)
        .checked_mul(right?)
        .map(|product| product % modulus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_are_those_of_the_decimals() {
        let of = |value: f64, step: f64| Decimal::from(value).is_multiple_of(step.into());
        for (value, step) in [
            (0.3, 0.1),
            (19.99, 0.01),
            (1e308, 0.5),
            (0.0075, 0.0001),
            (4.5, 1.5),
            (0.0, 3.0),
            (-9.0, 3.0),
        ] {
            assert!(of(value, step), "{value} {step}");
        }
        for (value, step) in [
            (0.35, 0.1),
            (1e17, 3.0),
            (0.00751, 0.0001),
            (1e-9, 1e-3),
            (1e308, 0.123_456_789),
        ] {
            assert!(!of(value, step), "{value} {step}");
        }
        assert!(!Decimal::from(i128::from(i64::MIN)).is_multiple_of(3.0.into()));
        assert!(Decimal::from(12_391_239_123_i128).is_multiple_of(1e-8.into()));
    }
}
