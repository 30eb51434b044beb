//! The generator: from an OpenAPI document to a Rust service.
//!
//! Files with byte spans ([`source`]), their text as a tree of spanned nodes ([`document`]), what the document says
//! ([`spec`]), what is meant ([`model`], made by [`lower`]), the files of a project ([`files`], made by [`emit`]), and
//! the disk ([`output`]); with the mistakes of the author on the way ([`diagnostic`]).

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

use diagnostic::Diagnostics;
use lower::Unsupporteds;
use model::Api;
use source::{SourceId, Sources};

/// Reads a document down to what is meant. Every mistake is in `diagnostics`; none is generated from where one of
/// them is an error.
pub fn read(
    sources: &Sources,
    id: SourceId,
    unsupporteds: Unsupporteds,
    diagnostics: &mut Diagnostics,
) -> Option<Api> {
    let root = document::parse(sources, id, diagnostics)?;
    let document = spec::read(&root, diagnostics)?;
    if diagnostics.has_errors() {
        return None;
    }
    lower::lower(&document, unsupporteds, diagnostics)
}
