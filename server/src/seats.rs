//! A bounded number of places: who gets a [`Seat`] is in until it is dropped.
//!
//! [`Seats`] are for all together, [`AddressSeats`] for each address.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tracing::{debug, warn};

use crate::peer::AddressKey;

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

/// So many places for each address.
#[derive(Debug, Clone)]
pub(crate) struct AddressSeats {
    taken: Arc<Mutex<HashMap<AddressKey, Taken>>>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Taken {
    seats: usize,
    /// Somebody had to be turned away.
    full: bool,
}

/// One place of an address, given back on drop.
#[derive(Debug)]
#[must_use = "the place is given back when this is dropped"]
pub(crate) struct AddressSeat {
    seats: AddressSeats,
    key: AddressKey,
}

/// Holds a seat for as long as any of its clones is there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place(Arc<OnceLock<AddressSeat>>);

impl AddressSeats {
    /// So many places an address; 0 for as many as wanted.
    pub(crate) fn new(limit: usize) -> Self {
        let limit = if limit == 0 { usize::MAX } else { limit };
        Self { taken: Arc::default(), limit }
    }

    /// A place, if this address has one left.
    pub(crate) fn take(&self, key: AddressKey) -> Option<AddressSeat> {
        let mut all = self.lock();
        let taken = all.entry(key).or_default();
        if taken.seats < self.limit {
            taken.seats += 1;
            return Some(AddressSeat { seats: self.clone(), key });
        }
        // One warning for a crowd, not one each.
        if std::mem::replace(&mut taken.full, true) {
            debug!(address = %key, "turned away");
        } else {
            warn!(address = %key, limit = self.limit, "too many connections of one address");
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AddressKey, Taken>> {
        // Nothing in here panics while it holds the lock.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for AddressSeat {
    fn drop(&mut self) {
        let mut all = self.seats.lock();
        if let Some(taken) = all.get_mut(&self.key) {
            taken.seats = taken.seats.saturating_sub(1);
            if taken.seats == 0 {
                all.remove(&self.key);
            }
        }
    }
}

impl Place {
    /// Keeps the seat. A second one is given back at once: a connection needs one.
    pub(crate) fn keep(&self, seat: AddressSeat) {
        drop(self.0.set(seat));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::ClientAddress;

    fn key(address: &str) -> AddressKey {
        ClientAddress(address.parse().unwrap()).key()
    }

    #[test]
    fn each_address_has_its_own_places() {
        let seats = AddressSeats::new(1);
        let first = seats.take(key("192.0.2.1")).unwrap();
        assert!(seats.take(key("192.0.2.1")).is_none());
        let _other = seats.take(key("192.0.2.2")).unwrap();
        drop(first);
        assert!(seats.take(key("192.0.2.1")).is_some());
        // An address that has nothing open takes no memory.
        assert_eq!(seats.lock().len(), 1);
    }

    #[test]
    fn a_kept_seat_is_taken_until_the_last_clone_of_its_place_is_gone() {
        let seats = AddressSeats::new(1);
        let place = Place::default();
        place.keep(seats.take(key("192.0.2.1")).unwrap());
        let clone = place.clone();
        drop(place);
        assert!(seats.take(key("192.0.2.1")).is_none());
        drop(clone);
        assert!(seats.take(key("192.0.2.1")).is_some());
    }

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
