//! What moderators and administrators do. Each thing is written down.
//!
//! Nobody can do any of it to somebody of the same or a higher role. Roles are read in the same
//! transaction, so that one taken away is gone with the next request.

use parlour_events::{
    Audit, AuditEntry, Author, Ban, BanEntry, Bans, Code, Done, Kick, ListAudit, ListBans, Mute,
    Muted, Role, SessionEnded, SetRole, Timestamp, Unban, UserId, limits::PAGE_ENTRIES,
};

use super::{
    people,
    rows::{self, text},
    tx::{Fault, Run, Tx, User, role_number},
};
use crate::store::{News, forbidden, news::Whose, signed, unsigned, write::By};

/// Longest mute or ban with an end, in seconds: a hundred years.
const LONGEST: u64 = 100 * 366 * 24 * 3_600;

impl Run for By<Mute> {
    type Done = Done;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let (by, target) = over(tx, self.user, self.event.user, Role::Moderator)?;
        let until = match self.event.seconds {
            0 => 0,
            seconds => after(tx, seconds),
        };
        tx.execute("UPDATE users SET muted_until = ?2 WHERE id = ?1", (target.id, signed(until)))?;
        let detail = match self.event.seconds {
            0 => "no more".to_owned(),
            seconds => people::with_reason(&lasting(Some(seconds)), self.event.reason.as_str()),
        };
        tx.audit(by.id, "mod:mute", Some(target.id), &detail)?;
        let muted = Muted {
            until: (until > 0).then_some(Timestamp(until)),
            reason: self.event.reason.clone(),
        };
        tx.tell(News::Muted(target.author.id, muted));
        Ok(Done {})
    }
}

impl Run for By<Kick> {
    type Done = Done;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let (by, target) = over(tx, self.user, self.event.user, Role::Moderator)?;
        let reason = self.event.reason.as_str();
        tx.audit(by.id, "mod:kick", Some(target.id), reason)?;
        let message = people::with_reason("A moderator has ended your session", reason);
        people::end_all(tx, &target, SessionEnded { code: Code::Kicked, message })?;
        Ok(Done {})
    }
}

impl Run for By<Ban> {
    type Done = Done;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let (by, target) = over(tx, self.user, self.event.user, Role::Moderator)?;
        let reason = self.event.reason.as_str();
        let until = self.event.seconds.map(|seconds| signed(after(tx, seconds)));
        let insert = "INSERT INTO bans (user, address, until, reason, by, at) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let now = signed(tx.now);
        tx.execute(insert, (target.id, None::<String>, until, reason, by.id, now))?;
        let message = people::banned(reason).message;
        let ended = SessionEnded { code: Code::Banned, message };
        people::end_all(tx, &target, ended.clone())?;
        let mut places = 0;
        if self.event.addresses {
            for address in people::addresses(tx, target.id)? {
                // Whoever bans a whole office from within it would shut themselves out, or others
                // over whom they have no say.
                let others = tx.exists(
                    "SELECT 1 FROM addresses a JOIN users u ON u.id = a.user \
                     WHERE a.address = ?1 AND u.role >= ?2",
                    (&address, role_number(by.role)),
                )?;
                if others {
                    continue;
                }
                tx.execute(insert, (target.id, &address, until, reason, by.id, now))?;
                tx.tell(News::Ended(Whose::Address(address), ended.clone()));
                places += 1;
            }
        }
        let mut detail = lasting(self.event.seconds);
        if self.event.addresses {
            detail.push_str(&format!(", with {places} addresses"));
        }
        tx.audit(by.id, "mod:ban", Some(target.id), &people::with_reason(&detail, reason))?;
        Ok(Done {})
    }
}

impl Run for By<Unban> {
    type Done = Done;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let by = allowed(tx, self.user, Role::Moderator)?;
        let id = signed(self.event.ban);
        let higher = tx.exists(
            "SELECT 1 FROM bans b JOIN users u ON u.id = b.by WHERE b.id = ?1 AND u.role > ?2",
            (id, role_number(by.role)),
        )?;
        if higher {
            return Err(forbidden("Somebody with a higher role has banned them.").into());
        }
        let target: Option<i64> =
            tx.one("DELETE FROM bans WHERE id = ?1 RETURNING user", [id], |row| row.get(0))?;
        if target.is_some() {
            let detail = format!("ban {}", self.event.ban);
            tx.audit(by.id, "mod:unban", target, &detail)?;
        }
        Ok(Done {})
    }
}

