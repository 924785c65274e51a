//! Files from outside a running server: looked over, listed, copied for a backup. Everything here
//! blocks, and changes nothing in the folder.

use std::{
    collections::BTreeSet,
    fmt, fs,
    fs::File,
    io::{self, Read},
    path::Path,
};

use parlour_events::FileId;
use sha2::{Digest, Sha256};

use super::{
    Stored,
    folder::{Folder, sync},
    incoming::id,
};

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

/// What a copy came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Copied {
    /// Files that are there now, also those that were there before.
    pub(crate) files: u64,
    /// Those whose content was not there to copy.
    pub(crate) missing: Vec<FileId>,
}

/// Reads the content of each file that is written down, and tells what is wrong.
pub(crate) fn check(folder: &Path, rows: impl IntoIterator<Item = Stored>) -> Vec<Problem> {
    let folder = Folder::at(folder);
    rows.into_iter().filter_map(|row| problem(&folder, row)).collect()
}

/// All files whose content is in the folder, with a row or without.
///
/// # Errors
/// What the system said.
pub(crate) fn list(folder: &Path) -> io::Result<BTreeSet<FileId>> {
    let folder = Folder::at(folder);
    let mut files = BTreeSet::new();
    for first in 0..=u8::MAX {
        files.extend(folder.shard(first)?.into_iter().map(|(file, _)| file));
    }
    Ok(files)
}

/// Puts the content of these files into another folder of the same kind, which is made if it is
/// not there. On the same file system as a second name of the same content, which costs nothing
/// and is safe because content never changes; elsewhere as a copy. Durable when it returns.
///
/// # Errors
/// What the system said. What was copied by then stays.
pub(crate) fn copy_into(
    folder: &Path,
    files: impl IntoIterator<Item = FileId>,
    target: &Path,
) -> io::Result<Copied> {
    let source = Folder::at(folder);
    let target = Folder::open(target.to_owned())?;
    let mut copied = Copied::default();
    let mut shards = BTreeSet::new();
    for file in files {
        let to = target.path(&file);
        if let Some(shard) = to.parent()
            && shards.insert(shard.to_owned())
        {
            target.make_shard(shard)?;
        }
        if copy(&source, &target, &file)? {
            copied.files += 1;
        } else {
            copied.missing.push(file);
        }
    }
    shards.iter().try_for_each(|shard| sync(shard))?;
    Ok(copied)
}

/// False if there is nothing to copy.
fn copy(source: &Folder, target: &Folder, file: &FileId) -> io::Result<bool> {
    let (from, to) = (source.path(file), target.path(file));
    let size = match fs::metadata(&from) {
        Ok(meta) => meta.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    // What an earlier backup left; a broken-off copy never has the name.
    if fs::metadata(&to).is_ok_and(|there| there.len() == size) {
        return Ok(true);
    }
    target.remove(file)?;
    if fs::hard_link(&from, &to).is_ok() {
        return Ok(true);
    }
    // Another file system, or one without second names. If it was neither, the copy says so.
    let (temporary, mut copy) = target.temporary()?;
    match File::open(&from) {
        Ok(mut content) => io::copy(&mut content, &mut copy)?,
        // Swept since.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    copy.sync_all()?;
    target.keep(temporary, file)?;
    Ok(true)
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
