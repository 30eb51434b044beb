//! JSON read exactly. Serde's derived code would take an object from a list and a text of an `enum` from an object,
//! and would not take `1.0` for an integer; JSON Schema is the other way round in each. A member that stands twice is
//! refused wherever it stands (RFC 7493, section 2.3), so that no two readers can differ on what was sent.

mod members;

use std::fmt;

#[cfg(any(feature = "client", feature = "server"))]
use serde::de::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};

use members::Members;

/// A deserializer, or a part of one, that is exact all the way down.
#[doc(hidden)]
pub struct Exact<T>(pub T);

/// Reads JSON text.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) fn from_slice<'de, T: Deserialize<'de>>(text: &'de [u8]) -> serde_json::Result<T> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = T::deserialize(Exact(&mut json))?;
    json.end()?;
    Ok(value)
}

macro_rules! scalars {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        }
    )*};
}

macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Whole(visitor))
        }
    )*};
}

macro_rules! containers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Exact(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Exact<D> {
    type Error = D::Error;

    scalars! {
        deserialize_bool deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string
        deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_identifier
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    containers! { deserialize_any deserialize_option deserialize_seq deserialize_map }

    /// What is skipped is read all the same, so that it is refused where it is no JSON of ours.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(Exact(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Object(visitor, fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_str(Unit(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Exact(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(length, Exact(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0
            .deserialize_tuple_struct(name, length, Exact(visitor))
    }
}

macro_rules! visits {
    ($($method:ident($ty:ty))*) => {$(
        fn $method<E: Error>(self, value: $ty) -> Result<V::Value, E> {
            self.0.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Exact<V> {
    type Value = V::Value;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        self.0.expecting(out)
    }

    visits! {
        visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_i128(i128) visit_u128(u128) visit_f64(f64)
        visit_str(&str) visit_borrowed_str(&'de str) visit_string(String) visit_bytes(&[u8])
        visit_borrowed_bytes(&'de [u8]) visit_byte_buf(Vec<u8>)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Exact(inner))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Exact(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Exact(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Members::new(members, &[]))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(variant)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Exact<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Exact(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Exact<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Exact(from))
    }
}

/// Takes an object for a struct of these fields, and nothing else.
struct Object<V>(V, &'static [&'static str]);

impl<'de, V: Visitor<'de>> Visitor<'de> for Object<V> {
    type Value = V::Value;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        self.0.expecting(out)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Members::new(members, self.1))
    }
}

/// Takes a number with a fraction of zero for the integer that it is (JSON Schema 2020-12, 4.2.3).
struct Whole<V>(V);

/// 2 to the power of 63, and of 64.
const I64_END: f64 = 9_223_372_036_854_775_808.0;
const U64_END: f64 = 18_446_744_073_709_551_616.0;

impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<V> {
    type Value = V::Value;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        self.0.expecting(out)
    }

    visits! { visit_i64(i64) visit_u64(u64) visit_i128(i128) visit_u128(u128) }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "held to be whole and in range just before"
    )]
    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        match value.fract() == 0.0 {
            // The double at the lower end may stand for an integer below it, written with more digits than it has.
            true if -I64_END < value && value < I64_END => self.0.visit_i64(value as i64),
            true if (0.0..U64_END).contains(&value) => self.0.visit_u64(value as u64),
            _ => self.0.visit_f64(value),
        }
    }
}

/// Reads a variant without contents from its text.
struct Unit<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Unit<V> {
    type Value = V::Value;

    fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
        self.0.expecting(out)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        self.0.visit_enum(text.into_deserializer())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Leaf {
        kind: Option<Kind>,
        count: Option<i32>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    enum Kind {
        A,
    }

    fn takes(text: &str) -> bool {
        from_slice::<Vec<Leaf>>(text.as_bytes()).is_ok()
    }

    #[test]
    fn lists_are_no_objects_and_objects_no_texts() {
        assert!(takes(r#"[{"kind":"A"}]"#));
        for text in ["[[]]", r#"[{"kind":{"A":null}}]"#, "[{}] x"] {
            assert!(!takes(text), "{text}");
        }
    }

    #[test]
    fn a_whole_number_is_an_integer() {
        for text in ["1.0", "1e2", "-0.0", "2147483647.0"] {
            assert!(takes(&format!(r#"[{{"count":{text}}}]"#)), "{text}");
        }
        for text in ["1.5", "2147483648.0", "1e400", "\"1\""] {
            assert!(!takes(&format!(r#"[{{"count":{text}}}]"#)), "{text}");
        }
    }

    #[test]
    fn an_integer_beyond_64_bits_is_not_taken_for_the_last_within() {
        for (text, fits) in [
            ("-9223372036854775808", true),
            ("9223372036854775807", true),
            ("-9223372036854775809", false),
            ("9223372036854775808", false),
        ] {
            assert_eq!(from_slice::<i64>(text.as_bytes()).is_ok(), fits, "{text}");
        }
    }

    #[test]
    fn no_member_stands_twice_wherever_it_stands() {
        for text in [
            r#"[{"count":1,"count":1}]"#,
            r#"[{"x":1,"x":1}]"#,
            r#"[{"x":{"y":[{"z":1,"\u007a":1}]}}]"#,
        ] {
            assert!(!takes(text), "{text}");
        }
        let many: Vec<String> = (0..100).map(|one| format!("\"m{one}\":{one}")).collect();
        assert!(takes(&format!("[{{{}}}]", many.join(","))));
        assert!(!takes(&format!("[{{{},\"m7\":1}}]", many.join(","))));
    }

    #[test]
    fn what_is_skipped_must_be_json_as_well() {
        for text in [r#"[{"x":"\ud800"}]"#, r#"[{"x":1e400}]"#, r#"[{"x":[01]}]"#] {
            assert!(!takes(text), "{text}");
        }
    }
}
