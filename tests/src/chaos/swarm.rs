//! Many bots, and a load that is paced by time.

use std::{sync::Arc, time::Duration};

use parlour_events::RoomName;
use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval},
};

use super::{
    bot::{Bot, BotOptions},
    random::Random,
    record::Record,
};
use crate::waiting::within;

/// How long bots may take to come in, and to be done when everything is well again.
pub const SETTLING: Duration = Duration::from_secs(180);

/// What is offered is offered in so many portions a second.
const PORTIONS: Duration = Duration::from_millis(10);

/// How many bots there are to be, and what they are like.
#[derive(Debug, Clone, Copy)]
pub struct Crowd<'a> {
    /// How many.
    pub bots: usize,
    /// Where the server is; they spread over these.
    pub urls: &'a [String],
    /// What they write by themselves is longer by so many characters.
    pub padding: usize,
    /// How many requests a bot has under way at a time; they take turns with these.
    pub windows: [usize; 2],
}

impl<'a> Crowd<'a> {
    /// Short messages; every other bot waits for each answer, the others for none in particular.
    pub fn new(bots: usize, urls: &'a [String]) -> Self {
        Self { bots, urls, padding: 0, windows: [1, 8] }
    }
}

/// Bots with one record.
#[derive(Debug)]
pub struct Swarm {
    /// They.
    pub bots: Arc<Vec<Bot>>,
    /// What they did.
    pub record: Record,
}

impl Swarm {
    /// A crowd in these rooms, each in two of them (or the one), which does what follows from the
    /// seed; all are in when this returns.
    pub async fn start(crowd: Crowd<'_>, rooms: &[RoomName], seed: &mut Random) -> Self {
        let Crowd { bots, urls, padding, windows } = crowd;
        let record = Record::default();
        let start = |number: usize| {
            let mut two = vec![rooms[number % rooms.len()].clone()];
            if rooms.len() > 1 {
                // Each pair of rooms has somebody in common sooner or later.
                let step = 1 + number / rooms.len() % (rooms.len() - 1);
                two.push(rooms[(number + step) % rooms.len()].clone());
            }
            let options = BotOptions {
                nickname: format!("Bot {number}").parse().expect("a nickname"),
                url: urls[number % urls.len()].clone(),
                rooms: two,
                window: windows[number % windows.len()],
                padding,
                random: seed.split(),
            };
            Bot::start(options, &record)
        };
        let bots: Vec<_> = (0..bots).map(start).collect();
        for bot in &bots {
            bot.is("its rooms", SETTLING, |status| status.live).await;
        }
        Self { bots: Arc::new(bots), record }
    }

    /// Offers so many requests a second, to bots at random, whatever becomes of them.
    pub fn load(&self, rate: u32, mut random: Random) -> Load {
        let (stop, mut stopped) = oneshot::channel();
        let bots = Arc::clone(&self.bots);
        let task = tokio::spawn(async move {
            let start = Instant::now();
            let mut portions = interval(PORTIONS);
            portions.set_missed_tick_behavior(MissedTickBehavior::Skip);
            let mut offered = 0_u64;
            loop {
                tokio::select! {
                    _ = &mut stopped => return offered,
                    _ = portions.tick() => {}
                }
                let due = start.elapsed().as_secs_f64() * f64::from(rate);
                while (offered as f64) < due {
                    random.pick(&bots).anything();
                    offered += 1;
                }
            }
        });
        Load { stop, task }
    }

    /// Waits until all that was asked for is answered, and everybody is in all rooms.
    pub async fn is_done(&self) {
        let start = Instant::now();
        for bot in self.bots.iter() {
            bot.is_done(SETTLING.saturating_sub(start.elapsed())).await;
        }
    }

    /// Answers that all of them were given.
    pub fn acknowledged(&self) -> u64 {
        self.bots.iter().map(|bot| bot.status().acknowledged).sum()
    }

    /// Passing refusals that all of them were given.
    pub fn refused(&self) -> u64 {
        self.bots.iter().map(|bot| bot.status().refused).sum()
    }
}

/// A load that goes on.
#[derive(Debug)]
#[must_use = "it ends when it is told to"]
pub struct Load {
    stop: oneshot::Sender<()>,
    task: JoinHandle<u64>,
}

impl Load {
    /// Ends it; says how much was offered.
    ///
    /// # Panics
    /// Never.
    pub async fn stop(self) -> u64 {
        let _ = self.stop.send(());
        within("the load's end", self.task).await.expect("it does not panic")
    }
}
