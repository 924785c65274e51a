//! Whether everything fits together.

use std::path::Path;

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
