//! What a person wrote in one room and has not seen in its log yet.
//!
//! Entries are sent one at a time, in the order they were written, until the server answers; an
//! answer that was lost is asked for again with the same id, which posts nothing twice. An entry
//! goes when its message arrives with the log.

use std::collections::VecDeque;
use std::sync::Arc;

use parlour_events::{Body, MessageId, Sent, Seq, Timestamp};

use super::Ticket;

/// Most entries of one room. The person is told when there is no place for another.
pub const OUTBOX_ENTRIES: usize = 200;

/// One message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The message's name.
    pub id: MessageId,
    /// What it says.
    pub body: Arc<Body>,
    /// When it was written, by the clock of this device.
    pub written: Timestamp,
    /// How far it is.
    pub state: EntryState,
}

/// How far an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryState {
    /// It waits for the connection, or for the entries before it.
    Queued,
    /// It was sent and is not answered yet. The ticket tells the answer from a late one.
    Sending(Ticket),
    /// The server cannot take it now; it will be sent again by itself.
    Delayed {
        /// The wake that it waits for.
        wake: Ticket,
        /// The sentence says why.
        reason: String,
    },
    /// The server does not take it. The sentence says why; the person decides.
    Failed(String),
    /// It is in the log under this number, which has not arrived yet.
    Accepted(Sent),
}

/// The entries of one room.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    entries: VecDeque<Entry>,
}

impl Outbox {
    /// In the order they were written.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// How many entries will be sent without the person doing anything.
    pub fn waiting(&self) -> usize {
        use EntryState::{Delayed, Queued, Sending};
        let waits = |entry: &&Entry| matches!(entry.state, Queued | Sending(_) | Delayed { .. });
        self.entries().filter(waits).count()
    }

    /// Puts a message behind the others; gives it back if there is no place.
    pub(super) fn push(
        &mut self,
        id: MessageId,
        body: Body,
        written: Timestamp,
    ) -> Result<(), Body> {
        if self.entries.len() >= OUTBOX_ENTRIES {
            return Err(body);
        }
        let entry = Entry { id, body: Arc::new(body), written, state: EntryState::Queued };
        self.entries.push_back(entry);
        Ok(())
    }

    /// The entry to send now, if any: the first one that is queued, unless one before it is on
    /// its way or delayed.
    pub(super) fn next(&mut self) -> Option<&mut Entry> {
        let next = self.entries.iter_mut().find(|entry| {
            !matches!(entry.state, EntryState::Failed(_) | EntryState::Accepted(_))
        })?;
        (next.state == EntryState::Queued).then_some(next)
    }

    /// The entry that this answer is for; none if it was sent again since, or is gone.
    pub(super) fn answered(&mut self, ticket: Ticket) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.state == EntryState::Sending(ticket))
    }

    /// The entry is sent again after this wake.
    pub(super) fn delay(&mut self, id: MessageId, wake: Ticket, reason: String) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.state = EntryState::Delayed { wake, reason };
        }
    }

    /// The connection is gone, and with it every answer.
    pub(super) fn interrupted(&mut self) {
        self.requeue(|state| matches!(state, EntryState::Sending(_) | EntryState::Delayed { .. }));
    }

    /// The server may take by now what waited for this wake.
    pub(super) fn delay_over(&mut self, ticket: Ticket) {
        self.requeue(|state| matches!(state, EntryState::Delayed { wake, .. } if *wake == ticket));
    }

    /// The log in which entries were accepted is not the one that is shown: send them again.
    pub(super) fn history_replaced(&mut self) {
        self.requeue(|state| matches!(state, EntryState::Accepted(_)));
    }

    /// What is not known to be in the log waits for the person's word.
    pub(super) fn park(&mut self, sentence: &str) {
        for entry in &mut self.entries {
            if !matches!(entry.state, EntryState::Accepted(_)) {
                entry.state = EntryState::Failed(sentence.to_owned());
            }
        }
    }

    /// The person wants a failed entry sent again.
    pub(super) fn try_again(&mut self, id: MessageId) {
        if let Some(entry) = self.failed(id) {
            entry.state = EntryState::Queued;
        }
    }

    /// The person gives a failed entry up; anything else may be in the log already.
    pub(super) fn discard(&mut self, id: MessageId) {
        if self.failed(id).is_some() {
            self.remove(id);
        }
    }

    /// The message has arrived.
    pub(super) fn remove(&mut self, id: MessageId) {
        self.entries.retain(|entry| entry.id != id);
    }

    /// The log is known up to `seq`: what was accepted below has arrived, or is older than what
    /// the log still shows.
    pub(super) fn arrived(&mut self, seq: Seq) {
        let past =
            |state: &EntryState| matches!(state, EntryState::Accepted(sent) if sent.seq <= seq);
        self.entries.retain(|entry| !past(&entry.state));
    }

    fn failed(&mut self, id: MessageId) -> Option<&mut Entry> {
        let failed =
            |entry: &&mut Entry| entry.id == id && matches!(entry.state, EntryState::Failed(_));
        self.entries.iter_mut().find(failed)
    }

    fn requeue(&mut self, which: impl Fn(&EntryState) -> bool) {
        for entry in &mut self.entries {
            if which(&entry.state) {
                entry.state = EntryState::Queued;
            }
        }
    }
}
