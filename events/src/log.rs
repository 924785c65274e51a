//! The change log of a room, as it travels.
//!
//! A room's log is numbered 1, 2, 3, … without gaps ([`Seq`]). A reader remembers the last number
//! it applied and the log it belongs to ([`Cursor`]); that is all it needs to catch up.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text::{Body, Nickname};

/// The number of a change in its room's log. The first change is 1; 0 stands before it.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The number after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Names one history of a server. A restored backup, or a server without a database that was
/// restarted, has another epoch: numbers of two epochs say nothing about each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub Uuid);

/// How far a reader is: the last change it applied, and the history it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The history the number belongs to.
    pub epoch: Epoch,
    /// The last change applied.
    pub seq: Seq,
}

/// Names a message for good. Made by whoever writes it (a UUID of version 7), so that sending it
/// again is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub Uuid);

impl FromStr for MessageId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Milliseconds since 1970-01-01 UTC, by the server's clock. For people; never for order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

/// One entry of a room's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its number.
    pub seq: Seq,
    /// When it was accepted.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub kind: ChangeKind,
}

/// What a change does. On the wire the field `type` tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// A message was posted.
    Posted {
        /// The message's name.
        id: MessageId,
        /// Who wrote it.
        author: Author,
        /// What it says.
        body: Body,
    },
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Author {
    /// The name shown.
    pub name: Nickname,
    /// How they came in.
    pub kind: AuthorKind,
}

/// How an author came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorKind {
    /// Through `/chat`: the nickname is held for one person at a time.
    Member,
    /// Through the classic namespace `/`: the server made the name up.
    Guest,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_one_flat_object() {
        let change = Change {
            seq: Seq(7),
            at: Timestamp(1_700_000_000_000),
            kind: ChangeKind::Posted {
                id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
                author: Author { name: "Ann".parse().unwrap(), kind: AuthorKind::Member },
                body: "Hi".parse().unwrap(),
            },
        };
        let text = serde_json::to_string(&change).unwrap();
        assert_eq!(
            text,
            r#"{"seq":7,"at":1700000000000,"type":"posted","id":"01890a5d-ac96-774b-bcce-b302099a8057","author":{"name":"Ann","kind":"member"},"body":"Hi"}"#
        );
        assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), change);
    }
}
