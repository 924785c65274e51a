//! The acknowledgements a namespace waits for.

use std::collections::VecDeque;

/// Ids count up per namespace and over all its connections, so that an answer that comes late
/// never meets another question.
#[derive(Debug, Default)]
pub(crate) struct AckTable {
    next: u64,
    /// In ascending order.
    pending: VecDeque<u64>,
}

impl AckTable {
    pub(crate) fn len(&self) -> usize {
        self.pending.len()
    }

    /// A new id, that nobody waits for here.
    pub(crate) fn next_id(&mut self) -> u64 {
        let id = self.next;
        self.next += 1;
        id
    }

    /// A new id, waited for from now on.
    pub(crate) fn register(&mut self) -> u64 {
        let id = self.next_id();
        self.pending.push_back(id);
        id
    }

    /// Whether the id was waited for; it no longer is.
    pub(crate) fn take(&mut self, id: u64) -> bool {
        let place = self.pending.binary_search(&id).ok();
        place.and_then(|place| self.pending.remove(place)).is_some()
    }

    /// Takes out one id that `keep` does not want to stay.
    pub(crate) fn take_one_but(&mut self, keep: impl Fn(u64) -> bool) -> Option<u64> {
        let place = self.pending.iter().position(|id| !keep(*id))?;
        self.pending.remove(place)
    }
}
