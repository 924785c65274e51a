//! Rooms, their members, and catching up with their logs.

use serde::{Deserialize, Deserializer, Serialize};

use super::{Done, news, requests};
use crate::{
    chat::session::Role,
    log::{Author, Change, Cursor, Epoch, Message, Seq, Timestamp, UserId, given},
    text::{RoomName, Topic},
};

/// Who may be in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Whoever wants to.
    Public,
    /// Whoever was invited.
    Private,
    /// Two people.
    Direct,
}

/// A room, as one person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// The name that requests call it by.
    pub room: RoomName,
    /// Who may be in it.
    pub kind: RoomKind,
    /// What it is about.
    #[serde(default)]
    pub topic: Topic,
    /// The other one of the two, in a direct conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Author>,
    /// How many people have joined it.
    pub members: u64,
    /// The number of its newest change.
    pub head: Seq,
    /// The person has joined it.
    pub joined: bool,
    /// The person made it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owned: bool,
    /// Up to where the person has read.
    pub read: Seq,
    /// Messages of others after that, up to [`UNREAD_COUNTED`](crate::limits::UNREAD_COUNTED).
    pub unread: u64,
    /// How many of them name the person.
    pub mentions: u64,
}

/// Client to server: which rooms are there? Public ones, and those that the person is in or is
/// invited to; by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRooms {
    /// Only rooms behind this one: the last of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RoomName>,
}

/// The answer to [`ListRooms`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rooms {
    /// By name, those the person has joined first.
    pub rooms: Vec<Room>,
    /// There are more behind the last one.
    pub more: bool,
}

/// Client to server: make a room, and join it. Asking again is answered with the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateRoom {
    /// Its name.
    pub room: RoomName,
    /// Make it private.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// What it is about.
    #[serde(default)]
    pub topic: Topic,
}

/// Client to server: send me the changes of this room from now on, and what I have missed. The
/// person becomes a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRoom {
    /// The room.
    pub room: RoomName,
    /// How far the client is; none if it knows nothing of the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Cursor>,
}

/// Client to server: I am not a member any more. Ends on all connections of the person; a private
/// room can be joined again only by invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveRoom {
    /// The room.
    pub room: RoomName,
}

/// Client to server: what the room is about. For who made it, and for moderators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetTopic {
    /// The room.
    pub room: RoomName,
    /// What it is about.
    pub topic: Topic,
}

/// Client to server: let this person into a private room. For its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// The room.
    pub room: RoomName,
    /// Whom.
    pub user: UserId,
}

/// Client to server: put this person out of the room. For who made it, and for moderators. A
/// public room can be joined again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveMember {
    /// The room.
    pub room: RoomName,
    /// Whom.
    pub user: UserId,
}

/// Client to server: who is in the room? By name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListMembers {
    /// The room.
    pub room: RoomName,
    /// Only people behind this one: the last of the answer before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<UserId>,
}

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The person.
    pub person: Author,
    /// What they may do.
    pub role: Role,
    /// They are here now.
    pub here: bool,
}

/// The answer to [`ListMembers`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// By name.
    pub members: Vec<Member>,
    /// There are more behind the last one.
    pub more: bool,
}

/// Client to server: the conversation with this person; made if there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenDirect {
    /// With whom.
    pub user: UserId,
}

/// Client to server: I have read the room up to this change. A smaller number than before changes
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkRead {
    /// The room.
    pub room: RoomName,
    /// The change.
    pub seq: Seq,
}

/// The answer to [`MarkRead`]; and server to client, to all connections of the person, when the
/// marker has moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMarker {
    /// The room.
    pub room: RoomName,
    /// Up to where it is read.
    pub read: Seq,
    /// Messages of others after that.
    pub unread: u64,
    /// How many of them name the person.
    pub mentions: u64,
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

/// The answer to [`JoinRoom`] and [`SyncRoom`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatchUp {
    /// The history that all numbers here belong to.
    pub epoch: Epoch,
    /// The number of the room's newest change.
    pub head: Seq,
    /// What the client is to do.
    #[serde(flatten)]
    pub page: CatchUpPage,
}

