//! Who is who: people, their sessions, their names.
//!
//! A guest's nickname is theirs while a session of theirs lives: it does as long as it is
//! connected, and for the time set after that. Then, or when its person ends it, the name is free.

use std::time::Duration;

use parlour_events::{
    Author, AuthorKind, Code, Done, Nickname, Refusal, Rename, Role, RoomName, RoomUpdated,
    SessionEnded, UserId,
};
use tracing::info;
use uuid::Uuid;

use super::rows;
use super::tx::{Effect, Fault, Run, Tx, USER, User, read_user, role_number};
use crate::{
    identity::{is_ours, name_key, name_look},
    store::{
        News, SessionKey,
        news::Whose,
        read::Kept,
        settings::or_any,
        signed, unsigned,
        write::{AsWhom, By, Enter, Entered, Seen},
    },
};

/// Addresses kept of a person, the latest ones.
const ADDRESSES: i64 = 5;

/// A session that was not seen for this long is not connected: connected ones are seen more often.
const ABSENT: u64 = 10 * 60 * 1_000;

/// How long a session that its client has not used holds its nickname.
const UNUSED: u64 = 60 * 1_000;

/// A session's row.
struct Session {
    user: i64,
    seen: u64,
    ended: bool,
}

impl Run for Enter {
    type Done = Entered;

    fn run(&self, tx: &Tx<'_>) -> Result<Entered, Fault> {
        let entered = match &self.as_whom {
            AsWhom::Guest { nickname, token, fresh } => {
                let known = match token {
                    Some((key, _)) => find(tx, *key)?.map(|session| (*key, session)),
                    None => None,
                };
                match (known, token) {
                    (Some((_, session)), _) if session.ended => {
                        // A ban ended it: that is what is to be said.
                        refuse_banned(tx, &tx.user_by_id(session.user)?)?;
                        let sentence = "This session was ended. Please come in anew.";
                        return Err(Refusal::new(Code::SessionEnded, sentence).into());
                    }
                    (Some((key, session)), Some((_, token))) if lives(tx, &session) => {
                        let user = tx.user_by_id(session.user)?;
                        refuse_banned(tx, &user)?;
                        refuse_banned_member(tx, &user, &self.address)?;
                        see(tx, key)?;
                        entered(user, key, Some(token.clone()))
                    }
                    (known, presented) => {
                        let Some(name) = nickname else {
                            return Err(no_nickname(presented.is_some()).into());
                        };
                        if let Some((key, _)) = known {
                            forget(tx, key)?;
                        }
                        refuse_banned_address(tx, &self.address)?;
                        refuse_banned_name(tx, name)?;
                        let user = new_guest(tx, name, self.fresh)?;
                        // A token as good as ours that is nobody's: after a restored backup, all
                        // connections of a person come back with the same one.
                        let reused = presented.as_ref().filter(|(_, token)| is_ours(token));
                        let (key, token) = reused.unwrap_or(fresh);
                        begin(tx, *key, user.id)?;
                        entered(user, *key, Some(token.clone()))
                    }
                }
            }
            AsWhom::Vouched { subject, key, name, role } => {
                let user = vouched(tx, subject, name, *role, self.fresh)?;
                refuse_banned(tx, &user)?;
                refuse_banned_member(tx, &user, &self.address)?;
                match find(tx, *key)? {
                    Some(session) if !session.ended => see(tx, *key)?,
                    // Whoever was put out comes in anew, under the same key.
                    _ => begin(tx, *key, user.id)?,
                }
                entered(user, *key, None)
            }
        };
        remember_address(tx, tx.user(entered.kept.person.id)?.id, &self.address)?;
        Ok(entered)
    }
}

