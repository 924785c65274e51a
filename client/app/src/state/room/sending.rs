//! The outbox of a room, on its way.

use parlour_events::{Code, Refusal, Sent};
use uuid::Uuid;

use super::{Around, Phase, Room};
use crate::state::{
    Effect, Ticket, Trouble,
    outbox::{Entry, EntryState, Failure},
};

impl Room {
    /// The person did something here.
    pub(in super::super) fn compose(&mut self, entry: Entry, around: &mut Around<'_>) {
        around.out.push(Effect::Keep { room: self.name.clone(), entry: entry.clone() });
        self.outbox.push(entry);
        self.send_next(around);
    }

    /// The person wants a failed entry sent again.
    pub(in super::super) fn try_again(&mut self, id: Uuid, around: &mut Around<'_>) {
        self.outbox.try_again(id, around.me);
        self.keep(id, around);
        self.send_next(around);
    }

    /// How far an entry is has to outlive the page: one that failed waits for the person's word
    /// after a reload as well.
    fn keep(&self, id: Uuid, around: &mut Around<'_>) {
        if let Some(entry) = self.outbox.get(id) {
            around.out.push(Effect::Keep { room: self.name.clone(), entry: entry.clone() });
        }
    }

    /// The person is not in the room any more: what waits would wait for ever.
    pub(super) fn refuse_waiting(&mut self, around: &mut Around<'_>) {
        let refusal = Refusal::new(Code::NotJoined, "You are not in this room.");
        for id in self.outbox.refuse_waiting(&refusal) {
            self.keep(id, around);
        }
    }

    /// The person is in the room again, and what waited for that goes.
    pub(super) fn queue_again(&mut self, around: &mut Around<'_>) {
        for id in self.outbox.joined() {
            self.keep(id, around);
        }
    }

    /// What an earlier visit left.
    pub(in super::super) fn restore(&mut self, entry: Entry, around: &mut Around<'_>) {
        self.outbox.restore(entry);
        self.outbox.found(&self.log);
        if let Some(me) = around.me {
            self.outbox.written_by(me);
        }
        self.settle(around);
        self.send_next(around);
    }

    pub(in super::super) fn answered(
        &mut self,
        ticket: Ticket,
        outcome: Result<Sent, Trouble>,
        around: &mut Around<'_>,
    ) {
        let Some(entry) = self.outbox.answered(ticket) else { return };
        match outcome {
            Ok(sent) => {
                entry.state = EntryState::Accepted(sent);
                self.wakes = 0;
                self.settle(around);
            }
            Err(Trouble::Refused(refusal)) if refusal.code == Code::NotJoined => {
                entry.state = EntryState::Queued;
                // A room that the person has left since is not joined again for it.
                if self.joined {
                    self.is_not_heard();
                    self.phase = Phase::Waiting(self.wake_later(None, around));
                } else if !self.is_wanted() {
                    self.refuse_waiting(around);
                }
            }
            Err(Trouble::Refused(refusal)) if !passes(&refusal) => {
                let id = entry.id;
                entry.state = EntryState::Failed(Failure::Refused(refusal));
                self.keep(id, around);
            }
            Err(trouble) => {
                let id = entry.id;
                let wake = self.wake_later(trouble.retry_after(), around);
                let why = match trouble {
                    Trouble::Refused(refusal) => Some(refusal),
                    Trouble::Lost => None,
                };
                self.outbox.set(id, EntryState::Delayed { wake, why });
            }
        }
        self.send_next(around);
    }

    /// Sends what may go now.
    pub(in super::super) fn send_next(&mut self, around: &mut Around<'_>) {
        if !self.joined || around.me.is_none() {
            return;
        }
        if let Some(entry) = self.outbox.next() {
            let ticket = around.tickets.next();
            entry.state = EntryState::Sending(ticket);
            let (id, act) = (entry.id, entry.act.clone());
            around.out.push(Effect::Do { ticket, room: self.name.clone(), id, act });
        }
    }

    /// Takes out of the outbox what has arrived with the log.
    pub(super) fn settle(&mut self, around: &mut Around<'_>) {
        for message in self.log.take_arrived() {
            self.outbox.remove(message.0);
        }
        if let Some(cursor) = self.log.cursor() {
            self.outbox.arrived(cursor.seq);
        }
        self.forget_done(around);
        self.trim();
    }

    /// What is done needs not be kept any longer.
    pub(in super::super) fn forget_done(&mut self, around: &mut Around<'_>) {
        let done = self.outbox.take_done();
        if !done.is_empty() {
            around.out.push(Effect::Forget { entries: done });
        }
    }
}

/// Whether the same request may be taken later.
fn passes(refusal: &Refusal) -> bool {
    refusal.code.is_passing() || (refusal.code == Code::Muted && refusal.retry_after.is_some())
}