/// What a client that catches up is to do. On the wire the field `type` tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CatchUpPage {
    /// Apply these changes, which continue its cursor. If `head` is above the last one, there is
    /// more to ask for.
    Changes {
        /// In the order of their numbers, without gaps.
        changes: Vec<Change>,
    },
    /// Forget what was known of the room: no cursor was given, or it is of another history, or
    /// too old, or too far behind. These are the newest messages as they are at `head`, which is
    /// the client's cursor from now on.
    Reset {
        /// Why.
        why: ResetReason,
        /// In the order in which they were posted.
        messages: Vec<Message>,
        /// There are older ones, for [`RoomHistory`].
        earlier: bool,
    },
}

/// [`CatchUp`] as it is read: all in one object, without a buffer; see [`Change`].
#[derive(Deserialize)]
struct FlatCatchUp {
    epoch: Epoch,
    head: Seq,
    r#type: PageType,
    #[serde(default)]
    changes: Option<Vec<Change>>,
    #[serde(default)]
    why: Option<ResetReason>,
    #[serde(default)]
    messages: Option<Vec<Message>>,
    #[serde(default)]
    earlier: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PageType {
    Changes,
    Reset,
}

impl<'de> Deserialize<'de> for CatchUp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let flat = FlatCatchUp::deserialize(deserializer)?;
        let page = match flat.r#type {
            PageType::Changes => CatchUpPage::Changes { changes: given(flat.changes, "changes")? },
            PageType::Reset => CatchUpPage::Reset {
                why: given(flat.why, "why")?,
                messages: given(flat.messages, "messages")?,
                earlier: given(flat.earlier, "earlier")?,
            },
        };
        Ok(Self { epoch: flat.epoch, head: flat.head, page })
    }
}

/// Why a client's cursor was not continued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// There was no cursor.
    New,
    /// The cursor is of another history: a backup was restored, or the data was begun anew.
    Epoch,
    /// Changes right after the cursor are not kept any more.
    TooOld,
    /// So much was missed that reading the newest messages is the shorter way.
    TooFar,
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

/// Client to server: messages of a room, from some place on. For its members.
///
/// More than one place is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawHistory", into = "RawHistory")]
pub struct RoomHistory {
    /// The room.
    pub room: RoomName,
    /// From where; the newest ones if this is left out.
    pub from: Option<Place>,
    /// Most messages wanted; the server may give fewer.
    pub limit: Option<usize>,
}

/// A place in a room's history: one of these fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The messages right before this number.
    Before(Seq),
    /// The messages right after this number.
    After(Seq),
    /// The messages on both sides of this number, and the one that has it.
    Around(Seq),
    /// The messages on both sides of this moment.
    At(Timestamp),
}

/// [`RoomHistory`] as it travels. A flattened `Option<Place>` would take whatever is no place for
/// none, and answer a mistake with the newest messages.
#[derive(Serialize, Deserialize)]
struct RawHistory {
    room: RoomName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Seq>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Seq>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    around: Option<Seq>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<usize>,
}

impl From<RoomHistory> for RawHistory {
    fn from(RoomHistory { room, from, limit }: RoomHistory) -> Self {
        let (mut before, mut after, mut around, mut at) = (None, None, None, None);
        match from {
            Some(Place::Before(seq)) => before = Some(seq),
            Some(Place::After(seq)) => after = Some(seq),
            Some(Place::Around(seq)) => around = Some(seq),
            Some(Place::At(moment)) => at = Some(moment),
            None => {}
        }
        Self { room, before, after, around, at, limit }
    }
}

/// A request for a room's history names more than one place.
#[derive(Debug, thiserror::Error)]
#[error("only one of `before`, `after`, `around` and `at` can be asked for")]
struct SeveralPlaces;

impl TryFrom<RawHistory> for RoomHistory {
    type Error = SeveralPlaces;

