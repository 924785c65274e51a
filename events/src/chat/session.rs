//! Who somebody is, and the end of a session.

use serde::{Deserialize, Serialize};

use super::{Done, news, requests};
use crate::{
    log::{Author, Epoch, Timestamp},
    refusal::Code,
    text::{Nickname, Reason, Token},
};

/// What a client says of itself in the CONNECT packet.
///
/// A token that the server still knows decides who the client is. Otherwise the nickname is
/// taken, if nobody holds it. A server that takes the tokens of another system
/// (`--auth jwt`) asks for the token alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The nickname wished for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<Nickname>,
    /// The token of an earlier [`Session`], or of the other system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
}

/// What somebody may do.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Talk.
    #[default]
    Member,
    /// Mute, kick and ban members, and delete what they wrote.
    Moderator,
    /// The same for moderators, give roles, and see what moderators did.
    Admin,
}

/// Server to client, once after each CONNECT: who you are now. Sent again when that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The person, with the nickname in force.
    pub person: Author,
    /// What they may do.
    pub role: Role,
    /// Keep it, and send it at the next connect. None where it came from another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
    /// The history that this server has at the moment.
    pub epoch: Epoch,
    /// What this server allows.
    pub limits: Limits,
}

/// What a server allows: its settings, as far as a form needs to know them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Longest message, in characters.
    pub message_chars: usize,
    /// Largest file, in bytes; 0 if none can be uploaded.
    pub upload_bytes: u64,
    /// Messages of one person in a minute; 0 for any number.
    pub messages_per_minute: u32,
}

/// Client to server: another nickname. All connections of the person are sent the new
/// [`Session`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// The nickname wished for.
    pub nickname: Nickname,
}

/// Client to server: I am leaving for good. The token is worth nothing any more, and the nickname
/// is free; all connections of the session end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndSession {}

/// Server to client: your session is over, and this connection ends now. Connecting again with
/// the same token will not help, unless `code` is [`Code::Kicked`] and the token is another
/// system's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnded {
    /// [`Code::SessionEnded`], [`Code::TokenInvalid`] (it expired), [`Code::Kicked`] or
    /// [`Code::Banned`].
    pub code: Code,
    /// One sentence, for the person.
    pub message: String,
}

/// Server to client: a moderator has muted the person, or lets them write again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Muted {
    /// Until when they can read and not write; none if they can write again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why; empty where it is told behind [`Session`] of a mute from before.
    #[serde(default)]
    pub reason: Reason,
}

requests! {
    Rename = "session:rename" -> Done;
    EndSession = "session:end" -> Done;
}

news! {
    Session = "session";
    SessionEnded = "session:ended";
    Muted = "session:muted";
}
