//! What is read of a room beyond its changes: its history, and its people.

use parlour_events::{Code, History, Members, Place};

use super::{Around, Room};
use crate::state::{
    Effect, Ticket, Trouble, bound,
    log::{Part, Told},
};

/// With fewer messages than this here, and more on the server, a room that is opened reads more.
const ENOUGH: usize = bound(50, 10);

/// Messages asked for at a time.
const PAGE: usize = 100;

/// A question about the history that is under way, or was not answered well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Nothing is asked.
    No,
    /// The answer is awaited.
    Asked(Ticket, Part, Option<Place>),
    /// It could not be read; the person may try again.
    Failed(Part, Option<Place>),
}

impl Room {
    /// Goes back to the newest messages.
    pub(in super::super) fn read_newest(&mut self, around: &mut Around<'_>) {
        self.log.read_newest();
        self.reading = Reading::No;
        self.at_bottom = true;
        self.complete(around);
    }

    /// Reads a part of the history, unless that is under way. Before the room is joined it cannot
    /// be read, and is read then.
    pub(in super::super) fn read(
        &mut self,
        part: Part,
        place: Option<Place>,
        around: &mut Around<'_>,
    ) {
        let under_way = |asked: &Reading| match asked {
            Reading::Asked(_, known, at) => *known == part && *at == place,
            _ => false,
        };
        if under_way(&self.reading) {
            return;
        }
        if !self.joined {
            self.reading = Reading::Failed(part, place);
            return;
        }
        let ticket = around.tickets.next();
        self.reading = Reading::Asked(ticket, part, place);
        let room = self.name.clone();
        around.out.push(Effect::History { ticket, room, from: place, limit: PAGE });
    }

    /// What could not be read before is read now, if it is still of use: the room is joined, or the
    /// person wants it.
    pub(in super::super) fn read_again(&mut self, around: &mut Around<'_>) {
        let Reading::Failed(part, place) = self.reading else { return };
        if self.open && self.log.is_continued_by(part) {
            self.read(part, place, around);
        } else {
            self.reading = Reading::No;
        }
    }

    /// Reads on, before or behind what is shown, if there is anything.
    pub(in super::super) fn read_on(&mut self, earlier: bool, around: &mut Around<'_>) {
        let shown = self.log.shown();
        let (part, place) = match (earlier, shown.first(), shown.last()) {
            (true, Some(first), _) if shown.earlier => (Part::Earlier(first), Place::Before(first)),
            (false, _, Some(last)) if shown.later => (Part::Later(last), Place::After(last)),
            _ => return,
        };
        // One at a time: the other end waits until this one is here.
        if !matches!(self.reading, Reading::Asked(..)) {
            self.read(part, Some(place), around);
        }
    }

    pub(in super::super) fn history(
        &mut self,
        ticket: Ticket,
        outcome: Result<History, Trouble>,
        around: &mut Around<'_>,
    ) {
        let Reading::Asked(asked, part, place) = self.reading else { return };
        if asked != ticket {
            return;
        }
        let here = self.log.live().messages().len();
        self.reading = match outcome {
            Ok(answer) => match self.log.history(part, answer) {
                Told::Here | Told::Unwanted => Reading::No,
                Told::TooOld => {
                    self.reading = Reading::No;
                    return self.read(part, place, around);
                }
            },
            Err(_) => Reading::Failed(part, place),
        };
        let more = self.log.live().messages().len() > here;
        self.outbox.found(&self.log);
        self.settle(around);
        self.close_gap();
        self.count_unread(around);
        // An answer may be short where messages are long; one that brings nothing stays alone.
        if more {
            self.complete(around);
        }
    }

    pub(in super::super) fn listed(
        &mut self,
        ticket: Ticket,
        outcome: Result<Members, Trouble>,
        around: &mut Around<'_>,
    ) {
        if self.listing != Some(ticket) {
            return;
        }
        self.listing = None;
        match outcome {
            Ok(answer) => {
                if self.people.list(answer) {
                    self.complete(around);
                }
            }
            Err(trouble) => {
                if matches!(&trouble, Trouble::Refused(r) if r.code == Code::UserUnknown) {
                    // There is nobody any more behind whom the list would go on.
                    self.people.list_anew();
                }
                self.listing = Some(self.wake_later(trouble.retry_after(), around));
            }
        }
    }

    /// What an open room needs beyond its changes: its people, and enough messages.
    pub(super) fn complete(&mut self, around: &mut Around<'_>) {
        if !self.open || !self.joined {
            return;
        }
        let live = self.log.live();
        let asks = matches!(self.reading, Reading::Asked(..));
        if !asks && self.log.is_at_present() && live.earlier && live.messages().len() < ENOUGH {
            match live.first() {
                Some(_) => self.read_on(true, around),
                None => self.read(Part::Elsewhere, None, around),
            }
        }
        if self.listing.is_none() && !self.people.is_listed() {
            let ticket = around.tickets.next();
            self.listing = Some(ticket);
            let (room, after) = (self.name.clone(), self.people.after());
            around.out.push(Effect::Members { ticket, room, after });
        }
    }
}
