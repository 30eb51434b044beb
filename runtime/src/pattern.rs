//! `pattern`: regular expressions of ECMA 262, searched for and not anchored (JSON Schema 2020-12, 6.3.3).

use std::sync::OnceLock;

/// How many steps a pattern that cannot run in linear time may take.
pub(crate) const BACKTRACK_LIMIT: usize = 100_000;

/// A regular expression, compiled at its first use.
pub struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Compiled>>,
}

enum Compiled {
    Linear(regex::Regex),
    /// With look-around or back-references.
    Backtracking(Box<fancy_regex::Regex>),
}

impl Pattern {
    /// A pattern that [`check_pattern`] found to be one; any other matches nothing.
    pub const fn new(source: &'static str) -> Self {
        Pattern {
            source,
            compiled: OnceLock::new(),
        }
    }

    /// Whether some part of the text fits.
    pub fn is_match(&self, text: &str) -> bool {
        match self.compiled.get_or_init(|| compile(self.source).ok()) {
            Some(Compiled::Linear(regex)) => regex.is_match(text),
            Some(Compiled::Backtracking(regex)) => regex.is_match(text).unwrap_or(false),
            None => false,
        }
    }
}

/// Tells why a text is not a regular expression.
///
/// # Errors
/// The reason, in words.
pub fn check_pattern(source: &str) -> Result<(), String> {
    compile(source).map(|_| ())
}

fn compile(source: &str) -> Result<Compiled, String> {
    let translated = jsonschema_regex::to_rust_regex(source)
        .map_err(|()| "it is not a regular expression of ECMA 262".to_owned())?;
    if let Ok(regex) = regex::Regex::new(&translated) {
        return Ok(Compiled::Linear(regex));
    }
    let regex = fancy_regex::RegexBuilder::new(&translated)
        .backtrack_limit(BACKTRACK_LIMIT)
        .build();
    regex
        .map(|regex| Compiled::Backtracking(Box::new(regex)))
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_searched_for() {
        static DIGITS: Pattern = Pattern::new(r"^\d+$");
        assert!(DIGITS.is_match("12") && !DIGITS.is_match("1a"));
        // ECMA 262: \d is ASCII.
        assert!(!DIGITS.is_match("٣"));
        static AHEAD: Pattern = Pattern::new("^(?!x)a");
        assert!(AHEAD.is_match("a"));
        assert!(check_pattern("(").is_err());
    }
}
