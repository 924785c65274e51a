//! What is said, and what is said differently later.
//!
//! Each of these is asked for under an id that the client made, and done once: for a post the
//! message's row remembers that, for anything else a receipt. Asking again is answered as the
//! first time, whatever has happened since.

use super::{
    files, people,
    receipts::Receipt,
    rooms,
    rows::{self, FILES, MENTIONS, REACTIONS},
    search,
    tx::{Effect, Fault, RoomRow, Run, Tx, User},
};
use crate::store::{
    News, forbidden, seq,
    settings::or_any,
    signed, unsigned,
    write::{By, Classic},
};
use parlour_events::{
    Author, Change, ChangeKind, Code, DeleteMessage, EditMessage, MessageId, Posted, React,
    Refusal, Role, RoomKind, RoomName, RoomUpdated, SendMessage, Sent, Seq, Timestamp, UserId,
    limits::ATTACHMENTS,
};

/// Most `@` of one message that are looked at.
const MENTIONS_READ: usize = 20;

/// A message's row, as far as changing it needs it.
struct Target {
    id: i64,
    author: i64,
    deleted: bool,
    extras: i64,
}

impl Run for By<SendMessage> {
    type Done = Sent;
    const EFFECT: Effect = Effect::Posts;

    fn run(&self, tx: &Tx<'_>) -> Result<Sent, Fault> {
        let (user, message) = (tx.user(self.user)?, &self.event);
        if let Some(sent) = posted_before(tx, message.id, user.id)? {
            return Ok(sent);
        }
        let room = tx.joined(&message.room, &user)?;
        tx.may_write(&user)?;
        fits(tx, message)?;
        let reply_to = match message.reply_to {
            Some(uid) => Some(target(tx, &room, uid)?.id),
            None => None,
        };
        let quote = reply_to.map(|id| rows::quote(tx.db, id)).transpose()?;
        for attach in &message.attachments {
            if !tx.exists("SELECT 1 FROM files WHERE hash = ?1", [attach.file.as_str()])? {
                let sentence = format!("The file {} is not here: upload it again.", attach.name);
                return Err(Refusal::new(Code::FileUnknown, sentence).into());
            }
        }
        // Nothing is refused from here on: see `Effect::Posts`.
        let post = Post { id: message.id, body: message.body.as_ref(), reply_to };
        let row = insert(tx, &room, user.id, &post)?;

        for (place, attach) in (0_i64..).zip(&message.attachments) {
            tx.execute(
                "INSERT INTO attachments (message, place, file, name) VALUES (?1, ?2, ?3, ?4)",
                (row.id, place, attach.file.as_str(), attach.name.as_str()),
            )?;
        }
        let mentions = mention(tx, &room, &row, &user, message)?;
        let extras = if message.attachments.is_empty() { 0 } else { FILES }
            | if mentions.is_empty() { 0 } else { MENTIONS };
        if extras != 0 {
            tx.execute("UPDATE messages SET extras = ?2 WHERE id = ?1", (row.id, extras))?;
        }
        let posted = Posted {
            id: message.id,
            author: user.author.clone(),
            body: message.body.clone(),
            reply_to: quote,
            attachments: if extras & FILES == 0 {
                Vec::new()
            } else {
                rows::attachments(tx.db, row.id)?
            },
            mentions,
        };
        let sent = tell(tx, &room.name, row.seq, ChangeKind::Posted(posted));
        if room.kind == RoomKind::Direct {
            show_again(tx, &room)?;
        }
        Ok(sent)
    }
}

impl Run for Classic {
    type Done = Sent;
    const EFFECT: Effect = Effect::Keeps;

    fn run(&self, tx: &Tx<'_>) -> Result<Sent, Fault> {
        let room = tx.room(&RoomName::default())?;
        people::refuse_banned_address(tx, &self.address)?;
        let user = super::classic::guest(tx, self)?;
        tx.may_write(&user)?;
        check_length(tx, self.body.as_str())?;
        let id = MessageId(self.id);
        let row = insert(tx, &room, user.id, &Post { id, body: Some(&self.body), reply_to: None })?;
        let posted = Posted {
            id,
            author: user.author,
            body: Some(self.body.clone()),
            reply_to: None,
            attachments: Vec::new(),
            mentions: Vec::new(),
        };
        Ok(tell(tx, &room.name, row.seq, ChangeKind::Posted(posted)))
    }
}

