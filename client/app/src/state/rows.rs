//! What the message list shows: a bounded part of a room's messages, grouped by author, with lines
//! between days and before what is new.

use std::sync::Arc;

use parlour_events::{Author, MessageId, Seq, Timestamp, UserId};
use uuid::Uuid;

use super::{
    Room, Spot, bound,
    message::{Content, Said},
    outbox::{Act, Entry, EntryState, Failure},
    stretch::Stretch,
};

/// Messages of one person within this time stand under one name.
pub const GROUP_MILLIS: u64 = 5 * 60 * 1_000;

/// Messages shown to a reader at the bottom.
pub const WINDOW: usize = bound(80, 16);

/// Most messages shown.
pub const WINDOW_MOST: usize = bound(140, 28);

/// The window moves in steps of this many messages.
const STEP: usize = bound(40, 8);

/// At the bottom it moves in smaller ones, so that a new message does not always push an old one
/// out.
const FOLLOW_STEP: u64 = bound(20, 4) as u64;

/// So many more are drawn at a time when it is calm again.
const CALM_STEP: usize = bound(15, 3);

/// Every screen has room for as many.
const FITS_LEAST: usize = bound(20, 4);

/// Names a row for as long as it shows the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKey {
    /// The line above the first message of a day (days since 1970, local time).
    Day(i64),
    /// The line above what is new.
    New,
    /// A message, on its way or in the log.
    Message(MessageId),
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A day begins (days since 1970, local time): the time of its first message.
    Day(i64, Timestamp),
    /// What comes now has not been read.
    New,
    /// A message.
    Message(Box<MessageRow>),
}

impl Row {
    /// Names the row.
    pub fn key(&self) -> RowKey {
        match self {
            Self::Day(day, _) => RowKey::Day(*day),
            Self::New => RowKey::New,
            Self::Message(row) => RowKey::Message(row.id),
        }
    }
}

/// A message to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its name.
    pub id: MessageId,
    /// Its number; none before it is in the log.
    pub seq: Option<Seq>,
    /// Who wrote it.
    pub author: Author,
    /// What it says.
    pub content: Content,
    /// When: by the server's clock if it is in the log, else by ours.
    pub at: Timestamp,
    /// Whether it stands first under its author's name.
    pub first: bool,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// Whether it names the reader.
    pub personal: bool,
    /// How far it is, or the last thing the reader did to it.
    pub delivery: Delivery,
}

/// How far a message, or a change of it, is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// All is in the log.
    Sent,
    /// On its way. If it takes longer than it should, why.
    Sending(Option<Waits>),
    /// Not taken: the entry that failed, and why.
    Failed(Uuid, Failure),
}

/// Why something on its way takes longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waits {
    /// No answer came yet.
    NoAnswer,
    /// The server takes it later.
    Refused(parlour_events::Refusal),
}

impl MessageRow {
    /// Why it was not taken, if that is news to somebody who has seen it as it was `before`.
    pub fn newly_failed(&self, before: Option<&Self>) -> Option<&Failure> {
        let failed = |row: &Self| matches!(row.delivery, Delivery::Failed(..));
        match &self.delivery {
            Delivery::Failed(_, why) if !before.is_some_and(failed) => Some(why),
            _ => None,
        }
    }
}

impl Delivery {
    fn of(entry: &Entry) -> Self {
        match &entry.state {
            EntryState::Queued | EntryState::Sending(_) => Self::Sending(None),
            EntryState::Delayed { why, .. } => {
                let waits = why.clone().map_or(Waits::NoAnswer, Waits::Refused);
                Self::Sending(Some(waits))
            }
            EntryState::Failed(why) => Self::Failed(entry.id, why.clone()),
            EntryState::Accepted(_) => Self::Sent,
        }
    }

    /// One word, for style sheets and tests.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Sending(_) => "sending",
            Self::Failed(..) => "failed",
        }
    }
}

/// Which part of a stretch is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Window {
    /// The newest messages, and what is on its way.
    #[default]
    Newest,
    /// Only so many of them: see [`Rush`].
    Last(usize),
    /// From this message on.
    From(Seq),
}

impl Window {
    /// Shows this message, with others on both sides of it.
    pub fn around(stretch: &Stretch, seq: Seq) -> Self {
        let at = stretch.position(seq);
        Self::at(stretch, at.saturating_sub(WINDOW / 2))
    }

