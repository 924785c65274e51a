//! The files that messages have, as far as the database knows them.

use parlour_events::{Code, Done, FileId, Refusal, Timestamp};
use rusqlite::Row;

use super::{
    rows::{pixels, text},
    tx::{Effect, Fault, Run, Tx},
};
use crate::{
    files::Stored,
    store::{settings::or_any, signed, unsigned, write::By},
};

/// Most files forgotten in one transaction.
const PORTION: i64 = 500;

impl Run for By<Stored> {
    type Done = Done;
    const EFFECT: Effect = Effect::Keeps;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let (user, file) = (tx.user(self.user)?, &self.event);
        // The same content again: whoever puts it on a message has as long for it as the first.
        let again = tx.execute(
            "UPDATE files SET at = ?2 WHERE hash = ?1",
            (file.file.as_str(), signed(tx.now)),
        )?;
        if again > 0 {
            return Ok(Done {});
        }
        let limit = tx.settings.upload_space;
        if limit > 0 {
            let used: i64 = tx
                .sql("SELECT coalesce(sum(size), 0) FROM files")?
                .query_row([], |row| row.get(0))?;
            if unsigned(used).saturating_add(file.size) > or_any(limit) {
                let sentence = "The space for files on this server is used up.";
                return Err(Refusal::new(Code::Limit, sentence).into());
            }
        }
        let (width, height) = file.pixels.unzip();
        tx.execute(
            "INSERT INTO files (hash, mime, size, width, height, by, at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                file.file.as_str(),
                &file.mime,
                signed(file.size),
                width,
                height,
                user.id,
                signed(tx.now),
            ),
        )?;
        Ok(Done {})
    }
}

impl Run for Timestamp {
    type Done = Vec<FileId>;
    const EFFECT: Effect = Effect::Keeps;

    fn run(&self, tx: &Tx<'_>) -> Result<Vec<FileId>, Fault> {
        let unused: Vec<FileId> = tx.all(
            "SELECT hash FROM files f WHERE at < ?1 \
             AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.file = f.hash) LIMIT ?2",
            [signed(self.0), PORTION],
            |row| text(row, 0),
        )?;
        for file in &unused {
            tx.execute("DELETE FROM files WHERE hash = ?1", [file.as_str()])?;
        }
        Ok(unused)
    }
}

/// Takes a message's files off it. Those that no other message has are to go with the next sweep.
/// (Whoever has uploaded the same and not put it on a message yet is asked to upload it again.)
pub(super) fn let_go(tx: &Tx<'_>, message: i64) -> rusqlite::Result<()> {
    let files: Vec<String> =
        tx.all("DELETE FROM attachments WHERE message = ?1 RETURNING file", [message], |row| {
            row.get(0)
        })?;
    for file in files {
        tx.execute(
            "UPDATE files SET at = 0 WHERE hash = ?1 \
             AND NOT EXISTS (SELECT 1 FROM attachments WHERE file = ?1)",
            [file],
        )?;
    }
    Ok(())
}

/// What is known of a file.
pub(super) fn find(tx: &Tx<'_>, file: &FileId) -> Result<Option<Stored>, Fault> {
    Ok(tx.one(
        "SELECT hash, mime, size, width, height FROM files WHERE hash = ?1",
        [file.as_str()],
        read,
    )?)
}

/// The columns `hash, mime, size, width, height`.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        file: text(row, 0)?,
        mime: row.get(1)?,
        size: unsigned(row.get(2)?),
        pixels: pixels(row, 3)?,
    })
}
