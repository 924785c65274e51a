//! How many uploads there may be at a time: of everybody, and of one person, so that nobody's
//! slow line keeps the others out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use parlour_events::UserId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Uploads of everybody.
pub(super) const PLACES: usize = 16;

/// Uploads of one person.
pub(super) const PLACES_EACH: usize = 4;

#[derive(Debug)]
pub(super) struct Places {
    all: Arc<Semaphore>,
    /// Those who have one, and how many.
    people: Arc<Mutex<HashMap<UserId, usize>>>,
}

impl Default for Places {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(PLACES)), people: Arc::default() }
    }
}

/// One upload's place, free again when it is dropped.
#[derive(Debug)]
#[must_use = "the place is free again when this is dropped"]
pub(super) struct Place {
    _one_of_all: OwnedSemaphorePermit,
}

/// The same among one person's.
#[derive(Debug)]
#[must_use = "the place is free again when this is dropped"]
pub(super) struct OwnPlace {
    people: Arc<Mutex<HashMap<UserId, usize>>>,
    person: UserId,
}

impl Places {
    /// None if all are taken.
    pub(super) fn take(&self) -> Option<Place> {
        let _one_of_all = self.all.clone().try_acquire_owned().ok()?;
        Some(Place { _one_of_all })
    }

    /// None if the person has taken all of theirs.
    pub(super) fn take_own(&self, person: UserId) -> Option<OwnPlace> {
        let mut people = lock(&self.people);
        let taken = people.entry(person).or_default();
        if *taken >= PLACES_EACH {
            return None;
        }
        *taken += 1;
        Some(OwnPlace { people: self.people.clone(), person })
    }
}

impl Drop for OwnPlace {
    fn drop(&mut self) {
        let mut people = lock(&self.people);
        if let Some(taken) = people.get_mut(&self.person) {
            *taken -= 1;
            if *taken == 0 {
                people.remove(&self.person);
            }
        }
    }
}

/// Nothing panics while it is held.
fn lock(people: &Mutex<HashMap<UserId, usize>>) -> MutexGuard<'_, HashMap<UserId, usize>> {
    people.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_free_again() {
        let places = Places::default();
        let all: Vec<_> = std::iter::from_fn(|| places.take()).collect();
        assert_eq!(all.len(), PLACES);
        drop(all);
        assert!(places.take().is_some());
    }

    #[test]
    fn one_person_leaves_places_to_others() {
        let ann = "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap();
        let ben = "01890a5d-ac96-774b-bcce-b302099a8059".parse().unwrap();
        let places = Places::default();
        let anns: Vec<_> = std::iter::from_fn(|| places.take_own(ann)).collect();
        assert_eq!(anns.len(), PLACES_EACH);
        assert!(places.take_own(ben).is_some());
        drop(anns);
        assert!(places.take_own(ann).is_some());
        assert!(lock(&places.people).is_empty());
    }
}
