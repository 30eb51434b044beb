//! How errors of the framework are told in the document's terms.

use super::{Slot, TypeId};
use crate::openapi::Status;

/// A schema in which errors of the framework are told.
#[derive(Debug)]
pub struct ErrorBody {
    /// The method that fills it.
    pub method_name: String,
    /// The type.
    pub slot: Slot,
    /// How each part is filled.
    pub fill: Fill,
}

/// An error answer that operations declare.
#[derive(Debug, PartialEq)]
pub struct ErrorAnswer {
    /// The name of its constant.
    pub name: String,
    /// Which statuses it is for.
    pub status: Status,
    /// Its media type; empty without a body.
    pub media_type: String,
    /// What its body is.
    pub body: ErrorContent,
}

/// What the body of an error answer is.
#[derive(Debug, PartialEq)]
pub enum ErrorContent {
    /// There is none.
    Nothing,
    /// The problem's detail, as text.
    Detail,
    /// The problem itself, where the document leaves the schema open.
    Problem,
    /// An index into [`Api::errors`], written as JSON.
    Mapped(usize),
    /// An index into [`Api::errors`], written as the contract describes it under this key.
    Written(usize, String),
}

/// Where a part of an error's body comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Fill {
    /// The status, as a number.
    Status,
    /// The status, as text.
    StatusText,
    /// The problem's title.
    Title,
    /// The problem's detail.
    Detail,
    /// The problem's type.
    Kind,
    /// The violations, one text each.
    Violations,
    /// An item for each violation.
    Each(Box<Fill>),
    /// The text of the violation that an item is for.
    Violation,
    /// A fixed text.
    Text(String),
    /// A fixed integer.
    Integer(i64),
    /// A fixed number.
    Number(f64),
    /// `false`.
    False,
    /// Nothing: an absent member.
    Absent,
    /// `null`, as JSON.
    Null,
    /// No items or members.
    Empty,
    /// A present member around a part.
    Present(Box<Fill>),
    /// A part behind a pointer.
    Boxed(Box<Fill>),
    /// A part of the type that the document names, and not another JSON.
    Typed(Box<Fill>),
    /// A variant of an enum, by its Rust name.
    Variant(TypeId, String),
    /// A struct: each field's Rust name and part; whether further members are to be left empty, by their field's name.
    Struct(TypeId, Vec<(String, Fill)>, Option<String>),
}
