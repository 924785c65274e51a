//! The data folder.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    path::Path,
    process,
};

/// Makes the folder if it is not there, for nobody else to read, and finds out whether files can be written in it, by
/// writing one. (Permission bits would not tell: they do not stop root, and a file system that is
/// read-only has them too.)
///
/// # Errors
/// What the system said.
pub(crate) fn prepare(folder: &Path) -> io::Result<()> {
    if folder.exists() && !folder.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "it is a file, not a folder"));
    }
    make(folder)?;
    let probe = folder.join(format!(".parlour-probe-{}", process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&probe)
        .and_then(|mut file| file.write_all(b"Parlour can write here.\n").and(file.sync_all()));
    // A full disk can leave an empty file behind.
    let removed = fs::remove_file(&probe);
    written.and(removed)
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    fn place(name: &str) -> std::path::PathBuf {
        env::temp_dir().join(format!("parlour-{}-{name}", process::id()))
    }

    #[test]
    fn a_missing_folder_is_made_and_left_empty() {
        let top = place("missing");
        let folder = top.join("a/b");
        prepare(&folder).unwrap();
        prepare(&folder).unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        #[cfg(unix)]
        {
            let metadata = fs::metadata(&folder).unwrap();
            let mode = std::os::unix::fs::MetadataExt::mode(&metadata);
            assert_eq!(mode & 0o077, 0, "others can look into it: {mode:o}");
        }
        fs::remove_dir_all(&top).unwrap();
    }

    #[test]
    fn a_file_is_no_folder() {
        let file = place("file");
        fs::write(&file, "").unwrap();
        assert!(prepare(&file).is_err());
        assert!(prepare(&file.join("under")).is_err());
        fs::remove_file(&file).unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_place_that_nobody_can_write_to_is_found_out() {
        assert!(prepare(Path::new("/proc/parlour")).is_err());
        assert!(prepare(Path::new("/proc")).is_err());
    }
}
