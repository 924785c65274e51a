//! What is forgotten as time goes by.
//!
//! Messages older than what is kept lose what they said; their rows stay, so that no id is taken
//! twice, and the numbers of the room go on. `rooms.first` is the oldest change that is kept:
//! whoever has an older cursor is told that it is too old.

use rusqlite::Row;

use super::{
    files, people, search,
    tx::{Fault, Tx},
};
use crate::store::signed;

/// Most messages forgotten in one transaction, so that nobody waits for long behind it.
const PORTION: i64 = 500;

/// Forgets some of what is older than this moment, if it is not 0; true if there is more.
pub(super) fn some(tx: &Tx<'_>, before: u64) -> Result<bool, Fault> {
    people::forget_expired(tx)?;
    tx.execute("DELETE FROM bans WHERE until <= ?1", [signed(tx.now)])?;
    if before == 0 {
        return Ok(false);
    }
    let rooms: Vec<(i64, i64, i64)> =
        tx.all("SELECT id, first, head FROM rooms", [], |row: &Row<'_>| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    for (room, first, head) in rooms {
        // Numbers are given in the order of time, but clocks are set back: what is forgotten is
        // all that stands before the first change that is young enough.
        let kept: Option<i64> = tx
            .sql(
                "SELECT min(seq) FROM (\
                   SELECT * FROM (SELECT seq FROM messages \
                     WHERE room = ?1 AND seq >= ?2 AND at >= ?3 ORDER BY seq LIMIT 1) \
                   UNION ALL \
                   SELECT * FROM (SELECT seq FROM changes \
                     WHERE room = ?1 AND seq >= ?2 AND at >= ?3 ORDER BY seq LIMIT 1))",
            )?
            .query_row([room, first, signed(before)], |row| row.get(0))?;
        let kept = kept.unwrap_or(head + 1).min(first + PORTION);
        if kept > first {
            forget(tx, room, first, kept)?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Forgets the changes of a room from `first` to before `kept`.
fn forget(tx: &Tx<'_>, room: i64, first: i64, kept: i64) -> Result<(), Fault> {
    let messages: Vec<i64> = tx.all(
        "SELECT id FROM messages WHERE room = ?1 AND seq >= ?2 AND seq < ?3",
        [room, first, kept],
        |row| row.get(0),
    )?;
    for message in messages {
        search::forget(tx, message)?;
        files::let_go(tx, message)?;
        tx.execute("DELETE FROM reactions WHERE message = ?1", [message])?;
        tx.execute("UPDATE messages SET body = NULL, extras = 0 WHERE id = ?1", [message])?;
    }
    tx.execute(
        "DELETE FROM mentions WHERE room = ?1 AND seq >= ?2 AND seq < ?3",
        [room, first, kept],
    )?;
    tx.execute(
        "DELETE FROM changes WHERE room = ?1 AND seq >= ?2 AND seq < ?3",
        [room, first, kept],
    )?;
    tx.execute("UPDATE rooms SET first = ?2 WHERE id = ?1", [room, kept])?;
    Ok(())
}
