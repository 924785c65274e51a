//! How much the server takes in, and what a reader that reads nothing costs the others.
//!
//! `cargo xtask bench server` builds everything optimised and runs this. Two measurements, each
//! with what it is compared with in the same run:
//!
//! * *sends*: 100 people in 10 rooms send as fast as they are answered, each answer after its
//!   commit; beside it a bare loop of SQLite on the same disk, which commits batches of the size
//!   that the server came to, with the same durability and one row a message. The loop has the
//!   machine to itself, while the server shares it with those who send: so it is told both what
//!   the whole reaches, and what the store reaches while it commits;
//! * *stuck readers*: how long acknowledgements take at 1,000 messages a second, without and with
//!   readers that have stopped reading, in turns.
//!
//! Nothing here decides whether something passes.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use parlour_events::{CreateRoom, Event, JoinRoom, Reply, RoomName, SendMessage, Sent};
use parlour_tests::{
    chaos::stuck::Stuck,
    member::Member,
    person::text_in,
    server::{Launch, Server, StopSignal},
};
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::task::JoinSet;
use uuid::Uuid;

const PEOPLE: usize = 100;
const ROOMS: usize = 10;
/// What everybody says.
const TEXT: &str = "Good evening. The kettle is on, and there is a chair left by the window.";
/// How long each part lasts.
const PART: Duration = Duration::from_secs(10);
/// Readers that have stopped reading.
const STUCK: usize = 16;
/// Messages a second beside them.
const OFFERED: u64 = 1_000;
/// How often the parts with and without them take turns.
const TURNS: usize = 3;

#[tokio::main]
async fn main() {
    let only: Option<String> = std::env::args().skip(1).find(|it| !it.starts_with('-'));
    let wanted = |name: &str| only.as_ref().is_none_or(|only| only == name);
    if wanted("sends") {
        for unanswered in [1, 8] {
            sends(unanswered).await;
        }
    }
    if wanted("stuck") {
        stuck_readers().await;
    }
}

