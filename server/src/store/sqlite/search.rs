//! The full-text index, and whom a text names.
//!
//! New messages are indexed a moment after they were written, many at a time: that costs a
//! fraction of indexing each in its own commit. A search has the rest indexed first, so what was
//! said is found. `meta.indexed` is the last message that went through.

use parlour_events::{
    Code, Found, Hit, Refusal, RoomName, Search, UserId, limits::NICKNAME_CHARS,
    limits::PAGE_MESSAGES,
};

use super::{
    rows::{COLUMNS, MessageRow, text},
    tx::{Fault, Tx},
};
use crate::store::{signed, unsigned};

/// Most messages indexed in one transaction, so that nobody waits for long behind it.
const PORTION: i64 = 500;

/// Most words of a query.
const WORDS: usize = 16;

/// Indexes some of the messages that are not; true if there may be more.
pub(super) fn index(tx: &Tx<'_>) -> Result<bool, Fault> {
    let done = indexed(tx)?;
    let last: Option<i64> = tx
        .sql("SELECT max(id) FROM (SELECT id FROM messages WHERE id > ?1 ORDER BY id LIMIT ?2)")?
        .query_row([done, PORTION], |row| row.get(0))?;
    let Some(last) = last else { return Ok(false) };
    tx.execute(
        "INSERT INTO words (rowid, body) SELECT id, body FROM messages \
         WHERE id > ?1 AND id <= ?2 AND body IS NOT NULL",
        [done, last],
    )?;
    tx.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('indexed', ?1)", [last])?;
    Ok(last - done >= PORTION)
}

fn indexed(tx: &Tx<'_>) -> rusqlite::Result<i64> {
    let row = tx.one("SELECT value FROM meta WHERE key = 'indexed'", [], |row| row.get(0))?;
    Ok(row.unwrap_or(0))
}

/// Takes a message out of the index, before its text changes.
pub(super) fn forget(tx: &Tx<'_>, message: i64) -> rusqlite::Result<()> {
    if message <= indexed(tx)? {
        // The index keeps no text of its own: it has to be told what it knew.
        tx.execute(
            "INSERT INTO words (words, rowid, body) \
             SELECT 'delete', id, body FROM messages WHERE id = ?1 AND body IS NOT NULL",
            [message],
        )?;
    }
    Ok(())
}

/// Puts it back, with its new text.
pub(super) fn learn(tx: &Tx<'_>, message: i64) -> rusqlite::Result<()> {
    if message <= indexed(tx)? {
        tx.execute(
            "INSERT INTO words (rowid, body) SELECT id, body FROM messages WHERE id = ?1",
            [message],
        )?;
    }
    Ok(())
}

/// Messages with these words, in rooms that the person is in.
pub(super) fn find(tx: &Tx<'_>, who: UserId, search: &Search) -> Result<Found, Fault> {
    let user = tx.user(who)?;
    let room = match &search.room {
        Some(name) => Some(tx.joined(name, &user)?.id),
        None => None,
    };
    let query = expression(search.query.as_str())
        .ok_or_else(|| Refusal::new(Code::Invalid, "There is no word in it to search for."))?;
    let limit = search.limit.unwrap_or(PAGE_MESSAGES).clamp(1, PAGE_MESSAGES);
    let before = search.after.map_or(i64::MAX, signed);
    let rows = tx.all(
        &format!(
            "SELECT {COLUMNS}, r.name FROM words w JOIN messages m ON m.id = w.rowid \
             JOIN users u ON u.id = m.author JOIN rooms r ON r.id = m.room \
             JOIN members b ON b.room = m.room AND b.user = ?1 \
             WHERE words MATCH ?2 AND w.rowid < ?3 AND (?4 IS NULL OR m.room = ?4) \
             ORDER BY w.rowid DESC LIMIT ?5"
        ),
        (user.id, query, before, room, signed(limit as u64 + 1)),
        |row| Ok((MessageRow::read(row)?, text::<RoomName>(row, 14)?)),
    )?;
    let more = rows.len() > limit;
    let mut next = None;
    let mut hits = Vec::new();
    for (stored, room) in rows.into_iter().take(limit) {
        next = more.then_some(unsigned(stored.id));
        hits.push(Hit { room, message: stored.message(tx.db, user.id)? });
    }
    Ok(Found { hits, next })
}

/// The words as FTS5 takes them: each quoted, so that none is an operator; the last one may be a
/// beginning.
fn expression(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS)
        .map(|word| format!("\"{word}\""))
        .collect();
    if words.is_empty() { None } else { Some(format!("{}*", words.join(" "))) }
}

/// What stands behind each `@`: all that may be the name, the longest first.
pub(super) fn mentions(text: &str) -> impl Iterator<Item = impl Iterator<Item = &str>> {
    text.match_indices('@').filter_map(move |(at, _)| {
        // An address such as ann@example.org names nobody.
        let before = text[..at].chars().next_back();
        if before.is_some_and(char::is_alphanumeric) {
            return None;
        }
        Some(names(&text[at + 1..]))
    })
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    let line = text.split('\n').next().unwrap_or_default();
    let ends = line
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take(NICKNAME_CHARS)
        .filter(|end| {
            let inside = line[..*end].chars().next_back().is_some_and(char::is_alphanumeric);
            let goes_on = line[*end..].chars().next().is_some_and(char::is_alphanumeric);
            !(inside && goes_on) && line[..*end].trim_end().len() == *end
        })
        .collect::<Vec<_>>();
    ends.into_iter().rev().map(move |end| &line[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted() {
        assert_eq!(expression("a AND b*").unwrap(), r#""a" "AND" "b"*"#);
        assert_eq!(expression("\"quoted\" -minus").unwrap(), r#""quoted" "minus"*"#);
        assert_eq!(expression(" ?! "), None);
    }

    #[test]
    fn names_stand_behind_an_at() {
        let all = |text: &str| -> Vec<Vec<String>> {
            mentions(text).map(|names| names.map(str::to_owned).collect()).collect()
        };
        assert_eq!(all("hi @Ann Lee!"), [["Ann Lee!", "Ann Lee", "Ann"]]);
        assert_eq!(all("ann@example.org"), Vec::<Vec<String>>::new());
        assert_eq!(all("(@Bob)\n@Eve"), [vec!["Bob)", "Bob"], vec!["Eve"]]);
        assert_eq!(all("@"), [Vec::<String>::new()]);
    }
}
