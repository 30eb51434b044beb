//! The methods by which OpenTelemetry tells requests apart (semantic conventions for HTTP, `http.request.method`).

use http::Method;

/// The methods that it knows.
pub(crate) const KNOWN: [&str; 10] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
];
/// What stands for all others.
pub(crate) const OTHER: &str = "_OTHER";

/// A method's place among those that are known.
pub(crate) fn place(method: &Method) -> Option<usize> {
    KNOWN.iter().position(|one| *one == method.as_str())
}

/// What a method is called, so that no caller can make names.
pub(crate) fn name(method: &Method) -> &'static str {
    place(method).map_or(OTHER, |place| KNOWN[place])
}
