//! The store in an embedded SQLite database, `parlour.db` in the data folder.
//!
//! One thread writes; it owns its connection and takes batches from a queue. Readers have
//! connections of their own beside it (WAL: they never wait for the writer, nor it for them).
//! `synchronous = FULL`: a commit is on disk when it returns.

mod classic;
mod files;
mod memory;
mod messages;
mod migrations;
mod moderation;
pub(crate) mod offline;
mod people;
mod prune;
mod readers;
mod reads;
mod receipts;
mod rooms;
mod rows;
mod search;
#[cfg(test)]
mod tests;
mod tx;
mod writer;

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use parlour_events::{
    Audit, Bans, CatchUp, Cursor, Epoch, FileId, Found, History, ListAudit, ListBans, ListMembers,
    ListRooms, Refusal, RoomHistory, RoomName, Rooms, Search, UserId,
};
use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use self::{readers::Readers, writer::Writer};
use super::{
    Committed, SessionKey, Store, Write,
    read::{Kept, MemberPage},
    settings::Settings,
    storage,
};
use crate::files::Stored;

/// The database's name in the data folder.
pub(crate) const FILE: &str = "parlour.db";

/// Held while a server, or a restore, has the folder to itself.
const LOCK: &str = "parlour.lock";

/// How long the writer waits for somebody else's lock on the database.
const BUSY: Duration = Duration::from_secs(2);

/// Searches at a time.
const SEARCHES: usize = 2;

/// Statements kept prepared for each connection.
const STATEMENTS: usize = 128;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has the data folder.
    #[error("another Parlour uses this data folder")]
    InUse,
    /// The lock file cannot be made.
    #[error("cannot lock the data folder: {0}")]
    Lock(#[source] io::Error),
    /// The system gives no thread to write with.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] io::Error),
    /// The database was written by a later version.
    #[error(
        "the data is of version {found}, this program knows versions up to {known}: use a newer Parlour"
    )]
    Newer {
        /// The data's version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The database was written by an earlier version, and this command does not change it.
    #[error(
        "the data is of version {found}, this program needs version {known}: start this version's server once to bring it up to date"
    )]
    Older {
        /// The data's version.
        found: i64,
        /// The version that this program writes.
        known: i64,
    },
    /// There is no database.
    #[error("there is no {FILE} in it")]
    Missing,
    /// The database is something else, or damaged.
    #[error("cannot use the database: {0}")]
    Database(#[from] rusqlite::Error),
}

/// The store. Copies are the same one; with the last one the writer ends.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    epoch: Epoch,
    // Ended before the lock is let go.
    writer: Writer,
    readers: Readers,
    /// A search may take long: there is always a reader left for everybody else.
    searches: Semaphore,
    _lock: File,
}

impl Sqlite {
    /// Opens the database in this folder; makes it, or brings it to the present version.
    ///
    /// # Errors
    /// [`OpenError`].
    pub(crate) fn open(folder: &Path, settings: Settings) -> Result<Self, OpenError> {
        let lock = lock(folder)?;
        let path = folder.join(FILE);
        let mut db = Connection::open(&path)?;
        prepare(&db)?;
        let epoch = migrations::run(&mut db)?;
        let readers = Readers::open(&path)?;
        let writer = Writer::start(db, settings).map_err(OpenError::Thread)?;
        let inner =
            Inner { epoch, writer, readers, searches: Semaphore::new(SEARCHES), _lock: lock };
        Ok(Self { inner: Arc::new(inner) })
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&tx::Tx<'_>) -> Result<T, tx::Fault> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.inner.readers.run(query).await
    }
}

impl Store for Sqlite {
    fn epoch(&self) -> Epoch {
        self.inner.epoch
    }

    async fn commit(&self, batch: Vec<Write>) -> Committed {
        self.inner.writer.commit(batch).await
    }

    async fn index(&self) -> Result<bool, Refusal> {
        self.inner.writer.run(search::index).await
    }

    async fn prune(&self, before: u64) -> Result<(), Refusal> {
        while self.inner.writer.run(move |tx| prune::some(tx, before)).await? {}
        Ok(())
    }

    async fn catch_up(
        &self,
        who: UserId,
        room: RoomName,
        after: Option<Cursor>,
        limit: Option<usize>,
        paging: bool,
    ) -> Result<CatchUp, Refusal> {
        let epoch = self.epoch();
        self.read(move |tx| reads::catch_up(tx, epoch, who, &room, after, limit, paging)).await
    }

    async fn rooms(&self, who: UserId, query: ListRooms) -> Result<Rooms, Refusal> {
        self.read(move |tx| rooms::list(tx, who, &query)).await
    }

    async fn is_member(&self, who: UserId, room: RoomName) -> Result<bool, Refusal> {
        self.read(move |tx| Ok(tx.is_member(tx.room(&room)?.id, tx.user(who)?.id)?)).await
    }

    async fn members(&self, who: UserId, query: ListMembers) -> Result<MemberPage, Refusal> {
        self.read(move |tx| rooms::members(tx, who, &query)).await
    }

    async fn history(&self, who: UserId, query: RoomHistory) -> Result<History, Refusal> {
        let epoch = self.epoch();
        self.read(move |tx| reads::history(tx, epoch, who, &query)).await
    }

    async fn search(&self, who: UserId, query: Search) -> Result<Found, Refusal> {
        // What was said until now is to be found, if the disk has room for it.
        while self.index().await == Ok(true) {}
        let Ok(_turn) = self.inner.searches.acquire().await else { return Err(storage()) };
        self.read(move |tx| search::find(tx, who, &query)).await
    }

    async fn session(
        &self,
        key: SessionKey,
        address: String,
        now: u64,
    ) -> Result<Option<Kept>, Refusal> {
        let lifetime = self.inner.writer.settings().session_lifetime;
        self.read(move |tx| people::session(tx, key, &address, now, lifetime)).await
    }

    async fn is_open_to(&self, address: String) -> Result<(), Refusal> {
        self.read(move |tx| people::refuse_banned_address(tx, &address)).await
    }

    async fn bans(&self, who: UserId, query: ListBans) -> Result<Bans, Refusal> {
        self.read(move |tx| moderation::bans(tx, who, query)).await
    }

    async fn audit(&self, who: UserId, query: ListAudit) -> Result<Audit, Refusal> {
        self.read(move |tx| moderation::audit(tx, who, query)).await
    }

    async fn file(&self, file: FileId) -> Result<Option<Stored>, Refusal> {
        self.read(move |tx| files::find(tx, &file)).await
    }
}

/// Takes the data folder for this process.
fn lock(folder: &Path) -> Result<File, OpenError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK))
        .map_err(OpenError::Lock)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
        Err(TryLockError::Error(error)) => Err(OpenError::Lock(error)),
    }
}

/// A connection that may write.
fn prepare(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    // 16 MiB.
    db.pragma_update(None, "cache_size", -16_384)
}

/// A connection that only reads.
fn open_reader(path: &PathBuf) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    db.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(db)
}
