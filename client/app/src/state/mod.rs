//! The state of the chat: what is known of each room, and what is on its way there.
//!
//! [`ChatState`] is plain data with one way in, [`ChatState::apply`]: it takes what happened (an
//! [`Input`]) and returns what is to be done ([`Effect`]s, in order). It has no clock, no
//! connection and draws nothing: the caller owns those, so every behaviour is tested natively.
//!
//! The caller's part:
//! 1. [`Input::Session`] when the server tells who we are, and [`Input::Disconnected`] when the
//!    connection is gone;
//! 2. each effect with a ticket becomes a request, whose outcome comes back with the same ticket. An
//!    outcome whose ticket was superseded is ignored;
//! 3. what the server sends unasked, as it comes;
//! 4. each [`Effect::Wake`] becomes an [`Input::Wake`] with the same ticket that much later;
//! 5. [`Effect::Keep`] and [`Effect::Forget`] go to the browser's storage, out of which
//!    [`Input::Restored`] comes at the next visit.

mod effect;
mod input;
mod listing;
pub mod log;
pub mod message;
pub mod outbox;
pub mod people;
mod room;
pub mod rows;
pub mod stretch;
#[cfg(test)]
mod tests;
pub mod unread;

use std::time::Duration;

use parlour_events::{Author, Place, RoomName, Seq, Session, Timestamp};
use uuid::Uuid;

use listing::Listing;
use outbox::{Act, Entry, EntryState};
use room::Around;

pub use effect::Effect;
pub use input::{Input, Spot, Trouble};
pub use log::{Notice, Part};
pub use room::{LONGEST_NAMED, Phase, Reading, Room};

const MINUTE: Duration = Duration::from_secs(60);

/// Most rooms asked for at a time, so that somebody with many rooms is not refused for asking too
/// much at once.
const ASKED_AT_ONCE: usize = 8;

/// A bound of what is kept, and the same as tests have it: small, so that they meet it.
const fn bound(real: usize, in_tests: usize) -> usize {
    if cfg!(test) { in_tests } else { real }
}

/// Tells the answer to one request from the answer to any other. Later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(u64);

/// The outbox of the room has no place: what was to be sent stays where it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxFull;

/// The state of the chat.
#[derive(Debug, Default)]
pub struct ChatState {
    /// By name.
    rooms: Vec<Room>,
    tickets: Tickets,
    session: Option<Session>,
    assumed: Option<Author>,
    connected: bool,
    listing: Listing,
    /// All rooms were listed on this connection.
    listed: bool,
    open: Option<RoomName>,
    /// Wakes since the rooms were last listed.
    wakes: u32,
}

impl ChatState {
    /// All rooms that are known, by name.
    pub fn rooms(&self) -> &[Room] {
        &self.rooms
    }

    /// This room.
    pub fn room(&self, name: &RoomName) -> Option<&Room> {
        self.find(name).ok().map(|at| &self.rooms[at])
    }

    /// The room that the person looks at.
    pub fn opened(&self) -> Option<&Room> {
        self.room(self.open.as_ref()?)
    }

    /// Who we are, since the server last told.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Who we are, as an author; before the server has told, whoever was here last.
    pub fn me(&self) -> Option<&Author> {
        self.session.as_ref().map(|session| &session.person).or(self.assumed.as_ref())
    }

    /// This person was here last, and comes back. What they wrote is shown before there is a
    /// connection; nothing is sent under their name until the server has told who we are.
    pub fn assume(&mut self, person: Author) {
        self.assumed = Some(person);
    }

    /// Whether all rooms were listed on this connection.
    pub fn is_listed(&self) -> bool {
        self.listed
    }

    /// How many entries will be sent without the person doing anything.
    pub fn waiting(&self) -> usize {
        self.rooms.iter().map(|room| room.outbox().waiting()).sum()
    }

    /// Whether the rooms are known, and each that is heard has all that the server is known to
    /// have.
    pub fn is_caught_up(&self) -> bool {
        let settled = |room: &Room| match room.phase() {
            Phase::Live | Phase::Refused(_) => true,
            Phase::Away => !room.is_wanted(),
            _ => false,
        };
        self.listed && self.rooms.iter().all(settled)
    }