    /// The window that goes to this place, and the message there, if it is here.
    pub fn to(room: &Room, spot: Spot) -> Option<(Self, Option<Seq>)> {
        // Before the first answer nothing is known of what there is.
        room.log().cursor()?;
        let shown = room.log().shown();
        let around = |seq| (Self::around(shown, seq), Some(seq));
        match spot {
            Spot::Newest => room.log().is_at_present().then_some((Self::Newest, None)),
            // There is nowhere to go.
            _ if shown.is_all() && shown.messages().is_empty() => Some((Self::Newest, None)),
            Spot::Message(seq) | Spot::Unread(seq) => shown.covers(seq).then(|| around(seq)),
            Spot::Oldest => {
                let first = shown.first().filter(|_| !shown.earlier)?;
                Some((Self::From(first), Some(first)))
            }
            Spot::Time(at) if shown.covers_time(at) => {
                let from = shown.messages().partition_point(|message| message.at < at);
                // Behind the last one there is nothing: that is the nearest.
                let nearest = shown.messages().get(from).or(shown.messages().back())?;
                Some(around(nearest.seq))
            }
            Spot::Time(_) => None,
        }
    }

    /// The same messages, however many come behind them.
    #[must_use]
    pub fn fixed(self, room: &Room) -> Self {
        let (from, _) = self.range(room);
        Self::at(room.log().shown(), from)
    }

    /// Moves towards the older messages. Says whether there is anything to be read for it.
    pub fn earlier(&mut self, room: &Room) -> bool {
        let stretch = room.log().shown();
        let (from, _) = self.range(room);
        *self = Self::at(stretch, from.saturating_sub(STEP));
        from <= STEP && stretch.earlier
    }

    /// Moves towards the newer messages. Says whether there is anything to be read for it.
    pub fn later(&mut self, room: &Room) -> bool {
        let stretch = room.log().shown();
        let (from, to) = self.range(room);
        let length = stretch.messages().len();
        if to >= length {
            if stretch.later {
                return true;
            }
            // All of the rest is shown: nothing is taken away from under the reader.
            return false;
        }
        *self = Self::at(stretch, from + STEP);
        to + STEP >= length && stretch.later
    }

    /// Which messages of the stretch are shown: from, and up to.
    fn range(self, room: &Room) -> (usize, usize) {
        let log = room.log();
        let length = log.shown().messages().len();
        match self {
            Self::Newest => {
                // Counted from the first message ever, so that it moves in steps.
                let gone = log.ever().saturating_sub(length as u64);
                let from = log.ever().saturating_sub(WINDOW as u64) / FOLLOW_STEP * FOLLOW_STEP;
                let from = usize::try_from(from.saturating_sub(gone)).unwrap_or(length);
                (from.min(length).max(length.saturating_sub(WINDOW_MOST)), length)
            }
            Self::Last(most) => (length.saturating_sub(most), length),
            Self::From(seq) => {
                let mut from = log.shown().position(seq);
                if from == length {
                    // The log was begun anew since.
                    from = length.saturating_sub(WINDOW);
                }
                (from, (from + WINDOW_MOST).min(length))
            }
        }
    }

    fn at(stretch: &Stretch, at: usize) -> Self {
        stretch.messages().get(at).map_or(Self::Newest, |message| Self::From(message.seq))
    }
}

/// How many of the newest messages are drawn while they come faster than they can be drawn.
///
/// When all that a screen has room for is new, nothing that was drawn is of use any more. Then only
/// a screen of messages is drawn, and the others before it a few at a time when it is calm again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rush {
    /// How many messages the log ever had when it was last drawn; none before that.
    posted: Option<u64>,
    /// So many are drawn; all of them if there is none.
    most: Option<usize>,
}

impl Rush {
    /// The window for drawing the newest messages now. `posted` is how many the log ever had, none
    /// before it was read; `fits` how many a screen has room for.
    pub fn window(&mut self, posted: Option<u64>, fits: usize) -> Window {
        let fits = fits.max(FITS_LEAST);
        // What is there when a room is opened is drawn at once.
        let before = std::mem::replace(&mut self.posted, posted);
        let posted = posted.unwrap_or(0);
        let came = before.map_or(0, |before| posted.saturating_sub(before));
        self.most = match self.most {
            _ if came >= fits as u64 => Some(fits),
            Some(most) => Some(most + usize::try_from(came).unwrap_or(0) + CALM_STEP),
            None => None,
        };
        self.most = self.most.filter(|most| *most < WINDOW);
        self.most.map_or(Window::Newest, Window::Last)
    }

    /// Whether there is more to be drawn when it is calm.
    pub fn is_on(&self) -> bool {
        self.most.is_some()
    }
}

/// The rows of a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// From the oldest to the newest.
    pub rows: Vec<Row>,
    /// There are messages before the first row.
    pub earlier: bool,
    /// There are messages behind the last row.
    pub later: bool,
}