impl Run for By<EditMessage> {
    type Done = Sent;
    const EFFECT: Effect = Effect::Keeps;

    fn run(&self, tx: &Tx<'_>) -> Result<Sent, Fault> {
        let (user, edit) = (tx.user(self.user)?, &self.event);
        let receipt = Receipt { id: edit.id, user: user.id, kind: 1, message: edit.message };
        if let Some(sent) = receipt.done_before(tx)? {
            return Ok(sent);
        }
        let room = tx.joined(&edit.room, &user)?;
        tx.may_write(&user)?;
        check_length(tx, edit.body.as_str())?;
        let message = target(tx, &room, edit.message)?;
        if message.author != user.id {
            return Err(forbidden("Only its writer can change a message.").into());
        }
        search::forget(tx, message.id)?;
        let number = change(tx, &room, &user, message.id, 1, None)?;
        tx.execute(
            "UPDATE messages SET body = ?2, edited = ?3, rev = ?4 WHERE id = ?1",
            (message.id, edit.body.as_str(), signed(tx.now), signed(number.0)),
        )?;
        search::learn(tx, message.id)?;
        let kind = ChangeKind::Edited { id: edit.message, body: Some(edit.body.clone()) };
        receipt.done(tx, tell(tx, &room.name, number, kind))
    }
}

impl Run for By<DeleteMessage> {
    type Done = Sent;
    const EFFECT: Effect = Effect::Keeps;

    fn run(&self, tx: &Tx<'_>) -> Result<Sent, Fault> {
        let (user, delete) = (tx.user(self.user)?, &self.event);
        let receipt = Receipt { id: delete.id, user: user.id, kind: 2, message: delete.message };
        if let Some(sent) = receipt.done_before(tx)? {
            return Ok(sent);
        }
        let room = tx.joined(&delete.room, &user)?;
        let message = target(tx, &room, delete.message)?;
        if message.author != user.id {
            if user.role < Role::Moderator {
                return Err(
                    forbidden("Only its writer or a moderator can delete a message.").into()
                );
            }
            if tx.user_by_id(message.author)?.role >= user.role {
                let sentence = "That is for somebody with a higher role than its writer's.";
                return Err(forbidden(sentence).into());
            }
            let detail = format!("in {}, message {}", room.name, delete.message);
            tx.audit(user.id, "message:delete", Some(message.author), &detail)?;
        }
        search::forget(tx, message.id)?;
        let number = change(tx, &room, &user, message.id, 2, None)?;
        tx.execute(
            "UPDATE messages SET body = NULL, deleted = ?2, rev = ?3, extras = 0 WHERE id = ?1",
            (message.id, signed(tx.now), signed(number.0)),
        )?;
        files::let_go(tx, message.id)?;
        tx.execute("DELETE FROM reactions WHERE message = ?1", [message.id])?;
        tx.execute(
            "DELETE FROM mentions WHERE (room, seq) IN \
             (SELECT room, seq FROM messages WHERE id = ?1)",
            [message.id],
        )?;
        let kind = ChangeKind::Deleted { id: delete.message, by: user.author.clone() };
        receipt.done(tx, tell(tx, &room.name, number, kind))
    }
}

impl Run for By<React> {
    type Done = Sent;
    const EFFECT: Effect = Effect::Keeps;

