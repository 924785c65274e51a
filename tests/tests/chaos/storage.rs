//! The store cannot be written: its disk is full, or somebody else has locked the database. Whoever
//! sends is told so, nothing is acknowledged that is not there, and it goes on when it can.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    time::Duration,
};

use parlour_events::Code;
use parlour_tests::{
    chaos::{
        arena::Arena,
        disk::SmallDisk,
        log::is_sound,
        record::What,
        swarm::{Crowd, Swarm},
    },
    ports,
    server::{Launch, StopSignal},
    waiting::wait_for_bound,
};
use rusqlite::{Connection, OpenFlags};
use tokio::time::sleep;

const BOTS: usize = 10;
const ROOMS: usize = 2;
const RATE: u32 = 200;
/// Longer than the server waits for a lock.
const BOUND: Duration = Duration::from_secs(60);
/// Load before and after the failure.
const TIME: Duration = Duration::from_secs(1);

/// Waits until everybody has been told that the server cannot write, and a while has gone by in
/// which it could not.
async fn everybody_is_told(swarm: &Swarm) {
    wait_for_bound("everybody to be refused", BOUND, async || {
        let refused: Vec<_> = swarm.bots.iter().map(|bot| bot.status().refused).collect();
        if refused.iter().all(|times| *times > 0) { Ok(()) } else { Err(refused) }
    })
    .await;
    let codes: Vec<_> = swarm.record.with(|story| {
        let codes = story.told.iter().filter_map(|told| match told.what {
            What::Refused { code, .. } => Some(code),
            _ => None,
        });
        codes.filter(|code| *code != Code::Storage).collect()
    });
    assert_eq!(codes, [], "refused for another reason");
}

/// What goes wrong between load and load.
async fn goes_on<T>(mut arena: Arena, padding: usize, fail: impl FnOnce() -> T) {
    let urls = [arena.server.url().to_owned()];
    let swarm = arena.swarm(Crowd { padding, ..Crowd::new(BOTS, &urls) }).await;
    let load = swarm.load(RATE, arena.random.split());
    sleep(TIME).await;
    let failure = fail();
    everybody_is_told(&swarm).await;
    let stuck = swarm.acknowledged();
    drop(failure);
    wait_for_bound("the first answers after it", BOUND, async || {
        let now = swarm.acknowledged();
        if now > stuck { Ok(()) } else { Err(now) }
    })
    .await;
    sleep(TIME).await;
    let offered = load.stop().await;
    let figures = arena.conclude(swarm, &[]).await;
    assert_eq!(figures.invoked as u64, offered);
    assert!(figures.refused >= BOTS);
    assert_eq!(figures.disconnects, 0, "nobody was sent away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_the_disk_is_full() {
    let disk = SmallDisk::mount(64);
    let launch = Launch::default().data(disk.folder()).unlimited().quiet();
    let arena = Arena::open("full disk", launch, ROOMS).await;
    // Longer messages need room sooner.
    goes_on(arena, 1_500, || disk.fill()).await;
}

/// What could not be written is half written, perhaps, when the server is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_it_is_killed_on_a_full_disk() {
    let disk = SmallDisk::mount(64);
    let address = format!("127.0.0.1:{}", ports::free());
    let launch = Launch::default().at(address).data(disk.folder()).unlimited().quiet();
    let mut arena = Arena::open("killed on a full disk", launch, ROOMS).await;
    let urls = [arena.server.url().to_owned()];
    let swarm = arena.swarm(Crowd { padding: 1_500, ..Crowd::new(BOTS, &urls) }).await;
    let load = swarm.load(RATE, arena.random.split());
    sleep(TIME).await;
    let filling = disk.fill();
    everybody_is_told(&swarm).await;
    arena.server.stop(StopSignal::KILL).await;
    drop(filling);
    is_sound(arena.server.data()).await;
    arena.server.start_again().await;
    sleep(TIME).await;
    let offered = load.stop().await;
    let figures = arena.conclude(swarm, &[]).await;
    assert_eq!(figures.invoked as u64, offered);
}

/// The database in a folder, by how its file begins.
fn database(folder: &Path) -> PathBuf {
    let is_database = |path: &PathBuf| {
        let mut head = [0; 16];
        let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
        read.is_ok() && head == *b"SQLite format 3\0"
    };
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).find(is_database).expect("a database")
}

/// Lets nobody else write, until it is dropped.
fn lock(database: &Path) -> Connection {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE);
    let connection = connection.unwrap();
    connection.busy_timeout(BOUND).unwrap();
    connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_the_database_is_locked() {
    let arena = Arena::open("locked database", Launch::default().unlimited().quiet(), ROOMS).await;
    let database = database(arena.server.data());
    goes_on(arena, 0, || lock(&database)).await;
}
