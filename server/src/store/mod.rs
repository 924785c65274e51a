//! What outlives the process: rooms and their logs, people, files, and what moderators did.
//!
//! All changes are [`Write`]s. The hub collects those that wait and hands them to
//! [`Store::commit`], which does all of them in one transaction: when it returns, what it tells is
//! on disk. Each write carries its [`Answer`], which is given back in [`Committed`] to be called
//! then, and not before. A write that is refused leaves no trace and does not disturb the others;
//! if the store itself fails (disk full, database locked), all writes of the batch are refused
//! with [`Code::Storage`], and none was done.
//!
//! Writes are numbered in the order in which they stand in the batch, batches in the order in
//! which they are handed over; the order of numbers in a room is the order of commits.
//!
//! Reads go past the hub: they see everything that was committed before they began.

pub(crate) mod news;
pub(crate) mod read;
pub(crate) mod settings;
pub(crate) mod sqlite;
pub(crate) mod write;

use std::fmt;

use parlour_events::{
    Audit, Bans, CatchUp, Code, Cursor, Epoch, FileId, Found, History, ListAudit, ListBans,
    ListMembers, ListRooms, Refusal, RoomHistory, RoomName, Rooms, Search, Seq, UserId,
};

pub(crate) use news::News;
pub(crate) use write::{Answer, Asked, Write};

use crate::{
    files::Stored,
    store::read::{Kept, MemberPage},
};

/// Where everything is kept. Cheap to clone.
pub(crate) trait Store: Clone + Send + Sync + 'static {
    /// Names the history that all numbers belong to.
    fn epoch(&self) -> Epoch;

    /// Does these writes, in this order, in one transaction.
    fn commit(&self, batch: Vec<Write>) -> impl Future<Output = Committed> + Send;

    /// Puts new messages into the full-text index. True if there is more to do.
    fn index(&self) -> impl Future<Output = Result<bool, Refusal>> + Send;

    /// Forgets what was said before this moment, and removes what belongs to nothing any more.
    fn prune(&self, before: u64) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// What a reader has missed. With `paging`, every change after the cursor is told in its turn,
    /// however far behind it is.
    fn catch_up(
        &self,
        who: UserId,
        room: RoomName,
        after: Option<Cursor>,
        limit: Option<usize>,
        paging: bool,
    ) -> impl Future<Output = Result<CatchUp, Refusal>> + Send;

    /// The rooms that somebody may know of.
    fn rooms(
        &self,
        who: UserId,
        query: ListRooms,
    ) -> impl Future<Output = Result<Rooms, Refusal>> + Send;

    /// Whether somebody is a member of a room.
    fn is_member(
        &self,
        who: UserId,
        room: RoomName,
    ) -> impl Future<Output = Result<bool, Refusal>> + Send;

    /// The members of a room.
    fn members(
        &self,
        who: UserId,
        query: ListMembers,
    ) -> impl Future<Output = Result<MemberPage, Refusal>> + Send;

    /// Messages from some place on.
    fn history(
        &self,
        who: UserId,
        query: RoomHistory,
    ) -> impl Future<Output = Result<History, Refusal>> + Send;

    /// Messages with these words.
    fn search(
        &self,
        who: UserId,
        query: Search,
    ) -> impl Future<Output = Result<Found, Refusal>> + Send;

    /// Whose session this is, if it lives.
    ///
    /// # Errors
    /// [`Code::Banned`], if they are, or nobody is let in from that address.
    fn session(
        &self,
        key: SessionKey,
        address: String,
        now: u64,
    ) -> impl Future<Output = Result<Option<Kept>, Refusal>> + Send;

    /// Whether anybody is let in from this address.
    ///
    /// # Errors
    /// [`Code::Banned`].
    fn is_open_to(&self, address: String) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// The bans in force, for a moderator.
    fn bans(
        &self,
        who: UserId,
        query: ListBans,
    ) -> impl Future<Output = Result<Bans, Refusal>> + Send;

    /// What moderators did, for an administrator.
    fn audit(
        &self,
        who: UserId,
        query: ListAudit,
    ) -> impl Future<Output = Result<Audit, Refusal>> + Send;

    /// What is known of a file.
    fn file(&self, file: FileId) -> impl Future<Output = Result<Option<Stored>, Refusal>> + Send;
}

/// Writes that are on disk, or were refused.
#[derive(Debug, Default)]
#[must_use = "whoever asked waits for the answer"]
pub(crate) struct Committed {
    /// What is to be done about them, in this order.
    pub(crate) steps: Vec<Step>,
}

/// A part of what is to be done after a commit.
#[expect(clippy::large_enum_variant, reason = "a list of a few hundred that lives for a moment")]
pub(crate) enum Step {
    /// To be called: the answer to whoever asked.
    Answer(Box<dyn FnOnce() + Send>),
    /// What the same write is for others; after its answer.
    News(News),
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(_) => f.write_str("Answer(..)"),
            Self::News(news) => f.debug_tuple("News").field(news).finish(),
        }
    }
}

/// Names a session: the SHA-256 of its token, or of the other system's name for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SessionKey(pub(crate) [u8; 32]);

/// Changes that a client may be behind at a join and still be told one by one.
pub(crate) const TOO_FAR: u64 = 2_000;

/// What is said when the store fails.
pub(crate) fn storage() -> Refusal {
    Refusal::new(
        Code::Storage,
        "The server cannot write at the moment. Nothing was done; try again in a while.",
    )
    .retry_after(std::time::Duration::from_secs(5))
}

/// The refusal of somebody who is muted for so many milliseconds.
pub(crate) fn muted(left: u64) -> Refusal {
    let sentence = "A moderator has muted you: you can read, and write again later.";
    Refusal::new(Code::Muted, sentence).retry_after(std::time::Duration::from_millis(left))
}

/// There is no such room, or none that this person may know of.
pub(crate) fn room_unknown(room: &RoomName) -> Refusal {
    Refusal::new(Code::RoomUnknown, format!("There is no room {room}."))
}

/// The person is no member.
pub(crate) fn not_joined(room: &RoomName) -> Refusal {
    Refusal::new(Code::NotJoined, format!("Join the room {room} first."))
}

/// The person may not do that.
pub(crate) fn forbidden(sentence: &str) -> Refusal {
    Refusal::new(Code::Forbidden, sentence)
}

/// A number as SQL databases hold it. Numbers here count messages or milliseconds: they end
/// billions of years before the sign does.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The reverse of [`signed`].
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A [`Seq`] out of a database.
pub(crate) fn seq(number: i64) -> Seq {
    Seq(unsigned(number))
}
