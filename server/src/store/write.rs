//! The changes that a store is asked for.

use parlour_events::{
    Ban, Body, CreateRoom, DeleteMessage, Done, EditMessage, FileId, Invite, JoinRoom, Kick,
    LeaveRoom, MarkRead, Mute, Nickname, OpenDirect, React, ReadMarker, Refusal, RemoveMember,
    Rename, Role, Room, SendMessage, Sent, SetRole, SetTopic, Timestamp, Token, Unban, UserId,
};
use uuid::Uuid;

use crate::files::Stored;

use super::{SessionKey, read::Kept};

/// What is done with an answer. It must not wait.
pub(crate) type Answer<T> = Box<dyn FnOnce(Result<T, Refusal>) + Send>;

/// A change, and whoever waits for it.
pub(crate) struct Asked<O, T> {
    /// What to do.
    pub(crate) op: O,
    /// Who asked for it.
    pub(crate) answer: Answer<T>,
}

/// A request of somebody who is in: checked, and with their name on it.
#[derive(Debug, Clone)]
pub(crate) struct By<E> {
    /// Who.
    pub(crate) user: UserId,
    /// What.
    pub(crate) event: E,
}

/// A change.
pub(crate) enum Write {
    /// Post a message.
    Send(Asked<By<SendMessage>, Sent>),
    /// Post a message of a classic guest.
    Classic(Asked<Classic, Sent>),
    /// Change what a message says.
    Edit(Asked<By<EditMessage>, Sent>),
    /// Take a message back.
    Delete(Asked<By<DeleteMessage>, Sent>),
    /// Put a reaction on, or take it away.
    React(Asked<By<React>, Sent>),
    /// Make a room.
    CreateRoom(Asked<By<CreateRoom>, Room>),
    /// Become a member.
    Join(Asked<By<JoinRoom>, Done>),
    /// Be one no more.
    Leave(Asked<By<LeaveRoom>, Done>),
    /// Say what a room is about.
    Topic(Asked<By<SetTopic>, Room>),
    /// Let somebody in.
    Invite(Asked<By<Invite>, Done>),
    /// Put somebody out.
    Remove(Asked<By<RemoveMember>, Done>),
    /// Begin a conversation of two, or find it. With a fresh id for its name.
    Direct(Asked<(By<OpenDirect>, Uuid), Room>),
    /// Move the read marker.
    Read(Asked<By<MarkRead>, ReadMarker>),
    /// Come in.
    Enter(Asked<Enter, Entered>),
    /// Take another nickname.
    Rename(Asked<By<Rename>, Done>),
    /// End a session for good.
    End(Asked<(UserId, SessionKey), Done>),
    /// These sessions are connected, or were until now, from these addresses.
    Seen(Asked<Vec<(SessionKey, String)>, Done>),
    /// Mute.
    Mute(Asked<By<Mute>, Done>),
    /// Kick.
    Kick(Asked<By<Kick>, Done>),
    /// Ban.
    Ban(Asked<By<Ban>, Done>),
    /// Lift a ban.
    Unban(Asked<By<Unban>, Done>),
    /// Give a role.
    Role(Asked<By<SetRole>, Done>),
    /// Write a file down.
    File(Asked<By<Stored>, Done>),
    /// Forget files that no message has and that were uploaded before this moment.
    ForgetFiles(Asked<Timestamp, Vec<FileId>>),
}

/// A message from the classic namespace, whose guests are nobody in particular.
#[derive(Debug, Clone)]
pub(crate) struct Classic {
    /// The guest: the same for all messages of one connection.
    pub(crate) user: UserId,
    /// The made-up name.
    pub(crate) name: Nickname,
    /// Where from, as [`crate::peer`] keys addresses.
    pub(crate) address: String,
    /// The message's name, made by the server.
    pub(crate) id: Uuid,
    /// What it says.
    pub(crate) body: Body,
}

/// Somebody comes in.
#[derive(Debug, Clone)]
pub(crate) struct Enter {
    /// How they say who they are.
    pub(crate) as_whom: AsWhom,
    /// Where from, as [`crate::peer`] keys addresses.
    pub(crate) address: String,
    /// The id of the person, if they are new.
    pub(crate) fresh: Uuid,
}

/// How somebody says who they are.
#[derive(Debug, Clone)]
pub(crate) enum AsWhom {
    /// With the token of an earlier session, or a nickname, or both.
    Guest {
        /// The nickname wished for.
        nickname: Option<Nickname>,
        /// The token of an earlier session, with its key.
        token: Option<(SessionKey, Token)>,
        /// The token of a new session, if one begins, with its key.
        fresh: (SessionKey, Token),
    },
    /// By another system's word.
    Vouched {
        /// Its name for the person.
        subject: String,
        /// The session: one for each subject.
        key: SessionKey,
        /// The nickname.
        name: Nickname,
        /// What they may do.
        role: Role,
    },
}

/// Somebody is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entered {
    /// Who.
    pub(crate) kept: Kept,
    /// The token to come back with, if it is ours to give.
    pub(crate) token: Option<Token>,
}

macro_rules! each {
    ($write:expr, $asked:ident => $body:expr) => {
        match $write {
            Write::Send($asked) => $body,
            Write::Classic($asked) => $body,
            Write::Edit($asked) => $body,
            Write::Delete($asked) => $body,
            Write::React($asked) => $body,
            Write::CreateRoom($asked) => $body,
            Write::Join($asked) => $body,
            Write::Leave($asked) => $body,
            Write::Topic($asked) => $body,
            Write::Invite($asked) => $body,
            Write::Remove($asked) => $body,
            Write::Direct($asked) => $body,
            Write::Read($asked) => $body,
            Write::Enter($asked) => $body,
            Write::Rename($asked) => $body,
            Write::End($asked) => $body,
            Write::Seen($asked) => $body,
            Write::Mute($asked) => $body,
            Write::Kick($asked) => $body,
            Write::Ban($asked) => $body,
            Write::Unban($asked) => $body,
            Write::Role($asked) => $body,
            Write::File($asked) => $body,
            Write::ForgetFiles($asked) => $body,
        }
    };
}

/// Does the same for a write of any kind: `each!(write, asked => …)`.
pub(crate) use each;

impl Write {
    /// Refuses it: nothing was done.
    pub(crate) fn refuse(self, refusal: Refusal) {
        each!(self, asked => (asked.answer)(Err(refusal)));
    }
}
