//! What is asked for: everything that makes a change.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use parlour_events::{
    ChangeId, ChangeKind, DeleteMessage, EditMessage, Emoji, Event, MessageId, React, Reply,
    RoomName, SendMessage, Sent, UserId,
};
use serde::Serialize;
use socketio_client::{Response, Socket};
use uuid::Uuid;

use crate::person::text_in;

/// A request that makes a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Request {
    /// Post a message.
    Send(SendMessage),
    /// Change what it says.
    Edit(EditMessage),
    /// Take it back.
    Delete(DeleteMessage),
    /// Put a reaction on it, or take it away.
    React(React),
}

/// What kind of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Kind {
    /// A message was posted.
    Posted,
    /// It says something else.
    Edited,
    /// It is taken back.
    Deleted,
    /// A reaction came or went.
    Reacted,
    /// None that these tests know.
    Unknown,
}

impl Request {
    /// A message under a new id.
    ///
    /// # Panics
    /// If the text is none.
    pub fn send(room: &RoomName, text: &str) -> Self {
        Self::Send(text_in(room, text))
    }

    /// Another text for a message.
    ///
    /// # Panics
    /// If the text is none.
    pub fn edit(room: &RoomName, message: MessageId, text: &str) -> Self {
        let body = text.parse().expect("a message");
        Self::Edit(EditMessage { room: room.clone(), id: new_id(), message, body })
    }

    /// The end of a message.
    pub fn delete(room: &RoomName, message: MessageId) -> Self {
        Self::Delete(DeleteMessage { room: room.clone(), id: new_id(), message })
    }

    /// A reaction that comes or goes.
    ///
    /// # Panics
    /// If it is none.
    pub fn react(room: &RoomName, message: MessageId, emoji: &str, on: bool) -> Self {
        let emoji = emoji.parse().expect("a reaction");
        Self::React(React { room: room.clone(), id: new_id(), message, emoji, on })
    }

    /// The id that the client made for it.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Send(it) => it.id.0,
            Self::Edit(it) => it.id.0,
            Self::Delete(it) => it.id.0,
            Self::React(it) => it.id.0,
        }
    }

    /// The message that it posts or changes.
    pub fn message(&self) -> MessageId {
        match self {
            Self::Send(it) => it.id,
            Self::Edit(it) => it.message,
            Self::Delete(it) => it.message,
            Self::React(it) => it.message,
        }
    }

    /// The room.
    pub fn room(&self) -> &RoomName {
        match self {
            Self::Send(it) => &it.room,
            Self::Edit(it) => &it.room,
            Self::Delete(it) => &it.room,
            Self::React(it) => &it.room,
        }
    }

    /// The kind of change that it makes.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Send(_) => Kind::Posted,
            Self::Edit(_) => Kind::Edited,
            Self::Delete(_) => Kind::Deleted,
            Self::React(_) => Kind::Reacted,
        }
    }

    /// The text that the message has through it; none where it has none, or keeps its own.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Send(it) => it.body.as_ref().map(AsRef::as_ref),
            Self::Edit(it) => Some(it.body.as_ref()),
            Self::Delete(_) | Self::React(_) => None,
        }
    }

    /// Sends it now; the answer is to be awaited.
    pub fn emit(&self, socket: &Socket, timeout: Duration) -> Response<Reply<Sent>> {
        let name = match self {
            Self::Send(_) => SendMessage::NAME,
            Self::Edit(_) => EditMessage::NAME,
            Self::Delete(_) => DeleteMessage::NAME,
            Self::React(_) => React::NAME,
        };
        socket.emit_with_ack::<_, Reply<Sent>>(name, self).timeout(timeout).send()
    }
}

impl Kind {
    /// The kind of a change, and the message that it is about.
    pub fn of(change: &ChangeKind) -> (Self, Option<MessageId>) {
        match change {
            ChangeKind::Posted(posted) => (Self::Posted, Some(posted.id)),
            ChangeKind::Edited { id, .. } => (Self::Edited, Some(*id)),
            ChangeKind::Deleted { id, .. } => (Self::Deleted, Some(*id)),
            ChangeKind::Reacted { id, .. } => (Self::Reacted, Some(*id)),
            _ => (Self::Unknown, None),
        }
    }
}

/// What a change says, in 64 bits: whose it is, and a text or a reaction. A record holds millions.
pub fn print_of(change: &ChangeKind) -> u64 {
    match change {
        ChangeKind::Posted(posted) => {
            text_print(Some(posted.author.id), posted.body.as_ref().map(AsRef::as_ref))
        }
        ChangeKind::Edited { body, .. } => text_print(None, body.as_ref().map(AsRef::as_ref)),
        ChangeKind::Deleted { by, .. } => print(&by.id),
        ChangeKind::Reacted { by, emoji, on, .. } => reaction_print(by.id, emoji, *on),
        _ => 0,
    }
}

/// The same, of a text; by its author where the change names one.
pub fn text_print(author: Option<UserId>, text: Option<&str>) -> u64 {
    print(&(author, text))
}

/// The same, of a reaction.
pub fn reaction_print(by: UserId, emoji: &Emoji, on: bool) -> u64 {
    print(&(by, emoji.as_str(), on))
}

/// The same, of anything.
pub fn print(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

fn new_id() -> ChangeId {
    ChangeId(Uuid::now_v7())
}
