//! The acknowledgements a namespace waits for.

use std::collections::BTreeSet;

/// Ids count up per namespace and over all its connections, so that an answer that comes late
/// never meets another question.
#[derive(Debug, Default)]
pub(crate) struct AckTable {
    next: u64,
    pending: BTreeSet<u64>,
}

impl AckTable {
    pub(crate) fn len(&self) -> usize {
        self.pending.len()
    }

    /// A new id, waited for from now on.
    pub(crate) fn register(&mut self) -> u64 {
        let id = self.next;
        self.next += 1;
        self.pending.insert(id);
        id
    }

    /// Whether the id was waited for; it no longer is.
    pub(crate) fn take(&mut self, id: u64) -> bool {
        self.pending.remove(&id)
    }

    /// Takes out every id that is not in `keep`.
    pub(crate) fn take_all_but(&mut self, keep: &BTreeSet<u64>) -> Vec<u64> {
        let lost = self.pending.difference(keep).copied().collect();
        self.pending.retain(|id| keep.contains(id));
        lost
    }
}
