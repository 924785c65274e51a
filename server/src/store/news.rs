//! What others are to be told after a commit.

use parlour_events::{
    Author, Change, ReadMarker, Role, RoomName, RoomUpdated, SessionEnded, Topic, UserId,
};

use super::SessionKey;

/// Something that happened, and whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// A room's log grew: for everybody who follows it.
    Change(RoomName, Change),
    /// A room has another topic: for everybody who follows it.
    Topic(RoomName, Topic, Author),
    /// A room is new to a person, or they are not in it any more: for their connections. Those
    /// stop following a room that is gone for them.
    Room(UserId, RoomUpdated),
    /// A person has read: for their connections.
    Read(UserId, ReadMarker),
    /// A person goes by another name, or has another role: for their connections, and for those
    /// who see them.
    Person(Author, Role),
    /// Sessions have ended: for their connections, which end with them.
    Ended(Whose, SessionEnded),
    /// A person may not write until this moment (milliseconds; 0: may write).
    Muted(UserId, u64),
}

/// Whose connections end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Those of one session.
    Session(SessionKey),
    /// All of a person.
    User(UserId),
    /// All from an address, or a network, as [`crate::peer`] keys them.
    Address(String),
}
