//! The hub: what changes goes through here, and the order of everything.
//!
//! Writes reach it through a bounded queue. It takes what is waiting, up to a batch, and hands it
//! to the store as one transaction; while that is on its way to the disk, the next batch gathers.
//! What comes back, answers and news in the order of the writes, goes to the *publisher*, a task of
//! its own that takes these steps one after the other. Only changes of rooms wait, until other news
//! or the end of the batch, to travel many in one frame. So an acknowledgement is never sent before
//! the commit, nor after news of a later write other than a change; and changes of a room are
//! broadcast in the order of their numbers.
//!
//! **Nothing falls between a join and its answer.** A client's socket follows the room before its
//! missed changes are read. A change committed before that read is in the answer; one committed
//! later is broadcast later, to a room that the socket follows. Some changes come both ways, and
//! the client drops what it has.

use tokio::sync::mpsc;
use tracing::debug;

use super::publisher::{Audience, Publisher};
use crate::store::{Committed, Store, Write};
use parlour_events::{Code, Refusal};

/// Most writes that may wait for the hub.
const WAITING: usize = 4_096;

/// Most writes in one transaction.
const BATCH: usize = 256;

/// Most batches that are committed and not told yet.
const UNTOLD: usize = 4;

/// The way to the hub. When the last one is dropped, the hub ends.
#[derive(Debug, Clone)]
pub(crate) struct Hub {
    writes: mpsc::Sender<Write>,
}

impl Hub {
    /// Starts a hub as tasks of this runtime.
    pub(crate) fn start(store: impl Store, audience: impl Audience) -> Self {
        let (writes, waiting) = mpsc::channel(WAITING);
        let (committed, untold) = mpsc::channel(UNTOLD);
        let publisher = Publisher::new(store.epoch(), audience);
        tokio::spawn(write(store, waiting, committed));
        tokio::spawn(publisher.run(untold));
        Self { writes }
    }

    /// Hands over a write; waits while the hub has too many.
    pub(crate) async fn write(&self, write: Write) {
        if let Err(mpsc::error::SendError(write)) = self.writes.send(write).await {
            write.refuse(Refusal::new(Code::Busy, "The server is stopping. Try again soon."));
        }
    }
}

async fn write(
    store: impl Store,
    mut waiting: mpsc::Receiver<Write>,
    committed: mpsc::Sender<Committed>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let done = store.commit(std::mem::take(&mut batch)).await;
        if committed.send(done).await.is_err() {
            break;
        }
    }
    debug!("the hub has ended");
}

/// Writes, and waits for the answer: `ask(&hub, |answer| Write::…).await`.
pub(crate) async fn ask<T: Send + 'static>(
    hub: &Hub,
    write: impl FnOnce(crate::store::Answer<T>) -> Write,
) -> Result<T, Refusal> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let answer = Box::new(move |result| {
        // Whoever asked may be gone meanwhile.
        let _ = sender.send(result);
    });
    hub.write(write(answer)).await;
    receiver.await.unwrap_or_else(|_| Err(crate::store::storage()))
}
