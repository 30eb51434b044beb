//! The members of an object, each name once.

use std::{borrow::Cow, collections::HashSet, fmt};

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor,
    value::{BorrowedStrDeserializer, StringDeserializer},
};

use super::Exact;

/// From how many members on names are looked up by hash.
const MANY: usize = 16;

/// The members of an object, each name once, their values exact.
pub(super) struct Members<'de, A> {
    inner: A,
    /// Names of which the visitor itself takes none twice, as serde's derived code does of a struct's fields.
    fields: &'static [&'static str],
    seen: Seen<'de>,
}

enum Seen<'de> {
    Few(Vec<Cow<'de, str>>),
    Many(HashSet<Cow<'de, str>>),
}

impl<A> Members<'_, A> {
    pub(super) fn new(inner: A, fields: &'static [&'static str]) -> Self {
        Members {
            inner,
            fields,
            seen: Seen::Few(Vec::new()),
        }
    }
}

impl<'de> Seen<'de> {
    /// Notes a name; whether it is new.
    fn note(&mut self, name: Cow<'de, str>) -> bool {
        match self {
            Seen::Few(names) if names.len() < MANY => {
                let new = !names.contains(&name);
                names.push(name);
                new
            }
            Seen::Few(names) => {
                let mut names: HashSet<_> = names.drain(..).collect();
                let new = names.insert(name);
                *self = Seen::Many(names);
                new
            }
            Seen::Many(names) => names.insert(name),
        }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'de, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let Some(Name(name)) = self.inner.next_key()? else {
            return Ok(None);
        };
        if !self.fields.contains(&&*name) && !self.seen.note(name.clone()) {
            return Err(A::Error::custom(format_args!(
                "the member `{name}` stands there twice"
            )));
        }
        match name {
            Cow::Borrowed(name) => seed.deserialize(BorrowedStrDeserializer::new(name)),
            Cow::Owned(name) => seed.deserialize(StringDeserializer::new(name)),
        }
        .map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(Exact(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

/// A name, as it stands in the text where that is possible.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str("a member's name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }

    fn visit_string<E: Error>(self, name: String) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name)))
    }
}
