//! A message as the page keeps it: what it says now, not how it came to say it.
//!
//! It comes from the change that posted it or from a snapshot; edits and deletions are applied to
//! it in place. A message that was deleted has no text and no files to be kept, and stays deleted:
//! a change that was under way when it was deleted may still bring its old text.

use std::sync::Arc;

use parlour_events::{Attachment, Author, Body, MessageId, Posted, Seq, Timestamp};

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

/// What a message says. Shared parts: rows are made again at every update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A text, or files, or both.
    Said {
        /// The text.
        body: Option<Arc<Body>>,
        /// The files.
        files: Arc<[Attachment]>,
        /// The text is not the first one.
        edited: bool,
    },
    /// It was deleted.
    Deleted,
}

impl Message {
    /// As the change with this number posted it.
    pub(super) fn posted(seq: Seq, at: Timestamp, posted: &Posted) -> Self {
        let content = Content::told(posted.body.as_ref(), &posted.attachments, false);
        Self { seq, rev: seq, id: posted.id, author: posted.author.clone(), content, at }
    }

    /// Takes a change of it, unless it is in what is kept already.
    pub(super) fn change(&mut self, seq: Seq, change: impl FnOnce(&mut Content)) {
        if seq > self.rev {
            self.rev = seq;
            change(&mut self.content);
        }
    }
}

impl From<parlour_events::Message> for Message {
    fn from(told: parlour_events::Message) -> Self {
        let content = if told.deleted {
            Content::Deleted
        } else {
            Content::told(
                told.posted.body.as_ref(),
                &told.posted.attachments,
                told.edited.is_some(),
            )
        };
        Self {
            seq: told.seq,
            rev: told.rev,
            id: told.posted.id,
            author: told.posted.author,
            content,
            at: told.at,
        }
    }
}

impl Content {
    /// A text as it was written, and nothing else.
    pub fn text(body: Arc<Body>) -> Self {
        Self::Said { body: Some(body), files: Arc::default(), edited: false }
    }

    /// The text, if there is one.
    pub fn body(&self) -> Option<&Body> {
        match self {
            Self::Said { body, .. } => body.as_deref(),
            Self::Deleted => None,
        }
    }

    /// The files.
    pub fn files(&self) -> &[Attachment] {
        match self {
            Self::Said { files, .. } => files,
            Self::Deleted => &[],
        }
    }

    /// Whether it says something else than at first.
    pub fn is_edited(&self) -> bool {
        matches!(self, Self::Said { edited: true, .. })
    }

    /// What the server told. Nobody can send a message without anything: of one that was deleted
    /// since, the change that posted it tells nothing.
    fn told(body: Option<&Body>, files: &[Attachment], edited: bool) -> Self {
        if body.is_none() && files.is_empty() {
            return Self::Deleted;
        }
        Self::Said { body: body.cloned().map(Arc::new), files: files.into(), edited }
    }

    /// It says this from now on; nothing if it was deleted since the edit.
    pub(super) fn edit(&mut self, new: Option<&Body>) {
        match (&mut *self, new) {
            (Self::Said { body, edited, .. }, Some(new)) => {
                *body = Some(Arc::new(new.clone()));
                *edited = true;
            }
            (_, None) => *self = Self::Deleted,
            (Self::Deleted, Some(_)) => {}
        }
    }
}
