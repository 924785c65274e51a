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
    loop {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found = version(&tx)?;
        let step = usize::try_from(found).ok().and_then(|at| STEPS.get(at));
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

/// The version, if this program can use it.
pub(super) fn version(db: &Connection) -> Result<i64, OpenError> {
    let found = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > KNOWN { Err(OpenError::Newer { found, known: KNOWN }) } else { Ok(found) }
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
