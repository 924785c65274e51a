//! What is done with the data from the command line: backup, restore, export, check, roles.
//!
//! A backup is one file: the database as it was at one moment, with the content of its files in a
//! table of its own. All but a restore can be done while the server runs.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use parlour_events::{Change, FileId, Nickname, Role, RoomName};
use rusqlite::{Connection, OpenFlags};

use super::{
    FILE, OpenError, lock,
    memory::Memory,
    migrations, prepare, reads,
    rows::text,
    tx::{Fault, Tx, role_number},
};
use crate::{
    clock, files,
    store::{settings::Settings, signed},
};

/// Where files are, in the data folder.
pub(crate) const FILES: &str = "files";

/// Changes read at a time.
const PAGE: usize = 1_000;

/// Why a command cannot be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OfflineError {
    /// The database cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is something where the backup would be.
    #[error("{0} is there already; a backup overwrites nothing")]
    Exists(PathBuf),
    /// The file is no backup.
    #[error("{0} is no backup of Parlour's")]
    NoBackup(PathBuf),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no such room.
    #[error("there is no room {0}")]
    RoomUnknown(RoomName),
    /// Nobody has that nickname.
    #[error("nobody has the nickname {0} at the moment")]
    NicknameUnknown(Nickname),
    /// The output is closed.
    #[error("cannot write the output: {0}")]
    Output(#[source] io::Error),
}

impl From<rusqlite::Error> for OfflineError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Open(OpenError::Database(error))
    }
}

impl From<Fault> for OfflineError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error.into(),
            Fault::Refused(refusal) => {
                Self::Output(io::Error::other(format!("unexpected: {refusal}")))
            }
        }
    }
}

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
    migrations::version(&backup)?;
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

/// Writes the changes of a room that are kept, one JSON object a line, in the order of their
/// numbers.
///
/// # Errors
/// [`OfflineError`].
pub fn export(
    folder: &Path,
    room: &RoomName,
    out: &mut impl io::Write,
) -> Result<u64, OfflineError> {
    let mut db = open(folder)?;
    let transaction = db.transaction()?;
    let (settings, memory) = (Settings::default(), Memory::default());
    let tx = Tx::new(&transaction, clock::now(), &settings, &memory);
    let room = match tx.room(room) {
        Ok(room) => room,
        Err(Fault::Refused(_)) => return Err(OfflineError::RoomUnknown(room.clone())),
        Err(fault) => return Err(fault.into()),
    };
    let (mut after, mut count) = (room.first - 1, 0);
    loop {
        let changes: Vec<Change> = reads::changes(&tx, &room, after, PAGE)?;
        let Some(last) = changes.last() else { break };
        after = signed(last.seq.0);
        for change in &changes {
            let line = serde_json::to_string(change)
                .map_err(|error| OfflineError::Output(io::Error::other(error)))?;
            writeln!(out, "{line}").map_err(OfflineError::Output)?;
            count += 1;
        }
    }
    out.flush().map_err(OfflineError::Output)?;
    Ok(count)
}

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
        tx.all("SELECT hash, mime, size, width, height FROM files", [], super::files::read)?;
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

/// Gives somebody a role.
///
/// # Errors
/// [`OfflineError`].
pub fn grant(folder: &Path, nickname: &Nickname, role: Role) -> Result<(), OfflineError> {
    let mut db = open(folder)?;
    let transaction = db.transaction()?;
    let (settings, memory) = (Settings::default(), Memory::default());
    let tx = Tx::new(&transaction, clock::now(), &settings, &memory);
    let user: Option<i64> = tx.one(
        "UPDATE users SET role = ?2 WHERE name_key = ?1 RETURNING id",
        (crate::identity::name_key(nickname.as_str()), role_number(role)),
        |row| row.get(0),
    )?;
    let user = user.ok_or_else(|| OfflineError::NicknameUnknown(nickname.clone()))?;
    tx.audit(None, "mod:role", Some(user), &format!("{role:?}").to_lowercase())?;
    transaction.commit()?;
    Ok(())
}

/// The database in this folder, as it is; it is not made.
fn open(folder: &Path) -> Result<Connection, OfflineError> {
    let path = folder.join(FILE);
    if !path.is_file() {
        return Err(OpenError::Missing.into());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(&path, flags)?;
    prepare(&db)?;
    migrations::run(&mut db)?;
    Ok(db)
}

fn file_ids(db: &Connection) -> rusqlite::Result<Vec<FileId>> {
    db.prepare("SELECT hash FROM files")?.query_map([], |row| text(row, 0))?.collect()
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}

fn remove(path: &Path) -> Result<(), OfflineError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(file_error(path, error)),
        _ => Ok(()),
    }
}

/// Gives a finished file its name, so that it is there after a power cut as well.
fn put_in_place(from: &Path, to: &Path) -> Result<(), OfflineError> {
    let done = fs::File::open(from)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(from, to))
        .and_then(|()| sync_folder(to));
    done.map_err(|source| file_error(to, source))
}

fn write_whole(path: &Path, content: &[u8]) -> Result<(), OfflineError> {
    let part = beside(path, "part");
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&part, content))
        .map_err(|source| file_error(path, source))?;
    put_in_place(&part, path)
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => fs::File::open(".")?.sync_all(),
    }
}

/// Elsewhere a folder cannot be opened as a file, and needs not be.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn path_text(path: &Path) -> Result<&str, OfflineError> {
    path.to_str().ok_or_else(|| {
        let source = io::Error::new(io::ErrorKind::InvalidFilename, "its name is not UTF-8");
        file_error(path, source)
    })
}

fn file_error(path: &Path, source: io::Error) -> OfflineError {
    OfflineError::File { path: path.to_owned(), source }
}
