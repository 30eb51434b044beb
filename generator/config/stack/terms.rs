//! What single values of a stack may be.

#![expect(
    unreachable_pub,
    reason = "some of these leave the module only as what they hold"
)]

use regex::{Regex, RegexBuilder};
use semver::VersionReq;
use serde::{Deserialize, Deserializer};

use crate::config::deploy::terms::{Term, is_unseen, is_url, kept, term, terms};

/// How much memory a pattern may take, in bytes.
const LARGEST_PATTERN: usize = 1 << 20;
const LONGEST_SENTENCE: usize = 500;

terms! {
    /// A name of words with `-` between them.
    Kebab(String) = |text| kept(text, is_kebab(text), "a name of lower-case letters and digits with single `-` between them, at most 63, such as small-pods");
    /// A version of a stack.
    Version(u32) = |text| text.parse().ok().filter(|one| *one > 0 && !text.starts_with('+'))
        .ok_or_else(|| "the stack's version, a whole number above 0".to_owned());
    /// A line of words.
    Sentence(String) = |text| kept(text, text.chars().count() <= LONGEST_SENTENCE && !text.trim().is_empty() && !text.contains(is_unseen), "text on one line, at most 500 characters, without control characters and marks that change the order of what is read");
    /// An address.
    Link(String) = |text| kept(text, text.len() <= LONGEST_SENTENCE && is_url(text), "an address such as https://platform.example.com/rules");
    /// An image's name, with its tag or digest where these are meant as well, or the beginning of names, with `/` at its end.
    ImagePattern(String) = |text| kept(text, is_image_pattern(text), "an image's name, with a tag or a digest where these are meant as well, or the beginning of names up to a `/`, such as registry.example.com/base/");
    /// The `operationId` of an operation, a tag, or another name of a document.
    Name(String) = |text| kept(text, !text.is_empty() && !text.contains(is_unseen), "a name on one line");
    /// Where a field stands in a document, name by name.
    FieldPath(String) = |text| kept(text, is_field_path(text), "the names that lead to a field of the document, with dots between them, such as info.contact.email");
}

impl Kebab {
    pub(super) fn of(text: &str) -> Result<Self, String> {
        Kebab::read(text)
    }
}

/// A pattern that a whole text must fit.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As it is written.
    pub text: String,
    regex: Regex,
}

impl Pattern {
    /// Whether it fits all of a text.
    pub fn fits(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

impl Term for Pattern {
    fn read(text: &str) -> Result<Self, String> {
        let build = |text: &str| RegexBuilder::new(text).size_limit(LARGEST_PATTERN).build();
        // A pattern of its own first, so that none closes what it is put into.
        let whole = build(text).and_then(|_| build(&format!("^(?:{text})$")));
        match whole {
            Ok(regex) if !text.contains(is_unseen) => Ok(Pattern {
                text: text.to_owned(),
                regex,
            }),
            _ => Err("a regular expression that all of the value must fit, such as [a-z]+".into()),
        }
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        term(deserializer)
    }
}

impl Term for VersionReq {
    fn read(text: &str) -> Result<Self, String> {
        let must = |_| "a range of versions, such as `>=0.1.0, <0.3.0`".to_owned();
        VersionReq::parse(text).map_err(must)
    }
}

fn is_kebab(text: &str) -> bool {
    let letter = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit();
    let word = |word: &str| !word.is_empty() && word.chars().all(letter);
    text.len() <= 63 && text.split('-').all(word)
}

fn is_image_pattern(text: &str) -> bool {
    let letter = |one: char| one.is_ascii_alphanumeric() || "._-/:@".contains(one);
    (1..=500).contains(&text.len())
        && text.chars().all(letter)
        && text.starts_with(|one: char| one.is_ascii_alphanumeric())
        && !text.ends_with([':', '@'])
}

fn is_field_path(text: &str) -> bool {
    let letter = |one: char| one.is_ascii_alphanumeric() || "_-".contains(one);
    let name = |name: &str| !name.is_empty() && name.chars().all(letter);
    text.len() <= 200 && text.split('.').all(name)
}
