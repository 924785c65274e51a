//! A copy of everything, in one file.

use std::{fs, io, path::Path};

use parlour_events::FileId;
use rusqlite::Connection;

use super::{
    FILES, OfflineError,
    disk::{beside, create_private, path_text, put_in_place, remove},
    open,
};
use crate::{files, store::sqlite::rows::text};

/// Copies everything into one new file. Gives how many files are in it, and which were missing.
///
/// # Errors
/// [`OfflineError`]; then there is no new file.
pub fn backup(folder: &Path, to: &Path) -> Result<(u64, Vec<FileId>), OfflineError> {
    if to.exists() {
        return Err(OfflineError::Exists(to.to_owned()));
    }
    let part = beside(to, "part");
    remove(&part)?;
    let result = write_backup(folder, &part);
    let done = result.and_then(|counted| {
        put_in_place(&part, to)?;
        Ok(counted)
    });
    if done.is_err() {
        remove(&part)?;
    }
    done
}

fn write_backup(folder: &Path, part: &Path) -> Result<(u64, Vec<FileId>), OfflineError> {
    let db = open(folder)?;
    // The data folder is closed to others, and so is all that leaves it.
    create_private(part)?;
    db.execute("VACUUM INTO ?1", [path_text(part)?])?;
    drop(db);
    let mut copy = Connection::open(part)?;
    let tx = copy.transaction()?;
    tx.execute_batch("CREATE TABLE backup_files (hash TEXT PRIMARY KEY, content BLOB) STRICT")?;
    let (mut count, mut missing) = (0, Vec::new());
    for file in file_ids(&tx)? {
        let path = files::path(&folder.join(FILES), &file);
        match fs::read(&path) {
            Ok(content) => {
                tx.execute(
                    "INSERT INTO backup_files (hash, content) VALUES (?1, ?2)",
                    (file.as_str(), content),
                )?;
                count += 1;
            }
            // Removed meanwhile, or damaged; the database is worth having all the same.
            Err(error) if error.kind() == io::ErrorKind::NotFound => missing.push(file),
            Err(source) => return Err(OfflineError::File { path, source }),
        }
    }
    tx.commit()?;
    Ok((count, missing))
}

fn file_ids(db: &Connection) -> rusqlite::Result<Vec<FileId>> {
    db.prepare("SELECT hash FROM files")?.query_map([], |row| text(row, 0))?.collect()
}
