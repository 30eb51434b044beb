//! How many requests are worked on at a time.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Room for requests.
pub(crate) struct Room {
    taken: AtomicUsize,
    most: usize,
}

impl Room {
    pub(crate) fn new(most: usize) -> Self {
        Room {
            taken: AtomicUsize::new(0),
            most,
        }
    }

    /// A place, held until it is dropped; none where all are taken.
    pub(crate) fn enter(&self) -> Option<Place<'_>> {
        let before = self.taken.fetch_add(1, Relaxed);
        let place = Place(self);
        (before < self.most).then_some(place)
    }
}

/// A place in a [`Room`].
pub(crate) struct Place<'r>(&'r Room);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_places_as_there_are() {
        let room = Room::new(2);
        let (one, other) = (room.enter(), room.enter());
        assert!(one.is_some() && other.is_some() && room.enter().is_none());
        drop(one);
        assert!(room.enter().is_some());
    }
}
