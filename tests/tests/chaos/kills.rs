//! The server is killed again and again while a thousand messages a second are offered to it, and
//! stopped as it should be.

use parlour_tests::{
    chaos::{arena::Arena, random::times, swarm::Crowd},
    ports,
    server::Launch,
};
use tokio::time::sleep;

const BOTS: usize = 50;
const ROOMS: usize = 5;
/// Offered in a second, whatever is answered.
const RATE: u32 = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_the_server_is_killed() {
    let kills = times("PARLOUR_CHAOS_KILLS", 10);
    let launch = Launch::default().at(format!("127.0.0.1:{}", ports::free())).unlimited().quiet();
    let mut arena = Arena::open("kills", launch, ROOMS).await;
    let urls = [arena.server.url().to_owned()];
    let swarm = arena.swarm(Crowd::new(BOTS, &urls)).await;
    let load = swarm.load(RATE, arena.random.split());
    let mut answered = Vec::new();
    for _ in 0..kills {
        // From while everybody comes in again up to full load.
        sleep(arena.random.millis(50, 1_500)).await;
        arena.kill().await;
        answered.push(swarm.acknowledged());
    }
    sleep(arena.random.millis(500, 1_000)).await;
    let offered = load.stop().await;
    println!("{kills} kills, {offered} requests offered; answered by then: {answered:?}");
    let figures = arena.conclude(swarm, &[]).await;
    assert_eq!(figures.invoked as u64, offered);
    assert!(figures.disconnects > 0, "nobody noticed a kill");
}

/// Restarts in the orderly way.
const RESTARTS: u32 = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_when_the_server_is_restarted() {
    let launch = Launch::default().at(format!("127.0.0.1:{}", ports::free())).unlimited().quiet();
    let mut arena = Arena::open("restarts", launch, ROOMS).await;
    let urls = [arena.server.url().to_owned()];
    let swarm = arena.swarm(Crowd::new(BOTS, &urls)).await;
    let load = swarm.load(RATE, arena.random.split());
    for _ in 0..RESTARTS {
        sleep(arena.random.millis(300, 1_000)).await;
        arena.restart().await;
    }
    let offered = load.stop().await;
    let figures = arena.conclude(swarm, &[]).await;
    assert_eq!(figures.invoked as u64, offered);
}