    fn run(&self, tx: &Tx<'_>) -> Result<Sent, Fault> {
        let (user, react) = (tx.user(self.user)?, &self.event);
        let kind = if react.on { 3 } else { 4 };
        let receipt = Receipt { id: react.id, user: user.id, kind, message: react.message };
        if let Some(sent) = receipt.done_before(tx)? {
            return Ok(sent);
        }
        let room = tx.joined(&react.room, &user)?;
        tx.may_write(&user)?;
        let message = target(tx, &room, react.message)?;
        let emoji = react.emoji.as_str();
        let changed = if react.on {
            enough_reactions(tx, message.id, emoji)?;
            tx.execute(
                "INSERT OR IGNORE INTO reactions (message, emoji, user, at) VALUES (?1, ?2, ?3, ?4)",
                (message.id, emoji, user.id, signed(tx.now)),
            )?
        } else {
            tx.execute(
                "DELETE FROM reactions WHERE message = ?1 AND emoji = ?2 AND user = ?3",
                (message.id, emoji, user.id),
            )?
        };
        if changed == 0 {
            // It was so already.
            let sent = Sent { seq: seq(room.head), at: Timestamp(tx.now) };
            return receipt.done(tx, sent);
        }
        let number = change(tx, &room, &user, message.id, kind, Some(emoji))?;
        tx.execute(
            "UPDATE messages SET rev = ?2, extras = ?3 WHERE id = ?1",
            (message.id, signed(number.0), message.extras | REACTIONS),
        )?;
        let kind = ChangeKind::Reacted {
            id: react.message,
            by: user.author.clone(),
            emoji: react.emoji.clone(),
            on: react.on,
        };
        receipt.done(tx, tell(tx, &room.name, number, kind))
    }
}

/// A message on its way into its row.
struct Post<'a> {
    id: MessageId,
    body: Option<&'a parlour_events::Body>,
    reply_to: Option<i64>,
}

/// A message's new row.
struct Inserted {
    id: i64,
    seq: Seq,
}

fn insert(tx: &Tx<'_>, room: &RoomRow, author: i64, post: &Post<'_>) -> Result<Inserted, Fault> {
    let number = tx.next_seq(room);
    tx.execute(
        "INSERT INTO messages (uid, room, seq, rev, at, author, body, reply_to) \
         VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
        (
            post.id.0.as_bytes(),
            room.id,
            signed(number.0),
            signed(tx.now),
            author,
            post.body.map(parlour_events::Body::as_str),
            post.reply_to,
        ),
    )?;
    Ok(Inserted { id: tx.db.last_insert_rowid(), seq: number })
}

