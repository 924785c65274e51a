//! The one thread that writes.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use parlour_events::{Code, Refusal};
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};
use tracing::{error, info, warn};

use super::{
    memory::Memory,
    tx::{Effect, Fault, Run, Tx},
};
use crate::{
    clock,
    store::{Asked, Committed, Write, settings::Settings, storage, write::each},
};

/// Most batches that wait. The hub hands over one at a time.
const WAITING: usize = 16;

/// Something to do on the writer's thread.
type Job = Box<dyn FnOnce(&mut Desk) + Send>;

/// What the thread works with.
struct Desk {
    db: Connection,
    settings: Arc<Settings>,
    memory: Memory,
    /// Changes when another process writes.
    version: i64,
}

/// The way to the writer's thread, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    settings: Arc<Settings>,
    counts: Arc<Counts>,
}

/// How much was done. Only to be told: nothing depends on it.
#[derive(Debug, Default)]
struct Counts {
    writes: AtomicU64,
    commits: AtomicU64,
    /// What the commits took, in microseconds.
    micros: AtomicU64,
}

impl Writer {
    pub(super) fn start(db: Connection, settings: Settings) -> Self {
        let (jobs, mut waiting) = mpsc::channel::<Job>(WAITING);
        let settings = Arc::new(settings);
        let counts = Arc::new(Counts::default());
        let mut desk =
            Desk { db, settings: settings.clone(), memory: Memory::default(), version: 0 };
        let written = counts.clone();
        let work = move || {
            while let Some(job) = waiting.blocking_recv() {
                job(&mut desk);
            }
            let commits = written.commits.load(Ordering::Relaxed);
            let writes = written.writes.load(Ordering::Relaxed);
            let millis = written.micros.load(Ordering::Relaxed) / 1_000;
            info!(writes, commits, millis, "the store has written all");
            // What the log holds goes into the database, so that a copy of it alone is complete.
            if let Err(error) = desk.db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
                warn!(%error, "the write-ahead log stays; it is read at the next start");
            }
        };
        let thread = thread::Builder::new().name("store".to_owned()).spawn(work).ok();
        Self { jobs: Some(jobs), thread: Mutex::new(thread), settings, counts }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Does all of these writes in one transaction, or none.
    pub(super) async fn commit(&self, batch: Vec<Write>) -> Committed {
        self.counts.writes.fetch_add(batch.len() as u64, Ordering::Relaxed);
        self.counts.commits.fetch_add(1, Ordering::Relaxed);
        let counts = self.counts.clone();
        let work = move |desk: &mut Desk| {
            let begun = Instant::now();
            let committed = commit(desk, batch);
            let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
            counts.micros.fetch_add(micros, Ordering::Relaxed);
            committed
        };
        self.on_thread(work).await.unwrap_or_default()
    }

    /// Does one thing in a transaction of its own.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Refusal> {
        let run = move |desk: &mut Desk| {
            let Desk { db, settings, memory, .. } = desk;
            // What this changes is not known here.
            memory.forget();
            let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&Tx::new(&transaction, clock::now(), settings, memory))?;
            transaction.commit()?;
            Ok::<T, Fault>(done)
        };
        match self.on_thread(run).await {
            Some(Ok(done)) => Ok(done),
            Some(Err(Fault::Refused(refusal))) => Err(refusal),
            Some(Err(Fault::Store(error))) => Err(failed(&error)),
            None => Err(storage()),
        }
    }

    async fn on_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Desk) -> T + Send + 'static,
    ) -> Option<T> {
        let (done, result) = oneshot::channel();
        let job: Job = Box::new(move |desk| {
            // Nobody waits for it any more: it was done all the same.
            let _ = done.send(work(desk));
        });
        self.jobs.as_ref()?.send(job).await.ok()?;
        result.await.ok()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            error!("the store's writer has panicked");
        }
    }
}

/// Refuses because the database failed, and logs why.
pub(super) fn failed(error: &rusqlite::Error) -> Refusal {
    error!(%error, "the store failed");
    storage()
}

/// The result of a write, on the way to whoever asked.
trait Settle: Send {
    /// Tells them, once it is known whether the transaction was committed.
    fn settle(self: Box<Self>, committed: Result<(), Refusal>);
}

