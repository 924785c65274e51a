//! What others are to be told after a commit.

use parlour_events::{
    Author, Change, Muted, ReadMarker, Role, RoomName, RoomUpdated, SessionEnded, Topic, UserId,
};

use super::SessionKey;

/// Something that happened, and whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// A room's log grew: for everybody who follows it.
    Change(RoomName, Change),
    /// A room has another topic: for everybody who follows it.
    Topic(RoomName, Topic, Author),
    /// A room is new to a person, or not as it was: for their connections.
    Room(UserId, RoomUpdated),
    /// A person is not in a room any more: for their connections, which stop following it, and for
    /// those who see them.
    Left(UserId, RoomUpdated),
    /// A person has read: for their connections.
    Read(UserId, ReadMarker),
    /// A person goes by another name, or has another role: for their connections, and for those
    /// who see them.
    Person(Author, Role),
    /// Sessions have ended: for their connections, which end with them.
    Ended(Whose, SessionEnded),
    /// A person may not write for a while, or may again: for their connections.
    Muted(UserId, Muted),
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
