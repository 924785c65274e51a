//! What a person did in one room and has not seen in its log yet.
//!
//! Entries are sent one at a time, in the order they were made, until the server answers; an
//! answer that was lost is asked for again with the same id, which does nothing twice. A message
//! goes when it arrives with the log; anything else when it is answered.

use std::{collections::VecDeque, sync::Arc};

use parlour_events::{
    Attachment, Body, ChangeId, Code, Emoji, MessageId, Quote, Refusal, Sent, Seq, Timestamp,
    UserId,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Ticket, log::RoomLog};

/// Most entries of one room. The person is told when there is no place for another.
pub const OUTBOX_ENTRIES: usize = 200;

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Said something.
    Post(Post),
    /// Changed what a message of theirs says.
    Edit(MessageId, Arc<Body>),
    /// Took a message back.
    Delete(MessageId),
    /// Put a reaction on a message, or took it away.
    React(MessageId, Emoji, bool),
}

/// A message that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its text; none if it has files only.
    pub body: Option<Arc<Body>>,
    /// What it answers to.
    pub reply_to: Option<Arc<Quote>>,
    /// Its files, which were uploaded before.
    pub files: Arc<[Attachment]>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Names it for good: a message's name, or the request's.
    pub id: Uuid,
    /// What was done.
    pub act: Act,
    /// When, by the clock of this device.
    pub written: Timestamp,
    /// Who did it; nobody is known before the first connection.
    pub by: Option<UserId>,
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
        /// Why; none if no answer came.
        why: Option<Refusal>,
    },
    /// The server does not take it, or it may not be sent as it is; the person decides.
    Failed(Failure),
    /// It is in the log under this number, which has not arrived yet.
    Accepted(Sent),
}

/// Why an entry is not sent by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server refused it.
    Refused(Refusal),
    /// Somebody else did it: it is not sent under another name unless that is wanted.
    OtherPerson,
}

impl Entry {
    /// The message that it is, or that it changes.
    pub fn message(&self) -> MessageId {
        match &self.act {
            Act::Post(_) => MessageId(self.id),
            Act::Edit(id, _) | Act::Delete(id) | Act::React(id, ..) => *id,
        }
    }

    /// Its name as that of a request.
    pub fn request(&self) -> ChangeId {
        ChangeId(self.id)
    }

    /// What is said, if it is a message.
    pub fn post(&self) -> Option<&Post> {
        match &self.act {
            Act::Post(post) => Some(post),
            _ => None,
        }
    }
}

/// The entries of one room.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    entries: VecDeque<Entry>,
    /// Entries that are done since [`Outbox::take_done`] was last called.
    done: Vec<Uuid>,
}

impl Outbox {
    /// In the order they were made.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The entry of this name.
    pub fn get(&self, id: Uuid) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// How many entries will be sent without the person doing anything.
    pub fn waiting(&self) -> usize {
        use EntryState::{Delayed, Queued, Sending};
        let waits = |entry: &&Entry| matches!(entry.state, Queued | Sending(_) | Delayed { .. });
        self.entries().filter(waits).count()
    }

    /// Whether there is something about which the person has to decide.
    pub fn has_failed(&self) -> bool {
        self.entries().any(|entry| matches!(entry.state, EntryState::Failed(_)))
    }

    /// The names of the entries that are done since this was last called.
    pub(super) fn take_done(&mut self) -> Vec<Uuid> {
        std::mem::take(&mut self.done)
    }

