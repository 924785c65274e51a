//! Who is here, and who is typing.

use serde::{Deserialize, Serialize};

use super::news;
use crate::{
    log::{Author, UserId},
    text::RoomName,
};

/// Client to server, volatile and without an answer: the person is typing in this room. Counts for
/// [`TYPING_MS`](crate::limits::TYPING_MS), or until their message comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// The room.
    pub room: RoomName,
}

/// Server to client, volatile: somebody else is typing in this room. The event has the same name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SomebodyTyping {
    /// The room.
    pub room: RoomName,
    /// Who.
    pub person: Author,
}

/// Server to client: members of this room have come, or gone, or go by another name, or are none any
/// more. Who was here before, the answer to `room:members` tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The room.
    pub room: RoomName,
    /// They are here now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub here: Vec<Author>,
    /// They are not here any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<UserId>,
    /// They are no members any more; those of them who were here are among the gone ones too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<UserId>,
}

news! {
    Typing = "typing";
    SomebodyTyping = "typing";
    Presence = "presence";
}
