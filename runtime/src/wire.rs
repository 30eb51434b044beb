//! What serde needs to read and write JSON exactly as a schema asks.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error, IntoDeserializer, Visitor, value},
};
use serde_json::{Map, Value};

use crate::{Exact, FromText, Guard};

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
        Self::of(Map::deserialize(Exact(from))?, tag)
    }

    /// Reads an object that may have the tag.
    ///
    /// # Errors
    /// Where it is not an object.
    pub fn open<'de, D: Deserializer<'de>>(from: D, tag: &'static str) -> Result<Self, D::Error> {
        let members = Map::deserialize(Exact(from))?;
        Ok(Tagged { members, tag })
    }

    /// Reads an object that has the tag and fits its exact schema.
    ///
    /// # Errors
    /// Where it does not fit, is not an object, or the tag is not a text.
    pub fn guarded<'de, D: Deserializer<'de>>(
        from: D,
        tag: &'static str,
        guard: &Guard,
    ) -> Result<Self, D::Error> {
        match guard.read(from)? {
            Value::Object(members) => Self::of(members, tag),
            _ => Err(D::Error::custom("not an object")),
        }
    }

    fn of<E: Error>(members: Map<String, Value>, tag: &'static str) -> Result<Self, E> {
        match members.get(tag) {
            Some(Value::String(_)) => Ok(Tagged { members, tag }),
            Some(_) => Err(E::custom(format_args!("`{tag}` is not a text"))),
            None => Err(E::missing_field(tag)),
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

/// JSON that is one of several types.
pub struct Candidate(Value);

impl Candidate {
    /// Reads JSON.
    ///
    /// # Errors
    /// Where it is not JSON.
    pub fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Value::deserialize(Exact(from)).map(Candidate)
    }

    /// Reads JSON that fits its exact schema.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn guarded<'de, D: Deserializer<'de>>(from: D, guard: &Guard) -> Result<Self, D::Error> {
        guard.read(from).map(Candidate)
    }

    /// The JSON as a type, where it is of it and within its limits.
    pub fn get<T: DeserializeOwned>(&self, within: impl Fn(&T) -> bool) -> Option<T> {
        get(&self.0, within)
    }

    /// The error where no type fits.
    pub fn unknown<E: Error>(&self) -> E {
        E::custom("it is none of the types that it may be")
    }
}

/// JSON as a type, where it is of it and within its limits.
pub fn get<T: DeserializeOwned>(value: &Value, within: impl Fn(&T) -> bool) -> Option<T> {
    T::deserialize(Exact(value)).ok().filter(within)
}

macro_rules! or_other {
    ($(#[$doc:meta])* $name:ident, $is:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum $name<T> {
            /// What the document names.
            Named(T),
            /// JSON of another kind, on which the document says nothing.
            Other(Value),
        }

        impl<T> $name<T> {
            /// What the document names, where it is there.
            pub fn named(&self) -> Option<&T> {
                match self {
                    Self::Named(value) => Some(value),
                    Self::Other(_) => None,
                }
            }
        }

        impl<'de, T: DeserializeOwned> Deserialize<'de> for $name<T> {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(Exact(from))?;
                match value.$is() {
                    true => T::deserialize(Exact(value)).map(Self::Named).map_err(D::Error::custom),
                    false => Ok(Self::Other(value)),
                }
            }
        }
    };
}

or_other!(
    /// An object in its type, or other JSON: what a schema takes that names members and says no `type`.
    ObjectOrOther,
    is_object
);
or_other!(
    /// A list in its type, or other JSON: what a schema takes that names items and says no `type`.
    ListOrOther,
    is_array
);

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
    for (name, value) in Map::deserialize(Exact(from))? {
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
pub fn text_value<'de, D: Deserializer<'de>, T: FromText>(
    from: D,
    values: &'static [&'static str],
) -> Result<T, D::Error> {
    struct OneOf<T>(&'static [&'static str], PhantomData<T>);
    impl<T: FromText> Visitor<'_> for OneOf<T> {
        type Value = T;

        fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
            out.write_str("a text")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            T::from_text(text).ok_or_else(|| E::unknown_variant(text, self.0))
        }
    }
    from.deserialize_str(OneOf(values, PhantomData))
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
    ($name:ident, $others:ident, [$($known:literal),*] $(, $schemas:path, $key:literal)?) => {
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, to)
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                use $crate::serde::de::Error;
                $(
                    static GUARD: $crate::Guard = $crate::Guard::new(&$schemas, $key);
                    let from = GUARD.read(from)?;
                )?
                let (fields, others) = $crate::wire::part(from, &[$($known),*]).map_err(D::Error::custom)?;
                let mut value = Self::deserialize($crate::Exact(fields)).map_err(D::Error::custom)?;
                value.$others = others;
                Ok(value)
            }
        }
    };
}

/// Reads a type whose exact schema asks for more than the type says, and writes it.
#[macro_export]
macro_rules! guarded {
    ($name:ident, $schemas:path, $key:literal) => {
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, to)
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                static GUARD: $crate::Guard = $crate::Guard::new(&$schemas, $key);
                let value = GUARD.read(from)?;
                Self::deserialize($crate::Exact(value)).map_err($crate::serde::de::Error::custom)
            }
        }
    };
}