    /// Whether there is a place for another.
    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= OUTBOX_ENTRIES
    }

    /// Puts a new entry behind the others.
    pub(super) fn push(&mut self, entry: Entry) {
        if self.get(entry.id).is_none() {
            self.entries.push_back(entry);
        }
    }

    /// Puts an entry of an earlier visit in its place, before those of this one.
    pub(super) fn restore(&mut self, entry: Entry) {
        if self.get(entry.id).is_some() {
            return;
        }
        let behind = self.entries.iter().rposition(|known| known.written <= entry.written);
        self.entries.insert(behind.map_or(0, |at| at + 1), entry);
    }

    /// Messages that are here were sent, though no answer told so.
    pub(super) fn found(&mut self, log: &RoomLog) {
        let posted = |entry: &&Entry| entry.post().is_some() && log.find(entry.message()).is_some();
        let found: Vec<Uuid> = self.entries.iter().filter(posted).map(|entry| entry.id).collect();
        found.into_iter().for_each(|id| self.remove(id));
    }

    /// The entry to send now, if any: the first one that is queued, unless one before it is
    /// delayed, or any is on its way.
    pub(super) fn next(&mut self) -> Option<&mut Entry> {
        if self.entries.iter().any(|entry| matches!(entry.state, EntryState::Sending(_))) {
            return None;
        }
        let next = self.entries.iter_mut().find(|entry| {
            !matches!(entry.state, EntryState::Failed(_) | EntryState::Accepted(_))
        })?;
        (next.state == EntryState::Queued).then_some(next)
    }

    /// The entry that this answer is for; none if it was sent again since, or is gone.
    pub(super) fn answered(&mut self, ticket: Ticket) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.state == EntryState::Sending(ticket))
    }

    /// It is so far now.
    pub(super) fn set(&mut self, id: Uuid, state: EntryState) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) {
            entry.state = state;
        }
    }

    /// The connection is gone, and with it every answer.
    pub(super) fn interrupted(&mut self) {
        self.requeue(|state| matches!(state, EntryState::Sending(_) | EntryState::Delayed { .. }));
    }

    /// What waits is refused; what was sent is answered by the server. Gives the names of what is.
    pub(super) fn refuse_waiting(&mut self, refusal: &Refusal) -> Vec<Uuid> {
        use EntryState::{Delayed, Failed, Queued};
        let mut refused = Vec::new();
        for entry in &mut self.entries {
            if matches!(entry.state, Queued | Delayed { .. }) {
                entry.state = Failed(Failure::Refused(refusal.clone()));
                refused.push(entry.id);
            }
        }
        refused
    }

    /// The person is in the room again: what was refused because they were not may go. Gives the
    /// names of what may.
    pub(super) fn joined(&mut self) -> Vec<Uuid> {
        let mut may = Vec::new();
        for entry in &mut self.entries {
            if let EntryState::Failed(Failure::Refused(refusal)) = &entry.state
                && refusal.code == Code::NotJoined
            {
                entry.state = EntryState::Queued;
                may.push(entry.id);
            }
        }
        may
    }

    /// The server may take by now what waited for this wake.
    pub(super) fn delay_over(&mut self, ticket: Ticket) {
        self.requeue(|state| matches!(state, EntryState::Delayed { wake, .. } if *wake == ticket));
    }

    /// The person is not muted any more: what waits for that may go.
    pub(super) fn may_write(&mut self) {
        self.requeue(|state| match state {
            EntryState::Delayed { why: Some(why), .. } => why.code == Code::Muted,
            _ => false,
        });
    }

    /// The log in which entries were accepted is not the one that is shown: send them again.
    pub(super) fn history_replaced(&mut self) {
        self.requeue(|state| matches!(state, EntryState::Accepted(_)));
    }

    /// What somebody else did, and is not known to be in the log, waits for the person's word, or
    /// for whoever did it.
    pub(super) fn written_by(&mut self, me: UserId) {
        for entry in &mut self.entries {
            let by = *entry.by.get_or_insert(me);
            if by != me && !matches!(entry.state, EntryState::Accepted(_)) {
                entry.state = EntryState::Failed(Failure::OtherPerson);
            } else if by == me && entry.state == EntryState::Failed(Failure::OtherPerson) {
                entry.state = EntryState::Queued;
            }
        }
    }

    /// The person wants a failed entry sent again, by themselves.
    pub(super) fn try_again(&mut self, id: Uuid, me: Option<UserId>) {
        if let Some(entry) = self.failed(id) {
            entry.state = EntryState::Queued;
            entry.by = me;
        }
    }

    /// The person gives a failed entry up; anything else may be in the log already.
    pub(super) fn discard(&mut self, id: Uuid) {
        if self.failed(id).is_some() {
            self.remove(id);
        }
    }

    /// It has arrived, or is of no use any more.
    pub(super) fn remove(&mut self, id: Uuid) {
        if let Some(at) = self.entries.iter().position(|entry| entry.id == id) {
            self.entries.remove(at);
            self.done.push(id);
        }
    }

    /// The log is known up to `seq`: what was accepted below has arrived, or is older than what
    /// the log still shows.
    pub(super) fn arrived(&mut self, seq: Seq) {
        let past = |entry: &&Entry| match entry.state {
            EntryState::Accepted(sent) => sent.seq <= seq,
            _ => false,
        };
        let past: Vec<Uuid> = self.entries.iter().filter(past).map(|entry| entry.id).collect();
        past.into_iter().for_each(|id| self.remove(id));
    }

    fn failed(&mut self, id: Uuid) -> Option<&mut Entry> {
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
