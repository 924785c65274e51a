//! A bounded number of places: who gets a [`Seat`] is in until it is dropped.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// The places.
#[derive(Debug, Clone)]
pub(crate) struct Seats {
    taken: Arc<AtomicUsize>,
    limit: usize,
}

/// One place, given back on drop.
#[derive(Debug)]
#[must_use = "the place is given back when this is dropped"]
pub(crate) struct Seat(Arc<AtomicUsize>);

impl Seats {
    /// So many places; 0 for as many as wanted.
    pub(crate) fn new(limit: usize) -> Self {
        let limit = if limit == 0 { usize::MAX } else { limit };
        Self { taken: Arc::default(), limit }
    }

    /// A place, if there is one.
    pub(crate) fn take(&self) -> Option<Seat> {
        let one_more = |taken| if taken < self.limit { Some(taken + 1) } else { None };
        // Only a count: nothing else is published with it.
        let taken = self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        taken.is_ok().then(|| Seat(self.taken.clone()))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_seat_is_dropped() {
        let seats = Seats::new(2);
        let first = seats.take().unwrap();
        let _second = seats.take().unwrap();
        assert!(seats.take().is_none());
        drop(first);
        assert!(seats.take().is_some());
    }

    #[test]
    fn nought_is_no_limit() {
        let seats = Seats::new(0);
        let all: Vec<_> = (0..1_000).map(|_| seats.take()).collect();
        assert!(all.iter().all(Option::is_some));
    }
}
