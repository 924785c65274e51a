//! A small server: some rooms, as one reader is told of them.

use std::collections::BTreeMap;

use parlour_events::{
    Cursor, Emoji, History, Member, Members, Place, Reaction, ReadMarker, RoomHead, Rooms, Sent,
};

use super::*;

/// Most of what is in an answer, and how far back changes are told: small, so that all of it is
/// met.
const CHANGES: usize = 3;
const MESSAGES: usize = 6;
const ENTRIES: usize = 2;
const TOO_FAR: u64 = 12;
const KEPT: u64 = 40;

/// Those who are about.
pub(super) const OTHERS: [&str; 4] = ["Ben", "Eve", "Kim", "Zoe"];

#[derive(Debug)]
pub(super) struct Server {
    epoch: u128,
    rooms: BTreeMap<RoomName, Hall>,
    answers: BTreeMap<Uuid, Sent>,
}

/// One of its rooms.
#[derive(Debug, Default)]
pub(super) struct Hall {
    /// The changes, as they were told when they were made.
    log: Vec<Change>,
    /// The messages, as they are now but for their reactions.
    messages: Vec<Message>,
    /// Whose reactions are on which message, the oldest first.
    reactions: Vec<(MessageId, Emoji, Vec<Author>)>,
    read: Seq,
    pub(super) left: bool,
    /// Whoever of the others is here.
    pub(super) here: Vec<&'static str>,
}

impl Server {
    pub(super) fn new() -> Self {
        let rooms = ["chat", "oak", "tea"].map(|name| (name.parse().unwrap(), Hall::default()));
        Self { epoch: 1, rooms: rooms.into(), answers: BTreeMap::new() }
    }

    /// Begins another history, in which nothing was said.
    pub(super) fn begin_anew(&mut self) {
        *self = Self { epoch: self.epoch + 1, ..Self::new() };
    }

    pub(super) fn epoch(&self) -> Epoch {
        Epoch(Uuid::from_u128(self.epoch))
    }

    pub(super) fn names(&self) -> Vec<RoomName> {
        self.rooms.keys().cloned().collect()
    }

    pub(super) fn at(&self, room: &RoomName) -> &Hall {
        &self.rooms[room]
    }

    pub(super) fn at_mut(&mut self, room: &RoomName) -> &mut Hall {
        self.rooms.get_mut(room).unwrap()
    }

    pub(super) fn head(&self, room: &RoomName) -> RoomHead {
        RoomHead { room: room.clone(), epoch: self.epoch(), head: self.at(room).head() }
    }

    /// The changes behind this number, as they were told when they were made.
    pub(super) fn since(&self, room: &RoomName, seq: Seq) -> RoomChanges {
        let changes = self.at(room).log[seq.0 as usize..].to_vec();
        RoomChanges { room: room.clone(), epoch: self.epoch(), changes }
    }

    /// The reader asks for something to be done, once under this id.
    pub(super) fn do_once(&mut self, room: &RoomName, id: Uuid, act: &Act) -> Result<Sent, Code> {
        if let Some(first) = self.answers.get(&id) {
            return Ok(*first);
        }
        let place = self.at_mut(room);
        let seq = match act {
            Act::Post(post) => {
                let text = post.body.as_deref().cloned();
                place.post(Posted { body: text, ..said(MessageId(id), "Ann", "-") })
            }
            Act::Edit(message, text) => place.edit(*message, "Ann", (**text).clone())?,
            Act::Delete(message) => place.delete(*message, "Ann")?,
            Act::React(message, emoji, on) => place.react(*message, "Ann", emoji, *on)?,
        };
        let sent = Sent { seq, at: Timestamp(seq.0) };
        self.answers.insert(id, sent);
        Ok(sent)
    }

    pub(super) fn list(&self, after: Option<&RoomName>) -> Rooms {
        let place = |name: &RoomName| (self.at(name).left, name.clone());
        let mut names: Vec<_> = self.rooms.keys().map(place).collect();
        names.sort();
        names.retain(|it| after.is_none_or(|after| *it > place(after)));
        let more = names.len() > ENTRIES;
        let rooms = names.iter().take(ENTRIES).map(|(_, name)| self.info(name)).collect();
        Rooms { rooms, more }
    }

