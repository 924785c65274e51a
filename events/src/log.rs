//! The change log of a room, as it travels.
//!
//! A room's log is numbered 1, 2, 3, … without gaps ([`Seq`]). A reader remembers the last number
//! it applied and the log it belongs to ([`Cursor`]); that is all it needs to catch up.

mod wire;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

pub(crate) use wire::given;

use crate::text::{Body, Emoji, FileId, FileName, Nickname};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
/// again is recognised. No two messages of a server have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(pub Uuid);

/// Names a request that changes a message: an edit, a deletion, a reaction. Made by whoever asks
/// (a UUID of version 7), so that asking again is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChangeId(pub Uuid);

/// Names a person for good, through all sessions, devices and names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(pub Uuid);

macro_rules! id {
    ($($name:ident),*) => {$(
        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

id!(MessageId, ChangeId, UserId);

macro_rules! travels_as_text {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                wire::uuid(deserializer).map(Self)
            }
        }
    )*};
}

travels_as_text!(Epoch, MessageId, ChangeId, UserId);

/// Milliseconds since 1970-01-01 UTC, by the server's clock. For people; never for order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

/// One entry of a room's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
///
/// Changes tell of a message as it is when they are read: whoever catches up after an edit gets
/// the new text with the change that posted the message, and of a deleted message no text at all.
/// Applying all of them in order ends in the same state either way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// A message was posted.
    Posted(Posted),
    /// Its writer changed what it says.
    Edited {
        /// The message.
        id: MessageId,
        /// What it says now; none if it was deleted since.
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<Body>,
    },
    /// It was taken back, by its writer or by a moderator. Its text and its files are gone.
    Deleted {
        /// The message.
        id: MessageId,
        /// Who did it.
        by: Author,
    },
    /// Somebody put a reaction on it, or took theirs away.
    Reacted {
        /// The message.
        id: MessageId,
        /// Whose reaction.
        by: Author,
        /// The reaction.
        emoji: Emoji,
        /// Put on, or taken away.
        on: bool,
    },
    /// A kind that this version does not know. It counts in the numbering like any other.
    Unknown,
}

/// A message, as the change that posted it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Posted {
    /// The message's name.
    pub id: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// What it says; none if it has files only, or was deleted since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// What it answers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Quote>,
    /// Its files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Whom it names with `@`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
}

/// A message in its present state, as `room:history` and `message:search` give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "wire::FlatMessage")]
pub struct Message {
    /// The number of the change that posted it.
    pub seq: Seq,
    /// The number of the newest change that touched it. Changes up to this one are in what is
    /// told here, and must not be applied to it again.
    pub rev: Seq,
    /// When it was accepted.
    pub at: Timestamp,
    /// What was posted.
    #[serde(flatten)]
    pub posted: Posted,
    /// When its text was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<Timestamp>,
    /// It was deleted: text and files are gone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// The reactions on it, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// All reactions of one kind on a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// The reaction.
    pub emoji: Emoji,
    /// How many people.
    pub count: u64,
    /// Whoever asked is one of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mine: bool,
    /// The first few of them.
    pub names: Vec<Nickname>,
}

/// What a reply shows of the message it answers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// That message.
    pub id: MessageId,
    /// The number of the change that posted it.
    pub seq: Seq,
    /// Who wrote it.
    pub author: Author,
    /// How it begins; empty if it has files only, was deleted, or is too old to be kept.
    pub excerpt: String,
}

/// A file on a message. Its content is at `/files/<file>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The file.
    pub file: FileId,
    /// What it was called where it came from.
    pub name: FileName,
    /// Its type by its content, such as `image/png`.
    pub mime: String,
    /// Its length in bytes.
    pub size: u64,
    /// Width and height in pixels, of an image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<(u32, u32)>,
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Author {
    /// Names the person for good; names people see may be given again.
    pub id: UserId,
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

    fn ann() -> Author {
        Author {
            id: "01890a5d-ac96-774b-bcce-b302099a8058".parse().unwrap(),
            name: "Ann".parse().unwrap(),
            kind: AuthorKind::Member,
        }
    }

    #[test]
    fn a_change_is_one_flat_object() {
        let change = Change {
            seq: Seq(7),
            at: Timestamp(1_700_000_000_000),
            kind: ChangeKind::Posted(Posted {
                id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
                author: ann(),
                body: Some("Hi".parse().unwrap()),
                reply_to: None,
                attachments: Vec::new(),
                mentions: Vec::new(),
            }),
        };
        let text = serde_json::to_string(&change).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"seq":7,"at":1700000000000,"type":"posted","#,
                r#""id":"01890a5d-ac96-774b-bcce-b302099a8057","#,
                r#""author":{"id":"01890a5d-ac96-774b-bcce-b302099a8058","name":"Ann","kind":"member"},"#,
                r#""body":"Hi"}"#
            )
        );
        assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), change);
    }

    #[test]
    fn a_change_of_an_unknown_kind_keeps_its_number() {
        let change: Change =
            serde_json::from_str(r#"{"seq":3,"at":1,"type":"pinned","id":"x"}"#).unwrap();
        assert_eq!((change.seq, change.kind), (Seq(3), ChangeKind::Unknown));
    }

    #[test]
    fn a_message_is_one_flat_object() {
        let message = Message {
            seq: Seq(1),
            rev: Seq(4),
            at: Timestamp(5),
            posted: Posted {
                id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
                author: ann(),
                body: None,
                reply_to: None,
                attachments: Vec::new(),
                mentions: Vec::new(),
            },
            edited: None,
            deleted: true,
            reactions: Vec::new(),
        };
        let text = serde_json::to_string(&message).unwrap();
        assert!(text.starts_with(r#"{"seq":1,"rev":4,"at":5,"id":"#), "{text}");
        assert!(text.ends_with(r#""deleted":true}"#), "{text}");
        assert_eq!(serde_json::from_str::<Message>(&text).unwrap(), message);
    }
}
