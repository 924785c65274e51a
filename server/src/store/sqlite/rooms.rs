//! Rooms, and who is in them.

use parlour_events::{
    Code, CreateRoom, Done, Invite, JoinRoom, LeaveRoom, ListMembers, ListRooms, MarkRead,
    OpenDirect, ReadMarker, Refusal, RemoveMember, Role, Room, RoomKind, RoomName, RoomUpdated,
    Rooms, SetTopic, UserId, limits::PAGE_ENTRIES, limits::UNREAD_COUNTED,
};
use rusqlite::Row;
use uuid::Uuid;

use super::{
    rows,
    tx::{Effect, Fault, RoomRow, Run, Tx, User, read_room, role},
};
use crate::store::{
    News, forbidden, read::MemberPage, room_unknown, seq, settings::or_any, signed, unsigned,
    write::By,
};

/// The columns that [`read_room`] reads.
const COLUMNS: &str = "r.id, r.name, r.kind, r.owner, r.head, r.first, r.one, r.other";

impl Run for By<CreateRoom> {
    type Done = Room;

    fn run(&self, tx: &Tx<'_>) -> Result<Room, Fault> {
        let (user, event) = (tx.user(self.user)?, &self.event);
        tx.may_write(&user)?;
        if event.room.is_direct() {
            let sentence = format!("Names that begin with {} are not for rooms.", RoomName::DIRECT);
            return Err(Refusal::new(Code::Invalid, sentence).into());
        }
        let kind = if event.private { RoomKind::Private } else { RoomKind::Public };
        let there = tx.one(
            &format!("SELECT {COLUMNS} FROM rooms r WHERE r.name_key = ?1"),
            [event.room.key()],
            read_room,
        )?;
        if let Some(room) = there {
            // The answer to the first request may have been lost.
            let the_same = room.owner == Some(user.id) && room.kind == kind;
            if the_same && room.name == event.room && tx.is_member(room.id, user.id)? {
                return seen_by(tx, &room, &user);
            }
            let sentence = format!("There is a room {} already.", event.room);
            return Err(Refusal::new(Code::RoomTaken, sentence).into());
        }
        let limit = tx.settings.rooms;
        let rooms: i64 = tx
            .sql("SELECT count(*) FROM rooms WHERE kind <> 2")?
            .query_row([], |row| row.get(0))?;
        if unsigned(rooms) >= or_any(limit) {
            let sentence = format!("This server has {limit} rooms, and no place for more.");
            return Err(Refusal::new(Code::Limit, sentence).into());
        }
        tx.execute(
            "INSERT INTO rooms (name, name_key, kind, topic, owner, created) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                event.room.as_str(),
                event.room.key(),
                i64::from(event.private),
                event.topic.as_str(),
                user.id,
                signed(tx.now),
            ),
        )?;
        let room = tx.room(&event.room)?;
        enter(tx, &room, &user)?;
        let now = seen_by(tx, &room, &user)?;
        // The person's other connections want to know of it.
        let updated = RoomUpdated { room: room.name, now: Some(now.clone()) };
        tx.tell(News::Room(user.author.id, updated));
        Ok(now)
    }
}

impl Run for By<JoinRoom> {
    type Done = Done;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let user = tx.user(self.user)?;
        let room = tx.room(&self.event.room)?;
        if tx.is_member(room.id, user.id)? {
            return Ok(Done {});
        }
        let invited = match room.kind {
            RoomKind::Public => true,
            RoomKind::Private => tx.exists(
                "SELECT 1 FROM invitations WHERE room = ?1 AND user = ?2",
                [room.id, user.id],
            )?,
            RoomKind::Direct => is_one_of(&room, user.id),
        };
        if !invited {
            return Err(room_unknown(&room.name).into());
        }
        enter(tx, &room, &user)?;
        tx.execute("DELETE FROM invitations WHERE room = ?1 AND user = ?2", [room.id, user.id])?;
        Ok(Done {})
    }
}