    /// The person did something: it shows at once, and is sent when it can be.
    ///
    /// # Errors
    /// If too many entries wait in this room already, or it is not known.
    pub fn compose(
        &mut self,
        room: &RoomName,
        id: Uuid,
        act: Act,
        written: Timestamp,
    ) -> Result<Vec<Effect>, OutboxFull> {
        if self.room(room).is_none_or(|room| room.outbox().is_full()) {
            return Err(OutboxFull);
        }
        let by = self.me().map(|me| me.id);
        // The order of what is kept is that of these times, whatever the clock does.
        let last = self.room(room).and_then(|room| room.outbox().entries().last());
        let after_it = last.map(|last| Timestamp(last.written.0.saturating_add(1)));
        let written = after_it.map_or(written, |after_it| after_it.max(written));
        let entry = Entry { id, act, written, by, state: EntryState::Queued };
        Ok(self.apply(Input::Compose(room.clone(), entry)))
    }

    /// Takes what happened, and says what is to be done.
    #[must_use = "effects are to be done"]
    pub fn apply(&mut self, input: Input) -> Vec<Effect> {
        let mut out = Vec::new();
        self.take(input, &mut out);
        self.count_again(&mut out);
        self.hand_out_places(&mut out);
        out
    }

    fn take(&mut self, input: Input, out: &mut Vec<Effect>) {
        match input {
            Input::Session(session) => self.connected_as(session, out),
            Input::Disconnected => {
                self.connected = false;
                self.listing = Listing::No;
                self.listed = false;
                self.wakes = 0;
                self.rooms.iter_mut().for_each(Room::disconnected);
            }
            Input::List => self.list_again(out),
            Input::Listed(ticket, outcome) => self.listed(ticket, outcome, out),
            Input::CaughtUp(room, ticket, outcome) => {
                self.with(&room, out, |room, around| room.caught_up(ticket, outcome, around));
            }
            Input::History(room, ticket, outcome) => {
                self.with(&room, out, |room, around| room.history(ticket, outcome, around));
            }
            Input::Members(room, ticket, outcome) => {
                self.with(&room, out, |room, around| room.listed(ticket, outcome, around));
            }
            Input::Answered(room, ticket, outcome) => {
                self.with(&room, out, |room, around| room.answered(ticket, outcome, around));
            }
            Input::Changes(live) => {
                let name = live.room.clone();
                self.with(&name, out, |room, around| room.live(live, around));
            }
            Input::Head(head) => {
                self.with(&head.room, out, |room, around| room.head(&head, around));
            }
            Input::Updated(updated) => self.updated(updated, out),
            Input::Topic(changed) => {
                self.with(&changed.room, out, |room, _| room.topic(changed.topic.clone()));
            }
            Input::Marker(marker) => {
                // It may be ahead of the list that tells of its room.
                self.with_new(&marker.room, out, |room, around| room.marked(&marker, around));
            }
            Input::Presence(presence) => {
                // In a conversation of two the name is the other one's, wherever it was told.
                for person in &presence.here {
                    self.rooms.iter_mut().for_each(|room| room.renamed(person));
                }
                let name = presence.room.clone();
                self.with(&name, out, |room, _| room.presence(presence));
            }
            Input::Typing(typing, now) => {
                self.with(&typing.room, out, |room, _| {
                    room.people_mut().types(typing.person.clone(), now);
                });
            }
            Input::Wake(Some(room), ticket) => {
                self.with(&room, out, |room, around| room.wake(ticket, around));
            }
            Input::Wake(None, ticket) => {
                if self.listing == Listing::Asked(ticket) {
                    self.list(None, out);
                }
            }
            Input::Open(name) => self.opens(name, out),
            Input::Join(name) => {
                let connected = self.connected;
                self.with_new(&name, out, |room, _| {
                    room.want();
                    if connected {
                        room.due();
                    }
                });
            }
            Input::ReadAt(name, spot) => {
                self.with(&name, out, |room, around| read_at(room, spot, around));
            }
            Input::ReadOn(name, earlier) => {
                self.with(&name, out, |room, around| room.read_on(earlier, around));
            }
            Input::ReadAgain(name) => {
                self.with(&name, out, |room, around| room.read_again(around));
            }
            Input::AtBottom(name, at_bottom) => {
                self.with(&name, out, |room, _| room.at_bottom(at_bottom));
            }
            Input::MayWrite => {
                let names: Vec<RoomName> = self.rooms.iter().map(|it| it.name().clone()).collect();
                for name in names {
                    self.with(&name, out, |room, around| {
                        room.outbox_mut().may_write();
                        room.send_next(around);
                    });
                }
            }
            Input::Compose(name, entry) => {
                self.with(&name, out, |room, around| room.compose(entry, around));
            }
            Input::Restored(entries) => {
                for (name, entry) in entries {
                    self.with_new(&name, out, |room, around| room.restore(entry, around));
                }
            }
            Input::TryAgain(name, id) => self.with(&name, out, |room, around| {
                room.try_again(id, around);
            }),
            Input::Discard(name, id) => self.with(&name, out, |room, around| {
                room.outbox_mut().discard(id);
                room.forget_done(around);
                room.send_next(around);
            }),
            Input::DismissNotice(name) => {
                self.with(&name, out, |room, _| room.log_mut().dismiss_notice());
            }
        }
    }