    pub(super) fn info(&self, room: &RoomName) -> events::Room {
        let place = self.at(room);
        if place.left {
            return events::Room { joined: false, read: Seq(0), ..info(room, place.head().0) };
        }
        let (unread, mentions) = place.unread();
        events::Room { read: place.read, unread, mentions, ..info(room, place.head().0) }
    }

    /// The reader has read so far.
    pub(super) fn read(&mut self, room: &RoomName, seq: Seq) -> Option<ReadMarker> {
        let place = self.at_mut(room);
        let read = seq.min(place.head());
        if place.left || read <= place.read {
            return None;
        }
        place.read = read;
        let (unread, mentions) = place.unread();
        Some(ReadMarker { room: room.clone(), read, unread, mentions })
    }

    /// The reader becomes a member, and has read everything.
    pub(super) fn enter(&mut self, room: &RoomName) {
        let place = self.at_mut(room);
        if std::mem::take(&mut place.left) {
            place.read = place.head();
        }
    }

    pub(super) fn catch_up(&self, room: &RoomName, after: Option<Cursor>, paging: bool) -> CatchUp {
        let place = self.at(room);
        let head = place.head();
        let why = match after {
            None => Some(ResetReason::New),
            Some(cursor) if cursor.epoch != self.epoch() || cursor.seq > head => {
                Some(ResetReason::Epoch)
            }
            Some(cursor) if head.0 - cursor.seq.0 > KEPT => Some(ResetReason::TooOld),
            Some(cursor) if !paging && head.0 - cursor.seq.0 > TOO_FAR => Some(ResetReason::TooFar),
            Some(_) => None,
        };
        let page = match (why, after) {
            (None, Some(cursor)) => {
                let changes = place.log[cursor.seq.0 as usize..].iter().take(CHANGES);
                CatchUpPage::Changes { changes: changes.map(|it| place.as_read(it)).collect() }
            }
            (why, _) => {
                let first = place.messages.len().saturating_sub(MESSAGES);
                let messages = place.told(first..place.messages.len());
                CatchUpPage::Reset { why: why.unwrap(), messages, earlier: first > 0 }
            }
        };
        CatchUp { epoch: self.epoch(), head, page }
    }

    pub(super) fn history(&self, room: &RoomName, from: Option<Place>) -> History {
        let place = self.at(room);
        let all = place.messages.len();
        let from_seq = |seq: Seq| place.messages.partition_point(|message| message.seq < seq);
        let around = |at: usize| at.saturating_sub(MESSAGES / 2)..at + MESSAGES - MESSAGES / 2;
        let range = match from {
            None => all.saturating_sub(MESSAGES)..all,
            Some(Place::Before(seq)) => from_seq(seq).saturating_sub(MESSAGES)..from_seq(seq),
            Some(Place::After(seq)) => from_seq(seq.next())..from_seq(seq.next()) + MESSAGES,
            Some(Place::Around(seq)) => around(from_seq(seq)),
            Some(Place::At(at)) => around(place.messages.partition_point(|it| it.at < at)),
        };
        let range = range.start..range.end.min(all);
        let (earlier, later) = (range.start > 0, range.end < all);
        let messages = place.told(range);
        History { epoch: self.epoch(), head: place.head(), messages, earlier, later }
    }

    pub(super) fn members(&self, room: &RoomName, after: Option<UserId>) -> Members {
        let place = self.at(room);
        let all = std::iter::once("Ann").chain(OTHERS);
        let person = |name: &str| Member {
            person: author(name),
            role: Role::Member,
            here: name == "Ann" || place.here.contains(&name),
        };
        let mut members: Vec<Member> = all.map(person).collect();
        if let Some(after) = after {
            let at = members.iter().position(|member| member.person.id == after).unwrap();
            members.drain(..=at);
        }
        let more = members.len() > ENTRIES;
        members.truncate(ENTRIES);
        Members { members, more }
    }
}

impl Hall {
    pub(super) fn head(&self) -> Seq {
        Seq(self.log.len() as u64)
    }

    /// All messages, as they are now.
    pub(super) fn messages(&self) -> Vec<Message> {
        self.told(0..self.messages.len())
    }

    /// The name of this message, counted from the newest.
    pub(super) fn name(&self, back: usize) -> Option<MessageId> {
        let back = back.checked_rem(self.messages.len())?;
        self.messages.iter().rev().nth(back).map(|message| message.posted.id)
    }

