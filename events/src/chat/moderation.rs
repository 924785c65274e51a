//! What moderators and administrators do. All of it is written down for administrators to see.
//!
//! Nobody can do any of this to somebody of the same or a higher role.

use serde::{Deserialize, Serialize};

use super::{Done, requests, session::Role};
use crate::{
    log::{Author, Timestamp, UserId},
    text::Reason,
};

/// Client to server: this person may not write for so many seconds; 0 lets them write again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// Whom.
    pub user: UserId,
    /// How long, from now.
    pub seconds: u64,
    /// Why; the person is told.
    #[serde(default)]
    pub reason: Reason,
}

/// Client to server: end this person's sessions. They may come in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kick {
    /// Whom.
    pub user: UserId,
    /// Why; the person is told.
    #[serde(default)]
    pub reason: Reason,
}

/// Client to server: do not let this person in any more, and end their sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// Whom.
    pub user: UserId,
    /// Nor anybody from the addresses that they are connected from, or were last.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub addresses: bool,
    /// How long, from now; for good if this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// Why; the person is told.
    #[serde(default)]
    pub reason: Reason,
}

/// Client to server: lift a ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unban {
    /// The ban, as [`Bans`] numbers it.
    pub ban: u64,
}

/// Client to server: which bans are in force? The newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListBans {
    /// Only bans older than this one: the last of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

/// The answer to [`ListBans`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bans {
    /// The newest first.
    pub bans: Vec<BanEntry>,
    /// There are older ones.
    pub more: bool,
}

/// A ban.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BanEntry {
    /// Its number.
    pub ban: u64,
    /// Whom it concerns, or whose address.
    pub person: Author,
    /// The address, or the network of it, that nobody is let in from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When it ends; never, if this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: Reason,
}

/// Client to server: this person has this role from now on. For administrators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetRole {
    /// Whom.
    pub user: UserId,
    /// The role.
    pub role: Role,
}

/// Client to server: what did moderators do? The newest first. For administrators.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListAudit {
    /// Only entries older than this one: the last of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

/// The answer to [`ListAudit`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// The newest first.
    pub entries: Vec<AuditEntry>,
    /// There are older ones.
    pub more: bool,
}

/// Something that a moderator did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its number.
    pub entry: u64,
    /// When.
    pub at: Timestamp,
    /// Who; nobody, if it was done on the server's command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Author>,
    /// What: the event's name, such as `mod:ban` or `message:delete`.
    pub action: String,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Author>,
    /// How long, why, where, in words.
    pub detail: String,
}

requests! {
    Mute = "mod:mute" -> Done;
    Kick = "mod:kick" -> Done;
    Ban = "mod:ban" -> Done;
    Unban = "mod:unban" -> Done;
    ListBans = "mod:bans" -> Bans;
    SetRole = "mod:role" -> Done;
    ListAudit = "mod:audit" -> Audit;
}
