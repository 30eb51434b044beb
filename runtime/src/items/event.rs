//! Server-sent events.

use std::time::Duration;

use super::Items;

/// Events as they come.
pub type Events<T> = Items<Event<T>>;

/// One server-sent event (WHATWG HTML, "Server-sent events").
///
/// An `event` or `id` with a line break in it, or an `id` with a NUL, cannot be said in an event stream; it is left out
/// where the event is written, whole, since a part of it would mean something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<T> {
    /// What the event says.
    pub data: T,
    /// Its type; without one it is a `message`.
    pub event: Option<String>,
    /// Where the stream stands with this event: what a reader that comes back sends as `Last-Event-ID`. In an event
    /// that was read it is the last one named so far, by this event or one before; none where that is empty.
    pub id: Option<String>,
    /// How long a reader waits before it comes back, in whole milliseconds. In an event that was read it is the last
    /// one named since the event before, so that one in a block without data is not lost.
    pub retry: Option<Duration>,
}

impl<T> Event<T> {
    /// An event that only has data.
    pub fn new(data: T) -> Self {
        Event {
            data,
            event: None,
            id: None,
            retry: None,
        }
    }

    /// With a type.
    #[must_use]
    pub fn named(mut self, event: impl Into<String>) -> Self {
        self.event = Some(event.into());
        self
    }

    /// With the place where the stream stands.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// With the time that a reader waits before it comes back.
    #[must_use]
    pub fn with_retry(mut self, retry: Duration) -> Self {
        self.retry = Some(retry);
        self
    }
}
