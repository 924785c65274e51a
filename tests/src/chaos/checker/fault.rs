//! What can be wrong.

use std::fmt;

use uuid::Uuid;

use crate::chaos::record::{BotNumber, Place, Story};

/// A guarantee that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which.
    pub broken: Broken,
    /// Where.
    pub room: Option<Place>,
    /// Who noticed.
    pub bot: Option<BotNumber>,
    /// The request or the message that shows it.
    pub id: Option<Uuid>,
    /// What was seen.
    pub seen: String,
}

/// Which guarantee was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Broken {
    /// What was acknowledged is in the log.
    Lost,
    /// It is there once.
    Duplicated,
    /// It is there under the number that was acknowledged.
    WrongSeq,
    /// What one asked for in an order is there in that order.
    Reordered,
    /// What is there, somebody asked for.
    Invented,
    /// It says what was asked for, and by whom.
    Altered,
    /// The numbers are 1, 2, 3, ...
    Gap,
    /// Everybody who has joined applies every change, or is told that it cannot.
    Skipped,
    /// Once.
    Repeated,
    /// And is at the log's end when all is done.
    Behind,
    /// With the state that the log amounts to.
    Diverged,
    /// What is asked for is answered in the end.
    Unanswered,
    /// What is asked for as it should be is not refused.
    Refused,
    /// The server speaks as the contract says.
    Nonsense,
}

impl Fault {
    pub(super) fn new(broken: Broken, seen: impl Into<String>) -> Self {
        Self { broken, room: None, bot: None, id: None, seen: seen.into() }
    }

    pub(super) fn room(mut self, room: Place) -> Self {
        self.room = Some(room);
        self
    }

    pub(super) fn bot(mut self, bot: BotNumber) -> Self {
        self.bot = Some(bot);
        self
    }

    pub(super) fn id(mut self, id: impl Into<Option<Uuid>>) -> Self {
        self.id = id.into();
        self
    }

    /// All that is known about it, for people.
    pub fn tell(&self, story: &Story) -> String {
        let mut text = self.to_string();
        if let Some(id) = self.id {
            for line in story.about(id) {
                text.push_str("\n      ");
                text.push_str(&line);
            }
        }
        text
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.broken, self.seen)?;
        if let Some(Place(room)) = self.room {
            write!(f, ", room {room}")?;
        }
        if let Some(bot) = self.bot {
            write!(f, ", bot {bot}")?;
        }
        if let Some(id) = self.id {
            write!(f, ", {id}")?;
        }
        Ok(())
    }
}
