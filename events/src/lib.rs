//! What Parlour's page and server say to each other.
//!
//! Every event is a type that implements [`Event`]: it names the event, its payload and its
//! acknowledgement, so that both sides are checked against the same contract when they compile.
//!
//! ```
//! use parlour_events::{Event, SendMessage, Sent};
//!
//! fn wire_name<E: Event>(_: &E) -> &'static str {
//!     E::NAME
//! }
//!
//! let message: SendMessage = SendMessage {
//!     room: Default::default(),
//!     id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
//!     body: Some("Good evening".parse().unwrap()),
//!     reply_to: None,
//!     attachments: Vec::new(),
//! };
//! assert_eq!(wire_name(&message), "message:send");
//! # let _: Option<Sent> = None;
//! ```
//!
//! * [`text`]: strings that cannot hold a bad value, and the limits they keep;
//! * [`log`]: the change log of a room, as it travels;
//! * [`upload`]: how files come in, over HTTP;
//! * [`chat`]: the events of the namespace `/chat`, which the app uses;
//! * [`classic`]: the names of the namespace `/`, which any Socket.IO client can use;
//! * [`refusal`]: why a request was refused, for programs (a code) and for people (a sentence).
//!
//! Everything here is JSON on the wire. Types that parse refuse what breaks a limit, so a value
//! that exists is valid: the page checks while a person types, the server checks for everybody.

pub mod chat;
pub mod classic;
pub mod limits;
pub mod log;
pub mod refusal;
pub mod text;
pub mod upload;

pub use chat::{
    Done,
    message::{Attach, DeleteMessage, EditMessage, Found, Hit, React, Search, SendMessage, Sent},
    moderation::{
        Audit, AuditEntry, Ban, BanEntry, Bans, Kick, ListAudit, ListBans, Mute, SetRole, Unban,
    },
    presence::{Presence, SomebodyTyping, Typing},
    room::{
        CatchUp, CatchUpPage, CreateRoom, History, Invite, JoinRoom, LeaveRoom, ListMembers,
        ListRooms, MarkRead, Member, Members, OpenDirect, Place, ReadMarker, RemoveMember,
        ResetReason, Room, RoomChanges, RoomHead, RoomHistory, RoomKind, RoomUpdated, Rooms,
        SetTopic, SyncRoom, TopicChanged,
    },
    session::{Credentials, EndSession, Limits, Muted, Rename, Role, Session, SessionEnded},
};
pub use log::{
    Attachment, Author, AuthorKind, Change, ChangeId, ChangeKind, Cursor, Epoch, Message,
    MessageId, Posted, Quote, Reaction, Seq, Timestamp, UserId,
};
pub use refusal::{Code, Refusal, Reply};
pub use text::{
    Body, Emoji, FileId, FileName, Nickname, Query, Reason, RoomName, TextError, Token, Topic,
};
pub use upload::Uploaded;

use serde::{Serialize, de::DeserializeOwned};

/// One event of the wire: its name, and what travels with it.
pub trait Event: Serialize + DeserializeOwned {
    /// The event's name, as it stands in the Socket.IO packet.
    const NAME: &'static str;

    /// What the other side acknowledges with; `()` where nobody waits for an answer.
    type Ack: Serialize + DeserializeOwned;
}