impl Run for By<Rename> {
    type Done = Done;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let user = tx.user(self.user)?;
        tx.may_write(&user)?;
        let name = &self.event.nickname;
        take_name(tx, name, Some(user.id))?;
        tx.execute(
            "UPDATE users SET name = ?2, name_key = ?3, name_look = ?4 WHERE id = ?1",
            (user.id, name.as_str(), name_key(name.as_str()), name_look(name.as_str())),
        )?;
        if user.author.name != *name {
            tx.tell(News::Person(Author { name: name.clone(), ..user.author }, user.role));
        }
        Ok(Done {})
    }
}

impl Run for (UserId, SessionKey) {
    type Done = Done;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let (uid, key) = self;
        let user = tx.user(*uid)?;
        end(tx, *key)?;
        let ended =
            SessionEnded { code: Code::SessionEnded, message: "You have signed out.".to_owned() };
        // Before the rooms are left: of that the person is not told one by one.
        tx.tell(News::Ended(Whose::Session(*key), ended));
        release_if_gone(tx, user.id)?;
        Ok(Done {})
    }
}

impl Run for Vec<Seen> {
    type Done = Done;
    const EFFECT: Effect = Effect::Keeps;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        for Seen { session, address } in self {
            see(tx, *session)?;
            if let Some(session) = find(tx, *session)? {
                remember_address(tx, session.user, address)?;
            }
        }
        Ok(Done {})
    }
}

/// Whose session this is, if it lives.
pub(super) fn session(
    tx: &Tx<'_>,
    key: SessionKey,
    address: &str,
    now: u64,
    lifetime: Duration,
) -> Result<Option<Kept>, Fault> {
    let Some(session) = find(tx, key)? else { return Ok(None) };
    let oldest = now.saturating_sub(millis(lifetime));
    if session.ended || session.seen < oldest {
        return Ok(None);
    }
    let user = tx.user_by_id(session.user)?;
    refuse_banned(tx, &user)?;
    refuse_banned_member(tx, &user, address)?;
    Ok(Some(kept(user, key)))
}

/// Forgets sessions that have run out, and lets go of their people's names.
pub(super) fn forget_expired(tx: &Tx<'_>) -> Result<(), Fault> {
    let oldest = signed(tx.now.saturating_sub(millis(tx.settings.session_lifetime)));
    let users: Vec<i64> =
        tx.all("SELECT DISTINCT user FROM sessions WHERE seen < ?1", [oldest], |row| row.get(0))?;
    tx.execute("DELETE FROM sessions WHERE seen < ?1", [oldest])?;
    for user in users {
        release_if_gone(tx, user)?;
    }
    Ok(())
}

/// Ends all sessions of a person.
pub(super) fn end_all(tx: &Tx<'_>, user: &User, ended: SessionEnded) -> Result<(), Fault> {
    tx.execute(
        "UPDATE sessions SET ended = ?2 WHERE user = ?1 AND ended IS NULL",
        [user.id, signed(tx.now)],
    )?;
    tx.tell(News::Ended(Whose::User(user.author.id), ended));
    release_if_gone(tx, user.id)
}

/// The addresses that a person was last seen at, the latest first.
pub(super) fn addresses(tx: &Tx<'_>, user: i64) -> rusqlite::Result<Vec<String>> {
    tx.all("SELECT address FROM addresses WHERE user = ?1 ORDER BY seen DESC", [user], |row| {
        row.get(0)
    })
}

fn entered(user: User, session: SessionKey, token: Option<parlour_events::Token>) -> Entered {
    Entered { kept: kept(user, session), token }
}

fn kept(user: User, session: SessionKey) -> Kept {
    let muted_until = unsigned(user.muted_until);
    Kept { session, person: user.author, role: user.role, muted_until }
}

fn no_nickname(had_token: bool) -> Refusal {
    if had_token {
        let sentence = "This token is not known here. Please come in with a nickname.";
        Refusal::new(Code::TokenInvalid, sentence)
    } else {
        Refusal::new(Code::NicknameInvalid, "A nickname is needed.")
    }
}

