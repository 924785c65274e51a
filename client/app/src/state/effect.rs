//! What the state wants done.

use std::{sync::Arc, time::Duration};

use parlour_events::{Cursor, Place, RoomName, UserId};
use uuid::Uuid;

use super::{
    Ticket,
    message::Message,
    outbox::{Act, Entry},
};

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// List the rooms behind this one. Comes back as [`Input::Listed`](super::Input::Listed).
    List {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// The last one of the answer before.
        after: Option<RoomName>,
    },
    /// Ask to be in the room. Comes back as [`Input::CaughtUp`](super::Input::CaughtUp).
    Join {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// The room.
        room: RoomName,
        /// How far its log is known.
        after: Option<Cursor>,
    },
    /// Ask for what came after a cursor. Comes back as [`Input::CaughtUp`](super::Input::CaughtUp).
    Sync {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// The room.
        room: RoomName,
        /// How far its log is known.
        after: Cursor,
    },
    /// Read a room's history. Comes back as [`Input::History`](super::Input::History).
    History {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// The room.
        room: RoomName,
        /// Where; the newest messages if there is none.
        from: Option<Place>,
        /// Most messages.
        limit: usize,
    },
    /// List the room's people. Comes back as [`Input::Members`](super::Input::Members).
    Members {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// The room.
        room: RoomName,
        /// The last one of the answer before.
        after: Option<UserId>,
    },
    /// Send an entry of the outbox. Comes back as [`Input::Answered`](super::Input::Answered).
    Do {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// The room.
        room: RoomName,
        /// The entry.
        id: Uuid,
        /// What was done.
        act: Act,
    },
    /// Apply [`Input::Wake`](super::Input::Wake) after this time.
    Wake {
        /// Comes back with it.
        ticket: Ticket,
        /// Comes back with it.
        room: Option<RoomName>,
        /// How long from now.
        after: Duration,
    },
    /// Keep an entry of the outbox until it is forgotten.
    Keep {
        /// The room.
        room: RoomName,
        /// The entry.
        entry: Entry,
    },
    /// Entries are done.
    Forget {
        /// Their names.
        entries: Vec<Uuid>,
    },
    /// Somebody else has posted a message.
    Arrived {
        /// The room.
        room: RoomName,
        /// The message.
        message: Arc<Message>,
        /// It names the person, or is to nobody else.
        personal: bool,
    },
}