/// The first answer to this post, if there was one.
fn posted_before(tx: &Tx<'_>, id: MessageId, user: i64) -> Result<Option<Sent>, Fault> {
    let row: Option<(i64, i64, i64)> =
        tx.one("SELECT author, seq, at FROM messages WHERE uid = ?1", [id.0.as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    match row {
        Some((author, number, at)) if author == user => {
            Ok(Some(Sent { seq: seq(number), at: Timestamp(unsigned(at)) }))
        }
        Some(_) => {
            let sentence = "Another person's message has this id: make a new one.";
            Err(Refusal::new(Code::IdTaken, sentence).into())
        }
        None => Ok(None),
    }
}

/// Writes a change other than a post, and gives its number.
fn change(
    tx: &Tx<'_>,
    room: &RoomRow,
    user: &User,
    message: i64,
    kind: i64,
    emoji: Option<&str>,
) -> rusqlite::Result<Seq> {
    let number = tx.next_seq(room);
    tx.execute(
        "INSERT INTO changes (room, seq, at, kind, user, message, emoji) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (room.id, signed(number.0), signed(tx.now), kind, user.id, message, emoji),
    )?;
    Ok(number)
}

fn tell(tx: &Tx<'_>, room: &RoomName, number: Seq, kind: ChangeKind) -> Sent {
    let at = Timestamp(tx.now);
    tx.tell(News::Change(room.clone(), Change { seq: number, at, kind }));
    Sent { seq: number, at }
}

/// The message of that name, if it is in this room and there is something to it.
fn target(tx: &Tx<'_>, room: &RoomRow, uid: MessageId) -> Result<Target, Fault> {
    let row = tx.one(
        "SELECT id, author, deleted IS NOT NULL, extras FROM messages \
         WHERE uid = ?1 AND room = ?2 AND seq >= ?3",
        (uid.0.as_bytes(), room.id, room.first),
        |row| {
            Ok(Target {
                id: row.get(0)?,
                author: row.get(1)?,
                deleted: row.get(2)?,
                extras: row.get(3)?,
            })
        },
    )?;
    match row {
        Some(message) if !message.deleted => Ok(message),
        _ => {
            let sentence = "There is no such message any more.";
            Err(Refusal::new(Code::MessageUnknown, sentence).into())
        }
    }
}

fn fits(tx: &Tx<'_>, message: &SendMessage) -> Result<(), Fault> {
    let files = message.attachments.len();
    if message.body.is_none() && files == 0 {
        return Err(Refusal::new(Code::Invalid, "A message has a text, or files.").into());
    }
    if files > ATTACHMENTS {
        let sentence = format!("A message has at most {ATTACHMENTS} files; this one has {files}.");
        return Err(Refusal::new(Code::Limit, sentence).into());
    }
    message.body.as_ref().map_or(Ok(()), |body| check_length(tx, body.as_str()))
}

fn check_length(tx: &Tx<'_>, text: &str) -> Result<(), Fault> {
    let (chars, limit) = (text.chars().count(), tx.settings.message_chars);
    if chars <= limit {
        return Ok(());
    }
    let sentence = format!("The message has {chars} characters; at most {limit} are allowed here.");
    Err(Refusal::new(Code::TooLong, sentence).into())
}

fn enough_reactions(tx: &Tx<'_>, message: i64, emoji: &str) -> Result<(), Fault> {
    let others: i64 = tx
        .sql("SELECT count(DISTINCT emoji) FROM reactions WHERE message = ?1 AND emoji <> ?2")?
        .query_row((message, emoji), |row| row.get(0))?;
    let limit = tx.settings.reactions;
    if unsigned(others) < or_any(limit) {
        return Ok(());
    }
    let sentence = format!("A message has at most {limit} different reactions.");
    Err(Refusal::new(Code::Limit, sentence).into())
}

/// Finds whom a message names, and writes it down.
fn mention(
    tx: &Tx<'_>,
    room: &RoomRow,
    row: &Inserted,
    author: &User,
    message: &SendMessage,
) -> Result<Vec<UserId>, Fault> {
    let Some(body) = &message.body else { return Ok(Vec::new()) };
    let mut named: Vec<(i64, Author)> = Vec::new();
    for candidates in search::mentions(body.as_str()).take(MENTIONS_READ) {
        for name in candidates {
            let found = tx.one(
                "SELECT u.id, u.uid, u.name, u.kind FROM users u \
                 JOIN members m ON m.user = u.id AND m.room = ?1 WHERE u.name_key = ?2",
                (room.id, crate::identity::name_key(name)),
                |row| Ok((row.get(0)?, rows::author(row, 1)?)),
            )?;
            if let Some(found) = found {
                if found.0 != author.id && !named.iter().any(|(id, _)| *id == found.0) {
                    named.push(found);
                }
                break;
            }
        }
    }
    for (user, _) in &named {
        tx.execute(
            "INSERT OR IGNORE INTO mentions (user, room, seq) VALUES (?1, ?2, ?3)",
            (user, room.id, signed(row.seq.0)),
        )?;
    }
    Ok(named.into_iter().map(|(_, author)| author.id).collect())
}

/// Whoever had put a conversation away has it again when the other one writes.
fn show_again(tx: &Tx<'_>, room: &RoomRow) -> Result<(), Fault> {
    let Some((one, other)) = room.pair() else { return Ok(()) };
    // What is told of the room has its newest number.
    tx.write_heads()?;
    for user in [one, other] {
        if !tx.is_member(room.id, user)? {
            tx.execute(
                "INSERT INTO members (room, user, joined, read) VALUES (?1, ?2, ?3, ?4)",
                (room.id, user, signed(tx.now), room.head),
            )?;
            let user = tx.user_by_id(user)?;
            let now = rooms::seen_by(tx, &tx.room(&room.name)?, &user)?;
            let updated = RoomUpdated { room: room.name.clone(), now: Some(now) };
            tx.tell(News::Room(user.author.id, updated));
        }
    }
    Ok(())
}
