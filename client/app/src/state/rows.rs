//! What the message list shows: messages grouped by author, days parted by a line.

use std::collections::HashSet;

use parlour_events::{Author, MessageId, Seq, Timestamp};

use super::{Room, message::Content, outbox::EntryState};

/// Messages of one person within this time stand under one name.
pub const GROUP_MILLIS: u64 = 5 * 60 * 1_000;

/// Messages shown at first, and how many more at a time.
pub const WINDOW: u64 = 500;

/// The front of the list moves in steps of this many messages, so that a new message does not
/// always push an old one out.
const WINDOW_STEP: u64 = 100;

/// Most messages shown, however far the person has gone back.
const WINDOW_MOST: u64 = 2_000;

/// Names a row for as long as it shows the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowKey {
    /// The line above the first message of a day (days since 1970, local time).
    Day(i64),
    /// A message, on its way or in the log.
    Message(MessageId),
    /// A message of the log under a name that was used above it: writers choose names, and one
    /// might choose somebody else's.
    SameName(Seq),
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Names the row.
    pub key: RowKey,
    /// What it shows.
    pub content: RowContent,
}

/// What a row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowContent {
    /// A day begins; the time of its first message.
    Day(Timestamp),
    /// A message.
    Message(MessageRow),
}

/// A message to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its name.
    pub id: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// What it says.
    pub content: Content,
    /// When: by the server's clock if it is in the log, else by ours.
    pub at: Timestamp,
    /// Whether it stands first under its author's name.
    pub first: bool,
    /// How far it is.
    pub delivery: Delivery,
}

/// How far a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// In the log.
    Sent,
    /// On its way. If it takes longer than it should, the sentence says why.
    Sending(Option<String>),
    /// Not taken; the sentence says why.
    Failed(String),
}

impl Delivery {
    /// One word, for style sheets and tests.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Sending(_) => "sending",
            Self::Failed(_) => "failed",
        }
    }
}

/// Which part of the log is shown: everything behind a place (counted as [`RoomLog::posted`]
/// counts).
///
/// [`RoomLog::posted`]: super::log::RoomLog::posted
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    start: u64,
}

impl Window {
    /// Moves the front so that the newest messages are shown and no more than needed. For a
    /// reader at the bottom.
    pub fn follow(&mut self, posted: u64) {
        let latest = posted.saturating_sub(WINDOW) / WINDOW_STEP * WINDOW_STEP;
        self.start = self.start.max(latest);
    }

    /// Leaves the front where it is for a reader who has scrolled up, as long as that can be.
    pub fn stay(&mut self, posted: u64) {
        self.start = self.start.max(posted.saturating_sub(WINDOW_MOST));
    }

    /// Shows more of what came before.
    pub fn earlier(&mut self) {
        self.start = self.start.saturating_sub(WINDOW);
    }
}

/// The rows of a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// From the oldest to the newest.
    pub rows: Vec<Row>,
    /// Whether messages that are here are not shown, because they stand before the window.
    pub earlier: bool,
    /// Whether the first message shown is the first of the room.
    pub from_the_start: bool,
}

/// Makes the rows of the part of a room that the window shows.
///
/// `me` is the author of what is on its way; `day` tells the local day of a time.
pub fn rows(room: &Room, window: Window, me: &Author, day: impl Fn(Timestamp) -> i64) -> Rows {
    let log = room.log();
    let first_kept = log.posted() - log.messages().len() as u64;
    let skip = window.start.saturating_sub(first_kept);
    let shown = log.messages().iter().skip(usize::try_from(skip).unwrap_or(usize::MAX));

    let mut builder = Builder { day, rows: Vec::new(), names: HashSet::new(), last: None };
    for message in shown {
        let key = builder.key(message.id, message.seq);
        builder.push(
            key,
            MessageRow {
                id: message.id,
                author: message.author.clone(),
                content: message.content.clone(),
                at: message.at,
                first: false,
                delivery: Delivery::Sent,
            },
        );
    }
    for entry in room.outbox().entries() {
        if !builder.names.insert(entry.id) {
            continue;
        }
        builder.push(
            RowKey::Message(entry.id),
            MessageRow {
                id: entry.id,
                author: me.clone(),
                content: Content::text(entry.body.clone()),
                at: entry.written,
                first: false,
                delivery: delivery(&entry.state),
            },
        );
    }
    let from_the_start = skip == 0 && !log.messages().is_empty() && !log.has_earlier();
    Rows { rows: builder.rows, earlier: skip > 0, from_the_start }
}

fn delivery(state: &EntryState) -> Delivery {
    match state {
        EntryState::Queued | EntryState::Sending(_) => Delivery::Sending(None),
        EntryState::Delayed { reason, .. } => Delivery::Sending(Some(reason.clone())),
        EntryState::Failed(reason) => Delivery::Failed(reason.clone()),
        EntryState::Accepted(_) => Delivery::Sent,
    }
}

struct Builder<D> {
    day: D,
    rows: Vec<Row>,
    names: HashSet<MessageId>,
    /// The author and time that the group stands under, and its day.
    last: Option<(Author, Timestamp, i64)>,
}

impl<D: Fn(Timestamp) -> i64> Builder<D> {
    fn key(&mut self, id: MessageId, seq: Seq) -> RowKey {
        if self.names.insert(id) { RowKey::Message(id) } else { RowKey::SameName(seq) }
    }

    fn push(&mut self, key: RowKey, mut message: MessageRow) {
        let day = (self.day)(message.at);
        // Clocks go back, and ours is not the server's: a day that was begun is not begun again.
        if self.last.as_ref().is_none_or(|(_, _, last)| day > *last) {
            let content = RowContent::Day(message.at);
            self.rows.push(Row { key: RowKey::Day(day), content });
            self.last = None;
        }
        let under = self.last.as_ref().is_some_and(|(author, at, _)| {
            *author == message.author && message.at.0.saturating_sub(at.0) < GROUP_MILLIS
        });
        if !under {
            let day = self.last.as_ref().map_or(day, |(_, _, last)| day.max(*last));
            self.last = Some((message.author.clone(), message.at, day));
        }
        message.first = !under;
        self.rows.push(Row { key, content: RowContent::Message(message) });
    }
}
