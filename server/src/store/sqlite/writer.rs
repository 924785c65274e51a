//! The one thread that writes.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use parlour_events::{Code, Refusal};
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};
use tracing::{error, info, warn};

use super::{
    memory::Memory,
    tx::{Effect, Fault, Run, Tx},
};
use crate::{
    clock,
    store::{Asked, Committed, News, Step, Write, settings::Settings, storage, write::each},
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
    pub(super) fn start(db: Connection, settings: Settings) -> io::Result<Self> {
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
        let thread = thread::Builder::new().name("store".to_owned()).spawn(work)?;
        Ok(Self { jobs: Some(jobs), thread: Mutex::new(Some(thread)), settings, counts })
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
        match self.on_thread(work).await {
            Some(committed) => committed,
            None => gone(),
        }
    }

    /// Does one thing in a transaction of its own.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Refusal> {
        let run = move |desk: &mut Desk| {
            let done = one_thing(desk, work);
            // What it read before it changed it is not so any more, and neither is what it changed
            // if it was undone; which rows these are is not known here.
            desk.memory.forget();
            done
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

/// Without its writer the server is worth nothing, and nobody would be answered any more.
fn gone() -> ! {
    error!("the store's writer is gone: ending, so that whoever supervises this starts anew");
    std::process::exit(1)
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

/// The results of a batch, in order, each with the number of news that there were after it.
type Results = Vec<(Box<dyn Settle>, usize)>;

fn commit(desk: &mut Desk, batch: Vec<Write>) -> Committed {
    let mut results: Results = Vec::with_capacity(batch.len());
    let mut batch = batch.into_iter();
    let (outcome, news) = match all(desk, &mut batch, &mut results) {
        Ok(news) => (Ok(()), news),
        Err(error) => {
            desk.memory.forget();
            (Err(failed(&error)), Vec::new())
        }
    };
    let mut committed = Committed { steps: Vec::with_capacity(results.len() + news.len()) };
    let (mut news, mut told) = (news.into_iter(), 0);
    for (result, until) in results {
        let outcome = outcome.clone();
        committed.steps.push(Step::Answer(Box::new(move || result.settle(outcome))));
        committed.steps.extend(news.by_ref().take(until - told).map(Step::News));
        told = until;
    }
    // Those that it did not come to.
    for write in batch {
        committed.steps.push(Step::Answer(Box::new(move || write.refuse(storage()))));
    }
    committed
}

/// A transaction, with nothing in the memory that another process has changed before it.
fn begin<'d>(
    db: &'d mut Connection,
    memory: &Memory,
    version: &mut i64,
) -> rusqlite::Result<Transaction<'d>> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let now_at = transaction.pragma_query_value(None, "data_version", |row| row.get(0))?;
    if std::mem::replace(version, now_at) != now_at {
        memory.forget();
    }
    Ok(transaction)
}

fn one_thing<T>(
    desk: &mut Desk,
    work: impl FnOnce(&Tx<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let Desk { db, settings, memory, version } = desk;
    let transaction = begin(db, memory, version)?;
    let done = work(&Tx::new(&transaction, clock::now(), settings, memory))?;
    transaction.commit()?;
    Ok(done)
}

fn all(
    desk: &mut Desk,
    batch: &mut impl Iterator<Item = Write>,
    results: &mut Results,
) -> rusqlite::Result<Vec<News>> {
    let Desk { db, settings, memory, version } = desk;
    let transaction = begin(db, memory, version)?;
    let tx = Tx::new(&transaction, clock::now(), settings, memory);
    for write in batch {
        each!(write, asked => {
            let Asked { op, answer } = asked;
            let (result, outcome) = one(&tx, &op, memory);
            results.push((Box::new(Pending { answer, result }), tx.news.borrow().len()));
            outcome?;
        });
    }
    tx.write_heads()?;
    let news = tx.news.take();
    transaction.commit()?;
    Ok(news)
}

/// Does one write. If it is refused, nothing of it stays. The second result is whether the batch
/// can go on.
fn one<O: Run>(
    tx: &Tx<'_>,
    op: &O,
    memory: &Memory,
) -> (Result<O::Done, Refusal>, rusqlite::Result<()>) {
    let told = tx.news.borrow().len();
    if O::EFFECT == Effect::Posts {
        let before = tx.db.total_changes();
        return match op.run(tx) {
            Ok(done) => (Ok(done), Ok(())),
            Err(Fault::Refused(refusal)) => (Err(refusal), Ok(())),
            // A row that it needs cannot be read. If it is the database that refuses, the post may
            // have taken its number already, which nobody else would get.
            Err(Fault::Store(error))
                if !matches!(error, rusqlite::Error::SqliteFailure(..))
                    && tx.db.total_changes() == before =>
            {
                (Err(unfit(&error)), Ok(()))
            }
            Err(Fault::Store(error)) => (Err(storage()), Err(error)),
        };
    }
    let begun = tx.write_heads().and_then(|()| tx.execute("SAVEPOINT one", []).map(drop));
    if let Err(error) = begun {
        return (Err(storage()), Err(error));
    }
    let done = match op.run(tx) {
        Ok(done) => {
            let kept = tx.write_heads().and_then(|()| tx.execute("RELEASE one", []).map(drop));
            (Ok(done), kept)
        }
        Err(fault) => {
            tx.news.borrow_mut().truncate(told);
            // It may have counted on.
            memory.forget();
            match fault {
                Fault::Refused(refusal) => (Err(refusal), undo(tx)),
                // Something is wrong with this write alone.
                Fault::Store(error) if is_its_own(&error) => (Err(unfit(&error)), undo(tx)),
                Fault::Store(error) => (Err(storage()), Err(error)),
            }
        }
    };
    if O::EFFECT == Effect::Changes {
        memory.forget();
    }
    done
}

fn unfit(error: &rusqlite::Error) -> Refusal {
    error!(%error, "a write does not fit the data");
    Refusal::new(Code::Internal, "The server could not do that; its log says why.")
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
