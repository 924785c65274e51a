//! Which rooms there are: what the server lists, and what it tells of them since.

use std::time::Duration;

use parlour_events::{Cursor, RoomName, RoomUpdated, Rooms, Session};

use super::{ChatState, Effect, MINUTE, Room, Ticket, Trouble};

/// More unread messages than this are told of by their number only.
const NEWS: u64 = 50;

/// How far the list of rooms is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Listing {
    #[default]
    No,
    Asked(Ticket),
    Done,
}

impl ChatState {
    pub(super) fn connected_as(&mut self, session: Session, out: &mut Vec<Effect>) {
        let (person, epoch) = (session.person.clone(), session.epoch);
        if let Some(before) = self.session.replace(session) {
            if before.person.id != person.id {
                self.rooms.iter_mut().for_each(Room::forget);
            } else if before.epoch != epoch {
                self.rooms.iter_mut().for_each(Room::history_replaced);
            }
        }
        for room in &mut self.rooms {
            room.log_mut().read_by(person.id);
            room.log_mut().rename(&person);
            room.outbox_mut().written_by(person.id);
        }
        if std::mem::replace(&mut self.connected, true) {
            return;
        }
        // A room is asked for when it is listed: joining one that the person has left elsewhere
        // would make them a member again. What they join by hand is asked for at once.
        self.rooms.iter_mut().filter(|room| room.is_joining()).for_each(Room::due);
        self.list(None, out);
    }

    pub(super) fn list(&mut self, after: Option<RoomName>, out: &mut Vec<Effect>) {
        if after.is_none() {
            self.rooms.iter_mut().for_each(Room::is_being_listed);
        }
        let ticket = self.tickets.next();
        self.listing = Listing::Asked(ticket);
        out.push(Effect::List { ticket, after });
    }

    pub(super) fn listed(
        &mut self,
        ticket: Ticket,
        outcome: Result<Rooms, Trouble>,
        out: &mut Vec<Effect>,
    ) {
        if self.listing != Listing::Asked(ticket) {
            return;
        }
        match outcome {
            Ok(answer) => {
                self.wakes = 0;
                let last = answer.rooms.last().map(|room| room.room.clone());
                for info in answer.rooms {
                    self.know(info, Some(ticket), out);
                }
                match last {
                    Some(last) if answer.more => self.list(Some(last), out),
                    _ => {
                        self.listing = Listing::Done;
                        self.listed = true;
                        self.rooms.iter_mut().for_each(Room::was_listed);
                    }
                }
            }
            Err(trouble) => {
                let pause = Duration::from_secs(1 << self.wakes.min(5));
                let named = trouble.retry_after().map(Duration::from_millis);
                self.wakes = self.wakes.saturating_add(1);
                let after = named.unwrap_or(pause).clamp(Duration::from_millis(250), MINUTE);
                let ticket = self.tickets.next();
                self.listing = Listing::Asked(ticket);
                out.push(Effect::Wake { ticket, room: None, after });
            }
        }
    }

    /// Lists the rooms again, unless that is being done.
    pub(super) fn list_again(&mut self, out: &mut Vec<Effect>) {
        if self.connected && self.listing == Listing::Done {
            self.list(None, out);
        }
    }

    /// Lists the rooms again if there is one of which the server has to count what is unread.
    pub(super) fn count_again(&mut self, out: &mut Vec<Effect>) {
        let unsure = |room: &Room| room.is_joined() && room.unread().is_unsure();
        if self.rooms.iter().any(unsure) {
            self.list_again(out);
        }
    }

    pub(super) fn updated(&mut self, updated: RoomUpdated, out: &mut Vec<Effect>) {
        match updated.now {
            Some(info) => self.know(info, None, out),
            None => self.with(&updated.room, out, |room, around| room.hidden(around)),
        }
    }

    /// The server tells how a room is: in the answer to this question, or of itself.
    fn know(&mut self, info: parlour_events::Room, asked: Option<Ticket>, out: &mut Vec<Effect>) {
        let name = info.room.clone();
        let epoch = self.session.as_ref().map(|session| session.epoch);
        let connected = self.connected;
        self.with_new(&name, out, |room, around| {
            // Of a room that the server tells of by itself something is new, which is to be told:
            // the first message of a conversation is said before there is one.
            let is_news = asked.is_none() && info.joined && info.unread <= NEWS;
            let seq = if is_news { info.read } else { info.head };
            let cursor = epoch.map(|epoch| Cursor { epoch, seq });
            room.told(info, asked, around);
            if let Some(cursor) = cursor {
                room.begin_at(cursor);
            }
            if connected {
                room.due();
            }
        });
    }
}
