//! Whether everything fits together.

use std::{cmp::Ordering, collections::HashSet, path::Path};

use rusqlite::{ErrorCode, Rows};

use super::{FILES, OfflineError, open};
use crate::{
    clock, files,
    store::{
        settings::Settings,
        sqlite::{self, memory::Memory, tx::Tx},
    },
};

/// What a check found.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is wrong, a line each.
    pub problems: Vec<String>,
    /// Rooms looked at.
    pub rooms: u64,
    /// Changes looked at.
    pub changes: u64,
    /// Files looked at.
    pub files: u64,
}

/// Looks whether everything fits together.
///
/// # Errors
/// [`OfflineError`], if it cannot look.
pub fn check(folder: &Path) -> Result<Checked, OfflineError> {
    let mut db = open(folder)?;
    // The words of all messages are put there.
    db.pragma_update(None, "temp_store", "FILE")?;
    let transaction = db.transaction()?;
    let (settings, memory) = (Settings::default(), Memory::default());
    let tx = Tx::new(&transaction, clock::now(), &settings, &memory);
    let mut checked = Checked::default();
    let found: Vec<String> = tx.all("PRAGMA integrity_check", [], |row| row.get(0))?;
    checked.problems.extend(found.into_iter().filter(|line| line != "ok"));
    tx.all("PRAGMA foreign_key_check", [], |row| {
        Ok(format!("a row of {} points to nothing", row.get::<_, String>(0)?))
    })?
    .into_iter()
    .for_each(|problem| checked.problems.push(problem));
    check_numbers(&tx, &mut checked)?;
    check_rest(&tx, &mut checked)?;
    check_index(&tx, &mut checked)?;

    let rows =
        tx.all("SELECT hash, mime, size, width, height FROM files", [], sqlite::files::read)?;
    checked.files = rows.len() as u64;
    let problems = files::check(&folder.join(FILES), rows);
    checked.problems.extend(problems.iter().map(ToString::to_string));
    Ok(checked)
}

/// Every number of a room is there once, from the first that is kept to the newest.
fn check_numbers(tx: &Tx<'_>, checked: &mut Checked) -> Result<(), OfflineError> {
    let rooms: Vec<(i64, String, i64, i64)> =
        tx.all("SELECT id, name, first, head FROM rooms", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    for (id, name, first, head) in rooms {
        checked.rooms += 1;
        let mut sql = tx.sql(
            "SELECT seq FROM (SELECT seq FROM messages WHERE room = ?1 AND seq >= ?2 \
             UNION ALL SELECT seq FROM changes WHERE room = ?1 AND seq >= ?2) ORDER BY seq",
        )?;
        let mut expected = first;
        let mut rows = sql.query([id, first])?;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            checked.changes += 1;
            if number != expected {
                checked.problems.push(format!(
                    "room {name}: change {expected} was expected, {number} is there"
                ));
            }
            expected = number + 1;
        }
        if expected != head + 1 {
            let last = expected - 1;
            checked
                .problems
                .push(format!("room {name}: the newest change is {last}, but {head} was given"));
        }
    }
    Ok(())
}

/// Things that only a fault of this program, or of a disk, can bring about.
fn check_rest(tx: &Tx<'_>, checked: &mut Checked) -> Result<(), OfflineError> {
    for (what, sql) in [
        (
            "messages that are deleted and still have a text",
            "SELECT count(*) FROM messages WHERE deleted IS NOT NULL AND body IS NOT NULL",
        ),
        (
            "receipts for changes that are not there",
            "SELECT count(*) FROM receipts r WHERE r.seq > (SELECT max(head) FROM rooms)",
        ),
        (
            "messages in the index that are not there",
            "SELECT count(*) FROM meta WHERE key = 'indexed' AND value > \
             (SELECT coalesce(max(id), 0) FROM messages)",
        ),
        (
            "read markers beyond the newest change",
            "SELECT count(*) FROM members m JOIN rooms r ON r.id = m.room WHERE m.read > r.head",
        ),
        (
            "messages that were changed after the newest change",
            "SELECT count(*) FROM messages m JOIN rooms r ON r.id = m.room WHERE m.rev > r.head",
        ),
    ] {
        let count: i64 = tx.sql(sql)?.query_row([], |row| row.get(0))?;
        if count > 0 {
            checked.problems.push(format!("{count} {what}"));
        }
    }
    Ok(())
}

/// The search index has the words of the messages that went through it, and no others.
///
/// Whether the index is sound in itself is part of SQLite's integrity check. FTS5 can compare it
/// with the messages, too, but only by a write, for as long as it takes, and the server's writer
/// gives up sooner; and it takes a message without a text, or one that is not indexed yet, for a
/// fault. So the words are indexed once more, in a temporary database, and compared.
fn check_index(tx: &Tx<'_>, checked: &mut Checked) -> Result<(), OfflineError> {
    match differing(tx) {
        Ok(0) => {}
        Ok(count) => checked
            .problems
            .push(format!("{count} messages whose words the search index does not have right")),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            checked.problems.push(format!("the search index cannot be read: {error}"));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// How many messages have other words in the index than in their text.
fn differing(tx: &Tx<'_>) -> rusqlite::Result<usize> {
    tx.db.execute_batch(
        "CREATE VIRTUAL TABLE temp.expected USING fts5 (\
           body, content = '', tokenize = \"unicode61 remove_diacritics 2\");\
         INSERT INTO temp.expected (rowid, body) SELECT id, body FROM main.messages \
           WHERE body IS NOT NULL AND id <= (SELECT value FROM main.meta WHERE key = 'indexed');\
         CREATE VIRTUAL TABLE temp.expected_words USING fts5vocab (temp, expected, instance);\
         CREATE VIRTUAL TABLE temp.indexed_words USING fts5vocab (main, words, instance)",
    )?;
    // Both come in the order of words, messages and places, which is that of an index.
    let mut expected = tx.sql("SELECT term, doc, offset FROM temp.expected_words")?;
    let mut indexed = tx.sql("SELECT term, doc, offset FROM temp.indexed_words")?;
    let (mut expected, mut indexed) = (expected.query([])?, indexed.query([])?);
    let (mut left, mut right) = (next_word(&mut expected)?, next_word(&mut indexed)?);
    let mut differ = HashSet::new();
    loop {
        let order = match (&left, &right) {
            (None, None) => return Ok(differ.len()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.cmp(right),
        };
        if order.is_ne() {
            let odd = if order.is_lt() { &left } else { &right };
            differ.extend(odd.as_ref().map(|(_, message, _)| *message));
        }
        if order.is_le() {
            left = next_word(&mut expected)?;
        }
        if order.is_ge() {
            right = next_word(&mut indexed)?;
        }
    }
}

/// A word, the message it is in, and its place there.
type Word = (Vec<u8>, i64, i64);

fn next_word(rows: &mut Rows<'_>) -> rusqlite::Result<Option<Word>> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let word = row.get_ref(0)?.as_bytes()?.to_vec();
    Ok(Some((word, row.get(1)?, row.get(2)?)))
}