    /// How many messages of others are behind the marker, and how many of them name the reader.
    pub(super) fn unread(&self) -> (u64, u64) {
        let new = |it: &&Message| it.seq > self.read && it.posted.author != me() && !it.deleted;
        let named = |it: &&Message| it.posted.mentions.contains(&me().id);
        let new: Vec<&Message> = self.messages.iter().filter(new).collect();
        (new.len() as u64, new.iter().copied().filter(named).count() as u64)
    }

    pub(super) fn post(&mut self, posted: Posted) -> Seq {
        let seq = self.push(ChangeKind::Posted(posted));
        self.messages.push(message(self.log[self.log.len() - 1].clone()));
        seq
    }

    pub(super) fn edit(&mut self, id: MessageId, by: &str, text: Body) -> Result<Seq, Code> {
        let seq = self.head().next();
        let message = self.find(id)?;
        if message.posted.author != author(by) {
            return Err(Code::Forbidden);
        }
        message.posted.body = Some(text.clone());
        message.edited = Some(Timestamp(seq.0));
        message.rev = seq;
        Ok(self.push(ChangeKind::Edited { id, body: Some(text) }))
    }

    pub(super) fn delete(&mut self, id: MessageId, by: &str) -> Result<Seq, Code> {
        let seq = self.head().next();
        let message = self.find(id)?;
        message.posted.body = None;
        message.posted.attachments.clear();
        message.posted.mentions.clear();
        message.deleted = true;
        message.rev = seq;
        self.reactions.retain(|(message, ..)| *message != id);
        Ok(self.push(ChangeKind::Deleted { id, by: author(by) }))
    }

    pub(super) fn react(
        &mut self,
        id: MessageId,
        by: &str,
        emoji: &Emoji,
        on: bool,
    ) -> Result<Seq, Code> {
        let seq = self.head().next();
        self.find(id)?;
        let by = author(by);
        let known = self.reactions.iter().position(|it| it.0 == id && it.1 == *emoji);
        match (known, on) {
            (None, true) => self.reactions.push((id, emoji.clone(), vec![by.clone()])),
            (Some(at), true) if !self.reactions[at].2.contains(&by) => {
                self.reactions[at].2.push(by.clone());
            }
            (Some(at), false) if self.reactions[at].2.contains(&by) => {
                self.reactions[at].2.retain(|it| *it != by);
                if self.reactions[at].2.is_empty() {
                    self.reactions.remove(at);
                }
            }
            // It is so already.
            _ => return Ok(self.head()),
        }
        self.find(id)?.rev = seq;
        Ok(self.push(ChangeKind::Reacted { id, by, emoji: emoji.clone(), on }))
    }

    /// Makes a change that is nothing to this version of the page.
    pub(super) fn do_something_else(&mut self) {
        if !self.log.is_empty() {
            self.push(ChangeKind::Unknown);
        }
    }

    fn push(&mut self, kind: ChangeKind) -> Seq {
        let seq = self.head().next();
        self.log.push(change(seq.0, kind));
        seq
    }

    fn find(&mut self, id: MessageId) -> Result<&mut Message, Code> {
        let there = |it: &&mut Message| it.posted.id == id && !it.deleted;
        self.messages.iter_mut().find(there).ok_or(Code::MessageUnknown)
    }

    fn told(&self, range: std::ops::Range<usize>) -> Vec<Message> {
        let mut told = self.messages[range].to_vec();
        for message in &mut told {
            let these = self.reactions.iter().filter(|it| it.0 == message.posted.id);
            let reaction = |(_, emoji, by): &(MessageId, Emoji, Vec<Author>)| Reaction {
                emoji: emoji.clone(),
                count: by.len() as u64,
                mine: by.contains(&me()),
                names: by.iter().map(|by| by.name.clone()).collect(),
            };
            message.reactions = these.map(reaction).collect();
        }
        told
    }

    /// A change as it is told to whoever reads it now.
    fn as_read(&self, change: &Change) -> Change {
        let mut change = change.clone();
        let now = |id: MessageId| {
            let message = self.messages.iter().find(|message| message.posted.id == id);
            message.unwrap().posted.clone()
        };
        match &mut change.kind {
            ChangeKind::Posted(posted) => *posted = now(posted.id),
            ChangeKind::Edited { id, body } => *body = now(*id).body,
            _ => {}
        }
        change
    }
}
