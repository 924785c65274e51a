//! Files from outside a running server: found, and looked over. Everything here blocks, and changes
//! nothing in the folder.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use parlour_events::FileId;
use sha2::{Digest, Sha256};

use super::{Stored, folder::Folder, incoming::id};

/// How much of a file is read at a time.
const CHUNK: usize = 256 * 1024;

/// What is wrong with a file that the database knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Its content is not there.
    Missing(FileId),
    /// Its content is shorter or longer than it was.
    WrongSize {
        /// The file.
        file: FileId,
        /// Bytes it had.
        expected: u64,
        /// Bytes it has.
        found: u64,
    },
    /// Its content is as long as it was, and something else.
    WrongContent(FileId),
    /// The system does not give it.
    Unreadable {
        /// The file.
        file: FileId,
        /// What the system said.
        reason: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(file) => write!(f, "file {file} is missing"),
            Self::WrongSize { file, expected, found } => {
                write!(f, "file {file} has {found} bytes, and should have {expected}")
            }
            Self::WrongContent(file) => write!(f, "file {file} is damaged"),
            Self::Unreadable { file, reason } => write!(f, "file {file} cannot be read: {reason}"),
        }
    }
}

/// Where the content of a file is, in the folder of files.
pub(crate) fn path(folder: &Path, file: &FileId) -> PathBuf {
    Folder::at(folder).path(file)
}

/// Reads the content of each file that is written down, and tells what is wrong.
pub(crate) fn check(folder: &Path, rows: impl IntoIterator<Item = Stored>) -> Vec<Problem> {
    let folder = Folder::at(folder);
    rows.into_iter().filter_map(|row| problem(&folder, row)).collect()
}

fn problem(folder: &Folder, row: Stored) -> Option<Problem> {
    let file = row.file;
    match content(&folder.path(&file)) {
        Ok((_, found)) if found != row.size => {
            Some(Problem::WrongSize { file, expected: row.size, found })
        }
        Ok((content, _)) if content != file => Some(Problem::WrongContent(file)),
        Ok(_) => None,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Problem::Missing(file)),
        Err(error) => Some(Problem::Unreadable { file, reason: error.to_string() }),
    }
}

/// The id that the content has, and its length.
fn content(path: &Path) -> io::Result<(FileId, u64)> {
    let mut file = File::open(path)?;
    let (mut hash, mut size) = (Sha256::new(), 0_u64);
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&chunk[..read]);
                size = size.saturating_add(read as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((id(&hash.finalize()), size))
}
