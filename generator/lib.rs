//! The generator: from an OpenAPI document to a Rust service.
//!
//! What stands here are the first two stages: files with byte spans ([`source`]) and their text as a tree of
//! spanned nodes ([`document`]), with the mistakes of the author on the way ([`diagnostic`]).

pub mod diagnostic;
pub mod document;
pub mod source;
