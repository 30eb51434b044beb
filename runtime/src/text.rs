//! Values as text: parameters and headers.

#[cfg(any(feature = "client", feature = "server"))]
use std::borrow::Cow;
use std::fmt::Write as _;

use crate::{Date, DateTime, Password, Uuid};

/// Read from the text of a parameter or a header.
pub trait FromText: Sized {
    /// The value, where the text is one.
    fn from_text(text: &str) -> Option<Self>;
}

/// Written as the text of a header.
pub trait ToText {
    /// Adds the text to `out`.
    fn to_text(&self, out: &mut String);
}

impl FromText for String {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl FromText for bool {
    fn from_text(text: &str) -> Option<Self> {
        match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}

/// Whether a text is an integer as JSON writes it, leading zeros allowed.
pub(crate) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a number as JSON writes it, leading zeros allowed.
pub(crate) fn is_number(text: &str) -> bool {
    let starts = text
        .strip_prefix('-')
        .unwrap_or(text)
        .starts_with(|one: char| one.is_ascii_digit());
    starts
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
}

macro_rules! integers {
    ($($ty:ty),*) => {$(
        impl FromText for $ty {
            fn from_text(text: &str) -> Option<Self> {
                if is_integer(text) { text.parse().ok() } else { None }
            }
        }
    )*};
}

integers!(i32, i64);

impl FromText for f64 {
    fn from_text(text: &str) -> Option<Self> {
        let number: f64 = if is_number(text) {
            text.parse().ok()?
        } else {
            return None;
        };
        number.is_finite().then_some(number)
    }
}

macro_rules! formats {
    ($($ty:ty),*) => {$(
        impl FromText for $ty {
            fn from_text(text: &str) -> Option<Self> {
                Self::new(text)
            }
        }
        impl ToText for $ty {
            fn to_text(&self, out: &mut String) {
                out.push_str(self.as_str());
            }
        }
    )*};
}

formats!(Date, DateTime, Uuid);

impl FromText for Password {
    fn from_text(text: &str) -> Option<Self> {
        Some(Password::new(text))
    }
}

impl ToText for Password {
    fn to_text(&self, out: &mut String) {
        out.push_str(self.as_str());
    }
}

macro_rules! displayed {
    ($($ty:ty),*) => {$(
        impl ToText for $ty {
            fn to_text(&self, out: &mut String) {
                let _ = write!(out, "{self}");
            }
        }
    )*};
}

displayed!(bool, i32, i64, f64, u16);

impl ToText for String {
    fn to_text(&self, out: &mut String) {
        out.push_str(self);
    }
}

impl ToText for str {
    fn to_text(&self, out: &mut String) {
        out.push_str(self);
    }
}

/// Puts an item that would not be one item by itself between quotes (RFC 9110, 5.6.4).
fn quote(out: &mut String, start: usize) {
    let item = &out[start..];
    let plain = item.trim_matches([' ', '\t']).len() == item.len();
    if plain && !item.contains([',', '"']) {
        return;
    }
    let item = item.replace('\\', "\\\\").replace('"', "\\\"");
    out.truncate(start);
    out.push('"');
    out.push_str(&item);
    out.push('"');
}

impl<T: ToText> ToText for Vec<T> {
    fn to_text(&self, out: &mut String) {
        for (index, item) in self.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            let start = out.len();
            item.to_text(out);
            quote(out, start);
        }
    }
}

/// A part of a query, with `+` and percent-encoding undone; none where it is not UTF-8.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) fn decode_query(text: &str) -> Option<Cow<'_, str>> {
    match text.contains('+') {
        true => {
            let spaced = text.replace('+', " ");
            let decoded = percent_encoding::percent_decode_str(&spaced)
                .decode_utf8()
                .ok()?;
            Some(Cow::Owned(decoded.into_owned()))
        }
        false => decode_path(text),
    }
}

/// A part of a path, with percent-encoding undone; none where it is not UTF-8.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) fn decode_path(text: &str) -> Option<Cow<'_, str>> {
    match text.contains('%') {
        true => percent_encoding::percent_decode_str(text)
            .decode_utf8()
            .ok(),
        false => Some(Cow::Borrowed(text)),
    }
}

/// Declares an enum whose values are texts, in JSON as in parameters and headers.
#[macro_export]
macro_rules! text_enum {
    (@doc $wire:literal) => { concat!("`", $wire, "`") };
    (@doc $wire:literal $($doc:literal)+) => { concat!($($doc),+) };
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[doc = $doc:literal])* $variant:ident = $wire:literal),* $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $(#[doc = $crate::text_enum!(@doc $wire $($doc)*)] $variant,)*
        }
        impl $name {
            /// The text that stands for the value.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $wire,)*
                }
            }
        }
        impl $crate::FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                match text {
                    $($wire => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
        impl $crate::ToText for $name {
            fn to_text(&self, out: &mut String) {
                out.push_str(self.as_str());
            }
        }
        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::wire::text_value(from, &[$($wire),*])
            }
        }
    };
}

/// Gives an enum that serde reads and writes as text its place in parameters and headers.
#[macro_export]
macro_rules! enum_text {
    ($name:ident) => {
        impl $crate::FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                $crate::wire::enum_from_text(text)
            }
        }
        impl $crate::ToText for $name {
            fn to_text(&self, out: &mut String) {
                $crate::wire::enum_to_text(self, out);
            }
        }
    };
}
