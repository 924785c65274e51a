//! Who is in a room, who of them is here, and who is typing.

use crate::order::order;
use parlour_events::{Author, Member, Members, Presence, Role, UserId, limits::TYPING_MS};

use super::bound;

/// Most people remembered of a room; in a larger one the rest is counted, not listed.
pub const PEOPLE_KEPT: usize = bound(1_000, 20);

/// The people of one room.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct People {
    /// By name, those who are here first.
    members: Vec<Member>,
    /// Who came, and who went, before all were listed: a list may have been made before that.
    early: Vec<(UserId, Now)>,
    /// Who is typing, and until when (milliseconds, by this device's clock).
    typing: Vec<(Author, f64)>,
    /// Where the list goes on, and whether it is complete.
    listed: Listed,
}

/// How somebody is, as it was told.
#[derive(Debug, Clone, PartialEq)]
enum Now {
    Here(Author),
    Away,
    /// No member any more.
    Out,
}

/// How far the list was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Listed {
    #[default]
    No,
    UpTo(UserId),
    All,
}

impl People {
    /// Everybody who is known, by name, those who are here first.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Who this is, if they are known.
    pub fn get(&self, id: UserId) -> Option<&Member> {
        self.members.iter().find(|member| member.person.id == id)
    }

    /// Who is typing `now`.
    pub fn typing(&self, now: f64) -> impl Iterator<Item = &Author> {
        self.typing.iter().filter(move |(_, until)| *until > now).map(|(person, _)| person)
    }

    /// Whether everybody was listed since the last connection.
    pub fn is_listed(&self) -> bool {
        self.listed == Listed::All
    }

    /// Where the list goes on.
    pub(super) fn after(&self) -> Option<UserId> {
        match self.listed {
            Listed::UpTo(id) => Some(id),
            _ => None,
        }
    }

    /// Who is here is not known any more; who was, is shown until it is.
    pub(super) fn disconnected(&mut self) {
        self.listed = Listed::No;
        self.early.clear();
        self.typing.clear();
    }

    /// The list begins again.
    pub(super) fn list_anew(&mut self) {
        self.listed = Listed::No;
    }

    /// A part of the list. Says whether there is more to ask for.
    pub(super) fn list(&mut self, answer: Members) -> bool {
        if self.listed == Listed::No {
            self.members.clear();
        }
        let last = answer.members.last().map(|member| member.person.id);
        for member in answer.members {
            self.put(member);
        }
        let early = std::mem::take(&mut self.early);
        early.iter().for_each(|(id, now)| self.apply(*id, now));
        self.early = early;
        self.sort();
        let more = answer.more && self.members.len() < PEOPLE_KEPT;
        self.listed = match last {
            Some(last) if more => Listed::UpTo(last),
            _ => Listed::All,
        };
        if self.listed == Listed::All {
            self.early.clear();
        }
        more && last.is_some()
    }

    /// People have come, gone, or changed their names, or are no members any more.
    pub(super) fn presence(&mut self, presence: Presence) {
        for person in presence.here {
            self.hear(person.id, Now::Here(person));
        }
        for id in presence.gone {
            self.hear(id, Now::Away);
        }
        for id in presence.left {
            self.hear(id, Now::Out);
        }
        // Those of whom most is likely to be in the list already.
        let too_many = self.early.len().saturating_sub(PEOPLE_KEPT);
        self.early.drain(..too_many);
        self.sort();
    }

    /// Somebody is typing.
    pub(super) fn types(&mut self, person: Author, now: f64) {
        self.stopped(person.id);
        self.typing.retain(|(_, until)| *until > now);
        if self.typing.len() < PEOPLE_KEPT {
            self.typing.push((person, now + TYPING_MS as f64));
        }
    }

    /// What somebody was typing has come, or they are gone.
    pub(super) fn stopped(&mut self, person: UserId) {
        self.typing.retain(|(typing, _)| typing.id != person);
    }

    fn hear(&mut self, id: UserId, now: Now) {
        self.apply(id, &now);
        if self.listed != Listed::All {
            self.early.retain(|(known, _)| *known != id);
            self.early.push((id, now));
        }
    }

    fn apply(&mut self, id: UserId, now: &Now) {
        if let Now::Here(person) = now {
            let role = self.get(id).map_or(Role::Member, |known| known.role);
            return self.put(Member { person: person.clone(), role, here: true });
        }
        self.stopped(id);
        if let Some(at) = self.members.iter().position(|it| it.person.id == id) {
            match now {
                Now::Out => drop(self.members.remove(at)),
                _ => self.members[at].here = false,
            }
        }
    }

    fn put(&mut self, member: Member) {
        let known = self.members.iter().position(|known| known.person.id == member.person.id);
        match known {
            Some(at) => self.members[at] = member,
            None if self.members.len() < PEOPLE_KEPT => self.members.push(member),
            None => {}
        }
    }

    fn sort(&mut self) {
        order(&mut self.members, |member| (!member.here, member.person.name.key()));
    }
}