impl Run for By<LeaveRoom> {
    type Done = Done;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let user = tx.user(self.user)?;
        let room = tx.room(&self.event.room)?;
        if tx.is_member(room.id, user.id)? {
            leave(tx, &room, &user)?;
            return Ok(Done {});
        }
        // An invitation that is not wanted.
        let declined = tx
            .execute("DELETE FROM invitations WHERE room = ?1 AND user = ?2", [room.id, user.id])?;
        if declined == 0 && room.kind != RoomKind::Public {
            return Err(room_unknown(&room.name).into());
        }
        Ok(Done {})
    }
}

impl Run for By<SetTopic> {
    type Done = Room;

    fn run(&self, tx: &Tx<'_>) -> Result<Room, Fault> {
        let user = tx.user(self.user)?;
        let room = tx.joined(&self.event.room, &user)?;
        tx.may_write(&user)?;
        let may = match room.kind {
            RoomKind::Direct => true,
            _ => room.owner == Some(user.id) || user.role >= Role::Moderator,
        };
        if !may {
            let sentence = "Only who made the room, or a moderator, can say what it is about.";
            return Err(forbidden(sentence).into());
        }
        let topic = &self.event.topic;
        tx.execute("UPDATE rooms SET topic = ?2 WHERE id = ?1", (room.id, topic.as_str()))?;
        tx.tell(News::Topic(room.name.clone(), topic.clone(), user.author.clone()));
        seen_by(tx, &room, &user)
    }
}

impl Run for By<Invite> {
    type Done = Done;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let (user, guest) = (tx.user(self.user)?, tx.user(self.event.user)?);
        let room = tx.joined(&self.event.room, &user)?;
        tx.may_write(&user)?;
        if room.kind == RoomKind::Direct {
            return Err(forbidden("A conversation of two is for these two.").into());
        }
        if tx.is_member(room.id, guest.id)? {
            return Ok(Done {});
        }
        tx.execute(
            "INSERT OR IGNORE INTO invitations (room, user, by, at) VALUES (?1, ?2, ?3, ?4)",
            (room.id, guest.id, user.id, signed(tx.now)),
        )?;
        let now = Some(seen_by(tx, &room, &guest)?);
        tx.tell(News::Room(guest.author.id, RoomUpdated { room: room.name, now }));
        Ok(Done {})
    }
}

impl Run for By<RemoveMember> {
    type Done = Done;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let (user, member) = (tx.user(self.user)?, tx.user(self.event.user)?);
        let room = tx.joined(&self.event.room, &user)?;
        let owner = room.owner == Some(user.id) && room.kind != RoomKind::Direct;
        if !(owner || user.role >= Role::Moderator && user.role > member.role) {
            let sentence = "Only who made the room, or a moderator, can put somebody out of it.";
            return Err(forbidden(sentence).into());
        }
        tx.execute("DELETE FROM invitations WHERE room = ?1 AND user = ?2", [room.id, member.id])?;
        if tx.is_member(room.id, member.id)? {
            leave(tx, &room, &member)?;
            let detail = format!("from {}", room.name);
            tx.audit(user.id, "room:remove", Some(member.id), &detail)?;
        }
        Ok(Done {})
    }
}

impl Run for (By<OpenDirect>, Uuid) {
    type Done = Room;

    fn run(&self, tx: &Tx<'_>) -> Result<Room, Fault> {
        let (By { user, event }, fresh) = self;
        let (user, with) = (tx.user(*user)?, tx.user(event.user)?);
        if user.id == with.id {
            let sentence = "A conversation takes two people.";
            return Err(Refusal::new(Code::Invalid, sentence).into());
        }
        let (one, other) = (user.id.min(with.id), user.id.max(with.id));
        let there = tx.one(
            &format!("SELECT {COLUMNS} FROM rooms r WHERE r.one = ?1 AND r.other = ?2"),
            [one, other],
            read_room,
        )?;
        let room = match there {
            Some(room) => room,
            None => {
                let name = format!("{}{fresh}", RoomName::DIRECT);
                tx.execute(
                    "INSERT INTO rooms (name, name_key, kind, one, other, created) \
                     VALUES (?1, ?1, 2, ?2, ?3, ?4)",
                    (&name, one, other, signed(tx.now)),
                )?;
                let name: RoomName = name.parse().expect("a prefix and a UUID are a room's name");
                tx.room(&name)?
            }
        };
        // The other one learns of it with the first message.
        if !tx.is_member(room.id, user.id)? {
            enter(tx, &room, &user)?;
            let now = Some(seen_by(tx, &room, &user)?);
            tx.tell(News::Room(user.author.id, RoomUpdated { room: room.name.clone(), now }));
        }
        seen_by(tx, &room, &user)
    }
}

