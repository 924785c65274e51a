//! A backup in the place of the data, at once or not at all.
//!
//! The new database is made whole beside the old one, under another name. Then:
//!
//! 1. The old write-ahead log goes into the old file, which is then all of the old data.
//! 2. The old file gets a second name, under which it is kept.
//! 3. The old log, empty by now, is removed: SQLite would apply it to whatever has the database's
//!    name.
//! 4. The new file is renamed over the old one.
//!
//! A crash before the last step leaves the old data, one after it the new. At no moment is there
//! no database, of which a server would make an empty one.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use super::{
    FILES, OfflineError, OpenError,
    disk::{
        beside, create_private, file_error, path_text, put_in_place, remove, sync_folder,
        write_whole,
    },
};
use crate::{
    clock, files,
    store::sqlite::{BUSY, FILE, lock, migrations, rows::text},
};

/// What SQLite applies to the database that it finds beside it.
const LOGS: [&str; 2] = ["-wal", "-journal"];

/// Puts a backup in the place of the data. It becomes another history: clients with cursors of
/// the one before are told so. What was in the folder is kept; gives where, if there was something.
///
/// # Errors
/// [`OfflineError`]; then the data is as it was.
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
    let done = write_new(folder, &backup, &new).and_then(|()| {
        let old = keep_old(folder, &mut |from, to| fs::hard_link(from, to))?;
        put_in_place(&new, &folder.join(FILE))?;
        Ok(old)
    });
    if done.is_err() {
        remove(&new)?;
    }
    done
}

/// Makes the new database, and the files that it needs and the folder has not.
fn write_new(folder: &Path, backup: &Connection, new: &Path) -> Result<(), OfflineError> {
    create_private(new)?;
    backup.execute("VACUUM INTO ?1", [path_text(new)?])?;
    let db = Connection::open(new)?;
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
    Ok(())
}

/// Gives the present database a second name, and leaves it without a log, ready to be replaced.
fn keep_old(folder: &Path, link: Link<'_>) -> Result<Option<PathBuf>, OfflineError> {
    let path = folder.join(FILE);
    let old = folder.join(format!("{FILE}.before-{}", clock::now()));
    let there = path.exists();
    if there {
        empty_log(&path)?;
        keep(&path, &old, link)?;
        // Only a damaged one has a log by now, and is kept as it is.
        for end in LOGS {
            let log = with_end(&path, end);
            if log.metadata().is_ok_and(|log| log.len() > 0) {
                keep(&log, &with_end(&old, end), link)?;
            }
        }
    }
    // The logs first: their index is made anew when it is missing.
    for end in LOGS.into_iter().chain(["-shm"]) {
        remove(&with_end(&path, end))?;
    }
    // On disk before the rename is: the new database must never be seen with an old log.
    sync_folder(&path).map_err(|source| file_error(folder, source))?;
    Ok(there.then_some(old))
}

/// Puts what the write-ahead log holds into the database's file, if it can be read at all.
fn empty_log(path: &Path) -> Result<(), OfflineError> {
    let emptied = || -> rusqlite::Result<bool> {
        let db = Connection::open(path)?;
        db.busy_timeout(BUSY)?;
        // Of a damaged one, closing it removes nothing.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let busy: bool = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if !busy {
            // Takes the log away; refused while anybody else has the database open.
            db.pragma_update(None, "journal_mode", "DELETE")?;
        }
        Ok(busy)
    };
    match emptied() {
        Ok(false) => Ok(()),
        Err(error) if is_damage(&error) => {
            // It is being replaced for a reason.
            tracing::warn!(%error, "the data that is put aside is damaged");
            Ok(())
        }
        // A check or a backup is not done with it.
        Ok(true) => Err(OpenError::InUse.into()),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
            Err(OpenError::InUse.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the fault is with the data, and not with the moment, as a full disk would be.
fn is_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::SystemIoFailure)
    )
}

/// How a file gets a second name.
type Link<'a> = &'a mut dyn FnMut(&Path, &Path) -> io::Result<()>;

/// Gives the file a second name; copies it where a file cannot have two.
fn keep(from: &Path, to: &Path, link: Link<'_>) -> Result<(), OfflineError> {
    match link(from, to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(file_error(to, error)),
        Err(_) => {
            let part = beside(to, "part");
            fs::copy(from, &part).map_err(|source| file_error(&part, source))?;
            put_in_place(&part, to)
        }
    }
}

/// SQLite's name for what belongs to a database.
fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// A database with a number in it that is only in its log, as after a crash.
    fn crashed(folder: &Path) {
        let elsewhere = TempDir::new().unwrap();
        let path = elsewhere.path().join(FILE);
        let db = Connection::open(&path).unwrap();
        db.execute_batch(
            "PRAGMA journal_mode = WAL; CREATE TABLE t (x); \
             PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t VALUES (7)",
        )
        .unwrap();
        for end in ["", "-wal", "-shm"] {
            fs::copy(with_end(&path, end), folder.join(format!("{FILE}{end}"))).unwrap();
        }
        assert!(folder.join(format!("{FILE}-wal")).metadata().unwrap().len() > 0);
    }

    fn number(path: &Path) -> i64 {
        let db = Connection::open(path).unwrap();
        db.query_row("SELECT x FROM t", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_crash_before_the_new_one_is_in_place_leaves_the_old_data() {
        let folder = TempDir::new().unwrap();
        crashed(folder.path());
        let old = keep_old(folder.path(), &mut |from, to| fs::hard_link(from, to)).unwrap();
        // The crash.
        assert!(!folder.path().join(format!("{FILE}-wal")).exists());
        assert_eq!(number(&folder.path().join(FILE)), 7);
        assert_eq!(number(&old.unwrap()), 7);
    }

    #[test]
    fn where_a_file_cannot_have_two_names_it_is_copied() {
        let folder = TempDir::new().unwrap();
        crashed(folder.path());
        let old = keep_old(folder.path(), &mut |_, _| Err(io::ErrorKind::Unsupported.into()));
        assert_eq!(number(&old.unwrap().unwrap()), 7);
        assert_eq!(number(&folder.path().join(FILE)), 7);
    }

    #[test]
    fn damaged_data_is_kept_with_its_log_and_does_not_stand_in_the_way() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join(FILE);
        fs::write(&path, "no database".repeat(1_000)).unwrap();
        fs::write(with_end(&path, "-wal"), "no log").unwrap();
        let old = keep_old(folder.path(), &mut |from, to| fs::hard_link(from, to));
        let old = old.unwrap().unwrap();
        assert_eq!(fs::read(&old).unwrap(), fs::read(&path).unwrap());
        assert_eq!(fs::read(with_end(&old, "-wal")).unwrap(), b"no log");
        assert!(!with_end(&path, "-wal").exists());
    }

    #[test]
    fn data_that_somebody_reads_is_not_replaced() {
        let folder = TempDir::new().unwrap();
        crashed(folder.path());
        let path = folder.path().join(FILE);
        let reader = Connection::open(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT x FROM t").unwrap();
        // In the middle of reading, and between two reads.
        for _ in 0..2 {
            let busy = keep_old(folder.path(), &mut |from, to| fs::hard_link(from, to));
            assert!(matches!(busy, Err(OfflineError::Open(OpenError::InUse))), "{busy:?}");
            reader.execute_batch("END; SELECT x FROM t; BEGIN").unwrap();
        }
        drop(reader);
        assert_eq!(number(&path), 7);
    }
}
