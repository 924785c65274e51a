//! A small disk of its own, which can be full.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// A file system in memory. It is gone on drop, with all that is in it; whoever uses it is to be
/// gone before.
#[derive(Debug)]
pub struct SmallDisk {
    place: TempDir,
}

impl SmallDisk {
    /// One of so many MiB. Only root may mount.
    ///
    /// # Panics
    /// If it cannot be mounted: a test on it is never skipped in silence.
    pub fn mount(mebibytes: u32) -> Self {
        let place = TempDir::new().expect("a temporary folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m,mode=0700"), "tmpfs"]);
        let status = mount.arg(place.path()).status().expect("there is a mount(8)");
        assert!(status.success(), "a test of a full disk mounts one, and has to be run by root");
        Self { place }
    }

    /// A folder on it.
    ///
    /// # Panics
    /// If there is no room for it.
    pub fn folder(&self) -> PathBuf {
        let folder = self.place.path().join("data");
        fs::create_dir_all(&folder).expect("room for a folder");
        folder
    }

    /// Fills it up to the last byte.
    ///
    /// # Panics
    /// If something else goes wrong than that it is full.
    pub fn fill(&self) -> Filling {
        let path = self.place.path().join("filling");
        let mut file = File::create(&path).expect("room for a name");
        let mut chunk = &[0_u8; 64 * 1024][..];
        loop {
            match file.write(chunk) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull && chunk.len() > 1 => {
                    chunk = &chunk[..chunk.len() / 2];
                }
                Err(error) if error.kind() == ErrorKind::StorageFull => return Filling(path),
                Err(error) => panic!("{}: {error}", path.display()),
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.place.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that a failed test leaves is killed, and may not be gone yet.
        let unmounted = Command::new("umount").arg("--lazy").arg(self.place.path()).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} stays mounted", self.place.path().display());
        }
    }
}

/// What fills a disk. There is room again on drop.
#[derive(Debug)]
#[must_use = "there is room again on drop"]
pub struct Filling(PathBuf);

impl Drop for Filling {
    fn drop(&mut self) {
        // It goes with the disk otherwise.
        let _ = fs::remove_file(&self.0);
    }
}
