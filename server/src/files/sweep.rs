//! Taking away what nobody needs. Only content without a row is ever removed, and only while no
//! content is being named; see [`Inner::naming`](super::Inner).

use std::{
    io,
    sync::atomic::Ordering,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use parlour_events::{FileId, Refusal, Timestamp};
use tracing::{info, warn};

use super::{Files, Ledger, blocking};

/// How long an upload waits for its message. A page that lost its connection may send it later
/// than it meant to.
pub(crate) const UNUSED: Duration = Duration::from_secs(24 * 60 * 60);

/// How old content has to be before its lack of a row, or of an end, means something. Longer than
/// any upload takes.
pub(crate) const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// How often all content on disk is compared with the rows. Only a crash leaves some without.
pub(crate) const ORPHANS_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// How many were removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Files that no message had.
    pub(crate) unused: u64,
    /// Contents that no row had.
    pub(crate) orphans: u64,
    /// Uploads that had no end.
    pub(crate) abandoned: u64,
}

impl Files {
    /// Takes away what nobody needs at `now`. What cannot be removed is told in the log, and tried
    /// again another time. Stopping halfway loses nothing.
    ///
    /// # Errors
    /// What the ledger refused with.
    pub(crate) async fn sweep<L: Ledger>(
        &self,
        ledger: &L,
        now: Timestamp,
    ) -> Result<Swept, Refusal> {
        let mut swept = Swept::default();
        for file in ledger.forget_unused(before(now, UNUSED)).await? {
            swept.unused += u64::from(self.remove_unrecorded(ledger, &file).await?);
        }
        let old = time(before(now, ABANDONED));
        let folder = self.0.folder.clone();
        swept.abandoned =
            told(blocking(move || folder.remove_stale(old)).await, "abandoned uploads");
        if self.orphans_are_due(now) {
            swept.orphans = self.sweep_orphans(ledger, old).await?;
        }
        if swept != Swept::default() {
            let Swept { unused, orphans, abandoned } = swept;
            info!(unused, orphans, abandoned, "files swept");
        }
        Ok(swept)
    }

    /// Removes a content, unless it is written down; whether it was removed.
    pub(super) async fn remove_unrecorded<L: Ledger>(
        &self,
        ledger: &L,
        file: &FileId,
    ) -> Result<bool, Refusal> {
        let _nobody_is_naming = self.0.naming.write().await;
        if ledger.find(file).await?.is_some() {
            return Ok(false);
        }
        let (folder, file) = (self.0.folder.clone(), file.clone());
        Ok(told(blocking(move || folder.remove(&file)).await, "a file"))
    }

    async fn sweep_orphans<L: Ledger>(&self, ledger: &L, old: SystemTime) -> Result<u64, Refusal> {
        let mut removed = 0;
        // A part at a time, so that there is never a list of all files.
        for first in 0..=u8::MAX {
            let folder = self.0.folder.clone();
            let files = told(blocking(move || folder.shard(first)).await, "orphans");
            for (file, modified) in files {
                // Most have a row, and are not worth holding up uploads for.
                if modified < old && ledger.find(&file).await?.is_none() {
                    removed += u64::from(self.remove_unrecorded(ledger, &file).await?);
                }
            }
        }
        Ok(removed)
    }

    fn orphans_are_due(&self, now: Timestamp) -> bool {
        let last = self.0.orphans_looked_for.load(Ordering::Relaxed);
        let due = last == 0 || now.0 >= last.saturating_add(millis(ORPHANS_EVERY));
        if due {
            self.0.orphans_looked_for.store(now.0, Ordering::Relaxed);
        }
        due
    }
}

/// What came of it, or nothing and a line in the log.
fn told<T: Default>(result: io::Result<T>, what: &str) -> T {
    result.unwrap_or_else(|error| {
        warn!(%error, "sweeping {what} failed");
        T::default()
    })
}

fn before(now: Timestamp, age: Duration) -> Timestamp {
    Timestamp(now.0.saturating_sub(millis(age)))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The file system's idea of it. A time that it has none of is before everything.
fn time(at: Timestamp) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_millis(at.0)).unwrap_or(UNIX_EPOCH)
}