fn find(tx: &Tx<'_>, key: SessionKey) -> rusqlite::Result<Option<Session>> {
    tx.one("SELECT user, seen, ended IS NOT NULL FROM sessions WHERE token = ?1", [key.0], |row| {
        Ok(Session { user: row.get(0)?, seen: unsigned(row.get(1)?), ended: row.get(2)? })
    })
}

fn lives(tx: &Tx<'_>, session: &Session) -> bool {
    !session.ended && session.seen >= tx.now.saturating_sub(millis(tx.settings.session_lifetime))
}

fn see(tx: &Tx<'_>, key: SessionKey) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE sessions SET seen = ?2, used = 1 WHERE token = ?1",
        (key.0, signed(tx.now)),
    )?;
    Ok(())
}

fn begin(tx: &Tx<'_>, key: SessionKey, user: i64) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT OR REPLACE INTO sessions (token, user, created, seen) VALUES (?1, ?2, ?3, ?3)",
        (key.0, user, signed(tx.now)),
    )?;
    Ok(())
}

fn end(tx: &Tx<'_>, key: SessionKey) -> rusqlite::Result<()> {
    tx.execute("UPDATE sessions SET ended = ?2 WHERE token = ?1", (key.0, signed(tx.now)))?;
    Ok(())
}

/// Forgets a session that has run out.
fn forget(tx: &Tx<'_>, key: SessionKey) -> Result<(), Fault> {
    let Some(session) = find(tx, key)? else { return Ok(()) };
    tx.execute("DELETE FROM sessions WHERE token = ?1", [key.0])?;
    release_if_gone(tx, session.user)
}

/// Makes a new person with this nickname.
fn new_guest(tx: &Tx<'_>, name: &Nickname, uid: Uuid) -> Result<User, Fault> {
    take_name(tx, name, None)?;
    make_place(tx)?;
    tx.execute(
        "INSERT INTO users (uid, name, name_key, name_look, kind, created) \
         VALUES (?1, ?2, ?3, ?4, 0, ?5)",
        (
            uid.as_bytes(),
            name.as_str(),
            name_key(name.as_str()),
            name_look(name.as_str()),
            signed(tx.now),
        ),
    )?;
    Ok(User {
        id: tx.db.last_insert_rowid(),
        author: Author { id: UserId(uid), name: name.clone(), kind: AuthorKind::Member },
        role: Role::Member,
        muted_until: 0,
        banned_until: 0,
    })
}

/// Makes the nickname free for this person, or refuses because somebody has it.
fn take_name(tx: &Tx<'_>, name: &Nickname, for_whom: Option<i64>) -> Result<(), Fault> {
    let holders: Vec<i64> = tx.all(
        "SELECT id FROM users WHERE name_key = ?1 OR name_look = ?2",
        (name_key(name.as_str()), name_look(name.as_str())),
        |row| row.get(0),
    )?;
    for holder in holders.into_iter().filter(|holder| Some(*holder) != for_whom) {
        if is_held(tx, holder)? {
            let sentence = format!("{name} is somebody else's nickname here. Please pick another.");
            return Err(Refusal::new(Code::NicknameTaken, sentence).into());
        }
        release(tx, holder)?;
    }
    Ok(())
}

/// Whether the person still has a session, or comes by another system's word.
fn is_held(tx: &Tx<'_>, user: i64) -> rusqlite::Result<bool> {
    let oldest = signed(tx.now.saturating_sub(millis(tx.settings.session_lifetime)));
    // A token that was lost on its way to its person holds a name only as long as it may still be
    // on its way.
    let lost = signed(tx.now.saturating_sub(UNUSED));
    tx.exists(
        "SELECT 1 FROM sessions \
         WHERE user = ?1 AND ended IS NULL AND seen >= ?2 AND (used = 1 OR seen >= ?3) \
         UNION ALL SELECT 1 FROM users WHERE id = ?1 AND subject IS NOT NULL",
        [user, oldest, lost],
    )
}