/// Where the data is: on a disk. A folder for temporary files may be in memory.
fn folder() -> TempDir {
    TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

fn room(number: usize) -> RoomName {
    format!("room {number}").parse().expect("a name")
}

fn message(room: &RoomName) -> SendMessage {
    text_in(room, TEXT)
}

async fn people(server: &Server) -> Vec<(Member, RoomName)> {
    let mut all = Vec::new();
    for number in 0..PEOPLE {
        let room = room(number % ROOMS);
        let member = Member::connected(server.url(), &format!("person {number}")).await;
        if number < ROOMS {
            let create =
                CreateRoom { room: room.clone(), private: false, topic: Default::default() };
            member.ask(&create).await.expect("a room");
        }
        let join = JoinRoom { room: room.clone(), after: None };
        member.ask(&join).await.expect("joining");
        all.push((member, room));
    }
    all
}

async fn sends(unanswered: usize) {
    let folder = folder();
    let launch = Launch::default().unlimited().data(folder.path());
    let mut server = launch.log("parlour_server::store=info,warn").start().await;
    let people = people(&server).await;
    let over = Arc::new(AtomicBool::new(false));
    let begun = Instant::now();
    let mut senders = JoinSet::new();
    for (member, room) in people {
        let over = over.clone();
        senders.spawn(async move {
            let mut times = Vec::new();
            let mut waiting = FuturesUnordered::new();
            loop {
                while waiting.len() < unanswered && !over.load(Ordering::Relaxed) {
                    let sent = Instant::now();
                    let request = member
                        .socket
                        .emit_with_ack::<_, Reply<Sent>>(SendMessage::NAME, &message(&room));
                    waiting.push(async move { (request.send().await, sent.elapsed()) });
                }
                match waiting.next().await {
                    Some((Ok(Reply::Ok(_)), time)) => times.push(time),
                    Some((other, _)) => panic!("{other:?}"),
                    None => return (times, member),
                }
            }
        });
    }
    tokio::time::sleep(PART).await;
    over.store(true, Ordering::Relaxed);
    let done: Vec<_> = senders.join_all().await;
    let lasted = begun.elapsed();
    let mut times: Vec<Duration> = done.iter().flat_map(|(times, _)| times.clone()).collect();
    drop(done);
    server.stop(StopSignal::TERM).await;
    let rate = times.len() as f64 / lasted.as_secs_f64();
    let (writes, commits, millis) = written(&server.log.text());
    let batch = (writes as f64 / commits as f64).round().max(1.0) as u64;
    let bare = bare_loop(folder.path(), batch);
    times.sort();
    println!(
        "sends: {PEOPLE} people, {ROOMS} rooms, {unanswered} unanswered each: {rate:.0}/s \
         acknowledged after commit; p50 {:?}, p99 {:?}; {batch} writes a commit on average",
        percentile(&times, 50),
        percentile(&times, 99),
    );
    let store = writes as f64 * 1_000.0 / millis.max(1) as f64;
    println!(
        "       the store was busy for {millis} ms with {writes} writes: {store:.0}/s while it \
         commits; bare SQLite loop with {batch} rows a commit: {bare:.0}/s; that is {:.0} %, and \
         {:.0} % with all that is around it",
        100.0 * store / bare,
        100.0 * rate / bare,
    );
}

/// `writes=N commits=M millis=T`, as the store says at its end.
fn written(log: &str) -> (u64, u64, u64) {
    let number = |name: &str| {
        let (_, rest) = log.rsplit_once(name)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    let written = || Some((number("writes=")?, number("commits=")?, number("millis=")?));
    written().expect("the store says at its end what it has written")
}

/// Rows a second in a loop that does nothing else.
fn bare_loop(folder: &Path, batch: u64) -> f64 {
    let mut db = Connection::open(folder.join("bare.db")).expect("a database");
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         CREATE TABLE messages (id INTEGER PRIMARY KEY, uid BLOB UNIQUE, at INTEGER, body TEXT)",
    )
    .expect("a table");
    let (mut rows, begun) = (0_u64, Instant::now());
    while begun.elapsed() < PART {
        let tx = db.transaction().expect("a transaction");
        {
            let mut sql = tx
                .prepare_cached("INSERT INTO messages (uid, at, body) VALUES (?1, ?2, ?3)")
                .expect("a statement");
            for _ in 0..batch {
                sql.execute((Uuid::now_v7().as_bytes(), rows as i64, TEXT)).expect("a row");
                rows += 1;
            }
        }
        tx.commit().expect("a commit");
    }
    rows as f64 / begun.elapsed().as_secs_f64()
}

async fn stuck_readers() {
    let folder = folder();
    let flags = ["--ping-interval", "10m", "--ping-timeout", "10m"];
    let launch = Launch::default().unlimited().quiet().data(folder.path()).flags(&flags);
    let server = launch.start().await;
    let people = people(&server).await;
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        without.extend(offered(&people).await);
        let mut stuck = Vec::new();
        for number in 0..STUCK {
            let name = format!("stuck {}", Uuid::now_v7().simple());
            stuck.push(Stuck::join(server.url(), &name[..20], &room(number % ROOMS)).await);
        }
        with.extend(offered(&people).await);
    }
    without.sort();
    with.sort();
    let (before, beside) = (percentile(&without, 99), percentile(&with, 99));
    println!(
        "stuck readers: {OFFERED} messages/s offered in {ROOMS} rooms; p99 without {before:?}, with \
         {STUCK} readers that have stopped {beside:?} ({:+.1} %); p50 {:?} and {:?}",
        100.0 * (beside.as_secs_f64() / before.as_secs_f64() - 1.0),
        percentile(&without, 50),
        percentile(&with, 50),
    );
}

/// How long each acknowledgement took, at a fixed pace for a while.
async fn offered(people: &[(Member, RoomName)]) -> Vec<Duration> {
    let begun = Instant::now();
    let sent = AtomicU64::new(0);
    let mut waiting = FuturesUnordered::new();
    let mut times = Vec::new();
    let mut pace = tokio::time::interval(Duration::from_millis(1));
    loop {
        tokio::select! {
            _ = pace.tick(), if begun.elapsed() < PART => {
                let due = begun.elapsed().as_secs_f64() * OFFERED as f64;
                while (sent.load(Ordering::Relaxed) as f64) < due {
                    let number = sent.fetch_add(1, Ordering::Relaxed) as usize;
                    let (member, room) = &people[number % people.len()];
                    let at = Instant::now();
                    let request = member
                        .socket
                        .emit_with_ack::<_, Reply<Sent>>(SendMessage::NAME, &message(room));
                    waiting.push(async move { (request.send().await, at.elapsed()) });
                }
            }
            Some((reply, time)) = waiting.next() => match reply {
                Ok(Reply::Ok(_)) => times.push(time),
                other => panic!("{other:?}"),
            },
            else => return times,
        }
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted.get(sorted.len() * percent / 100).copied().unwrap_or_default()
}
