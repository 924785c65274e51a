//! Files that people put on messages: content on disk, named by its SHA-256, beside the database.
//!
//! ```text
//! DIR/files/incoming/<any>   an upload that is coming in
//! DIR/files/ab/cdef…         the content whose SHA-256 is abcdef…; never changed once it is there
//! ```
//!
//! The database knows who uploaded what and which messages have it; that is the [`Ledger`]'s. An
//! upload streams to `incoming`, is synced, gets its name, and then is written down, so a row
//! always has its content. The other way round nothing is promised: content without a row is what
//! a crash or a refusal leaves, and [`Files::sweep`] takes it away.
//!
//! Whoever uploads is known by a session's token. Whoever downloads is not asked: an id is 256
//! bits that only the messages tell. Types are found out from the content; what could run in a
//! browser is only ever saved, never shown.
//!
//! * `upload`, `incoming`, `places`: `POST /files`;
//! * `download`, `range`, `saved_as`, `stream`: `GET /files/{id}`;
//! * `kind`, `pixels`: what a content is;
//! * `folder`: names and moves on disk; `sweep` and `check` go through them;
//! * `answer`: refusals as HTTP.

mod answer;
mod check;
mod download;
mod folder;
mod incoming;
mod kind;
mod pixels;
mod places;
mod range;
mod saved_as;
mod stream;
mod sweep;
mod upload;

use std::{
    io,
    path::PathBuf,
    sync::{Arc, atomic::AtomicU64},
};

use axum::{
    Router,
    http::Extensions,
    routing::{get, post},
};
use parlour_events::{FileId, Refusal, Timestamp, Token, Uploaded, UserId};
use tokio::sync::RwLock;

pub(crate) use check::{check, path};

use self::{folder::Folder, places::Places};

/// What the files need of the chat.
pub(crate) trait Ledger: Clone + Send + Sync + 'static {
    /// Who uploads. Checks the session's token, bans, mutes and rates; called once for each upload,
    /// before any byte of it is read.
    fn uploader(
        &self,
        token: &Token,
        from: &Extensions,
    ) -> impl Future<Output = Result<UserId, Refusal>> + Send;

    /// Writes the file down, durably; its content is on disk. Refuses with
    /// [`Code::Limit`](parlour_events::Code::Limit) where there is no space for it. Idempotent for
    /// the same content, which counts as uploaded now.
    fn record(&self, by: UserId, file: &Stored)
    -> impl Future<Output = Result<(), Refusal>> + Send;

    /// What is known of a file; none if nothing is, or not any more.
    fn find(&self, file: &FileId) -> impl Future<Output = Result<Option<Stored>, Refusal>> + Send;

    /// Forgets, durably, the files that no message has and that were uploaded before `older_than`;
    /// returns them.
    fn forget_unused(
        &self,
        older_than: Timestamp,
    ) -> impl Future<Output = Result<Vec<FileId>, Refusal>> + Send;
}

/// A file that is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// The file.
    pub(crate) file: FileId,
    /// Its type by its content.
    pub(crate) mime: String,
    /// Its length in bytes.
    pub(crate) size: u64,
    /// Width and height, of an image that browsers show.
    pub(crate) pixels: Option<(u32, u32)>,
}

impl From<Stored> for Uploaded {
    fn from(stored: Stored) -> Self {
        let Stored { file, mime, size, pixels } = stored;
        Self { file, mime, size, pixels }
    }
}

/// The files of a server. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Files(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: Folder,
    /// Largest upload; 0 if there are none.
    max_bytes: u64,
    places: Places,
    /// Many uploads hold it to read, from before a content gets its name until it is written down.
    /// Whoever removes a content holds it to write, and looks whether it is written down. So no
    /// content is removed between its name and its row.
    naming: RwLock<()>,
    /// When orphans were looked for, in milliseconds since 1970; 0 if never.
    orphans_looked_for: AtomicU64,
}

/// What the handlers share.
#[derive(Clone)]
struct Shared<L> {
    files: Files,
    ledger: L,
}

impl Files {
    /// The files in this folder, which is made if it is not there. Blocks.
    ///
    /// # Errors
    /// What the system said.
    pub(crate) fn open(folder: impl Into<PathBuf>, max_bytes: u64) -> io::Result<Self> {
        Ok(Self(Arc::new(Inner {
            folder: Folder::open(folder.into())?,
            max_bytes,
            places: Places::default(),
            naming: RwLock::new(()),
            orphans_looked_for: AtomicU64::new(0),
        })))
    }

    /// `POST /files` and `GET /files/{id}`.
    pub(crate) fn router<L: Ledger>(&self, ledger: L) -> Router {
        Router::new()
            .route("/files", post(upload::upload::<L>))
            // With HEAD.
            .route("/files/{id}", get(download::download::<L>))
            .with_state(Shared { files: self.clone(), ledger })
    }
}

/// Runs what waits for the disk where it holds nobody up.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(test)]
mod tests;