impl Run for By<MarkRead> {
    type Done = ReadMarker;
    const EFFECT: Effect = Effect::Keeps;

    fn run(&self, tx: &Tx<'_>) -> Result<ReadMarker, Fault> {
        let user = tx.user(self.user)?;
        let room = tx.joined(&self.event.room, &user)?;
        let read = signed(self.event.seq.0).min(room.head);
        let moved = tx.execute(
            "UPDATE members SET read = ?3 WHERE room = ?1 AND user = ?2 AND read < ?3",
            (room.id, user.id, read),
        )?;
        let now = seen_by(tx, &room, &user)?;
        let marker = ReadMarker {
            room: room.name,
            read: now.read,
            unread: now.unread,
            mentions: now.mentions,
        };
        if moved > 0 {
            tx.tell(News::Read(user.author.id, marker.clone()));
        }
        Ok(marker)
    }
}

/// Makes somebody a member, with nothing to read yet.
fn enter(tx: &Tx<'_>, room: &RoomRow, user: &User) -> Result<(), Fault> {
    let limit = tx.settings.rooms_per_person;
    let joined: i64 = tx
        .sql("SELECT count(*) FROM members WHERE user = ?1")?
        .query_row([user.id], |row| row.get(0))?;
    if unsigned(joined) >= or_any(limit) {
        let sentence = format!("One person can be in {limit} rooms. Leave one to join another.");
        return Err(Refusal::new(Code::Limit, sentence).into());
    }
    tx.execute(
        "INSERT INTO members (room, user, joined, read) VALUES (?1, ?2, ?3, ?4)",
        (room.id, user.id, signed(tx.now), room.head),
    )?;
    Ok(())
}

fn leave(tx: &Tx<'_>, room: &RoomRow, user: &User) -> Result<(), Fault> {
    tx.execute("DELETE FROM members WHERE room = ?1 AND user = ?2", [room.id, user.id])?;
    let now = match room.kind {
        RoomKind::Public => Some(seen_by(tx, room, user)?),
        RoomKind::Private | RoomKind::Direct => None,
    };
    tx.tell(News::Left(user.author.id, RoomUpdated { room: room.name.clone(), now }));
    Ok(())
}

fn is_one_of(room: &RoomRow, user: i64) -> bool {
    room.pair().is_some_and(|(one, other)| user == one || user == other)
}

