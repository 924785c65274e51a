//! The folder of the files: what is where, and how a content gets its name. Everything here
//! blocks.

use std::{
    collections::HashSet,
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use parlour_events::FileId;
use uuid::Uuid;

/// Where uploads come in: beside the files, so that a move is a rename.
const INCOMING: &str = "incoming";

#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
    /// What the names of our own temporary files begin with. They are removed by whoever made
    /// them, however old they look when somebody sets the clock.
    own: String,
    /// The shards that we made, or found, and that are durable.
    durable: Arc<Mutex<HashSet<PathBuf>>>,
}

/// A file in `incoming`, removed when this is dropped.
#[derive(Debug)]
#[must_use = "the file is removed when this is dropped"]
pub(super) struct Temporary {
    path: PathBuf,
    /// It has another name by now.
    named: bool,
}

impl Folder {
    /// Makes what is not there.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let folder = Self::at(path);
        private_folder().recursive(true).create(folder.incoming())?;
        sync(&folder.path)?;
        // A relative path of one part has an empty parent.
        if let Some(parent) = folder.path.parent().filter(|parent| *parent != "") {
            sync(parent)?;
        }
        Ok(folder)
    }

    /// The folder as it is, without making anything.
    pub(super) fn at(path: impl Into<PathBuf>) -> Self {
        let own = Uuid::now_v7().simple().to_string();
        Self { path: path.into(), own, durable: Arc::default() }
    }

    fn incoming(&self) -> PathBuf {
        self.path.join(INCOMING)
    }

    /// Where the content of this file is, if it is there.
    pub(super) fn path(&self, file: &FileId) -> PathBuf {
        // An id is 64 ASCII characters.
        let (shard, rest) = file.as_str().split_at(2);
        self.path.join(shard).join(rest)
    }

    /// A new, empty file for what comes in, to be written and read back.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn temporary(&self) -> io::Result<(Temporary, File)> {
        let path = self.incoming().join(format!("{}-{}", self.own, Uuid::now_v7().simple()));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok((Temporary { path, named: false }, file))
    }

    /// Gives a synced content its name, durably. Content that has the name already is the same, or
    /// damaged; either way this one takes its place, and whoever reads the other reads on.
    ///
    /// # Errors
    /// What the system said. The content may have its name all the same.
    pub(super) fn keep(&self, mut content: Temporary, file: &FileId) -> io::Result<()> {
        let path = self.path(file);
        let shard = path.parent().unwrap_or(&self.path);
        self.make_shard(shard)?;
        fs::rename(&content.path, &path)?;
        content.named = true;
        sync(shard)
    }

    /// Makes the folder of the files whose ids begin alike, durably.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn make_shard(&self, shard: &Path) -> io::Result<()> {
        // Nothing panics while it is held, and there are 256 shards.
        let durable = || self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if durable().contains(shard) {
            return Ok(());
        }
        match private_folder().create(shard) {
            Ok(()) => {}
            // Somebody else may have made it this moment, and not be done.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        sync(&self.path)?;
        durable().insert(shard.to_owned());
        Ok(())
    }

    /// Removes a content. False if it is not there.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn remove(&self, file: &FileId) -> io::Result<bool> {
        removed(fs::remove_file(self.path(file)))
    }

    /// The files whose ids begin with this byte, and when their content came. What is not named
    /// like a file is not ours, and not told.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn shard(&self, first: u8) -> io::Result<Vec<(FileId, SystemTime)>> {
        let shard = format!("{first:02x}");
        let mut files = Vec::new();
        for entry in entries(&self.path.join(&shard))? {
            let entry = entry?;
            let Some(rest) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let Ok(file) = FileId::try_from(format!("{shard}{rest}")) else { continue };
            match entry.metadata() {
                Ok(meta) if meta.is_file() => files.push((file, meta.modified()?)),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(files)
    }

    /// Removes what others began and last wrote to before `before`; how many.
    ///
    /// # Errors
    /// What the system said.
    pub(super) fn remove_stale(&self, before: SystemTime) -> io::Result<u64> {
        let mut count = 0;
        for entry in entries(&self.incoming())? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(self.own.as_bytes()) {
                continue;
            }
            let stale = match entry.metadata() {
                Ok(meta) => meta.is_file() && meta.modified()? < before,
                // Its upload has just ended.
                Err(error) if error.kind() == io::ErrorKind::NotFound => false,
                Err(error) => return Err(error),
            };
            if stale && removed(fs::remove_file(entry.path()))? {
                count += 1;
            }
        }
        Ok(count)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.named {
            // What stays behind is swept.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What is in a folder; nothing if it is not there.
fn entries(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(Some(entries).into_iter().flatten()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None.into_iter().flatten()),
        Err(error) => Err(error),
    }
}

fn removed(result: io::Result<()>) -> io::Result<bool> {
    match result {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Conversations are nobody else's on the machine.
fn private_folder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there are no modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Makes the names in a folder durable. Where folders cannot be opened, the system does it.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}
