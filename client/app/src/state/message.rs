//! A message as the page keeps it: what it says now, not how it came to say it.
//!
//! It comes from the change that posted it or from a snapshot; edits, deletions and reactions are
//! applied to it in place. A change that is in a snapshot already (its number is not above `rev`)
//! is not applied again. A message that was deleted has nothing to be kept, and stays deleted: a
//! change that was under way when it was deleted may still bring its old text.

use std::sync::Arc;

use parlour_events::{
    Attachment, Author, Body, Change, ChangeKind, Emoji, MessageId, Nickname, Posted, Quote,
    Reaction, Seq, Timestamp, UserId,
};

/// Most names kept with a reaction; the server's snapshots have as many.
const NAMES: usize = 10;

/// A message of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The number of the change that posted it.
    pub seq: Seq,
    /// The newest change that is in what is kept here.
    pub rev: Seq,
    /// The name its writer gave it.
    pub id: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// What it says.
    pub content: Content,
    /// When the server accepted it.
    pub at: Timestamp,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A text, or files, or both.
    Said(Said),
    /// It was deleted.
    Deleted,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// The text. Shared: rows are made again at every update.
    pub body: Option<Arc<Body>>,
    /// What it answers to.
    pub reply_to: Option<Arc<Quote>>,
    /// The files.
    pub files: Arc<[Attachment]>,
    /// The text is not the first one.
    pub edited: bool,
    /// The reactions, the oldest first.
    pub reactions: Vec<Reaction>,
    /// Whom it named when it was posted.
    pub mentions: Vec<UserId>,
}

impl Message {
    /// As the change with this number posted it.
    pub(super) fn posted(seq: Seq, at: Timestamp, posted: &Posted) -> Self {
        Self::told(seq, seq, at, posted.clone(), false, Vec::new(), false)
    }

    fn told(
        seq: Seq,
        rev: Seq,
        at: Timestamp,
        posted: Posted,
        edited: bool,
        reactions: Vec<Reaction>,
        deleted: bool,
    ) -> Self {
        let Posted { id, author, body, reply_to, attachments, mentions } = posted;
        // Nobody can send a message without anything: of one that was deleted since, the change
        // that posted it tells nothing.
        let content = if deleted || (body.is_none() && attachments.is_empty()) {
            Content::Deleted
        } else {
            Content::Said(Said {
                body: body.map(Arc::new),
                reply_to: reply_to.map(Arc::new),
                files: attachments.into(),
                edited,
                reactions,
                mentions,
            })
        };
        Self { seq, rev, id, author, content, at }
    }

    /// Takes a change of it, unless it is in what is kept already. `me` is whoever reads.
    pub(super) fn change(&mut self, change: &Change, me: UserId) {
        if change.seq <= self.rev {
            return;
        }
        self.rev = change.seq;
        match &change.kind {
            ChangeKind::Edited { body, .. } => self.content.edit(body.as_ref()),
            ChangeKind::Deleted { .. } => self.content = Content::Deleted,
            ChangeKind::Reacted { by, emoji, on, .. } => {
                if let Content::Said(said) = &mut self.content {
                    said.react(emoji, &by.name, by.id == me, *on);
                }
            }
            _ => {}
        }
    }

    /// Whether there is nothing to it any more.
    pub fn is_deleted(&self) -> bool {
        self.content == Content::Deleted
    }

    /// Whether it names this person.
    pub fn mentions(&self, person: UserId) -> bool {
        matches!(&self.content, Content::Said(said) if said.mentions.contains(&person))
    }
}

impl From<parlour_events::Message> for Message {
    fn from(told: parlour_events::Message) -> Self {
        let parlour_events::Message { seq, rev, at, posted, edited, deleted, reactions } = told;
        Self::told(seq, rev, at, posted, edited.is_some(), reactions, deleted)
    }
}

impl Content {
    /// A text as it was written, and nothing else.
    pub fn text(body: Arc<Body>) -> Self {
        Self::Said(Said { body: Some(body), ..Said::default() })
    }

    /// What was said, if it is still there.
    pub fn said(&self) -> Option<&Said> {
        match self {
            Self::Said(said) => Some(said),
            Self::Deleted => None,
        }
    }

    /// The text, if there is one.
    pub fn body(&self) -> Option<&Body> {
        self.said().and_then(|said| said.body.as_deref())
    }

    /// It says this from now on; nothing if it was deleted since the edit.
    pub(super) fn edit(&mut self, new: Option<&Body>) {
        match (&mut *self, new) {
            (Self::Said(said), Some(new)) => {
                said.body = Some(Arc::new(new.clone()));
                said.edited = true;
            }
            (_, None) => *self = Self::Deleted,
            (Self::Deleted, Some(_)) => {}
        }
    }
}

impl Said {
    /// Somebody's reaction is put on, or taken away.
    pub(super) fn react(&mut self, emoji: &Emoji, name: &Nickname, mine: bool, on: bool) {
        let at = self.reactions.iter().position(|reaction| reaction.emoji == *emoji);
        match (at, on) {
            (Some(at), true) => {
                let reaction = &mut self.reactions[at];
                reaction.count += 1;
                reaction.mine |= mine;
                if reaction.names.len() < NAMES {
                    reaction.names.push(name.clone());
                }
            }
            (None, true) => self.reactions.push(Reaction {
                emoji: emoji.clone(),
                count: 1,
                mine,
                names: vec![name.clone()],
            }),
            (Some(at), false) => {
                let reaction = &mut self.reactions[at];
                reaction.count = reaction.count.saturating_sub(1);
                reaction.mine &= !mine;
                if let Some(named) = reaction.names.iter().rposition(|named| named == name) {
                    reaction.names.remove(named);
                }
                if reaction.count == 0 {
                    self.reactions.remove(at);
                }
            }
            (None, false) => {}
        }
    }

    /// Whether the reader has this reaction on it.
    pub fn is_mine(&self, emoji: &Emoji) -> bool {
        self.reactions.iter().any(|reaction| reaction.mine && reaction.emoji == *emoji)
    }
}