fn release_if_gone(tx: &Tx<'_>, user: i64) -> Result<(), Fault> {
    if is_held(tx, user)? { Ok(()) } else { release(tx, user) }
}

/// The person is gone for good: the name is free, and no room counts them as a member.
fn release(tx: &Tx<'_>, user: i64) -> Result<(), Fault> {
    // What is left of their sessions holds nothing, and must not bring back somebody without a
    // name. Those that were ended stay: whoever comes with one of them is told that.
    let over = "DELETE FROM sessions WHERE user = ?1 AND ended IS NULL";
    if tx.execute(over, [user])? > 0 {
        tx.sessions.set(None);
    }
    tx.execute("UPDATE users SET name_key = NULL, name_look = NULL WHERE id = ?1", [user])?;
    let rooms: Vec<RoomName> = tx.all(
        "DELETE FROM members WHERE user = ?1 \
         RETURNING (SELECT name FROM rooms WHERE rooms.id = members.room)",
        [user],
        |row| rows::text(row, 0),
    )?;
    if !rooms.is_empty() {
        let uid = tx.user_by_id(user)?.author.id;
        for room in rooms {
            tx.tell(News::Left(uid, RoomUpdated { room, now: None }));
        }
    }
    tx.execute("DELETE FROM invitations WHERE user = ?1", [user])?;
    tx.execute(
        "DELETE FROM addresses WHERE user = ?1 AND NOT EXISTS \
                (SELECT 1 FROM bans WHERE user = ?1)",
        [user],
    )?;
    Ok(())
}

/// Makes sure that there is a place for one more session: one that was ended gives way, or the one
/// that was absent for longest.
fn make_place(tx: &Tx<'_>) -> Result<(), Fault> {
    let limit = or_any(tx.settings.sessions);
    let count = match tx.sessions.get() {
        Some(count) => count,
        None => unsigned(tx.sql("SELECT count(*) FROM sessions")?.query_row([], |row| row.get(0))?),
    };
    if count < limit {
        tx.sessions.set(Some(count + 1));
        return Ok(());
    }
    let absent: Option<SessionKey> = tx.one(
        "SELECT token FROM sessions s JOIN users u ON u.id = s.user \
         WHERE s.ended IS NOT NULL OR s.seen < ?1 AND u.role = 0 \
         ORDER BY s.ended IS NULL, s.used, s.seen LIMIT 1",
        [signed(tx.now.saturating_sub(ABSENT))],
        |row| row.get(0).map(SessionKey),
    )?;
    let Some(absent) = absent else {
        let sentence = "Too many people are here. Try again later.";
        return Err(Refusal::new(Code::Full, sentence).into());
    };
    info!("as many sessions as allowed: one that is over, or was absent for longest, is forgotten");
    forget(tx, absent)
}

/// The person that another system vouches for, as it describes them now.
fn vouched(
    tx: &Tx<'_>,
    subject: &str,
    name: &Nickname,
    new_role: Role,
    fresh: Uuid,
) -> Result<User, Fault> {
    let known =
        tx.one(&format!("SELECT {USER} FROM users WHERE subject = ?1"), [subject], read_user)?;
    // Two people of the other system may have one name; then the first of them is found by it.
    let (key, look) = (name_key(name.as_str()), name_look(name.as_str()));
    let taken = tx.exists(
        "SELECT 1 FROM users WHERE (name_key = ?1 OR name_look = ?2) AND subject IS NOT ?3",
        (&key, &look, subject),
    )?;
    let (key, look) = (!taken).then_some((key, look)).unzip();
    let Some(mut user) = known else {
        tx.execute(
            "INSERT INTO users (uid, name, name_key, name_look, kind, role, subject, created) \
             VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7)",
            (
                fresh.as_bytes(),
                name.as_str(),
                key,
                look,
                role_number(new_role),
                subject,
                signed(tx.now),
            ),
        )?;
        return Ok(User {
            id: tx.db.last_insert_rowid(),
            author: Author { id: UserId(fresh), name: name.clone(), kind: AuthorKind::Member },
            role: new_role,
            muted_until: 0,
            banned_until: 0,
        });
    };
    if user.author.name != *name || user.role != new_role {
        tx.execute(
            "UPDATE users SET name = ?2, name_key = ?3, name_look = ?4, role = ?5 WHERE id = ?1",
            (user.id, name.as_str(), key, look, role_number(new_role)),
        )?;
        user.author.name = name.clone();
        user.role = new_role;
        tx.tell(News::Person(user.author.clone(), new_role));
    }
    Ok(user)
}

