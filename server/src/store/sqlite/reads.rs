//! Catching up with a room's log, and paging through its messages.

use parlour_events::{
    CatchUp, CatchUpPage, Change, ChangeKind, Cursor, Epoch, History, MessageId, Place,
    ResetReason, RoomHistory, RoomName, Seq, Timestamp, UserId,
    limits::{CATCH_UP_CHANGES, PAGE_MESSAGES},
};
use rusqlite::Row;

use super::{
    rows::{self, COLUMNS, MessageRow, text, uuid},
    tx::{Fault, RoomRow, Tx, User},
};
use crate::{
    frame,
    store::{TOO_FAR, seq, signed, unsigned},
};

/// Messages told to somebody who begins anew.
const FIRST_PAGE: usize = 50;

/// What a reader has missed.
pub(super) fn catch_up(
    tx: &Tx<'_>,
    epoch: Epoch,
    who: UserId,
    room: &RoomName,
    after: Option<Cursor>,
    limit: Option<usize>,
    paging: bool,
) -> Result<CatchUp, Fault> {
    let user = tx.user(who)?;
    let room = tx.joined(room, &user)?;
    let page = match place(&room, epoch, after, paging) {
        Ok(seq) => {
            let limit = limit.unwrap_or(CATCH_UP_CHANGES).clamp(1, CATCH_UP_CHANGES);
            let mut changes = changes(tx, &room, seq, limit)?;
            changes.truncate(frame::fitting(&changes, limit, frame::ANSWER_BYTES));
            CatchUpPage::Changes { changes }
        }
        Err(why) => {
            let (messages, earlier) = newest(tx, &room, &user, FIRST_PAGE)?;
            CatchUpPage::Reset { why, messages, earlier }
        }
    };
    Ok(CatchUp { epoch, head: seq(room.head), page })
}

/// After which change a reader goes on; or why it begins anew.
fn place(
    room: &RoomRow,
    epoch: Epoch,
    after: Option<Cursor>,
    paging: bool,
) -> Result<i64, ResetReason> {
    let cursor = after.ok_or(ResetReason::New)?;
    let at = signed(cursor.seq.0);
    // Somebody who is ahead has read in another history, whatever its name.
    if cursor.epoch != epoch || at > room.head {
        return Err(ResetReason::Epoch);
    }
    if at + 1 < room.first {
        return Err(ResetReason::TooOld);
    }
    if !paging && unsigned(room.head - at) > TOO_FAR {
        return Err(ResetReason::TooFar);
    }
    Ok(at)
}

/// The changes after this one, in order.
pub(super) fn changes(
    tx: &Tx<'_>,
    room: &RoomRow,
    after: i64,
    limit: usize,
) -> Result<Vec<Change>, Fault> {
    let count = signed(limit as u64);
    let posted = tx.all(
        &format!(
            "SELECT {COLUMNS} FROM messages m JOIN users u ON u.id = m.author \
             WHERE m.room = ?1 AND m.seq > ?2 ORDER BY m.seq LIMIT ?3"
        ),
        (room.id, after, count),
        MessageRow::read,
    )?;
    let others = tx.all(
        "SELECT c.seq, c.at, c.kind, m.uid, c.emoji, m.body, u.uid, u.name, u.kind \
         FROM changes c JOIN messages m ON m.id = c.message JOIN users u ON u.id = c.user \
         WHERE c.room = ?1 AND c.seq > ?2 ORDER BY c.seq LIMIT ?3",
        (room.id, after, count),
        other,
    )?;
    let mut changes = Vec::with_capacity(posted.len() + others.len());
    let mut others = others.into_iter().peekable();
    for stored in posted {
        while let Some(change) = others.next_if(|change| signed(change.seq.0) < stored.seq) {
            changes.push(change);
        }
        changes.push(stored.change(tx.db)?);
    }
    changes.extend(others);
    changes.truncate(limit);
    Ok(changes)
}

fn other(row: &Row<'_>) -> rusqlite::Result<Change> {
    let id = MessageId(uuid(row, 3)?);
    let by = rows::author(row, 6)?;
    let kind = match row.get(2)? {
        1 => {
            let body: Option<String> = row.get(5)?;
            ChangeKind::Edited { id, body: body.map(|_| text(row, 5)).transpose()? }
        }
        2 => ChangeKind::Deleted { id, by },
        kind @ (3 | 4) => ChangeKind::Reacted { id, by, emoji: text(row, 4)?, on: kind == 3 },
        _ => ChangeKind::Unknown,
    };
    Ok(Change { seq: seq(row.get(0)?), at: Timestamp(unsigned(row.get(1)?)), kind })
}

