//! A server that forgets is found out: the data of some moment is put back behind its back, without
//! a word to anybody. What the other tests rest on is that this is noticed.

use std::{fs, path::Path, time::Duration};

use parlour_tests::{
    chaos::{arena::Arena, checker::Broken, swarm::Crowd},
    ports,
    server::{Launch, StopSignal},
};
use tempfile::TempDir;
use tokio::time::sleep;

const BOTS: usize = 6;
const ROOMS: usize = 2;
const RATE: u32 = 200;
const TIME: Duration = Duration::from_secs(1);

/// Replaces the files of a folder by those of another one.
fn put(from: &Path, to: &Path) {
    for entry in fs::read_dir(to).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::remove_file(path).unwrap();
        }
    }
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_forgets_is_found_out() {
    let launch = Launch::default().at(format!("127.0.0.1:{}", ports::free())).unlimited().quiet();
    let mut arena = Arena::open("forgetful", launch, ROOMS).await;
    let urls = [arena.server.url().to_owned()];
    let swarm = arena.swarm(Crowd::new(BOTS, &urls)).await;
    let then = TempDir::new().unwrap();
    for restart in 0..2 {
        let load = swarm.load(RATE, arena.random.split());
        sleep(TIME).await;
        load.stop().await;
        swarm.is_done().await;
        arena.server.stop(StopSignal::TERM).await;
        let data = arena.server.data();
        if restart == 0 {
            put(data, then.path())
        } else {
            put(then.path(), data)
        }
        arena.server.start_again().await;
    }
    // Something new takes the numbers of what is forgotten.
    for bot in swarm.bots.iter() {
        let rooms: Vec<_> = bot.status().cursors.into_keys().collect();
        bot.says(&rooms[0], "what was before this?").await;
    }
    let verdict = arena.judge(swarm, &[]).await;
    let found = |broken| verdict.faults.iter().filter(|fault| fault.broken == broken).count();
    for broken in [Broken::Lost, Broken::Invented, Broken::WrongSeq] {
        println!("{broken:?}: {}", found(broken));
    }
    assert!(found(Broken::Lost) > 0, "what was acknowledged is gone, and nobody noticed");
    assert!(found(Broken::Invented) > 0, "what was read is gone, and nobody noticed");
}
