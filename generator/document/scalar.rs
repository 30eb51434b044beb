//! What a plain scalar means: YAML 1.2's core schema, of which JSON's literals are a part.
//! Source: YAML 1.2.2, section 10.3.2 (tag resolution). `yes`, `on` and `1_000` are text there.

use super::{Node, Value};

/// The reading of a scalar. Numbers keep their text, so that none loses a digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as written.
    Number(&'a str),
    /// Text.
    Text(&'a str),
}

impl Node {
    /// The reading of this node, if it is a scalar.
    pub fn scalar(&self) -> Option<Scalar<'_>> {
        let Value::Scalar { text, quoted } = &self.value else {
            return None;
        };
        if *quoted {
            return Some(Scalar::Text(text));
        }
        Some(match text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
            "true" | "True" | "TRUE" => Scalar::Boolean(true),
            "false" | "False" | "FALSE" => Scalar::Boolean(false),
            other if is_number(other) => Scalar::Number(other),
            other => Scalar::Text(other),
        })
    }
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, hexadecimal and octal aside: an
/// OpenAPI document must be representable in JSON, which has neither.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        is_digits(digits)
    });
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && (fraction.is_empty() || is_digits(fraction)),
        None => is_digits(mantissa),
    };
    mantissa_fits && exponent_fits
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn numbers_are_what_yaml_says() {
        for number in ["0", "-12", "+3", "1.", ".5", "1e3", "1.5E-7", "007"] {
            assert!(is_number(number), "{number}");
        }
        for text in [
            "", "-", ".", "1e", "e3", "0x1f", "1_000", "1.2.3", "on", "٣",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }
}