/// Messages from some place on.
pub(super) fn history(
    tx: &Tx<'_>,
    epoch: Epoch,
    who: UserId,
    query: &RoomHistory,
) -> Result<History, Fault> {
    let user = tx.user(who)?;
    let room = tx.joined(&query.room, &user)?;
    let limit = query.limit.unwrap_or(PAGE_MESSAGES).clamp(1, PAGE_MESSAGES);
    let page = Page { tx, room: &room, user: &user };
    let (messages, earlier, later) = match query.from {
        None => page.before(room.head + 1, limit)?,
        Some(Place::Before(Seq(seq))) => page.before(signed(seq), limit)?,
        Some(Place::After(Seq(seq))) => page.after(signed(seq), limit)?,
        Some(Place::Around(Seq(seq))) => page.around(signed(seq), limit)?,
        Some(Place::At(Timestamp(at))) => {
            let first: Option<i64> = tx.one(
                "SELECT seq FROM messages WHERE room = ?1 AND seq >= ?2 AND at >= ?3 \
                 ORDER BY seq LIMIT 1",
                [room.id, room.first, signed(at)],
                |row| row.get(0),
            )?;
            page.around(first.unwrap_or(room.head), limit)?
        }
    };
    Ok(History { epoch, head: seq(room.head), messages, earlier, later })
}

type Messages = Vec<parlour_events::Message>;

fn newest(
    tx: &Tx<'_>,
    room: &RoomRow,
    user: &User,
    limit: usize,
) -> Result<(Messages, bool), Fault> {
    let page = Page { tx, room, user };
    let (messages, earlier, _) = page.before(room.head + 1, limit)?;
    Ok((messages, earlier))
}

/// A way through the messages of a room.
struct Page<'a, 'c> {
    tx: &'a Tx<'c>,
    room: &'a RoomRow,
    user: &'a User,
}

impl Page<'_, '_> {
    /// The messages right before this number; whether there are older ones, and newer ones.
    fn before(&self, number: i64, limit: usize) -> Result<(Messages, bool, bool), Fault> {
        let mut messages = self.read("m.seq < ?2 ORDER BY m.seq DESC", number, limit)?;
        let fitting = frame::fitting_messages(&messages, limit);
        let earlier = messages.len() > fitting;
        messages.truncate(fitting);
        messages.reverse();
        Ok((messages, earlier, self.any("seq >= ?2", number)?))
    }

    /// The messages right after this number.
    fn after(&self, number: i64, limit: usize) -> Result<(Messages, bool, bool), Fault> {
        let mut messages = self.read("m.seq > ?2 ORDER BY m.seq", number, limit)?;
        let fitting = frame::fitting_messages(&messages, limit);
        let later = messages.len() > fitting;
        messages.truncate(fitting);
        Ok((messages, self.any("seq <= ?2", number)?, later))
    }

    fn around(&self, number: i64, limit: usize) -> Result<(Messages, bool, bool), Fault> {
        let (after, mut earlier, later) = self.after(number - 1, limit - limit / 2)?;
        let mut messages = Vec::new();
        if limit > 1 {
            (messages, earlier, _) = self.before(number, limit / 2)?;
        }
        messages.extend(after);
        Ok((messages, earlier, later))
    }

    /// One more than wanted, to tell whether there is more.
    fn read(&self, place: &str, number: i64, limit: usize) -> Result<Messages, Fault> {
        let sql = format!(
            "SELECT {COLUMNS} FROM messages m JOIN users u ON u.id = m.author \
             WHERE m.room = ?1 AND m.seq >= ?4 AND {place} LIMIT ?3"
        );
        let count = signed(limit as u64 + 1);
        let rows =
            self.tx.all(&sql, (self.room.id, number, count, self.room.first), MessageRow::read)?;
        let message = |row: MessageRow| row.message(self.tx.db, self.user.id);
        Ok(rows.into_iter().map(message).collect::<Result<_, _>>()?)
    }

    fn any(&self, place: &str, number: i64) -> Result<bool, Fault> {
        let sql =
            format!("SELECT 1 FROM messages WHERE room = ?1 AND {place} AND seq >= ?3 LIMIT 1");
        Ok(self.tx.exists(&sql, (self.room.id, number, self.room.first))?)
    }
}