/// The room, as this person sees it.
pub(super) fn seen_by(tx: &Tx<'_>, room: &RoomRow, user: &User) -> Result<Room, Fault> {
    let read: Option<i64> = tx.one(
        "SELECT read FROM members WHERE room = ?1 AND user = ?2",
        [room.id, user.id],
        |row| row.get(0),
    )?;
    let invited =
        || tx.exists("SELECT 1 FROM invitations WHERE room = ?1 AND user = ?2", [room.id, user.id]);
    let known = read.is_some() || room.kind == RoomKind::Public || is_one_of(room, user.id);
    if !known && !invited()? {
        return Err(room_unknown(&room.name).into());
    }
    let with = match room.pair() {
        Some((one, other)) => Some(tx.user_by_id(if one == user.id { other } else { one })?.author),
        None => None,
    };
    let (topic, head): (String, i64) = tx
        .sql("SELECT topic, head FROM rooms WHERE id = ?1")?
        .query_row([room.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let members: i64 = tx
        .sql("SELECT count(*) FROM members WHERE room = ?1")?
        .query_row([room.id], |row| row.get(0))?;
    let (unread, mentions) = match read {
        Some(read) => {
            // What is not kept any more cannot be read.
            let read = read.max(room.first - 1);
            (unread(tx, room.id, user.id, read)?, mentioned(tx, room.id, user.id, read)?)
        }
        None => (0, 0),
    };
    Ok(Room {
        room: room.name.clone(),
        kind: room.kind,
        topic: topic.parse().unwrap_or_default(),
        with,
        members: unsigned(members),
        head: seq(head),
        joined: read.is_some(),
        owned: room.owner == Some(user.id),
        read: seq(read.unwrap_or(0)),
        unread,
        mentions,
    })
}

fn unread(tx: &Tx<'_>, room: i64, user: i64, read: i64) -> rusqlite::Result<u64> {
    tx.sql(
        "SELECT count(*) FROM (SELECT 1 FROM messages WHERE room = ?1 AND seq > ?2 \
         AND author <> ?3 AND deleted IS NULL LIMIT ?4)",
    )?
    .query_row([room, read, user, signed(UNREAD_COUNTED)], |row| row.get(0).map(unsigned))
}

fn mentioned(tx: &Tx<'_>, room: i64, user: i64, read: i64) -> rusqlite::Result<u64> {
    tx.sql(
        "SELECT count(*) FROM (SELECT 1 FROM mentions \
         WHERE user = ?1 AND room = ?2 AND seq > ?3 LIMIT ?4)",
    )?
    .query_row([user, room, read, signed(UNREAD_COUNTED)], |row| row.get(0).map(unsigned))
}

/// The rooms that somebody may know of: those they are in, then the others.
pub(super) fn list(tx: &Tx<'_>, who: UserId, query: &ListRooms) -> Result<Rooms, Fault> {
    let user = tx.user(who)?;
    let after: Option<(bool, String)> = match &query.after {
        Some(name) => {
            // Of one that they may not know of they learn nothing.
            let room = seen_by(tx, &tx.room(name)?, &user)?;
            Some((!room.joined, name.key()))
        }
        None => None,
    };
    let (others, key) = after.map_or((None, None), |(others, key)| (Some(others), Some(key)));
    let mut rooms = tx.all(
        &format!(
            "SELECT {COLUMNS} FROM rooms r LEFT JOIN members m ON m.room = r.id AND m.user = ?1 \
             WHERE (m.user IS NOT NULL OR r.kind = 0 OR EXISTS \
                 (SELECT 1 FROM invitations i WHERE i.room = r.id AND i.user = ?1)) \
               AND (?2 IS NULL OR (m.user IS NULL, r.name_key) > (?2, ?3)) \
             ORDER BY m.user IS NULL, r.name_key LIMIT ?4"
        ),
        (user.id, others, key, signed(PAGE_ENTRIES as u64 + 1)),
        read_room,
    )?;
    let more = rooms.len() > PAGE_ENTRIES;
    rooms.truncate(PAGE_ENTRIES);
    let rooms = rooms.iter().map(|room| seen_by(tx, room, &user)).collect::<Result<_, _>>()?;
    Ok(Rooms { rooms, more })
}

/// A page of a room's members, by name.
pub(super) fn members(tx: &Tx<'_>, who: UserId, query: &ListMembers) -> Result<MemberPage, Fault> {
    let user = tx.user(who)?;
    let room = tx.joined(&query.room, &user)?;
    let (name, id) = match query.after {
        Some(after) => {
            let after = tx.user(after)?;
            (Some(after.author.name.to_string()), Some(after.id))
        }
        None => (None, None),
    };
    let read = |row: &Row<'_>| Ok((rows::author(row, 0)?, role(row.get(3)?)));
    let mut members = tx.all(
        "SELECT u.uid, u.name, u.kind, u.role FROM members m JOIN users u ON u.id = m.user \
         WHERE m.room = ?1 AND (?2 IS NULL OR (u.name, u.id) > (?2, ?3)) \
         ORDER BY u.name, u.id LIMIT ?4",
        (room.id, name, id, signed(PAGE_ENTRIES as u64 + 1)),
        read,
    )?;
    let more = members.len() > PAGE_ENTRIES;
    members.truncate(PAGE_ENTRIES);
    Ok(MemberPage { members, more })
}
