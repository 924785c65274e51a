//! A run: a server, a swarm that talks, whatever fails, and the end with everything that is
//! checked then.

use std::{env, fmt, path::PathBuf, time::Duration};

use parlour_events::{CreateRoom, Cursor, RoomName};
use tokio::{sync::Semaphore, sync::SemaphorePermit, time::Instant};

use super::{
    bot::Bot,
    checker::{Fault, Kept, check},
    log::{Whole, exported, is_sound, witness},
    random::Random,
    record::{Age, Place, Seen, Story, What},
    swarm::{Crowd, SETTLING, Swarm},
};
use crate::{
    member::Member,
    server::{Launch, Server, StopSignal},
};

/// Two runs at a time would be one another's load.
static TURN: Semaphore = Semaphore::const_new(1);

/// Faults that are shown of a run; the story has all of them.
const SHOWN: usize = 12;

/// Heartbeats that notice within two seconds that a connection is dead, on both sides.
pub const QUICK: [&str; 4] = ["--ping-interval", "1s", "--ping-timeout", "1s"];

/// A server and what it takes to judge it.
#[derive(Debug)]
pub struct Arena {
    /// The server.
    pub server: Server,
    /// Its rooms that take part.
    pub rooms: Vec<RoomName>,
    /// What the run draws from.
    pub random: Random,
    name: &'static str,
    seed: u64,
    start: Instant,
    _turn: SemaphorePermit<'static>,
}

impl Arena {
    /// Starts a server with so many rooms, when it is the run's turn.
    ///
    /// # Panics
    /// If that does not work.
    pub async fn open(name: &'static str, launch: Launch, rooms: usize) -> Self {
        let turn = TURN.acquire().await.expect("it is never closed");
        let seed = super::random::seed(name);
        let server = launch.start().await;
        let founder = Member::connected(server.url(), "Founder").await;
        let mut names = vec![RoomName::default()];
        for number in 1..rooms {
            let room: RoomName = format!("room {number}").parse().expect("a name");
            let create = CreateRoom {
                room: room.clone(),
                private: false,
                topic: parlour_events::Topic::default(),
            };
            founder.ask(&create).await.expect("making a room is allowed");
            names.push(room);
        }
        let start = Instant::now();
        Self { server, rooms: names, random: Random::new(seed), name, seed, start, _turn: turn }
    }

    /// A swarm that is in.
    pub async fn swarm(&mut self, crowd: Crowd<'_>) -> Swarm {
        Swarm::start(crowd, &self.rooms, &mut self.random).await
    }

    /// Kills the server, has its data checked, and starts it again.
    ///
    /// # Panics
    /// If the data is not sound.
    pub async fn kill(&mut self) {
        self.server.stop(StopSignal::KILL).await;
        is_sound(self.server.data()).await;
        self.server.start_again().await;
    }

    /// Stops the server as it is stopped, and goes on in the same way.
    ///
    /// # Panics
    /// If it does not stop in time, or the data is not sound.
    pub async fn restart(&mut self) {
        let status = self.server.stop(StopSignal::TERM).await;
        assert!(status.success(), "the server ended with {status}");
        is_sound(self.server.data()).await;
        self.server.start_again().await;
    }

    /// As [`Arena::judge`], of a run in which nothing may be wrong.
    ///
    /// # Panics
    /// If anything is. The story is written to a file then.
    pub async fn conclude(self, swarm: Swarm, kept: &[(RoomName, Cursor)]) -> Figures {
        let (name, seed, start) = (self.name, self.seed, self.start);
        let Verdict { figures, faults, story } = self.judge(swarm, kept).await;
        if !faults.is_empty() {
            let path = story_path(name, seed);
            let written = story.write(&path);
            eprintln!("the whole story: {} ({written:?})", path.display());
            for fault in faults.iter().take(SHOWN) {
                eprintln!("  {}", fault.tell(&story));
            }
            panic!("{name}: {} faults with seed {seed}", faults.len());
        }
        println!("{name}, seed {seed}: {figures}, {:.0?}", start.elapsed());
        figures
    }

