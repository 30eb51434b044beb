//! Nodes as values of Rust's types, by serde. A scalar that a text is asked of is taken as it is written, whatever it looks
//! like; a mistake keeps the place that it is about.

use std::{fmt, rc::Rc, slice};

use serde::{
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected,
        Visitor, value::BorrowedStrDeserializer,
    },
    forward_to_deserialize_any,
};

use super::{Entry, Node, Scalar, Value};
use crate::source::Span;

/// Why a node is no value of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// The place of the innermost key or value that it is about.
    pub span: Option<Span>,
    /// What is wrong with it.
    pub message: String,
}

impl Misread {
    /// A mistake at a place.
    pub fn at(span: Span, message: impl Into<String>) -> Self {
        Misread {
            span: Some(span),
            message: message.into(),
        }
    }

    fn or_at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl fmt::Display for Misread {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Misread {}

impl Error for Misread {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Misread {
            span: None,
            message: message.to_string(),
        }
    }
}

/// A node as a value.
///
/// # Errors
/// What is wrong, with its place.
pub fn deserialize<T: DeserializeOwned>(node: &Node) -> Result<T, Misread> {
    T::deserialize(node).map_err(|error| error.or_at(start(node)))
}

/// Where a node begins: what is missing in it has no other place.
fn start(node: &Node) -> Span {
    match node.value {
        Value::Scalar { .. } => node.span,
        _ => Span {
            end: node.span.start,
            ..node.span
        },
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Misread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match &self.value {
            Value::Sequence(items) => visitor.visit_seq(Items(items.iter())),
            Value::Mapping(entries) => visitor.visit_map(Entries {
                left: entries.iter(),
                open: None,
            }),
            Value::Scalar { text, .. } => match self.scalar() {
                Some(Scalar::Null) => visitor.visit_unit(),
                Some(Scalar::Boolean(value)) => visitor.visit_bool(value),
                Some(Scalar::Number(number)) => visit_number(number, visitor),
                _ => visitor.visit_borrowed_str(text),
            },
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match &self.value {
            Value::Scalar { text, .. } if self.scalar() != Some(Scalar::Null) => {
                visitor.visit_borrowed_str(text)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.scalar() {
            Some(Scalar::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misread> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        match &self.value {
            Value::Scalar { text, .. } => visitor.visit_enum(BorrowedStrDeserializer::new(text)),
            Value::Sequence(_) => Err(Misread::invalid_type(Unexpected::Seq, &"a word")),
            Value::Mapping(_) => Err(Misread::invalid_type(Unexpected::Map, &"a word")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple tuple_struct
        map struct ignored_any
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &'de str, visitor: V) -> Result<V::Value, Misread> {
    if let Ok(whole) = number.parse::<u64>() {
        return visitor.visit_u64(whole);
    }
    if let Ok(whole) = number.parse::<i64>() {
        return visitor.visit_i64(whole);
    }
    match number.parse::<f64>() {
        Ok(float) => visitor.visit_f64(float),
        Err(_) => visitor.visit_borrowed_str(number),
    }
}

struct Items<'de>(slice::Iter<'de, Rc<Node>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Misread;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misread> {
        let Some(node) = self.0.next() else {
            return Ok(None);
        };
        let read = seed.deserialize(&**node);
        read.map(Some).map_err(|error| error.or_at(start(node)))
    }
}

struct Entries<'de> {
    left: slice::Iter<'de, Entry>,
    /// The entry whose key has been read.
    open: Option<&'de Entry>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Misread;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misread> {
        self.open = self.left.next();
        let Some(entry) = self.open else {
            return Ok(None);
        };
        let key = seed.deserialize(BorrowedStrDeserializer::new(&entry.key));
        key.map(Some)
            .map_err(|error: Misread| error.or_at(entry.key_span))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Misread> {
        let Some(entry) = self.open.take() else {
            return Err(Misread::custom("a value was asked for before its key"));
        };
        let value = seed.deserialize(&*entry.node);
        value.map_err(|error| error.or_at(start(&entry.node)))
    }
}
