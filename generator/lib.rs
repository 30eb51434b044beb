//! The generator: from an OpenAPI document to a Rust service.
//!
//! Stages so far: files with byte spans ([`source`]), their text as a tree of spanned nodes ([`document`]), what
//! the document says ([`spec`]); with the mistakes of the author on the way ([`diagnostic`]).

pub mod config;
pub mod diagnostic;
pub mod document;
pub mod emit;
pub mod files;
pub mod lower;
pub mod model;
pub mod openapi;
pub mod output;
pub mod source;
pub mod spec;
