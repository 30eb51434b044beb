//! Limits of one operation.

use std::time::Duration;

/// Limits of one operation in the place of the service's: what is not said here, the settings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OperationLimits {
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_body: Option<usize>,
    pub(crate) max_requests: Option<usize>,
}

impl OperationLimits {
    /// Those of the service.
    #[must_use]
    pub const fn new() -> Self {
        OperationLimits {
            timeout: None,
            max_body: None,
            max_requests: None,
        }
    }

    /// With another time from the head of a request to the head of its answer, also where the body is a stream.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// With another bound, in bytes, for bodies and items that are taken in whole.
    #[must_use]
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = Some(usize::try_from(bytes).unwrap_or(usize::MAX));
        self
    }

    /// With a bound of its own for how many requests are in work at a time, beside that of the service.
    #[must_use]
    pub fn max_requests(mut self, count: u32) -> Self {
        self.max_requests = Some(usize::try_from(count).unwrap_or(usize::MAX));
        self
    }
}
