//! A backup in the place of the data.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};

use super::{
    FILES, OfflineError,
    disk::{file_error, path_text, put_in_place, remove, write_whole},
};
use crate::{
    clock, files,
    store::sqlite::{FILE, lock, migrations, rows::text},
};

/// Puts a backup in the place of the data. It becomes another history: clients with cursors of
/// the one before are told so. What was in the folder is kept; gives where, if there was something.
///
/// # Errors
/// [`OfflineError`]; then the folder is as it was.
pub fn restore(folder: &Path, from: &Path) -> Result<Option<PathBuf>, OfflineError> {
    if !from.is_file() {
        let source = io::ErrorKind::NotFound.into();
        return Err(OfflineError::File { path: from.to_owned(), source });
    }
    fs::create_dir_all(folder).map_err(|source| file_error(folder, source))?;
    let _lock = lock(folder)?;
    let new = folder.join(format!("{FILE}.restoring"));
    remove(&new)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let backup = Connection::open_with_flags(from, flags)?;
    let is_backup = backup
        .prepare("SELECT 1 FROM sqlite_master WHERE name = 'backup_files'")
        .and_then(|mut sql| sql.exists([]))
        .unwrap_or(false);
    if !is_backup {
        return Err(OfflineError::NoBackup(from.to_owned()));
    }
    migrations::not_newer(&backup)?;
    backup.execute("VACUUM INTO ?1", [path_text(&new)?])?;
    drop(backup);

    let db = Connection::open(&new)?;
    let contents_folder = folder.join(FILES);
    let mut contents = db.prepare("SELECT hash, content FROM backup_files")?;
    let mut rows = contents.query([])?;
    while let Some(row) = rows.next()? {
        let path = files::path(&contents_folder, &text(row, 0)?);
        if !path.exists() {
            write_whole(&path, row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
        }
    }
    drop(rows);
    drop(contents);
    db.execute_batch("DROP TABLE backup_files; VACUUM")?;
    migrations::new_epoch(&db)?;
    db.close().map_err(|(_, error)| error)?;

    let old = put_aside(folder)?;
    put_in_place(&new, &folder.join(FILE))?;
    Ok(old)
}

/// Moves the present database out of the way.
fn put_aside(folder: &Path) -> Result<Option<PathBuf>, OfflineError> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(None);
    }
    // What its write-ahead log holds goes into the file that is kept. A damaged one is kept as
    // it is: it is being replaced for a reason.
    if let Ok(db) = Connection::open(&path)
        && db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").is_err()
    {
        tracing::warn!("the data that is put aside is damaged");
    }
    let old = folder.join(format!("{FILE}.before-{}", clock::now()));
    for end in ["", "-wal", "-shm"] {
        let part = folder.join(format!("{FILE}{end}"));
        if part.exists() {
            let to = PathBuf::from(format!("{}{end}", old.display()));
            fs::rename(&part, &to).map_err(|source| file_error(&part, source))?;
        }
    }
    Ok(Some(old))
}
