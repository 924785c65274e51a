//! Rows, read as what travels.

use std::{fmt::Display, str::FromStr};

use parlour_events::{
    Attachment, Author, Body, Change, ChangeKind, Emoji, Message, MessageId, Posted, Quote,
    Reaction, Timestamp, UserId, limits::QUOTE_CHARS,
};
use rusqlite::{Connection, Row, types::Type};
use uuid::Uuid;

use super::tx::author_kind;
use crate::store::{seq, unsigned};

/// Bits of `messages.extras`.
pub(super) const FILES: i64 = 1;
pub(super) const MENTIONS: i64 = 2;
pub(super) const REACTIONS: i64 = 4;

/// Most names told with a reaction.
const NAMES: i64 = 10;

/// The columns that [`MessageRow::read`] reads, of `messages m JOIN users u ON u.id = m.author`.
pub(super) const COLUMNS: &str = "m.id, m.uid, m.seq, m.rev, m.at, m.body, m.edited, m.deleted, \
                                  m.reply_to, m.extras, u.uid, u.name, u.kind, m.room";

/// A message's row.
#[derive(Debug)]
pub(super) struct MessageRow {
    pub(super) id: i64,
    pub(super) uid: MessageId,
    pub(super) seq: i64,
    pub(super) rev: i64,
    pub(super) at: i64,
    pub(super) body: Option<Body>,
    pub(super) edited: Option<i64>,
    pub(super) deleted: Option<i64>,
    pub(super) reply_to: Option<i64>,
    pub(super) extras: i64,
    pub(super) author: Author,
    pub(super) room: i64,
}

impl MessageRow {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            uid: MessageId(uuid(row, 1)?),
            seq: row.get(2)?,
            rev: row.get(3)?,
            at: row.get(4)?,
            body: maybe_text(row, 5)?,
            edited: row.get(6)?,
            deleted: row.get(7)?,
            reply_to: row.get(8)?,
            extras: row.get(9)?,
            author: author(row, 10)?,
            room: row.get(13)?,
        })
    }

    /// As the change that posted it.
    pub(super) fn change(self, db: &Connection) -> rusqlite::Result<Change> {
        let (number, at) = (self.seq, self.at);
        Ok(Change {
            seq: seq(number),
            at: Timestamp(unsigned(at)),
            kind: ChangeKind::Posted(self.posted(db)?),
        })
    }

    /// As it is now, for somebody.
    pub(super) fn message(self, db: &Connection, viewer: i64) -> rusqlite::Result<Message> {
        let reactions =
            if self.extras & REACTIONS == 0 { Vec::new() } else { reactions(db, self.id, viewer)? };
        Ok(Message {
            seq: seq(self.seq),
            rev: seq(self.rev),
            at: Timestamp(unsigned(self.at)),
            edited: self.edited.map(|at| Timestamp(unsigned(at))),
            deleted: self.deleted.is_some(),
            reactions,
            posted: self.posted(db)?,
        })
    }

    fn posted(self, db: &Connection) -> rusqlite::Result<Posted> {
        let attachments =
            if self.extras & FILES == 0 { Vec::new() } else { attachments(db, self.id)? };
        let mentions = if self.extras & MENTIONS == 0 {
            Vec::new()
        } else {
            mentions(db, self.room, self.seq)?
        };
        Ok(Posted {
            id: self.uid,
            author: self.author,
            body: self.body,
            reply_to: self.reply_to.map(|id| quote(db, id)).transpose()?,
            attachments,
            mentions,
        })
    }
}

/// What a reply shows of the message with this row id.
pub(super) fn quote(db: &Connection, id: i64) -> rusqlite::Result<Quote> {
    db.prepare_cached(
        "SELECT m.uid, m.seq, m.body, u.uid, u.name, u.kind \
         FROM messages m JOIN users u ON u.id = m.author WHERE m.id = ?1",
    )?
    .query_row([id], |row| {
        let body: Option<String> = row.get(2)?;
        Ok(Quote {
            id: MessageId(uuid(row, 0)?),
            seq: seq(row.get(1)?),
            author: author(row, 3)?,
            excerpt: body.unwrap_or_default().chars().take(QUOTE_CHARS).collect(),
        })
    })
}

