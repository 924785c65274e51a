//! The versions of the data, and the way from each to the next.
//!
//! `PRAGMA user_version` says which one a database has. A migration runs in a transaction of its
//! own: a crash in the middle leaves the version before.

use parlour_events::{Epoch, RoomName};
use rusqlite::{Connection, TransactionBehavior};
use uuid::Uuid;

use super::OpenError;
use crate::store::signed;

/// The way to version 1, to version 2, …
const STEPS: &[&str] = &[include_str!("schema_1.sql")];

/// The version that this program writes.
pub(super) const KNOWN: i64 = STEPS.len() as i64;

/// Brings the database to the present version, and gives its epoch.
pub(super) fn run(db: &mut Connection) -> Result<Epoch, OpenError> {
    run_steps(db, STEPS)
}

/// The same with these steps as all that are known.
fn run_steps(db: &mut Connection, steps: &[&str]) -> Result<Epoch, OpenError> {
    loop {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = version(&tx, steps.len() as i64)?;
        let step = usize::try_from(found).ok().and_then(|at| steps.get(at));
        let Some(step) = step else { break };
        tx.execute_batch(step)?;
        if found == 0 {
            begin(&tx)?;
        }
        tx.pragma_update(None, "user_version", found + 1)?;
        tx.commit()?;
    }
    epoch(db)
}

/// Refuses a database that a newer program wrote.
pub(super) fn not_newer(db: &Connection) -> Result<(), OpenError> {
    version(db, KNOWN).map(drop)
}

/// Refuses a database of any version but the present one, for whoever is not to change it.
pub(super) fn present(db: &Connection) -> Result<(), OpenError> {
    let found = version(db, KNOWN)?;
    if found < KNOWN { Err(OpenError::Older { found, known: KNOWN }) } else { Ok(()) }
}

/// The version, if it is known.
fn version(db: &Connection, known: i64) -> Result<i64, OpenError> {
    let found = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known { Err(OpenError::Newer { found, known }) } else { Ok(found) }
}

/// The history that the numbers in a database belong to.
pub(super) fn epoch(db: &Connection) -> Result<Epoch, OpenError> {
    let bytes: [u8; 16] =
        db.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))?;
    Ok(Epoch(Uuid::from_bytes(bytes)))
}

/// Another history begins.
pub(super) fn new_epoch(db: &Connection) -> rusqlite::Result<()> {
    db.execute(
        "INSERT OR REPLACE INTO meta (key, value) VALUES ('epoch', ?1)",
        [Uuid::now_v7().as_bytes()],
    )?;
    Ok(())
}

fn begin(db: &Connection) -> rusqlite::Result<()> {
    new_epoch(db)?;
    let chat = RoomName::default();
    db.execute(
        "INSERT INTO rooms (name, name_key, kind, created) VALUES (?1, ?2, 0, ?3)",
        (chat.as_str(), chat.key(), signed(crate::clock::now())),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = STEPS[0];
    const SECOND: &str = "CREATE TABLE made_up (x INTEGER) STRICT";

    fn database() -> Connection {
        Connection::open_in_memory().unwrap()
    }

    fn has_table(db: &Connection, name: &str) -> bool {
        db.prepare("SELECT 1 FROM sqlite_master WHERE name = ?1").unwrap().exists([name]).unwrap()
    }

    #[test]
    fn a_step_that_fails_half_way_leaves_the_version_before() {
        let mut db = database();
        let epoch_before = run_steps(&mut db, &[FIRST]).unwrap();
        let half = "CREATE TABLE half (x INTEGER) STRICT; UPDATE rooms SET name = 'gone'; \
                    INSERT INTO nowhere VALUES (1)";
        let failed = run_steps(&mut db, &[FIRST, half]);
        assert!(matches!(failed, Err(OpenError::Database(_))), "{failed:?}");

        assert_eq!(version(&db, 2).unwrap(), 1);
        assert!(!has_table(&db, "half"));
        let room: String = db.query_row("SELECT name FROM rooms", [], |row| row.get(0)).unwrap();
        assert_eq!(room, RoomName::default().as_str());
        assert_eq!(run_steps(&mut db, &[FIRST]).unwrap(), epoch_before);
    }

    #[test]
    fn a_first_step_that_fails_leaves_nothing() {
        let mut db = database();
        let half = "CREATE TABLE half (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1)";
        assert!(run_steps(&mut db, &[half]).is_err());
        assert_eq!(version(&db, 1).unwrap(), 0);
        assert!(!has_table(&db, "half"));
        run_steps(&mut db, &[FIRST]).unwrap();
    }

    #[test]
    fn a_later_step_keeps_the_epoch_and_is_done_once() {
        let mut db = database();
        let epoch_before = run_steps(&mut db, &[FIRST]).unwrap();
        for _ in 0..2 {
            assert_eq!(run_steps(&mut db, &[FIRST, SECOND]).unwrap(), epoch_before);
            assert_eq!(version(&db, 2).unwrap(), 2);
            assert!(has_table(&db, "made_up"));
        }
    }

    #[test]
    fn a_version_that_is_not_known_is_left_alone() {
        let mut db = database();
        run_steps(&mut db, &[FIRST, SECOND]).unwrap();
        let newer = run_steps(&mut db, &[FIRST]);
        assert!(matches!(newer, Err(OpenError::Newer { found: 2, known: 1 })), "{newer:?}");
    }
}