fn refuse_banned(tx: &Tx<'_>, user: &User) -> Result<(), Fault> {
    let reason: Option<String> = tx.one(
        "SELECT reason FROM bans WHERE user = ?1 AND address IS NULL \
         AND (until IS NULL OR until > ?2) ORDER BY id DESC LIMIT 1",
        [user.id, signed(tx.now)],
        |row| row.get(0),
    )?;
    reason.map_or(Ok(()), |reason| Err(banned(&reason).into()))
}

/// Whoever was banned under this name does not come in anew under it, as somebody else.
fn refuse_banned_name(tx: &Tx<'_>, name: &Nickname) -> Result<(), Fault> {
    // A name whose session was ended is nobody's: it is compared here.
    let banned_names: Vec<(String, String)> = tx.all(
        "SELECT users.name, bans.reason FROM bans JOIN users ON users.id = bans.user \
         WHERE bans.address IS NULL AND users.subject IS NULL \
         AND (bans.until IS NULL OR bans.until > ?1) ORDER BY bans.id DESC",
        [signed(tx.now)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let (key, look) = (name_key(name.as_str()), name_look(name.as_str()));
    let same = |(known, _): &(String, String)| name_key(known) == key || name_look(known) == look;
    match banned_names.into_iter().find(same) {
        Some((_, reason)) => Err(banned(&reason).into()),
        None => Ok(()),
    }
}

/// Moderators come in from anywhere: others of their network may be why it is banned.
fn refuse_banned_member(tx: &Tx<'_>, user: &User, address: &str) -> Result<(), Fault> {
    if user.role > Role::Member { Ok(()) } else { refuse_banned_address(tx, address) }
}

/// Refuses whoever comes from an address that is banned.
pub(super) fn refuse_banned_address(tx: &Tx<'_>, address: &str) -> Result<(), Fault> {
    let reason: Option<String> = tx.one(
        "SELECT reason FROM bans WHERE address = ?1 AND (until IS NULL OR until > ?2) \
         ORDER BY id DESC LIMIT 1",
        (address, signed(tx.now)),
        |row| row.get(0),
    )?;
    reason.map_or(Ok(()), |reason| Err(banned(&reason).into()))
}

/// The refusal of somebody who is banned.
pub(super) fn banned(reason: &str) -> Refusal {
    Refusal::new(Code::Banned, with_reason("A moderator has closed this server to you", reason))
}

/// A sentence, with the reason that a moderator gave.
pub(super) fn with_reason(sentence: &str, reason: &str) -> String {
    if reason.is_empty() { format!("{sentence}.") } else { format!("{sentence}: {reason}") }
}

pub(super) fn remember_address(tx: &Tx<'_>, user: i64, address: &str) -> Result<(), Fault> {
    tx.execute(
        "INSERT INTO addresses (user, address, seen) VALUES (?1, ?2, ?3) \
         ON CONFLICT (user, address) DO UPDATE SET seen = excluded.seen",
        (user, address, signed(tx.now)),
    )?;
    tx.execute(
        "DELETE FROM addresses WHERE user = ?1 AND address NOT IN \
         (SELECT address FROM addresses WHERE user = ?1 ORDER BY seen DESC LIMIT ?2)",
        [user, ADDRESSES],
    )?;
    Ok(())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