pub(super) fn attachments(db: &Connection, message: i64) -> rusqlite::Result<Vec<Attachment>> {
    db.prepare_cached(
        "SELECT f.hash, a.name, f.mime, f.size, f.width, f.height \
         FROM attachments a JOIN files f ON f.hash = a.file WHERE a.message = ?1 ORDER BY a.place",
    )?
    .query_map([message], |row| {
        Ok(Attachment {
            file: text(row, 0)?,
            name: text(row, 1)?,
            mime: row.get(2)?,
            size: unsigned(row.get(3)?),
            pixels: pixels(row, 4)?,
        })
    })?
    .collect()
}

fn mentions(db: &Connection, room: i64, seq: i64) -> rusqlite::Result<Vec<UserId>> {
    db.prepare_cached(
        "SELECT u.uid FROM mentions n JOIN users u ON u.id = n.user \
         WHERE n.room = ?1 AND n.seq = ?2 ORDER BY n.user",
    )?
    .query_map([room, seq], |row| uuid(row, 0).map(UserId))?
    .collect()
}

fn reactions(db: &Connection, message: i64, viewer: i64) -> rusqlite::Result<Vec<Reaction>> {
    let kinds: Vec<(Emoji, i64, bool)> = db
        .prepare_cached(
            "SELECT emoji, count(*), max(user = ?2) FROM reactions WHERE message = ?1 \
             GROUP BY emoji ORDER BY min(at), emoji",
        )?
        .query_map([message, viewer], |row| Ok((text(row, 0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut names = db.prepare_cached(
        "SELECT u.name FROM reactions r JOIN users u ON u.id = r.user \
         WHERE r.message = ?1 AND r.emoji = ?2 ORDER BY r.at, r.user LIMIT ?3",
    )?;
    kinds
        .into_iter()
        .map(|(emoji, count, mine)| {
            let names = names
                .query_map((message, emoji.as_str(), NAMES), |row| text(row, 0))?
                .collect::<Result<_, _>>()?;
            Ok(Reaction { emoji, count: unsigned(count), mine, names })
        })
        .collect()
}

/// The columns `uid, name, kind` of a person, from this one on.
pub(super) fn author(row: &Row<'_>, at: usize) -> rusqlite::Result<Author> {
    Ok(Author {
        id: UserId(uuid(row, at)?),
        name: text(row, at + 1)?,
        kind: author_kind(row.get(at + 2)?),
    })
}

/// The columns `width, height`, from this one on.
pub(super) fn pixels(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<(u32, u32)>> {
    let width: Option<u32> = row.get(at)?;
    Ok(width.zip(row.get(at + 1)?))
}

pub(super) fn uuid(row: &Row<'_>, at: usize) -> rusqlite::Result<Uuid> {
    row.get::<_, [u8; 16]>(at).map(Uuid::from_bytes)
}

/// A text that was checked before it was written. If it does not pass now, somebody else wrote it.
pub(super) fn text<T>(row: &Row<'_>, at: usize) -> rusqlite::Result<T>
where
    T: FromStr<Err: Display>,
{
    let text = row.get_ref(at)?.as_str()?;
    text.parse().map_err(|error: T::Err| {
        let what = format!("{text:?} {error}");
        rusqlite::Error::FromSqlConversionFailure(at, Type::Text, what.into())
    })
}

fn maybe_text<T>(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<T>>
where
    T: FromStr<Err: Display>,
{
    match row.get_ref(at)?.as_str_or_null()? {
        Some(_) => text(row, at).map(Some),
        None => Ok(None),
    }
}
