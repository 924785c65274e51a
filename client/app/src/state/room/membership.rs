//! Whether the person is in a room, as the server tells.

use super::{Around, Phase, Reading, Room};
use crate::state::{Ticket, log::RoomLog, people::People, unread::Unread};

impl Room {
    /// The server tells how the room is: in the answer to this question, or of itself.
    pub(in super::super) fn told(
        &mut self,
        info: parlour_events::Room,
        asked: Option<Ticket>,
        around: &mut Around<'_>,
    ) {
        self.listed = true;
        let before = asked.zip(self.since).is_some_and(|(asked, since)| asked < since);
        if before && info.joined != self.is_joined() {
            return;
        }
        if asked.is_none() {
            self.since = Some(around.tickets.next());
        }
        self.known = true;
        // Whoever is about to join is not in it yet.
        let joins = self.is_joining();
        if info.joined {
            // Whoever has joined since waits for a later one.
            if !(before && self.unread.is_unsure()) {
                self.unread.told(&info);
            }
        } else if !joins {
            self.left();
            self.refuse_waiting(around);
        }
        if let Some(me) = around.me {
            self.log.read_by(me);
        }
        self.count_unread(around);
        self.info = Some(info);
    }

    /// The person is not in it any more.
    pub(super) fn left(&mut self) {
        self.is_not_heard();
        self.wanted = false;
        if !matches!(self.phase, Phase::Refused(_)) {
            self.phase = Phase::Away;
        }
        self.reading = Reading::No;
        self.unread = Unread::default();
        self.log.disconnected();
    }

    /// The connection does not hear the room, or not any more.
    pub(in super::super) fn is_not_heard(&mut self) {
        self.joined = false;
        self.listing = None;
        self.people.disconnected();
    }

    /// The person may not know of it any more, as the server tells.
    pub(in super::super) fn hidden(&mut self, around: &mut Around<'_>) {
        self.since = Some(around.tickets.next());
        self.gone();
        self.refuse_waiting(around);
    }

    /// The person may not know of it any more.
    pub(super) fn gone(&mut self) {
        self.left();
        self.info = None;
    }

    /// Another person begins with nothing but what waits in the outbox for a word of theirs.
    pub(in super::super) fn forget(&mut self) {
        self.gone();
        self.phase = Phase::Away;
        self.log = RoomLog::default();
        self.people = People::default();
    }

    /// The server has another history: what it counted in the one before counts no more.
    pub(in super::super) fn history_replaced(&mut self) {
        self.unread = Unread::unknown();
    }

    /// The rooms are listed from the beginning.
    pub(in super::super) fn is_being_listed(&mut self) {
        self.listed = false;
    }

    /// All rooms were listed: one that the person was in, and that was not among them, is gone.
    pub(in super::super) fn was_listed(&mut self) {
        if !self.listed && self.is_joined() {
            self.gone();
        }
    }

    pub(in super::super) fn want(&mut self) {
        self.wanted = !self.is_joined();
        if matches!(self.phase, Phase::Refused(_)) {
            self.phase = Phase::Away;
        }
    }
}
