//! Requests of which HTTP/2 says that nobody has worked on them.

use std::{error::Error, iter::successors};

/// An error and what it comes from.
pub(crate) fn chain<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |error| (*error).source())
}

/// Whether the other end has said that it did not work on a request: its stream was refused, or is beyond the last that
/// the connection takes (RFC 9113, section 8.7). It may be sent again, whatever its method.
pub(crate) fn is_unprocessed(error: &(dyn Error + 'static)) -> bool {
    let mut streams = chain(error).filter_map(|cause| cause.downcast_ref::<h2::Error>());
    streams.any(|error| {
        let refused = error.reason() == Some(h2::Reason::REFUSED_STREAM);
        error.is_remote() && (error.is_go_away() || (error.is_reset() && refused))
    })
}
