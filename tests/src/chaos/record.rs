//! What everybody asked for, was answered, and read, in the order of time.
//!
//! What was read are millions of entries in a long run, so each is a few words: rooms, epochs and
//! texts are numbers there.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use parlour_events::{Change, Code, Epoch, MessageId, ResetReason, RoomName, Seq, UserId};
use serde::Serialize;
use uuid::Uuid;

use super::request::{Kind, Request, print_of};

/// Readers of one change that are shown; there are many, who all read the same as a rule.
const SHOWN: usize = 4;

/// A bot, by its place in the swarm.
pub type BotNumber = usize;

/// A room, by its place in [`Story::rooms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Place(pub u16);

/// A history, by its place in [`Story::epochs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Age(pub u16);

/// All of a run, as data.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// The rooms, in the order in which they were named.
    pub rooms: Vec<RoomName>,
    /// The histories, in the order in which they were met.
    pub epochs: Vec<Epoch>,
    /// Who the bots are, once they were told.
    pub people: Vec<Option<UserId>>,
    /// Requests and answers, in the order of time.
    pub told: Vec<Told>,
    /// What was read, in the order of time.
    pub read: Vec<Read>,
}

/// Something that a bot said, or was answered.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// Since the beginning.
    pub at: Duration,
    /// Who.
    pub bot: BotNumber,
    /// What.
    pub what: What,
}

/// See [`Told`].
#[derive(Debug, Clone, Serialize)]
pub enum What {
    /// It is let in.
    Connected,
    /// It is in its outbox from now on.
    Invoked(Request),
    /// It is sent, perhaps not for the first time.
    Attempted(Uuid),
    /// It is in the log at this number.
    Acknowledged {
        /// The request.
        id: Uuid,
        /// The history that the number belongs to.
        age: Age,
        /// The number.
        seq: Seq,
    },
    /// It is refused. If the code is a passing one it will be sent again.
    Refused {
        /// The request.
        id: Uuid,
        /// Why.
        code: Code,
    },
    /// There was no answer. It will be sent again.
    Unanswered(Uuid),
    /// The connection is gone.
    Disconnected(String),
    /// The contract is broken.
    Broken(String),
}

/// Something that a bot read.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Read {
    /// Milliseconds since the beginning.
    pub at: u32,
    /// Who.
    pub bot: u16,
    /// Where.
    pub room: Place,
    /// The history.
    pub age: Age,
    /// The number; with a reset that of the cursor from then on.
    pub seq: Seq,
    /// What.
    pub what: Seen,
}

/// See [`Read`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Seen {
    /// It applied a change.
    Applied {
        /// Of this kind.
        kind: Kind,
        /// To this message.
        id: Option<MessageId>,
        /// What it says, see [`print_of`].
        print: u64,
    },
    /// It was told that its cursor is not continued.
    Reset(ResetReason),
}

impl Story {
    /// The room's number.
    pub fn place(&mut self, room: &RoomName) -> Place {
        Place(number(&mut self.rooms, room))
    }

    /// The history's number.
    pub fn age(&mut self, epoch: Epoch) -> Age {
        Age(number(&mut self.epochs, &epoch))
    }

    /// What is known of a request or a message, for people.
    pub fn about(&self, id: Uuid) -> Vec<String> {
        let concerns = |what: &What| match what {
            What::Invoked(request) => request.id() == id || request.message().0 == id,
            What::Attempted(it) | What::Unanswered(it) => *it == id,
            What::Acknowledged { id: it, .. } | What::Refused { id: it, .. } => *it == id,
            _ => false,
        };
        let told = self.told.iter().filter(|told| concerns(&told.what));
        let told = told.map(|told| format!("{:?} bot {}: {:?}", told.at, told.bot, told.what));
        let read = self
            .read
            .iter()
            .filter(|read| matches!(read.what, Seen::Applied { id: Some(it), .. } if it.0 == id));
        told.chain(read.map(|read| format!("{read:?}")).take(SHOWN)).collect()
    }

    /// Writes all of it as JSON lines.
    ///
    /// # Errors
    /// Those of the file.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        serde_json::to_writer(&mut file, &(&self.rooms, &self.epochs, &self.people))?;
        writeln!(file)?;
        for told in &self.told {
            serde_json::to_writer(&mut file, told)?;
            writeln!(file)?;
        }
        for read in &self.read {
            serde_json::to_writer(&mut file, read)?;
            writeln!(file)?;
        }
        file.flush()
    }
}

fn number<T: PartialEq + Clone>(all: &mut Vec<T>, one: &T) -> u16 {
    let at = all.iter().position(|it| it == one).unwrap_or_else(|| {
        all.push(one.clone());
        all.len() - 1
    });
    u16::try_from(at).expect("a few rooms and histories")
}

/// A story while it happens. Clones write to the same one.
#[derive(Debug, Clone)]
pub struct Record {
    start: Instant,
    story: Arc<Mutex<Story>>,
}

impl Default for Record {
    fn default() -> Self {
        Self { start: Instant::now(), story: Arc::default() }
    }
}

impl Record {
    /// A place for one bot more.
    pub fn enlist(&self) -> BotNumber {
        let mut story = self.lock();
        story.people.push(None);
        story.people.len() - 1
    }

    /// Who a bot is.
    pub fn is(&self, bot: BotNumber, person: UserId) {
        // The story may have been taken by now.
        if let Some(place) = self.lock().people.get_mut(bot) {
            *place = Some(person);
        }
    }

    /// Takes down what somebody said or was answered.
    pub fn told(&self, bot: BotNumber, what: What) {
        let at = self.start.elapsed();
        self.lock().told.push(Told { at, bot, what });
    }

    /// Takes down an acknowledgement.
    pub fn acknowledged(&self, bot: BotNumber, id: Uuid, epoch: Epoch, seq: Seq) {
        let at = self.start.elapsed();
        let mut story = self.lock();
        let age = story.age(epoch);
        story.told.push(Told { at, bot, what: What::Acknowledged { id, age, seq } });
    }

    /// Takes down that a change was applied.
    pub fn applied(&self, bot: BotNumber, room: &RoomName, epoch: Epoch, change: &Change) {
        let (kind, id) = Kind::of(&change.kind);
        let what = Seen::Applied { kind, id, print: print_of(&change.kind) };
        self.read(bot, room, epoch, change.seq, what);
    }

    /// Takes down that a cursor is not continued.
    pub fn reset(
        &self,
        bot: BotNumber,
        room: &RoomName,
        cursor: parlour_events::Cursor,
        why: ResetReason,
    ) {
        self.read(bot, room, cursor.epoch, cursor.seq, Seen::Reset(why));
    }

    fn read(&self, bot: BotNumber, room: &RoomName, epoch: Epoch, seq: Seq, what: Seen) {
        let at = u32::try_from(self.start.elapsed().as_millis()).unwrap_or(u32::MAX);
        let bot = u16::try_from(bot).expect("a few thousand bots");
        let mut story = self.lock();
        let (room, age) = (story.place(room), story.age(epoch));
        story.read.push(Read { at, bot, room, age, seq, what });
    }

    /// Looks at the story so far.
    pub fn with<T>(&self, look: impl FnOnce(&Story) -> T) -> T {
        look(&self.lock())
    }

    /// The story so far, which the record begins anew without.
    pub fn take(&self) -> Story {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Story> {
        self.story.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
