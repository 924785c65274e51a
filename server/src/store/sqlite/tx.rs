//! One transaction of the writer, and what all operations need of it.

use std::cell::{Cell, RefCell};

use parlour_events::{Author, AuthorKind, Refusal, Role, RoomKind, RoomName, Seq, UserId};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};

use super::{memory::Memory, rows};
use crate::store::{
    News, muted, not_joined, room_unknown, seq, settings::Settings, signed, unsigned,
};

/// Why an operation did not do what it was asked for.
#[derive(Debug)]
pub(super) enum Fault {
    /// It may not be done. The others of its batch go on.
    Refused(Refusal),
    /// The database failed, and with it the whole batch.
    Store(rusqlite::Error),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error)
    }
}

/// What an operation does to the rows that the writer remembers, and how it is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It posts, and no more. It refuses before it writes anything, so there is nothing to undo;
    /// the rooms' heads are written down once for all posts of a batch.
    Posts,
    /// It leaves people, rooms and memberships as they are.
    Keeps,
    /// It may change them.
    Changes,
}

/// A transaction.
pub(super) struct Tx<'c> {
    pub(super) db: &'c Connection,
    memory: &'c Memory,
    /// When it is, in milliseconds since 1970.
    pub(super) now: u64,
    pub(super) settings: &'c Settings,
    pub(super) news: RefCell<Vec<News>>,
    /// How many guests' sessions there are, once somebody has counted.
    pub(super) sessions: Cell<Option<u64>>,
}

/// Something that the writer does.
pub(super) trait Run {
    /// What it answers with.
    type Done: Send + 'static;

    /// What it does to the rows that the writer remembers.
    const EFFECT: Effect = Effect::Changes;

    /// Does it.
    fn run(&self, tx: &Tx<'_>) -> Result<Self::Done, Fault>;
}

/// A person's row.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: i64,
    pub(super) author: Author,
    pub(super) role: Role,
    pub(super) muted_until: i64,
    /// Until when they are banned; 0 if they are not.
    pub(super) banned_until: i64,
}

/// The columns that [`read_user`] reads, of `users`.
pub(super) const USER: &str = "id, uid, name, kind, role, muted_until, \
                               (SELECT coalesce(max(coalesce(until, 9223372036854775807)), 0) \
                                FROM bans WHERE user = users.id AND address IS NULL)";

/// A room's row.
#[derive(Debug, Clone)]
pub(super) struct RoomRow {
    pub(super) id: i64,
    pub(super) name: RoomName,
    pub(super) kind: RoomKind,
    pub(super) owner: Option<i64>,
    pub(super) head: i64,
    pub(super) first: i64,
    pub(super) one: Option<i64>,
    pub(super) other: Option<i64>,
}

impl RoomRow {
    /// The two people of a direct conversation.
    pub(super) fn pair(&self) -> Option<(i64, i64)> {
        self.one.zip(self.other)
    }
}

impl<'c> Tx<'c> {
    pub(super) fn new(
        db: &'c Connection,
        now: u64,
        settings: &'c Settings,
        memory: &'c Memory,
    ) -> Self {
        Self { db, memory, now, settings, news: RefCell::default(), sessions: Cell::new(None) }
    }