    fn opens(&mut self, name: Option<RoomName>, out: &mut Vec<Effect>) {
        if self.open == name {
            return;
        }
        if let Some(before) = std::mem::replace(&mut self.open, name.clone()) {
            self.with(&before, out, |room, _| room.close());
        }
        if let Some(name) = name {
            self.with_new(&name, out, |room, around| room.open(around));
        }
    }

    /// Asks for the rooms that are due, the one that is looked at first.
    fn hand_out_places(&mut self, out: &mut Vec<Effect>) {
        if !self.connected {
            return;
        }
        let asked = self.rooms.iter().filter(|room| matches!(room.phase(), Phase::Asking(_)));
        let mut free = ASKED_AT_ONCE.saturating_sub(asked.count());
        let due = |room: &Room| *room.phase() == Phase::Due;
        let opened = self.opened().filter(|room| due(room)).map(|room| room.name().clone());
        let others = self.rooms.iter().filter(|room| due(room)).map(|room| room.name().clone());
        let next: Vec<RoomName> = opened.into_iter().chain(others).collect();
        for name in next {
            self.with(&name, out, |room, around| {
                if free > 0 && *room.phase() == Phase::Due {
                    free -= 1;
                    room.ask(around);
                }
            });
        }
    }

    fn find(&self, name: &RoomName) -> Result<usize, usize> {
        self.rooms.binary_search_by(|room| room.name().cmp(name))
    }

    /// A room that is not known is nothing that was asked for: what comes for it is dropped.
    fn with(
        &mut self,
        name: &RoomName,
        out: &mut Vec<Effect>,
        act: impl FnOnce(&mut Room, &mut Around<'_>),
    ) {
        if let Ok(at) = self.find(name) {
            let me = self.session.as_ref().map(|session| session.person.id);
            let epoch = self.session.as_ref().map(|session| session.epoch);
            act(&mut self.rooms[at], &mut Around { tickets: &mut self.tickets, out, me, epoch });
        }
    }

    fn with_new(
        &mut self,
        name: &RoomName,
        out: &mut Vec<Effect>,
        act: impl FnOnce(&mut Room, &mut Around<'_>),
    ) {
        if let Err(at) = self.find(name) {
            let mut room = Room::new(name.clone());
            if let Some(me) = self.me() {
                room.log_mut().read_by(me.id);
            }
            self.rooms.insert(at, room);
        }
        self.with(name, out, act);
    }
}

/// Reads a place of the history, unless it is here.
fn read_at(room: &mut Room, spot: Spot, around: &mut Around<'_>) {
    let known = room.log().cursor().is_some();
    match spot {
        Spot::Newest => room.read_newest(around),
        Spot::Message(seq) | Spot::Unread(seq) if known && room.log().shown().covers(seq) => {}
        Spot::Message(seq) | Spot::Unread(seq) => {
            room.read(Part::Elsewhere, Some(Place::Around(seq)), around)
        }
        Spot::Time(at) if known && room.log().shown().covers_time(at) => {}
        Spot::Time(at) => room.read(Part::Elsewhere, Some(Place::At(at)), around),
        Spot::Oldest if known && !room.log().shown().earlier => {}
        Spot::Oldest => room.read(Part::Elsewhere, Some(Place::After(Seq(0))), around),
    }
}

/// Hands out tickets.
#[derive(Debug, Default)]
struct Tickets(u64);

impl Tickets {
    fn next(&mut self) -> Ticket {
        self.0 += 1;
        Ticket(self.0)
    }
}