impl Run for By<SetRole> {
    type Done = Done;

    fn run(&self, tx: &Tx<'_>) -> Result<Done, Fault> {
        let by = allowed(tx, self.user, Role::Admin)?;
        let target = tx.user(self.event.user)?;
        if target.role == Role::Admin && target.id != by.id {
            return Err(forbidden("Only administrators themselves can give that role up.").into());
        }
        tx.execute(
            "UPDATE users SET role = ?2 WHERE id = ?1",
            (target.id, role_number(self.event.role)),
        )?;
        let detail = format!("{:?}", self.event.role).to_lowercase();
        tx.audit(by.id, "mod:role", Some(target.id), &detail)?;
        tx.tell(News::Person(target.author, self.event.role));
        Ok(Done {})
    }
}

/// Both, if the one may do such a thing to the other.
fn over(tx: &Tx<'_>, by: UserId, to: UserId, least: Role) -> Result<(User, User), Fault> {
    let by = allowed(tx, by, least)?;
    let target = tx.user(to)?;
    if target.role >= by.role {
        return Err(forbidden("That is for somebody with a higher role than theirs.").into());
    }
    Ok((by, target))
}

/// The person, if they have this role.
fn allowed(tx: &Tx<'_>, uid: UserId, least: Role) -> Result<User, Fault> {
    let user = tx.user(uid)?;
    if user.role >= least {
        return Ok(user);
    }
    Err(forbidden(match least {
        Role::Admin => "That is for administrators.",
        _ => "That is for moderators.",
    })
    .into())
}

fn after(tx: &Tx<'_>, seconds: u64) -> u64 {
    tx.now.saturating_add(seconds.min(LONGEST).saturating_mul(1_000))
}

fn lasting(seconds: Option<u64>) -> String {
    match seconds {
        Some(seconds) => format!("for {seconds} s"),
        None => "for good".to_owned(),
    }
}

/// A page of the bans in force.
pub(super) fn bans(tx: &Tx<'_>, who: UserId, query: ListBans) -> Result<Bans, Fault> {
    allowed(tx, who, Role::Moderator)?;
    let mut bans = tx.all(
        "SELECT b.id, u.uid, u.name, u.kind, b.address, b.until, b.reason \
         FROM bans b JOIN users u ON u.id = b.user \
         WHERE b.id < ?1 AND (b.until IS NULL OR b.until > ?2) ORDER BY b.id DESC LIMIT ?3",
        (query.before.map_or(i64::MAX, signed), signed(tx.now), signed(PAGE_ENTRIES as u64 + 1)),
        |row| {
            let until: Option<i64> = row.get(5)?;
            Ok(BanEntry {
                ban: unsigned(row.get(0)?),
                person: rows::author(row, 1)?,
                address: row.get(4)?,
                until: until.map(|at| Timestamp(unsigned(at))),
                reason: text(row, 6)?,
            })
        },
    )?;
    let more = bans.len() > PAGE_ENTRIES;
    bans.truncate(PAGE_ENTRIES);
    Ok(Bans { bans, more })
}

/// A page of what moderators did.
pub(super) fn audit(tx: &Tx<'_>, who: UserId, query: ListAudit) -> Result<Audit, Fault> {
    allowed(tx, who, Role::Admin)?;
    let rows = tx.all(
        "SELECT id, at, by, action, target, detail FROM audit WHERE id < ?1 \
         ORDER BY id DESC LIMIT ?2",
        (query.before.map_or(i64::MAX, signed), signed(PAGE_ENTRIES as u64 + 1)),
        |row| {
            let entry = AuditEntry {
                entry: unsigned(row.get(0)?),
                at: Timestamp(unsigned(row.get(1)?)),
                by: None,
                action: row.get(3)?,
                to: None,
                detail: row.get(5)?,
            };
            Ok((entry, row.get::<_, Option<i64>>(2)?, row.get::<_, Option<i64>>(4)?))
        },
    )?;
    let more = rows.len() > PAGE_ENTRIES;
    let person = |id: Option<i64>| -> rusqlite::Result<Option<Author>> {
        id.map(|id| tx.user_by_id(id).map(|user| user.author)).transpose()
    };
    let mut entries = Vec::new();
    for (entry, by, target) in rows.into_iter().take(PAGE_ENTRIES) {
        entries.push(AuditEntry { by: person(by)?, to: person(target)?, ..entry });
    }
    Ok(Audit { entries, more })
}
