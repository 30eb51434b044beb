//! How the bytes of bodies become values.

use serde::Deserialize;

/// How a body's bytes become values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ContentKind {
    /// JSON.
    Json,
    /// Text.
    Text,
    /// Bytes as they come.
    Bytes,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data` as a whole.
    Multipart,
    /// The parts of `multipart/form-data` as they come.
    Parts,
    /// XML.
    Xml,
    /// JSON texts, one a line.
    JsonLines,
    /// JSON texts in a row (RFC 7464).
    JsonSequence,
    /// Server-sent events, by their data.
    Events,
    /// Server-sent events, by all of their fields.
    EventObjects,
}

#[cfg(feature = "server")]
impl ContentKind {
    /// Whether the body is read while the handler runs.
    pub(crate) fn is_streamed(self) -> bool {
        matches!(
            self,
            ContentKind::Bytes
                | ContentKind::Parts
                | ContentKind::JsonLines
                | ContentKind::JsonSequence
                | ContentKind::Events
                | ContentKind::EventObjects
        )
    }
}
