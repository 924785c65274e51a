//! What was asked for, answered and read, beside the server's final log: every guarantee of the
//! change log that was broken, with the ids that show it.
//!
//! Nothing here waits or talks to anybody: a story, the logs and what the bots have in the end go
//! in, faults come out. Its own tests break each guarantee once.

mod asked;
mod fault;
mod logs;
mod readers;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use parlour_events::{Change, Cursor, MessageId, Seq, UserId};
use uuid::Uuid;

use super::{
    fold::Fold,
    record::{Age, BotNumber, Place, Story, What},
    request::{Kind, Request, print, reaction_print, text_print},
};

pub use fault::{Broken, Fault};

/// The final log of a room.
#[derive(Debug, Clone)]
pub struct Log {
    /// The room.
    pub room: Place,
    /// Its history.
    pub age: Age,
    /// All changes, in the order in which they were told.
    pub changes: Vec<Change>,
}

/// What a bot has of a room in the end.
#[derive(Debug, Clone)]
pub struct End {
    /// Who.
    pub bot: BotNumber,
    /// Where.
    pub room: Place,
    /// How far it is.
    pub cursor: Option<Cursor>,
    /// Nothing that was posted up to here is known.
    pub floor: Seq,
    /// The messages that it has.
    pub fold: Fold,
}

/// Up to which number the final log is that of an earlier history, for each room: what a backup
/// that was restored had. What the earlier history had behind that is gone, and may be.
pub type Kept = HashMap<(Age, Place), Seq>;

/// Everything that is wrong, in no particular order.
pub fn check(story: &Story, logs: &[Log], ends: &[End], kept: &Kept) -> Vec<Fault> {
    let case = Case::new(story, logs, kept);
    let mut faults = Vec::new();
    logs::check(&case, &mut faults);
    asked::check(&case, &mut faults);
    readers::check(&case, ends, &mut faults);
    faults
}

/// The story, with what is looked up in it again and again.
struct Case<'a> {
    story: &'a Story,
    logs: HashMap<Place, &'a Log>,
    kept: &'a Kept,
    /// By id: who asked, where, and for what.
    asked: HashMap<Uuid, (BotNumber, Place, &'a Request)>,
    /// By message, all requests that are about it, that which posts it included.
    about: HashMap<MessageId, Vec<(BotNumber, &'a Request)>>,
}

impl<'a> Case<'a> {
    fn new(story: &'a Story, logs: &'a [Log], kept: &'a Kept) -> Self {
        let mut asked = HashMap::new();
        let mut about: HashMap<_, Vec<_>> = HashMap::new();
        for told in &story.told {
            if let What::Invoked(request) = &told.what {
                let place = story.rooms.iter().position(|room| room == request.room());
                let place = Place(place.map_or(u16::MAX, |at| at as u16));
                asked.insert(request.id(), (told.bot, place, request));
                about.entry(request.message()).or_default().push((told.bot, request));
            }
        }
        let logs = logs.iter().map(|log| (log.room, log)).collect();
        Self { story, logs, kept, asked, about }
    }

    /// The change of a room's final log that a number of some history means; none if it means none
    /// there, because that part of that history is gone.
    fn meant(&self, room: Place, age: Age, seq: Seq) -> Meant<'a> {
        let Some(log) = self.logs.get(&room) else { return Meant::Gone };
        if log.age != age {
            match self.kept.get(&(age, room)) {
                Some(last) if seq <= *last => {}
                _ => return Meant::Gone,
            }
        }
        let at = seq.0.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        match at.and_then(|at| log.changes.get(at)) {
            Some(change) => Meant::Change(change),
            None => Meant::Nothing,
        }
    }

    fn person(&self, bot: BotNumber) -> Option<UserId> {
        self.story.people.get(bot).copied().flatten()
    }

    /// Everything that a change of this kind to this message may say, see
    /// [`print_of`](super::request::print_of). Changes tell of a message as it is when they are
    /// read, so each text that it ever had will do, and none if it was taken back.
    fn may_say(&self, kind: Kind, message: MessageId) -> HashSet<u64> {
        let requests = self.about.get(&message).map_or(&[][..], Vec::as_slice);
        let author = requests.iter().find(|(_, it)| it.kind() == Kind::Posted);
        let author = author.and_then(|(bot, _)| self.person(*bot));
        let mut prints = HashSet::new();
        for (bot, request) in requests {
            let by = self.person(*bot);
            match (kind, request) {
                (Kind::Posted, Request::Delete(_)) => {
                    prints.insert(text_print(author, None));
                }
                (Kind::Posted, Request::Send(_) | Request::Edit(_)) => {
                    prints.insert(text_print(author, request.text()));
                }
                (Kind::Edited, Request::Edit(_)) => {
                    prints.insert(text_print(None, request.text()));
                }
                (Kind::Edited, Request::Delete(_)) => {
                    prints.insert(text_print(None, None));
                }
                (Kind::Deleted, Request::Delete(_)) => {
                    prints.extend(by.map(|by| print(&by)));
                }
                (Kind::Reacted, Request::React(it)) => {
                    prints.extend(by.map(|by| reaction_print(by, &it.emoji, it.on)));
                }
                _ => {}
            }
        }
        prints
    }
}

/// See [`Case::meant`].
enum Meant<'a> {
    /// This change.
    Change(&'a Change),
    /// The log is shorter.
    Nothing,
    /// It says nothing about the final log.
    Gone,
}
