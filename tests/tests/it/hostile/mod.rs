//! A flood of malformed and hostile frames at a live server, while somebody talks.
//!
//! What comes is made up from a seed, which is printed: requests with wrong payloads, packets that
//! are cut off or changed, wrong placeholders and huge counts, JSON nested without end, bytes that
//! are no text, frames that break the WebSocket protocol, payloads of HTTP long-polling, and all of
//! it in an order that no client keeps, for both versions of the protocol.
//!
//! There are two kinds of frames. What is only nonsense to an event must leave the connection as it
//! is, and that is checked after every few. What breaks the protocol may end it, at once or a moment
//! after the next answer; then the next one is opened. If a whole batch was answered after it, it
//! has ended nothing. A frame counts once the server has read it: an answer came behind it, or the
//! end.
//!
//! Afterwards the server still serves, the one who talked has noticed nothing, no more memory is
//! in use than soon after the beginning, and nothing has panicked.
//!
//! `PARLOUR_HOSTILE_FRAMES` sets the number, `PARLOUR_CHAOS_SEED` the seed.

mod frames;
mod json;
mod polling;
mod session;
mod wire;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parlour_tests::{
    bystander::Bystander,
    chaos::random::{Random, seed, times},
    http::get,
    person::Person,
    server::{Launch, Server},
    waiting::wait_for_bound,
};
use tokio::task::JoinSet;

use self::{polling::Poller, session::Flooder};

const FRAMES: &str = "PARLOUR_HOSTILE_FRAMES";
/// In the gate.
const FEW: u64 = 50_000;
/// When the memory is looked at for the first time, at the latest.
const SETTLED: u64 = 50_000;
/// How much more it may be at the end.
const GROWTH: u64 = 64 << 20;
/// The long run takes as long as it takes.
const BOUND: Duration = Duration::from_secs(4 * 3_600);

/// Connections at a time.
const FLOODERS: usize = 6;
const POLLERS: usize = 2;

/// What was done so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Frames that the server has read.
    frames: AtomicU64,
    /// Connections, and how many of them a frame has ended.
    opened: AtomicU64,
    ended: AtomicU64,
    /// Requests of long-polling that were answered with a refusal.
    refused: AtomicU64,
}

impl Tally {
    fn add(count: &AtomicU64, more: u64) {
        count.fetch_add(more, Ordering::Relaxed);
    }

    fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_frames_harm_nobody_but_whoever_sends_them() {
    let total = times(FRAMES, FEW);
    let mut random = Random::new(seed("hostile frames"));
    // Heartbeats end what is left behind soon.
    let flags = ["--ping-interval", "1s", "--ping-timeout", "10s", "--max-connections", "0"];
    let mut server = Launch::default().unlimited().quiet().flags(&flags).start().await;
    let bystander = Bystander::arrive(server.url()).await;
    let start = Instant::now();
    let tally = Arc::new(Tally::default());
    let mut floods = JoinSet::new();
    for number in 0..FLOODERS {
        let flooder = Flooder::new(&server, number, random.split(), tally.clone());
        floods.spawn(flooder.run(total));
    }
    for _ in 0..POLLERS {
        floods.spawn(Poller::new(&server, random.split(), tally.clone()).run(total));
    }
    // Whatever a flooder finds wrong ends the test at once.
    let settled = SETTLED.min(total / 4);
    let begun = tokio::select! {
        begun = reached(settled, &server, &tally) => begun,
        Some(ended) = floods.join_next() => panic!("a flood has ended too early: {ended:?}"),
    };
    while let Some(ended) = floods.join_next().await {
        ended.expect("nothing out of order");
    }
    let took = start.elapsed();
    let end = server.resident_bytes();

    assert!(server.is_running());
    bystander.noticed_nothing().await;
    let late = Person::chatting(server.url(), "Late").await;
    late.say(&Default::default(), "still serving").await;
    assert_eq!(get(&format!("{}/healthz", server.url()), &[]).await.text(), "ok");
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    eprintln!(
        "{} frames in {took:.1?}: {} connections, {} of them ended by a frame, {} requests refused; \
         resident {:.1} MiB after {settled} frames, {:.1} MiB at the end",
        tally.frames(),
        tally.opened.load(Ordering::Relaxed),
        tally.ended.load(Ordering::Relaxed),
        tally.refused.load(Ordering::Relaxed),
        mib(begun),
        mib(end),
    );
    assert!(end < begun + GROWTH, "from {begun} to {end} bytes");
    let log = server.log.text();
    assert!(!log.contains("panicked"), "{log}");
}

/// The memory in use once so many frames were read.
async fn reached(frames: u64, server: &Server, tally: &Tally) -> u64 {
    wait_for_bound("the first frames to be read", BOUND, async || match tally.frames() {
        read if read < frames => Err(read),
        _ => Ok(server.resident_bytes()),
    })
    .await
}
