//! JSON Schema 2020-12 at work.
//!
//! The library behind it is generic code through and through: whoever calls it compiles it anew, a megabyte and more of it.
//! Here it is called once, by functions that are not generic, in a crate that can be compiled for size while the rest is
//! compiled for speed. Optimized for size, this crate and the library share what both need of that code.

use serde_json::Value;

/// A schema at work.
pub struct Validator(jsonschema::Validator);

/// A format by its name, and which texts have it.
pub type Format = (&'static str, fn(&str) -> bool);

/// What a value breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Where in the value: a JSON Pointer (RFC 6901).
    pub pointer: String,
    /// What is wrong there, without the value's own text.
    pub detail: String,
}

impl Validator {
    /// Makes one that holds the formats of JSON Schema and those of `formats`. A pattern may backtrack `backtrack_limit`
    /// times; a text for which that is not enough does not fit.
    ///
    /// # Errors
    /// Why the schema cannot be used.
    pub fn new(schema: &Value, formats: &[Format], backtrack_limit: usize) -> Result<Self, String> {
        let patterns = jsonschema::PatternOptions::fancy_regex().backtrack_limit(backtrack_limit);
        let options = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .with_pattern_options(patterns)
            .should_validate_formats(true);
        let options = formats.iter().fold(options, |options, (name, fits)| {
            options.with_format(*name, *fits)
        });
        let made = options.build(schema);
        made.map(Validator).map_err(|error| error.to_string())
    }

    /// Whether a value fits.
    pub fn is_valid(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }

    /// What a value breaks, `most` of it; nothing where it fits.
    pub fn broken(&self, value: &Value, most: usize) -> Vec<Broken> {
        let errors = self.0.iter_errors(value).take(most);
        let told = errors.map(|error| Broken {
            pointer: error.instance_path().to_string(),
            detail: error.masked().to_string(),
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_judged() {
        let schema = json!({
            "properties": {
                "even": { "type": "string", "format": "even" },
                "some": { "type": "integer", "minimum": 2 },
            },
        });
        let formats: [Format; 1] = [("even", |text| text.len() % 2 == 0)];
        let validator = Validator::new(&schema, &formats, 1000).expect("a schema");
        let fits = json!({ "even": "ab", "some": 2 });
        assert!(validator.is_valid(&fits) && validator.broken(&fits, 9).is_empty());
        let secret = json!({ "even": "abc", "some": 1 });
        assert!(!validator.is_valid(&secret));
        let broken = validator.broken(&secret, 9);
        let pointers: Vec<&str> = broken.iter().map(|one| &*one.pointer).collect();
        assert_eq!(pointers, ["/even", "/some"]);
        assert!(broken.iter().all(|one| !one.detail.contains("abc")));
        assert_eq!(validator.broken(&secret, 1).len(), 1);
        let wrong = Validator::new(&json!({ "type": "objekt" }), &[], 1000);
        assert!(wrong.is_err_and(|words| words.contains("objekt")));
    }
}
