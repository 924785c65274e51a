//! What happens to the state.

use parlour_events::{
    CatchUp, History, Members, Presence, ReadMarker, Refusal, RoomChanges, RoomHead, RoomName,
    RoomUpdated, Rooms, Sent, Seq, Session, SomebodyTyping, Timestamp, TopicChanged,
};
use uuid::Uuid;

use super::{Ticket, outbox::Entry};

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// The server told who we are: there is a connection, and nothing is joined on it yet. Or it
    /// told so again, under another name.
    Session(Session),
    /// There is no connection any more: no answer will come, no change arrives.
    Disconnected,
    /// The person looks for a room: others may have made some, of which nobody was told.
    List,
    /// How listing the rooms went.
    Listed(Ticket, Result<Rooms, Trouble>),
    /// How a join or a sync of a room went.
    CaughtUp(RoomName, Ticket, Result<CatchUp, Trouble>),
    /// How reading a room's history went.
    History(RoomName, Ticket, Result<History, Trouble>),
    /// How listing a room's people went.
    Members(RoomName, Ticket, Result<Members, Trouble>),
    /// How an entry of the outbox went.
    Answered(RoomName, Ticket, Result<Sent, Trouble>),
    /// The server sent changes.
    Changes(RoomChanges),
    /// The server told how long a log is.
    Head(RoomHead),
    /// A room is new to the person, or not as it was.
    Updated(RoomUpdated),
    /// A room is about something else.
    Topic(TopicChanged),
    /// The person has read a room up to here, on whatever connection.
    Marker(ReadMarker),
    /// People have come or gone.
    Presence(Presence),
    /// Somebody types, at this time by this device's clock.
    Typing(SomebodyTyping, f64),
    /// The time that an [`Effect::Wake`](super::Effect::Wake) asked for is over.
    Wake(Option<RoomName>, Ticket),
    /// The person looks at this room from now on, or at none.
    Open(Option<RoomName>),
    /// The person joins a room that they are not in.
    Join(RoomName),
    /// The person reads a place of the room's history.
    ReadAt(RoomName, Spot),
    /// The reader came near an end of what is here; `true` is the older one.
    ReadOn(RoomName, bool),
    /// What could not be read is wanted once more.
    ReadAgain(RoomName),
    /// Whether the reader sees the newest message.
    AtBottom(RoomName, bool),
    /// The person was muted, and is not any more.
    MayWrite,
    /// The person did something; it is sent when it can be.
    Compose(RoomName, Entry),
    /// What an earlier visit, or another page that is gone, could not send.
    Restored(Vec<(RoomName, Entry)>),
    /// The person wants a failed entry sent again.
    TryAgain(RoomName, Uuid),
    /// The person gives a failed entry up.
    Discard(RoomName, Uuid),
    /// The person has read the notice.
    DismissNotice(RoomName),
}

/// A place in a room's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// A message.
    Message(Seq),
    /// What comes at or behind this change, of which is not known whether it is a message.
    Unread(Seq),
    /// A time.
    Time(Timestamp),
    /// The first message.
    Oldest,
    /// The newest ones.
    Newest,
}

/// Why a request has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No answer came: it may have been done or not.
    Lost,
    /// The server refused.
    Refused(Refusal),
}

impl Trouble {
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            Self::Lost => None,
        }
    }
}