/// Makes the rows of the part of a room that the window shows.
///
/// `new` is up to where the reader had read when they came; `day` tells the local day of a time.
pub fn rows(
    room: &Room,
    window: Window,
    me: &Author,
    new: Option<Seq>,
    day: impl Fn(Timestamp) -> i64,
) -> Rows {
    let stretch = room.log().shown();
    let (from, to) = window.range(room);
    let mut builder = Builder {
        day: &day,
        rows: Vec::new(),
        last: None,
        new,
        read_before: new.is_some_and(|new| begins_new(stretch, new, from, me.id)),
        me: me.id,
    };
    let mut names: Vec<MessageId> = Vec::new();
    for message in stretch.messages().range(from..to) {
        // No server gives a name twice; a row that has one twice could not be shown.
        if names.contains(&message.id) {
            continue;
        }
        names.push(message.id);
        let mut row = MessageRow {
            id: message.id,
            seq: Some(message.seq),
            author: message.author.clone(),
            content: message.content.clone(),
            at: message.at,
            first: false,
            mine: message.author.id == me.id,
            personal: message.mentions(me.id),
            delivery: Delivery::Sent,
        };
        for entry in room.outbox().entries().filter(|entry| entry.message() == message.id) {
            pending(&mut row, entry, me);
        }
        builder.push(row);
    }
    let complete = to == stretch.messages().len() && !stretch.later;
    if complete {
        for entry in room.outbox().entries() {
            let Some(post) = entry.post() else { continue };
            let id = entry.message();
            if stretch.find(id).is_some() {
                continue;
            }
            let mut row = MessageRow {
                id,
                seq: None,
                author: me.clone(),
                content: Content::Said(Said {
                    body: post.body.clone(),
                    reply_to: post.reply_to.clone(),
                    files: Arc::clone(&post.files),
                    ..Said::default()
                }),
                at: entry.written,
                first: false,
                mine: true,
                personal: false,
                delivery: Delivery::Sent,
            };
            for entry in room.outbox().entries().filter(|entry| entry.message() == id) {
                pending(&mut row, entry, me);
            }
            // Before it is there, nothing can become of its changes.
            row.delivery = Delivery::of(entry);
            builder.push(row);
        }
    }
    Rows { rows: builder.rows, earlier: from > 0 || stretch.earlier, later: !complete }
}

/// Whether the message at this place is the first that is new, or only the reader's own are before
/// it that are: so far as that can be told from what is here.
fn begins_new(stretch: &Stretch, new: Seq, from: usize, me: UserId) -> bool {
    let first = stretch.position(new.next());
    let known = first > 0 || !stretch.earlier || stretch.first() == Some(new.next());
    let between = first.min(from)..from;
    known && stretch.messages().range(between).all(|message| message.author.id == me)
}

/// A change that the reader made and that is not in the log: it shows as done, and as on its way.
fn pending(row: &mut MessageRow, entry: &Entry, me: &Author) {
    row.delivery = Delivery::of(entry);
    if matches!(row.delivery, Delivery::Failed(..)) {
        return;
    }
    match (&entry.act, &mut row.content) {
        (Act::Edit(_, body), content) => content.edit(Some(body)),
        (Act::Delete(_), content) => *content = Content::Deleted,
        (Act::React(_, emoji, on), Content::Said(said)) if said.is_mine(emoji) != *on => {
            said.react(emoji, &me.name, true, *on);
        }
        (Act::React(..) | Act::Post(_), _) => {}
    }
}

struct Builder<'a> {
    day: &'a dyn Fn(Timestamp) -> i64,
    rows: Vec<Row>,
    /// The author and time that the group stands under, and its day.
    last: Option<(UserId, Timestamp, i64)>,
    new: Option<Seq>,
    /// What was read reaches to right before the next row.
    read_before: bool,
    me: UserId,
}

impl Builder<'_> {
    fn push(&mut self, mut message: MessageRow) {
        let day = (self.day)(message.at);
        let mut first = false;
        // Clocks go back, and ours is not the server's: a day that was begun is not begun again.
        if self.last.is_none_or(|(_, _, last)| day > last) {
            self.rows.push(Row::Day(day, message.at));
            first = true;
        }
        if let (Some(read), Some(seq)) = (self.new, message.seq) {
            if seq <= read {
                self.read_before = true;
            } else if message.author.id != self.me {
                // What is new begins further up, unless something read, or nothing, comes before.
                if self.read_before {
                    self.rows.push(Row::New);
                    first = true;
                }
                self.new = None;
            }
        }
        let answers = message.content.said().is_some_and(|said| said.reply_to.is_some());
        let under = self.last.is_some_and(|(author, at, _)| {
            author == message.author.id && message.at.0.saturating_sub(at.0) < GROUP_MILLIS
        });
        message.first = first || answers || !under;
        if message.first {
            let day = self.last.map_or(day, |(_, _, last)| day.max(last));
            self.last = Some((message.author.id, message.at, day));
        }
        self.rows.push(Row::Message(Box::new(message)));
    }
}
