//! What is said, and what is said differently later.
//!
//! Every request here carries an id that the client made. Sending the same again, however much
//! later, is answered with the first result and changes nothing.

use serde::{Deserialize, Serialize};

use super::requests;
use crate::{
    log::{ChangeId, Message, MessageId, Seq, Timestamp},
    text::{Body, Emoji, FileId, FileName, Query, RoomName},
};

/// Client to server: post a message. It has a text, or files, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMessage {
    /// The room.
    pub room: RoomName,
    /// The message's name, made by the client.
    pub id: MessageId,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// The message of the same room that it answers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// Files that were uploaded before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attach>,
}

/// A file to be put on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attach {
    /// The file, as the upload's answer named it.
    pub file: FileId,
    /// What it is to be called.
    pub name: FileName,
}

/// Client to server: the message says this from now on. For its writer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditMessage {
    /// The room.
    pub room: RoomName,
    /// The request's name, made by the client.
    pub id: ChangeId,
    /// The message.
    pub message: MessageId,
    /// What it says.
    pub body: Body,
}

/// Client to server: take the message back. For its writer, and for moderators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteMessage {
    /// The room.
    pub room: RoomName,
    /// The request's name, made by the client.
    pub id: ChangeId,
    /// The message.
    pub message: MessageId,
}

/// Client to server: put a reaction on a message, or take it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct React {
    /// The room.
    pub room: RoomName,
    /// The request's name, made by the client.
    pub id: ChangeId,
    /// The message.
    pub message: MessageId,
    /// The reaction.
    pub emoji: Emoji,
    /// Put on, or take away.
    pub on: bool,
}

/// The answer to [`SendMessage`], [`EditMessage`], [`DeleteMessage`] and [`React`]: it is in the
/// log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The number of the change. For something that was so already, such as a reaction that was
    /// there, the room's newest change at that moment.
    pub seq: Seq,
    /// When it was accepted.
    pub at: Timestamp,
}

/// Client to server: which messages say this? In the rooms that the person is in; every word has
/// to be there, the last one may be a beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The words.
    pub query: Query,
    /// Only in this room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// Only hits behind this one: `next` of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Most hits wanted; the server may give fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// The answer to [`Search`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The newest first.
    pub hits: Vec<Hit>,
    /// Ask with this for more; none if that was all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Its room.
    pub room: RoomName,
    /// The message.
    pub message: Message,
}

requests! {
    SendMessage = "message:send" -> Sent;
    EditMessage = "message:edit" -> Sent;
    DeleteMessage = "message:delete" -> Sent;
    React = "message:react" -> Sent;
    Search = "message:search" -> Found;
}
