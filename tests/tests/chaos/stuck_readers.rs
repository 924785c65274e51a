//! Readers that do not read, while their room gets a thousand messages a second: the server does
//! not pile up what they do not take, nobody else loses anything, and they catch up when they read
//! again.

use std::{sync::Arc, time::Duration};

use parlour_events::Cursor;
use parlour_tests::{
    chaos::{
        arena::Arena,
        fold::Fold,
        log::witness,
        stuck::Stuck,
        swarm::{Crowd, SETTLING, Swarm},
    },
    server::{Launch, Server},
    waiting::wait_for_bound,
};
use tokio::time::{Instant, interval, timeout};

const BOTS: usize = 4;
const READERS: usize = 16;
const RATE: u32 = 1_000;
/// Answered in each part of the run. With the padding that is far more than any system's buffers
/// take for a reader, and than all of them may cost even if they share what is kept.
const MESSAGES: u64 = 5_500;
const PADDING: usize = 3_900;
/// What all stuck readers together may cost.
const MEMORY: u64 = 16 * 1024 * 1024;

/// Nobody is sent away because of heartbeats.
const PATIENT: [&str; 4] = ["--ping-interval", "5m", "--ping-timeout", "5m"];

/// Offers a load until so much is answered; gives the most memory that the server used meanwhile.
async fn memory_under_load(arena: &mut Arena, swarm: &Swarm, offered: &mut u64) -> u64 {
    let goal = swarm.acknowledged() + MESSAGES;
    let load = swarm.load(RATE, arena.random.split());
    let start = Instant::now();
    let most = timeout(SETTLING, most_memory(&arena.server, swarm, goal)).await;
    println!("{MESSAGES} messages in {:.1?}", start.elapsed());
    *offered += load.stop().await;
    let most = most.unwrap_or_else(|_| panic!("{} of {goal} answers", swarm.acknowledged()));
    swarm.is_done().await;
    most
}

async fn most_memory(server: &Server, swarm: &Swarm, goal: u64) -> u64 {
    let mut most = 0;
    let mut look = interval(Duration::from_millis(20));
    while swarm.acknowledged() < goal {
        look.tick().await;
        most = most.max(server.resident_bytes());
    }
    most
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_that_do_not_read_cost_nobody_anything() {
    let launch = Launch::default().unlimited().quiet().flags(&PATIENT);
    let mut arena = Arena::open("stuck readers", launch, 1).await;
    let urls = [arena.server.url().to_owned()];
    let crowd = Crowd { padding: PADDING, windows: [32, 32], ..Crowd::new(BOTS, &urls) };
    let swarm = arena.swarm(crowd).await;
    let mut offered = 0;

    // The first part is for whatever grows once. The second and the third differ by the readers.
    memory_under_load(&mut arena, &swarm, &mut offered).await;
    let first = arena.server.resident_bytes();
    let without = memory_under_load(&mut arena, &swarm, &mut offered).await.saturating_sub(first);
    let room = arena.rooms[0].clone();
    let mut readers = Vec::new();
    for number in 0..READERS {
        readers.push(Stuck::join(&urls[0], &format!("Reader {number}"), &room).await);
    }
    let second = arena.server.resident_bytes();
    let with = memory_under_load(&mut arena, &swarm, &mut offered).await.saturating_sub(second);
    let kib = |bytes: u64| bytes / 1024;
    println!(
        "resident: {} KiB after the first part, grew by {} KiB without and by {} KiB with readers",
        kib(first),
        kib(without),
        kib(with),
    );
    assert!(with.saturating_sub(without) < MEMORY, "the readers cost {} KiB", kib(with - without));

    // They read again, and have to be as far as everybody else is.
    let whole = witness(&urls[0], "First witness", &arena.rooms).await.remove(0);
    let log: Fold = whole.changes.iter().collect();
    let end = Cursor { epoch: whole.epoch, seq: whole.head };
    let log = Arc::new(log);
    let read_again = readers.into_iter().map(|mut reader| {
        let log = Arc::clone(&log);
        tokio::spawn(async move {
            let before = reader.seq();
            reader.reads_until(end, SETTLING).await;
            let replica = reader.replica();
            assert_eq!(log.differs_from(&replica.fold, replica.floor()), None);
            assert!(before < end.seq);
            assert!(reader.seen.syncs > 0, "nothing was kept from it: {:?}", reader.seen);
            reader
        })
    });
    let read_again: Vec<_> = read_again.collect();
    let mut readers = Vec::new();
    for reader in read_again {
        readers.push(reader.await.expect("all of it is there"));
    }
    println!("the first of them saw {:?}", readers[0].seen);
    drop(readers);

    let answered = wait_for_bound("all answers", SETTLING, async || {
        let now = swarm.acknowledged();
        if now == offered { Ok(now) } else { Err(now) }
    });
    assert_eq!(answered.await, offered);
    let figures = arena.conclude(swarm, &[]).await;
    assert_eq!((figures.disconnects, figures.resets), (0, 0), "others noticed");
}
