//! What is done with the data from the command line: backup, restore, export, check, roles.
//!
//! A backup is one file: the database as it was at one moment, with the content of its files in a
//! table of its own. All but a restore can be done while the server runs, and need
//! data of the present version: none of them migrates.

mod backup;
mod check;
mod disk;
mod export;
mod grant;
mod restore;

use std::{
    io,
    path::{Path, PathBuf},
};

use parlour_events::{Nickname, RoomName};
use rusqlite::{Connection, OpenFlags};

pub use self::{
    backup::backup,
    check::{Checked, check},
    export::export,
    grant::grant,
    restore::restore,
};
use super::{FILE, OpenError, migrations, prepare, tx::Fault};

/// Where files are, in the data folder.
pub(crate) const FILES: &str = "files";

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

/// The database in this folder, as it is: it is not made, and not brought to another version.
fn open(folder: &Path) -> Result<Connection, OfflineError> {
    let path = folder.join(FILE);
    if !path.is_file() {
        return Err(OpenError::Missing.into());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(&path, flags)?;
    // Before anything is set: data of another version stays as it is.
    migrations::present(&db)?;
    prepare(&db)?;
    Ok(db)
}
