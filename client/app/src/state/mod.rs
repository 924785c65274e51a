//! The state of the chat: what is known of each room, and what is on its way there.
//!
//! [`ChatState`] is plain data with one way in, [`ChatState::apply`]: it takes what happened (an
//! [`Input`]) and returns what is to be done ([`Effect`]s, in order). It has no clock, no
//! connection and draws nothing: the caller owns those, so every behaviour is tested natively.
//!
//! The caller's part:
//! 1. [`Input::Connected`] and [`Input::Disconnected`] as the connection comes and goes;
//! 2. each [`Effect::Join`] or [`Effect::Sync`] becomes a request, whose outcome comes back as
//!    [`Input::CaughtUp`] with the same ticket; each [`Effect::Send`] likewise, as
//!    [`Input::Answered`]. An outcome whose ticket was superseded is ignored;
//! 3. [`Input::Changes`] and [`Input::Head`] as the server sends them;
//! 4. each [`Effect::Wake`] becomes an [`Input::Wake`] with the same ticket that much later. A wake
//!    whose ticket was superseded is ignored as well.

pub mod log;
pub mod message;
pub mod outbox;
mod room;
pub mod rows;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use parlour_events::{
    Body, CatchUp, Cursor, MessageId, Refusal, RoomChanges, RoomHead, RoomName, SendMessage, Sent,
    Timestamp,
};

pub use log::Notice;
pub use room::{Phase, Room};

/// Tells the answer to one request from the answer to any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// The socket is connected: nothing is joined yet.
    Connected,
    /// The socket is not connected any more: no answer will come, no change arrives.
    Disconnected,
    /// How a join or a sync went.
    CaughtUp {
        /// The room.
        room: RoomName,
        /// From the [`Effect`].
        ticket: Ticket,
        /// The answer, or why there is none.
        outcome: Result<CatchUp, Trouble>,
    },
    /// How sending a message went.
    Answered {
        /// The room.
        room: RoomName,
        /// From the [`Effect`].
        ticket: Ticket,
        /// The answer, or why there is none.
        outcome: Result<Sent, Trouble>,
    },
    /// The server sent changes.
    Changes(RoomChanges),
    /// The server told how long a log is.
    Head(RoomHead),
    /// The time that an [`Effect::Wake`] asked for is over.
    Wake {
        /// The room.
        room: RoomName,
        /// From the [`Effect`].
        ticket: Ticket,
    },
    /// The person wants a failed message sent again.
    TryAgain {
        /// The room.
        room: RoomName,
        /// The message.
        id: MessageId,
    },
    /// The person gives a failed message up.
    Discard {
        /// The room.
        room: RoomName,
        /// The message.
        id: MessageId,
    },
    /// Somebody else writes from now on. What was written before is not sent under their name
    /// unless they want that; the sentence says so.
    OtherPerson {
        /// Why the messages wait.
        sentence: String,
    },
    /// The person has read the notice.
    DismissNotice {
        /// The room.
        room: RoomName,
    },
}

/// Why a request has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No answer came: it may have been done or not.
    Lost,
    /// The server refused.
    Refused(Refusal),
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Ask to be in the room.
    Join {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// The room.
        room: RoomName,
        /// How far its log is known.
        after: Option<Cursor>,
    },
    /// Ask for what came after a cursor.
    Sync {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// The room.
        room: RoomName,
        /// How far its log is known.
        after: Cursor,
    },
    /// Send a message.
    Send {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// The message.
        message: SendMessage,
    },
    /// Apply [`Input::Wake`] after this time.
    Wake {
        /// Comes back with it.
        ticket: Ticket,
        /// The room.
        room: RoomName,
        /// How long from now.
        after: Duration,
    },
}

/// The outbox of the room has no place: the text stays where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxFull(pub Body);

/// The state of the chat.
#[derive(Debug, Default)]
pub struct ChatState {
    rooms: BTreeMap<RoomName, Room>,
    tickets: Tickets,
    connected: bool,
}

impl ChatState {
    /// Shows a room from now on: it is joined whenever there is a connection.
    #[must_use = "effects are to be done"]
    pub fn open(&mut self, name: RoomName) -> Vec<Effect> {
        let mut effects = Vec::new();
        let room = self.rooms.entry(name.clone()).or_insert_with(|| Room::new(name));
        if self.connected && room.phase() == &Phase::Away {
            room.connected(&mut self.tickets, &mut effects);
        }
        effects
    }

    /// A room that was opened.
    pub fn room(&self, name: &RoomName) -> Option<&Room> {
        self.rooms.get(name)
    }

    /// How many messages will be sent without the person doing anything.
    pub fn waiting(&self) -> usize {
        self.rooms.values().map(|room| room.outbox().waiting()).sum()
    }

    /// Whether every room is connected and has all that the server is known to have.
    pub fn is_caught_up(&self) -> bool {
        self.rooms.values().all(|room| matches!(room.phase(), Phase::Live | Phase::Refused(_)))
    }

    /// The person wrote a message: it shows at once, and is sent when it can be.
    ///
    /// # Errors
    /// If too many wait already, or the room was not opened.
    pub fn compose(
        &mut self,
        room: &RoomName,
        id: MessageId,
        body: Body,
        written: Timestamp,
    ) -> Result<Vec<Effect>, OutboxFull> {
        let Some(room) = self.rooms.get_mut(room) else { return Err(OutboxFull(body)) };
        let mut effects = Vec::new();
        room.compose(id, body, written, &mut self.tickets, &mut effects)?;
        Ok(effects)
    }

    /// Takes what happened, and says what is to be done.
    #[must_use = "effects are to be done"]
    pub fn apply(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        let out = &mut effects;
        let tickets = &mut self.tickets;
        match input {
            Input::Connected => {
                self.connected = true;
                for room in self.rooms.values_mut() {
                    room.connected(tickets, out);
                }
            }
            Input::Disconnected => {
                self.connected = false;
                self.rooms.values_mut().for_each(Room::disconnected);
            }
            Input::CaughtUp { room, ticket, outcome } => {
                self.with(&room, |room, tickets| room.caught_up(ticket, outcome, tickets, out));
            }
            Input::Answered { room, ticket, outcome } => {
                self.with(&room, |room, tickets| room.answered(ticket, outcome, tickets, out));
            }
            Input::Changes(live) => {
                let name = live.room.clone();
                self.with(&name, |room, tickets| room.live(live, tickets, out));
            }
            Input::Head(head) => {
                self.with(&head.room, |room, tickets| room.head(&head, tickets, out));
            }
            Input::Wake { room, ticket } => {
                self.with(&room, |room, tickets| room.wake(ticket, tickets, out));
            }
            Input::TryAgain { room, id } => {
                self.with(&room, |room, tickets| room.try_again(id, tickets, out));
            }
            Input::OtherPerson { sentence } => {
                self.rooms.values_mut().for_each(|room| room.other_person(&sentence));
            }
            Input::Discard { room, id } => self.with(&room, |room, _| room.discard(id)),
            Input::DismissNotice { room } => self.with(&room, |room, _| room.dismiss_notice()),
        }
        effects
    }

    /// A room that was not opened is nothing that was asked for: what comes for it is dropped.
    fn with(&mut self, name: &RoomName, act: impl FnOnce(&mut Room, &mut Tickets)) {
        if let Some(room) = self.rooms.get_mut(name) {
            act(room, &mut self.tickets);
        }
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
