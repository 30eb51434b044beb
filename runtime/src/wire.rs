//! What serde needs to read and write JSON exactly as a schema asks.

use std::collections::BTreeMap;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error, IntoDeserializer, value},
};
use serde_json::{Map, Value};

use crate::Exact;

/// Reads a member that may be absent but not `null`.
///
/// # Errors
/// Those of the member's type.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Reads a member that may be `null` but not absent.
///
/// # Errors
/// Those of the member's type.
pub fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

/// Reads a member that may be absent or `null`, and tells the two apart.
///
/// # Errors
/// Those of the member's type.
pub fn maybe<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// An object whose tag says what it is.
pub struct Tagged {
    members: Map<String, Value>,
    tag: &'static str,
}

impl Tagged {
    /// Reads an object that has the tag.
    ///
    /// # Errors
    /// Where it is not an object, or the tag is not a text.
    pub fn read<'de, D: Deserializer<'de>>(from: D, tag: &'static str) -> Result<Self, D::Error> {
        let members = Map::deserialize(from)?;
        match members.get(tag) {
            Some(Value::String(_)) => Ok(Tagged { members, tag }),
            Some(_) => Err(D::Error::custom(format_args!("`{tag}` is not a text"))),
            None => Err(D::Error::missing_field(tag)),
        }
    }

    /// The tag's value.
    pub fn tag(&self) -> &str {
        self.members
            .get(self.tag)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Reads the object as what its tag says.
    ///
    /// # Errors
    /// Those of the type.
    pub fn into_variant<T: DeserializeOwned, E: Error>(self) -> Result<T, E> {
        T::deserialize(Exact(Value::Object(self.members))).map_err(E::custom)
    }

    /// The error for a tag that means nothing.
    pub fn unknown<E: Error>(&self, known: &'static [&'static str]) -> E {
        E::unknown_variant(self.tag(), known)
    }
}

/// Parts an object's members into those with a field and the others.
///
/// # Errors
/// Where it is not an object, or one of the others is not of their type.
#[doc(hidden)]
pub fn part<'de, D: Deserializer<'de>, V: DeserializeOwned>(
    from: D,
    known: &[&str],
) -> Result<(Value, BTreeMap<String, V>), D::Error> {
    let mut fields = Map::new();
    let mut others = BTreeMap::new();
    for (name, value) in Map::deserialize(from)? {
        if known.contains(&name.as_str()) {
            fields.insert(name, value);
        } else {
            others.insert(
                name,
                V::deserialize(Exact(value)).map_err(D::Error::custom)?,
            );
        }
    }
    Ok((Value::Object(fields), others))
}

#[doc(hidden)]
pub fn enum_from_text<T: DeserializeOwned>(text: &str) -> Option<T> {
    let text: value::StrDeserializer<'_, value::Error> = text.into_deserializer();
    T::deserialize(text).ok()
}

#[doc(hidden)]
pub fn enum_to_text<T: Serialize>(value: &T, out: &mut String) {
    if let Ok(Value::String(text)) = serde_json::to_value(value) {
        out.push_str(&text);
    }
}

/// Reads and writes a struct whose other members have a field of their own.
#[macro_export]
macro_rules! open_struct {
    ($name:ident, $others:ident, [$($known:literal),*]) => {
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, to)
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let (fields, others) = $crate::wire::part(from, &[$($known),*])?;
                let mut value =
                    Self::deserialize($crate::Exact(fields)).map_err(<D::Error as $crate::serde::de::Error>::custom)?;
                value.$others = others;
                Ok(value)
            }
        }
    };
}
