//! A backup that is restored: everybody is told, and ends with what the backup had.

use std::time::Duration;

use parlour_events::{ResetReason, RoomName};
use parlour_tests::{
    chaos::{arena::Arena, record::Seen, swarm::Crowd},
    ports,
    server::{Launch, StopSignal, run_to_end},
    waiting::BOUND,
};
use tempfile::TempDir;
use tokio::time::sleep;

const BOTS: usize = 10;
const ROOMS: usize = 3;
const RATE: u32 = 300;
/// Load before the backup, and after it.
const TIME: Duration = Duration::from_secs(2);

async fn succeeds(arguments: &[&str]) {
    let output = run_to_end(arguments).await;
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_is_another_history() {
    let place = TempDir::new().unwrap();
    let backup = place.path().join("backup");
    let backup = backup.to_str().unwrap();
    let launch = Launch::default().at(format!("127.0.0.1:{}", ports::free())).unlimited().quiet();
    let mut arena = Arena::open("backups", launch, ROOMS).await;
    let data = arena.server.data().to_str().unwrap().to_owned();
    let urls = [arena.server.url().to_owned()];
    let swarm = arena.swarm(Crowd::new(BOTS, &urls)).await;

    // The backup is made while everybody talks.
    let load = swarm.load(RATE, arena.random.split());
    sleep(TIME).await;
    succeeds(&["backup", backup, "--data", &data]).await;
    sleep(TIME).await;
    let mut offered = load.stop().await;
    swarm.is_done().await;
    let before = swarm.bots[0].status();

    arena.server.stop(StopSignal::TERM).await;
    succeeds(&["restore", backup, "--data", &data]).await;
    arena.server.start_again().await;
    // What the backup had stands in the numbers that the new history begins with.
    for bot in swarm.bots.iter() {
        let old = before.cursors.values().next().unwrap().epoch;
        bot.is("the other history", BOUND, |status| {
            status.live && status.cursors.values().all(|cursor| cursor.epoch != old)
        })
        .await;
    }
    let kept: Vec<_> = arena
        .rooms
        .iter()
        .map(|room: &RoomName| {
            let after = swarm.bots.iter().find_map(|bot| bot.status().cursors.get(room).copied());
            let cursor = parlour_events::Cursor {
                epoch: before.cursors.values().next().unwrap().epoch,
                seq: after.unwrap().seq,
            };
            (room.clone(), cursor)
        })
        .collect();

    // It goes on from there. What was changed last may be gone: only new messages.
    for bot in swarm.bots.iter() {
        let rooms: Vec<_> = bot.status().cursors.into_keys().collect();
        for room in &rooms {
            bot.says(room, "after the restore").await;
            offered += 1;
        }
    }
    let resets = swarm.record.with(|story| {
        let resets = story.read.iter().filter_map(|read| match read.what {
            Seen::Reset(why) => Some((read.bot, read.room, why)),
            Seen::Applied { .. } => None,
        });
        resets.filter(|(_, _, why)| *why == ResetReason::Epoch).count()
    });
    let rooms: usize = swarm.bots.iter().map(|bot| bot.status().cursors.len()).sum();
    assert_eq!(resets, rooms, "each was told once of each room");
    let gone: u64 = kept.iter().map(|(_, cursor)| cursor.seq.0).sum();
    assert!(gone < offered, "the backup had nothing or everything");
    let figures = arena.conclude(swarm, &kept).await;
    assert_eq!(figures.invoked as u64, offered);
    assert!(figures.changes < figures.invoked, "nothing was lost with what came after the backup");
}