    fn try_from(raw: RawHistory) -> Result<Self, SeveralPlaces> {
        let mut places = [
            raw.before.map(Place::Before),
            raw.after.map(Place::After),
            raw.around.map(Place::Around),
            raw.at.map(Place::At),
        ]
        .into_iter()
        .flatten();
        let from = places.next();
        match places.next() {
            Some(_) => Err(SeveralPlaces),
            None => Ok(Self { room: raw.room, from, limit: raw.limit }),
        }
    }
}

/// The answer to [`RoomHistory`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The history that all numbers here belong to.
    pub epoch: Epoch,
    /// The messages are as they were at this change. Changes after it apply to them.
    pub head: Seq,
    /// In the order in which they were posted.
    pub messages: Vec<Message>,
    /// There are older ones.
    pub earlier: bool,
    /// There are newer ones.
    pub later: bool,
}

/// Server to client: a room that concerns the person is new, or not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomUpdated {
    /// Its name.
    pub room: RoomName,
    /// How it is now; none if the person is not in it any more and may not know of it. `unread` and `mentions` are those of the person at this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Room>,
}

/// Server to client: a room that the client follows has another topic. The event has the same name
/// as the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicChanged {
    /// The room.
    pub room: RoomName,
    /// What it is about.
    pub topic: Topic,
    /// Who says so.
    pub by: Author,
}

requests! {
    ListRooms = "room:list" -> Rooms;
    CreateRoom = "room:create" -> Room;
    JoinRoom = "room:join" -> CatchUp;
    LeaveRoom = "room:leave" -> Done;
    SetTopic = "room:topic" -> Room;
    Invite = "room:invite" -> Done;
    RemoveMember = "room:remove" -> Done;
    ListMembers = "room:members" -> Members;
    OpenDirect = "dm:open" -> Room;
    MarkRead = "room:read" -> ReadMarker;
    SyncRoom = "room:sync" -> CatchUp;
    RoomHistory = "room:history" -> History;
}

news! {
    RoomChanges = "room:changes";
    RoomHead = "room:head";
    RoomUpdated = "room:updated";
    TopicChanged = "room:topic";
    ReadMarker = "room:marker";
}

#[cfg(test)]
mod tests {
    use serde_json::{from_str, to_string};

    use super::*;

    fn parsed(fields: &str) -> Result<RoomHistory, String> {
        from_str(&format!(r#"{{"room":"chat"{fields}}}"#)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_history_has_one_place_or_none() {
        for (fields, from) in [
            ("", None),
            (r#","before":7"#, Some(Place::Before(Seq(7)))),
            (r#","after":7"#, Some(Place::After(Seq(7)))),
            (r#","around":7"#, Some(Place::Around(Seq(7)))),
            (r#","at":7"#, Some(Place::At(Timestamp(7)))),
        ] {
            for limit in [None, Some(5)] {
                let limited = limit.map(|limit| format!(r#","limit":{limit}"#));
                let fields = format!("{fields}{}", limited.unwrap_or_default());
                let history = parsed(&fields).unwrap();
                assert_eq!(history, RoomHistory { room: RoomName::default(), from, limit });
                assert_eq!(to_string(&history).unwrap(), format!(r#"{{"room":"chat"{fields}}}"#));
            }
        }
        assert_eq!(parsed(r#","before":null,"at":7"#).unwrap().from, Some(Place::At(Timestamp(7))));
    }

    #[test]
    fn a_place_that_is_none_is_not_taken_for_the_newest_messages() {
        for (fields, sentence) in [
            (r#","before":"x""#, "expected u64"),
            (r#","after":-1"#, "expected u64"),
            (r#","around":{}"#, "expected u64"),
            (r#","at":"yesterday""#, "expected u64"),
            (r#","before":1,"after":2"#, "only one of `before`, `after`, `around` and `at`"),
            (r#","at":1,"around":2"#, "only one of `before`, `after`, `around` and `at`"),
        ] {
            let error = parsed(fields).unwrap_err();
            assert!(error.contains(sentence), "{fields}: {error}");
        }
    }
}
