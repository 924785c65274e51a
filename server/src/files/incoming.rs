//! An upload on its way to the disk: hashed, counted and looked at while it passes, never whole
//! in memory. Dropped before [`Incoming::finish`], it leaves nothing behind.

use std::{fmt::Write, io};

use parlour_events::FileId;
use sha2::{Digest, Sha256};
use tokio::{fs::File, io::AsyncWriteExt, task::spawn_blocking};

use super::{
    Stored, blocking,
    folder::{Folder, Temporary},
    kind::{self, HEAD},
    pixels::pixels,
};

pub(super) struct Incoming {
    // Closed before it is removed.
    file: File,
    temporary: Temporary,
    hash: Sha256,
    size: u64,
    /// How it begins, at most [`HEAD`] bytes.
    head: Vec<u8>,
}

impl Incoming {
    /// # Errors
    /// What the system said.
    pub(super) async fn create(folder: &Folder) -> io::Result<Self> {
        let folder = folder.clone();
        // If nobody waits any more, what was made is dropped where it was made.
        let (temporary, file) = blocking(move || folder.temporary()).await?;
        Ok(Self::new(temporary, file.into()))
    }

    pub(super) fn new(temporary: Temporary, file: File) -> Self {
        Self { file, temporary, hash: Sha256::new(), size: 0, head: Vec::new() }
    }

    /// Bytes so far.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// # Errors
    /// What the system said, possibly about bytes of an earlier call.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let wanted = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..wanted]);
        self.hash.update(bytes);
        self.size = self.size.saturating_add(bytes.len() as u64);
        self.file.write_all(bytes).await
    }

    /// What it is, once all of it is safely on disk.
    ///
    /// # Errors
    /// What the system said.
    pub(super) async fn finish(mut self) -> io::Result<(Temporary, Stored)> {
        // What was written last may have failed since.
        self.file.flush().await?;
        let file = self.file.into_std().await;
        let file = blocking(move || file.sync_all().map(|()| file)).await?;
        let (head, size) = (self.head, self.size);
        let looked = spawn_blocking(move || {
            let mime = kind::of(&head, size);
            (mime, pixels(mime, file))
        });
        // If others' code cannot cope with what somebody sent, it is of no known kind.
        let (mime, pixels) = looked.await.unwrap_or((kind::UNKNOWN, None));
        let stored =
            Stored { file: id(&self.hash.finalize()), mime: mime.to_owned(), size, pixels };
        Ok((self.temporary, stored))
    }
}

/// The id of content with this hash.
pub(super) fn id(hash: &[u8]) -> FileId {
    let mut text = String::with_capacity(2 * hash.len());
    for byte in hash {
        let _ = write!(text, "{byte:02x}");
    }
    FileId::try_from(text).expect("32 bytes in hexadecimal")
}