    /// Waits until all is done, reads the log in both ways, stops the server, and checks all that
    /// there is to check. `kept` is what a restored backup had of an earlier history.
    ///
    /// # Panics
    /// If it does not come to an end, or the two logs differ.
    pub async fn judge(mut self, swarm: Swarm, kept: &[(RoomName, Cursor)]) -> Verdict {
        swarm.is_done().await;
        let wholes = witness(self.server.url(), "Witness", &self.rooms).await;
        everybody_is_at_the_end(&swarm.bots, &wholes).await;

        let mut ends = Vec::new();
        let mut names = Story::default();
        for bot in swarm.bots.iter() {
            ends.extend(bot.end(&mut names).await);
        }
        // The rooms' numbers are those of the record from here on.
        let mut story = swarm.record.take();
        for end in &mut ends {
            end.room = story.place(&names.rooms[usize::from(end.room.0)]);
        }
        drop(swarm);

        let status = self.server.stop(StopSignal::TERM).await;
        assert!(status.success(), "the server ended with {status}");
        is_sound(self.server.data()).await;
        for whole in &wholes {
            let exported = exported(self.server.data(), &whole.room).await;
            assert_eq!(exported.len(), whole.changes.len(), "export of {}", whole.room);
            for (exported, read) in exported.iter().zip(&whole.changes) {
                assert_eq!(exported, read, "export of {}", whole.room);
            }
        }
        let logs: Vec<_> = wholes.into_iter().map(|whole| whole.into_log(&mut story)).collect();
        let kept: Kept = kept
            .iter()
            .map(|(room, cursor)| {
                let key: (Age, Place) = (story.age(cursor.epoch), story.place(room));
                (key, cursor.seq)
            })
            .collect();
        let faults = check(&story, &logs, &ends, &kept);
        let figures = Figures::of(&story, logs.iter().map(|log| log.changes.len()).sum());
        Verdict { figures, faults, story }
    }
}

/// What is found at the end of a run.
#[derive(Debug)]
#[must_use = "somebody has to look at the faults"]
pub struct Verdict {
    /// What happened.
    pub figures: Figures,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// All of it.
    pub story: Story,
}

fn story_path(name: &str, seed: u64) -> PathBuf {
    env::temp_dir().join(format!("parlour-chaos-{}-{seed}.jsonl", name.replace(' ', "-")))
}

async fn everybody_is_at_the_end(bots: &[Bot], wholes: &[Whole]) {
    let start = Instant::now();
    for bot in bots {
        let bound = SETTLING.saturating_sub(start.elapsed()).max(Duration::from_secs(1));
        bot.is("the end of every log", bound, |status| {
            let mut there = status.cursors.iter().filter_map(|(room, cursor)| {
                let whole = wholes.iter().find(|whole| whole.room == *room)?;
                Some(cursor.epoch == whole.epoch && cursor.seq >= whole.head)
            });
            status.live && there.all(|it| it)
        })
        .await;
    }
}

/// What happened in a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Requests that were asked for.
    pub invoked: usize,
    /// Requests that were sent, each time counted.
    pub attempted: usize,
    /// Answers that did not come.
    pub unanswered: usize,
    /// Passing refusals.
    pub refused: usize,
    /// Connections that were lost.
    pub disconnects: usize,
    /// Changes that were applied, by all bots.
    pub applied: usize,
    /// Discontinuities that bots were told of, without those of their first joins.
    pub resets: usize,
    /// Changes in the final logs.
    pub changes: usize,
}

impl Figures {
    fn of(story: &Story, changes: usize) -> Self {
        let told =
            |counts: fn(&What) -> bool| story.told.iter().filter(|told| counts(&told.what)).count();
        let is_reset = |seen: &Seen| match seen {
            Seen::Reset(why) => *why != parlour_events::ResetReason::New,
            Seen::Applied { .. } => false,
        };
        let applied = |seen: &Seen| matches!(seen, Seen::Applied { .. });
        Self {
            invoked: told(|what| matches!(what, What::Invoked(_))),
            attempted: told(|what| matches!(what, What::Attempted(_))),
            unanswered: told(|what| matches!(what, What::Unanswered(_))),
            refused: told(|what| matches!(what, What::Refused { .. })),
            disconnects: told(|what| matches!(what, What::Disconnected(_))),
            applied: story.read.iter().filter(|read| applied(&read.what)).count(),
            resets: story.read.iter().filter(|read| is_reset(&read.what)).count(),
            changes,
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} requests, sent {} times, {} answers lost, {} passing refusals, {} disconnects; \
             {} changes, applied {} times, {} resets",
            self.invoked,
            self.attempted,
            self.unanswered,
            self.refused,
            self.disconnects,
            self.changes,
            self.applied,
            self.resets,
        )
    }
}
