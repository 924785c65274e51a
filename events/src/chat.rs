//! The events of the namespace `/chat`.
//!
//! A client connects with [`Credentials`], is told its [`Session`], joins a room ([`JoinRoom`])
//! and from then on gets every change of it ([`RoomChanges`]). Changes that arrive before the
//! answer to the join are to be held back, and applied after it; a change whose number is not
//! above the last one applied is a repetition, and a jump in the numbers is a gap to be closed
//! with [`SyncRoom`].

use serde::{Deserialize, Serialize};

use crate::{
    Event, Reply,
    log::{Change, Cursor, Epoch, MessageId, Seq, Timestamp},
    text::{Body, Nickname, RoomName, Token},
};

/// The namespace's name.
pub const NAMESPACE: &str = "/chat";

/// What a client says of itself in the CONNECT packet.
///
/// A token that the server still knows decides who the client is. Otherwise the nickname is
/// taken, if nobody holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The nickname wished for.
    pub nickname: Nickname,
    /// The token of an earlier [`Session`] under that nickname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
}

/// Server to client, once after each CONNECT: who you are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The nickname in force.
    pub nickname: Nickname,
    /// Keep it, and send it at the next connect.
    pub token: Token,
}

impl Event for Session {
    const NAME: &'static str = "session";
    type Ack = ();
}

/// Client to server: send me the changes of this room from now on, and what I have missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRoom {
    /// The room.
    pub room: RoomName,
    /// How far the client is; none if it knows nothing of the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Cursor>,
}

impl Event for JoinRoom {
    const NAME: &'static str = "room:join";
    type Ack = Reply<CatchUp>;
}

/// Client to server: what came after this cursor? For a client that is in the room already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRoom {
    /// The room.
    pub room: RoomName,
    /// How far the client is.
    pub after: Cursor,
    /// Most changes wanted; the server may give fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

impl Event for SyncRoom {
    const NAME: &'static str = "room:sync";
    type Ack = Reply<CatchUp>;
}

/// The answer to [`JoinRoom`] and [`SyncRoom`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatchUp {
    /// The history that all numbers here belong to.
    pub epoch: Epoch,
    /// The number of the room's newest change. If it is above the last one of `changes`, there is
    /// more to ask for.
    pub head: Seq,
    /// The changes do not continue the client's cursor (none was given, it is of another epoch,
    /// or it is too old): forget what was known of the room and begin with these.
    pub reset: bool,
    /// In the order of their numbers, without gaps.
    pub changes: Vec<Change>,
}

/// Server to client: the room's log grew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomChanges {
    /// The room.
    pub room: RoomName,
    /// The history that the numbers belong to.
    pub epoch: Epoch,
    /// In the order of their numbers, without gaps.
    pub changes: Vec<Change>,
}

impl Event for RoomChanges {
    const NAME: &'static str = "room:changes";
    type Ack = ();
}

/// Server to client: how long the room's log is by now. Sent after a moment in which somebody's
/// queue was full, so that whoever missed a [`RoomChanges`] notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomHead {
    /// The room.
    pub room: RoomName,
    /// The history that the number belongs to.
    pub epoch: Epoch,
    /// The number of the newest change.
    pub head: Seq,
}

impl Event for RoomHead {
    const NAME: &'static str = "room:head";
    type Ack = ();
}

/// Client to server: post a message.
///
/// Sending the same `id` again is answered with the first result and posts nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMessage {
    /// The room.
    pub room: RoomName,
    /// The message's name, made by the client.
    pub id: MessageId,
    /// What it says.
    pub body: Body,
}

impl Event for SendMessage {
    const NAME: &'static str = "message:send";
    type Ack = Reply<Sent>;
}

/// The answer to [`SendMessage`]: it is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The number of the change that posted it.
    pub seq: Seq,
    /// When it was accepted.
    pub at: Timestamp,
}
