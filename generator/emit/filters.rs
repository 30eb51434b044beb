//! What templates do to what they are given.

use std::fmt::Display;

use super::escape;

/// A name in YAML: as it is where every reader takes it for a text, else in quotes.
#[askama::filter_fn]
pub(super) fn word(name: impl Display, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(escape::yaml_word(&name.to_string()))
}
