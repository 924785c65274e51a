//! The connections that read.
//!
//! SQLite reads block their thread, so each runs on one of Tokio's threads for that, with one of
//! a few connections. Whoever comes when all are in use waits, in order.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use parlour_events::Refusal;
use rusqlite::Connection;
use tokio::{sync::Semaphore, task::spawn_blocking};
use tracing::error;

use super::{
    memory::Memory,
    open_reader,
    tx::{Fault, Tx},
    writer::failed,
};
use crate::{
    clock,
    store::{settings::Settings, storage},
};

/// How many connections.
const CONNECTIONS: usize = 4;

/// The connections.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        let path = path.to_owned();
        let idle = (0..CONNECTIONS).map(|_| open_reader(&path)).collect::<Result<_, _>>()?;
        Ok(Self { idle: Arc::new(Mutex::new(idle)), free: Arc::new(Semaphore::new(CONNECTIONS)) })
    }

    /// Runs a query; all that it reads is of one moment.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Tx<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Refusal> {
        let Ok(permit) = self.free.clone().acquire_owned().await else { return Err(storage()) };
        let idle = self.idle.clone();
        let result = spawn_blocking(move || {
            let _permit = permit;
            let db = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            // One for each permit, unless a query has panicked with it.
            let db = db.ok_or_else(storage)?;
            let result = answer(&db, query);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(db);
            result
        });
        result.await.unwrap_or_else(|error| {
            error!(%error, "a query has failed");
            Err(storage())
        })
    }
}

fn answer<T>(
    db: &Connection,
    query: impl FnOnce(&Tx<'_>) -> Result<T, Fault>,
) -> Result<T, Refusal> {
    // Nothing is remembered: others write.
    let (settings, memory) = (Settings::default(), Memory::default());
    let transaction = db.unchecked_transaction().map_err(|error| failed(&error))?;
    let result = query(&Tx::new(&transaction, clock::now(), &settings, &memory));
    result.map_err(|fault| match fault {
        Fault::Refused(refusal) => refusal,
        Fault::Store(error) => failed(&error),
    })
}
