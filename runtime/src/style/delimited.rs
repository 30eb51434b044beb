//! Lists and objects in one text, between delimiters.

use std::borrow::Cow;

use super::{
    Malformed, Read, Style,
    candidates::{choose, list, object, scalars},
};
use crate::shape::Shape;

/// Undoes the encoding of a part; none where it is not UTF-8.
pub(super) type Decode = for<'t> fn(&'t str) -> Option<Cow<'t, str>>;

/// A name and its value, both decoded.
pub(super) type Member<'t> = (Cow<'t, str>, Cow<'t, str>);

/// A text, and its parts between delimiters, all still encoded: a delimiter that is encoded is none.
pub(super) struct Delimited<'t> {
    pub(super) whole: &'t str,
    pub(super) parts: Vec<&'t str>,
    pub(super) explode: bool,
    pub(super) decode: Decode,
}

impl<'t> Delimited<'t> {
    pub(super) fn read(&self, shape: &Shape) -> Read {
        let parted = self.parts.len() > 1 || (self.explode && self.whole.contains('='));
        choose(
            shape,
            parted,
            || Ok(scalars(&self.decoded(self.whole)?, shape)),
            || Ok(list(&self.items()?, shape)),
            || object(&self.members()?, shape),
        )
    }

    fn items(&self) -> Result<Vec<Cow<'t, str>>, Malformed> {
        self.parts.iter().map(|part| self.decoded(part)).collect()
    }

    fn members(&self) -> Result<Vec<Member<'t>>, Malformed> {
        if self.whole.is_empty() {
            return Ok(Vec::new());
        }
        if !self.explode {
            return paired(self.items()?);
        }
        let members = self.parts.iter().map(|part| {
            let (name, value) = part.split_once('=').ok_or_else(unpaired)?;
            Ok((self.decoded(name)?, self.decoded(value)?))
        });
        members.collect()
    }

    fn decoded(&self, text: &'t str) -> Result<Cow<'t, str>, Malformed> {
        (self.decode)(text).ok_or_else(Malformed::not_utf8)
    }
}

pub(super) fn unpaired() -> Malformed {
    Malformed::new("its members do not stand there as `name=value`")
}

/// Names and values in turns.
pub(super) fn paired<T>(texts: Vec<T>) -> Result<Vec<(T, T)>, Malformed> {
    let mut pairs = Vec::with_capacity(texts.len() / 2);
    let mut texts = texts.into_iter();
    while let Some(name) = texts.next() {
        let value = texts.next();
        let value = value.ok_or_else(|| Malformed::new("a name in it has no value"))?;
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// The parts of a value between a style's delimiters, in a query, a form or a cookie.
pub(super) fn split(text: &str, style: Style) -> Vec<&str> {
    let marks: &[&str] = match style {
        Style::SpaceDelimited => &["%20", "+", " "],
        Style::PipeDelimited => &["|", "%7C", "%7c"],
        Style::TabDelimited => &["%09", "\t"],
        _ => &[","],
    };
    let mut parts = Vec::new();
    let mut start = 0;
    let mut skipped = 0;
    for (index, _) in text.char_indices() {
        let rest = text.get(index..).unwrap_or_default();
        if index < skipped {
            continue;
        }
        if let Some(mark) = marks.iter().find(|mark| rest.starts_with(**mark)) {
            parts.push(text.get(start..index).unwrap_or_default());
            skipped = index + mark.len();
            start = skipped;
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}
