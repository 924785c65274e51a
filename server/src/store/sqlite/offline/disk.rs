//! Files that are there whole or not at all.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::OfflineError;

pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}

pub(super) fn remove(path: &Path) -> Result<(), OfflineError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(file_error(path, error)),
        _ => Ok(()),
    }
}

/// Makes an empty file that only its owner may read. What SQLite writes into it, and puts beside it
/// meanwhile, stays so.
pub(super) fn create_private(path: &Path) -> Result<(), OfflineError> {
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|source| file_error(path, source))
}

/// Gives a finished file its name, so that it is there after a power cut as well.
pub(super) fn put_in_place(from: &Path, to: &Path) -> Result<(), OfflineError> {
    let done = fs::File::open(from)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(from, to))
        .and_then(|()| sync_folder(to));
    done.map_err(|source| file_error(to, source))
}

pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<(), OfflineError> {
    let part = beside(path, "part");
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&part, content))
        .map_err(|source| file_error(path, source))?;
    put_in_place(&part, path)
}

#[cfg(unix)]
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => fs::File::open(".")?.sync_all(),
    }
}

/// Elsewhere a folder cannot be opened as a file, and needs not be.
#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

pub(super) fn path_text(path: &Path) -> Result<&str, OfflineError> {
    path.to_str().ok_or_else(|| {
        let source = io::Error::new(io::ErrorKind::InvalidFilename, "its name is not UTF-8");
        file_error(path, source)
    })
}

pub(super) fn file_error(path: &Path, source: io::Error) -> OfflineError {
    OfflineError::File { path: path.to_owned(), source }
}