    pub(super) fn sql(&self, sql: &str) -> rusqlite::Result<CachedStatement<'c>> {
        self.db.prepare_cached(sql)
    }

    pub(super) fn execute(&self, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.sql(sql)?.execute(params)
    }

    /// The first row, if there is one.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        self.sql(sql)?.query_row(params, read).optional()
    }

    /// All rows.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        self.sql(sql)?.query_map(params, read)?.collect()
    }

    pub(super) fn exists(&self, sql: &str, params: impl Params) -> rusqlite::Result<bool> {
        self.sql(sql)?.exists(params)
    }

    pub(super) fn tell(&self, news: News) {
        self.news.borrow_mut().push(news);
    }

    /// The person, whom the session has named.
    pub(super) fn user(&self, uid: UserId) -> Result<User, Fault> {
        self.find_user(uid)?.ok_or_else(|| {
            Refusal::new(parlour_events::Code::UserUnknown, "There is no such person.").into()
        })
    }

    pub(super) fn find_user(&self, uid: UserId) -> rusqlite::Result<Option<User>> {
        if let Some(user) = self.memory.user(uid) {
            return Ok(Some(user));
        }
        let user = self.one(
            &format!("SELECT {USER} FROM users WHERE uid = ?1"),
            [uid.0.as_bytes()],
            read_user,
        )?;
        if let Some(user) = &user {
            self.memory.keep_user(user);
        }
        Ok(user)
    }

    pub(super) fn user_by_id(&self, id: i64) -> rusqlite::Result<User> {
        self.sql(&format!("SELECT {USER} FROM users WHERE id = ?1"))?.query_row([id], read_user)
    }

    pub(super) fn room(&self, name: &RoomName) -> Result<RoomRow, Fault> {
        if let Some(room) = self.memory.room(name) {
            return Ok(room);
        }
        let row = self.one(
            "SELECT id, name, kind, owner, head, first, one, other FROM rooms WHERE name = ?1",
            [name.as_str()],
            read_room,
        )?;
        let room = row.ok_or_else(|| room_unknown(name))?;
        self.memory.keep_room(&room);
        Ok(room)
    }

    pub(super) fn is_member(&self, room: i64, user: i64) -> rusqlite::Result<bool> {
        if self.memory.is_member(room, user) {
            return Ok(true);
        }
        let is =
            self.exists("SELECT 1 FROM members WHERE room = ?1 AND user = ?2", [room, user])?;
        if is {
            self.memory.keep_member(room, user);
        }
        Ok(is)
    }

    /// The room, if the person has joined it. Of one that they may not know of they learn nothing.
    pub(super) fn joined(&self, name: &RoomName, user: &User) -> Result<RoomRow, Fault> {
        let room = self.room(name)?;
        if self.is_member(room.id, user.id)? {
            return Ok(room);
        }
        Err(if room.kind == RoomKind::Public { not_joined(name) } else { room_unknown(name) }
            .into())
    }

    /// The next number of the room, taken. [`Tx::write_heads`] writes it down.
    pub(super) fn next_seq(&self, room: &RoomRow) -> Seq {
        seq(self.memory.next_head(room))
    }

    /// Writes down the heads of the rooms that have grown.
    pub(super) fn write_heads(&self) -> rusqlite::Result<()> {
        for (room, head) in self.memory.take_heads() {
            self.execute("UPDATE rooms SET head = ?2 WHERE id = ?1", [room, head])?;
        }
        Ok(())
    }

    /// Refuses whoever may read and not write.
    pub(super) fn may_write(&self, user: &User) -> Result<(), Fault> {
        if user.banned_until > signed(self.now) {
            return Err(super::people::banned("").into());
        }
        match unsigned(user.muted_until).saturating_sub(self.now) {
            0 => Ok(()),
            left => Err(muted(left).into()),
        }
    }

    /// Writes down what a moderator did.
    pub(super) fn audit(
        &self,
        by: impl Into<Option<i64>>,
        action: &str,
        target: Option<i64>,
        detail: &str,
    ) -> rusqlite::Result<()> {
        self.execute(
            "INSERT INTO audit (at, by, action, target, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
            (signed(self.now), by.into(), action, target, detail),
        )?;
        Ok(())
    }
}

pub(super) fn read_user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        author: rows::author(row, 1)?,
        role: role(row.get(4)?),
        muted_until: row.get(5)?,
        banned_until: row.get(6)?,
    })
}

pub(super) fn read_room(row: &Row<'_>) -> rusqlite::Result<RoomRow> {
    Ok(RoomRow {
        id: row.get(0)?,
        name: rows::text(row, 1)?,
        kind: room_kind(row.get(2)?),
        owner: row.get(3)?,
        head: row.get(4)?,
        first: row.get(5)?,
        one: row.get(6)?,
        other: row.get(7)?,
    })
}

pub(super) fn role(number: i64) -> Role {
    match number {
        1 => Role::Moderator,
        2 => Role::Admin,
        _ => Role::Member,
    }
}

pub(super) fn role_number(role: Role) -> i64 {
    match role {
        Role::Member => 0,
        Role::Moderator => 1,
        Role::Admin => 2,
    }
}

pub(super) fn room_kind(number: i64) -> RoomKind {
    match number {
        0 => RoomKind::Public,
        2 => RoomKind::Direct,
        // An unknown kind is shown to nobody who is not in it.
        _ => RoomKind::Private,
    }
}

pub(super) fn author_kind(number: i64) -> AuthorKind {
    if number == 0 { AuthorKind::Member } else { AuthorKind::Guest }
}
