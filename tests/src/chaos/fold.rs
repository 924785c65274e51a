//! The state that a log amounts to: its changes, applied in order.

use std::collections::{BTreeMap, HashMap};

use parlour_events::{Change, ChangeKind, Emoji, Message, MessageId, Seq, UserId};

use super::request::text_print;

/// The messages of a room, as somebody knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fold(HashMap<MessageId, Known>);

/// What is known of a message. Texts are kept as 64 bits, see [`text_print`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The number of the change that posted it.
    pub seq: Seq,
    /// Who wrote it.
    pub author: UserId,
    /// What it says; not compared once it is deleted, when it says nothing.
    text: u64,
    /// It was taken back.
    pub deleted: bool,
    /// How many people reacted, and how.
    reactions: BTreeMap<Emoji, u64>,
}

impl Fold {
    /// Begins anew with the newest messages, as an answer tells them.
    pub fn reset(&mut self, messages: &[Message]) {
        let known = messages.iter().map(|message| {
            let posted = &message.posted;
            let reactions = message.reactions.iter().map(|it| (it.emoji.clone(), it.count));
            let known = Known {
                seq: message.seq,
                author: posted.author.id,
                text: text_print(None, posted.body.as_ref().map(AsRef::as_ref)),
                deleted: false,
                reactions: reactions.collect(),
            };
            (posted.id, if message.deleted { known.without_content() } else { known })
        });
        self.0 = known.collect();
    }

    /// Applies the next change. One that is about a message which is not known, because it is
    /// older than what is, changes nothing.
    pub fn apply(&mut self, change: &Change) {
        match &change.kind {
            ChangeKind::Posted(posted) => {
                let known = Known {
                    seq: change.seq,
                    author: posted.author.id,
                    text: text_print(None, posted.body.as_ref().map(AsRef::as_ref)),
                    deleted: false,
                    reactions: BTreeMap::new(),
                };
                self.0.insert(posted.id, known);
            }
            ChangeKind::Edited { id, body } => {
                if let Some(known) = self.0.get_mut(id) {
                    known.text = text_print(None, body.as_ref().map(AsRef::as_ref));
                }
            }
            ChangeKind::Deleted { id, .. } => {
                if let Some(known) = self.0.remove(id) {
                    self.0.insert(*id, known.without_content());
                }
            }
            ChangeKind::Reacted { id, emoji, on, .. } => {
                if let Some(known) = self.0.get_mut(id).filter(|known| !known.deleted) {
                    known.react(emoji, *on);
                }
            }
            _ => {}
        }
    }

    /// Where this one and a reader's differ first, if they do. The reader knows nothing of what
    /// was posted up to `floor`.
    pub fn differs_from(&self, reader: &Self, floor: Seq) -> Option<MessageId> {
        let missing = self.0.iter().filter(|(id, known)| {
            known.seq > floor && reader.0.get(*id).is_none_or(|other| other != *known)
        });
        let invented = reader.0.iter().filter(|(id, known)| {
            self.0.get(*id).is_none_or(|other| known.seq > floor && other != *known)
        });
        missing.chain(invented).min_by_key(|(_, known)| known.seq).map(|(id, _)| *id)
    }

    /// What is known of a message.
    pub fn get(&self, id: MessageId) -> Option<&Known> {
        self.0.get(&id)
    }

    /// How many messages are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> FromIterator<&'a Change> for Fold {
    fn from_iter<T: IntoIterator<Item = &'a Change>>(changes: T) -> Self {
        let mut fold = Self::default();
        changes.into_iter().for_each(|change| fold.apply(change));
        fold
    }
}

impl Known {
    fn without_content(self) -> Self {
        Self { text: 0, deleted: true, reactions: BTreeMap::new(), ..self }
    }

    /// Whether it says this.
    pub fn says(&self, text: &str) -> bool {
        !self.deleted && self.text == text_print(None, Some(text))
    }

    /// How many people reacted so.
    pub fn reacted(&self, emoji: &Emoji) -> u64 {
        self.reactions.get(emoji).copied().unwrap_or_default()
    }

    fn react(&mut self, emoji: &Emoji, on: bool) {
        let count = self.reactions.entry(emoji.clone()).or_default();
        *count = if on { *count + 1 } else { count.saturating_sub(1) };
        if *count == 0 {
            self.reactions.remove(emoji);
        }
    }
}