struct Pending<T> {
    answer: crate::store::Answer<T>,
    result: Result<T, Refusal>,
}

impl<T: Send> Settle for Pending<T> {
    fn settle(self: Box<Self>, committed: Result<(), Refusal>) {
        (self.answer)(committed.and(self.result));
    }
}

fn commit(desk: &mut Desk, batch: Vec<Write>) -> Committed {
    let mut pending: Vec<Box<dyn Settle>> = Vec::with_capacity(batch.len());
    let mut batch = batch.into_iter();
    let result = all(desk, &mut batch, &mut pending);
    let (outcome, news) = match result {
        Ok(news) => (Ok(()), news),
        Err(error) => {
            desk.memory.forget();
            (Err(failed(&error)), Vec::new())
        }
    };
    let mut committed = Committed { answers: Vec::with_capacity(pending.len()), news };
    for pending in pending {
        let outcome = outcome.clone();
        committed.answers.push(Box::new(move || pending.settle(outcome)));
    }
    // Those that it did not come to.
    for write in batch {
        committed.answers.push(Box::new(move || write.refuse(storage())));
    }
    committed
}

fn all(
    desk: &mut Desk,
    batch: &mut impl Iterator<Item = Write>,
    pending: &mut Vec<Box<dyn Settle>>,
) -> rusqlite::Result<Vec<crate::store::News>> {
    let Desk { db, settings, memory, version } = desk;
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let now_at = transaction.pragma_query_value(None, "data_version", |row| row.get(0))?;
    if std::mem::replace(version, now_at) != now_at {
        memory.forget();
    }
    let tx = Tx::new(&transaction, clock::now(), settings, memory);
    for write in batch {
        each!(write, asked => one(&tx, asked, memory, pending)?);
    }
    tx.write_heads()?;
    let news = tx.news.take();
    transaction.commit()?;
    Ok(news)
}

/// Does one write. If it is refused, nothing of it stays.
fn one<O: Run + Send>(
    tx: &Tx<'_>,
    asked: Asked<O, O::Done>,
    memory: &Memory,
    pending: &mut Vec<Box<dyn Settle>>,
) -> rusqlite::Result<()> {
    let Asked { op, answer } = asked;
    if O::EFFECT == Effect::Posts {
        let result = match op.run(tx) {
            Ok(done) => Ok(done),
            Err(Fault::Refused(refusal)) => Err(refusal),
            Err(Fault::Store(error)) => {
                pending.push(Box::new(Pending { answer, result: Err::<O::Done, _>(storage()) }));
                return Err(error);
            }
        };
        pending.push(Box::new(Pending { answer, result }));
        return Ok(());
    }
    tx.write_heads()?;
    let told = tx.news.borrow().len();
    tx.execute("SAVEPOINT one", [])?;
    let (result, outcome) = match op.run(tx) {
        Ok(done) => {
            let kept = tx.write_heads().and_then(|()| tx.execute("RELEASE one", []).map(drop));
            (Ok(done), kept)
        }
        Err(fault) => {
            tx.news.borrow_mut().truncate(told);
            // It may have counted on.
            memory.forget();
            let (refusal, outcome) = match fault {
                Fault::Refused(refusal) => (refusal, undo(tx)),
                // Something is wrong with this write alone.
                Fault::Store(error) if is_its_own(&error) => {
                    error!(%error, "a write does not fit the data");
                    let sentence = "The server could not do that; its log says why.";
                    (Refusal::new(Code::Internal, sentence), undo(tx))
                }
                Fault::Store(error) => (storage(), Err(error)),
            };
            (Err(refusal), outcome)
        }
    };
    if O::EFFECT == Effect::Changes {
        memory.forget();
    }
    pending.push(Box::new(Pending { answer, result }));
    outcome
}

fn undo(tx: &Tx<'_>) -> rusqlite::Result<()> {
    tx.execute("ROLLBACK TO one", [])?;
    tx.execute("RELEASE one", [])?;
    Ok(())
}

/// Whether the database is as good as before for everybody else.
fn is_its_own(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(error, _) => matches!(
            error.code,
            ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig
        ),
        _ => true,
    }
}
