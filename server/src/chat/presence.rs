//! Who is here: people, not connections.
//!
//! Somebody is here, in a room, while a connection of theirs follows it, and for a grace time
//! after the last one was lost, so that coming back is not news. Leaving a room counts at once, and
//! is told as such: whoever is away is a member still, and whoever has left is not.
//! What changed is told in the room a moment later, everything of that moment together. Whoever comes
//! and is lost within it is not told at all; whoever comes and leaves is told to have left.
//!
//! Connections are known by their ids, so that one counts once however often it enters, and is
//! lost once. A connection enters on its own task, while it may be lost, put out of the room or
//! renamed on others. Whoever does one of these notes it with the member first and tells it here
//! then; [`Presence::enter`] asks the member while nothing else can happen here. So one of the two
//! sees the other, and nobody stays who is gone.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use parlour_events::{self as events, Author, Event, RoomName, UserId, chat};
use socketioxide::{SocketIo, socket::Sid};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tracing::debug;

use super::audience::followers;

/// How often changes are told.
const MOMENT: Duration = Duration::from_millis(250);

/// Most people in one frame.
const FRAME_PEOPLE: usize = 30;

/// Who is here. Copies are the same.
#[derive(Debug, Clone)]
pub(super) struct Presence {
    table: Arc<Mutex<Table>>,
    grace: Duration,
}

#[derive(Debug, Default)]
struct Table {
    rooms: HashMap<RoomName, Room>,
    /// Where each connection is, and whose it is: the same as in `rooms`, from the other side.
    connections: HashMap<Sid, (UserId, HashSet<RoomName>)>,
}

#[derive(Debug, Default)]
struct Room {
    people: HashMap<UserId, Here>,
    /// Who has come or gone since it was last told; how it was told then.
    untold: BTreeMap<UserId, Option<Author>>,
    /// Who is no member any more, since it was last told, and has not come back.
    left: BTreeSet<UserId>,
}

#[derive(Debug)]
struct Here {
    person: Author,
    connections: HashSet<Sid>,
    /// The end of the grace time, while there is no connection.
    until: Option<Instant>,
}

impl Presence {
    pub(super) fn new(grace: Duration) -> Self {
        Self { table: Arc::default(), grace }
    }

    /// The connection follows the room from now on; nothing changes if it was there already.
    ///
    /// `who` is asked in the middle, and must not come back here: the person, under the name in
    /// force, or none if the connection is over or does not follow the room any more. False if so.
    pub(super) fn enter(
        &self,
        room: &RoomName,
        sid: Sid,
        who: impl FnOnce() -> Option<Author>,
    ) -> bool {
        let mut table = self.lock();
        let Some(person) = who() else { return false };
        table.connections.entry(sid).or_insert((person.id, HashSet::new())).1.insert(room.clone());
        let room = table.rooms.entry(room.clone()).or_default();
        room.left.remove(&person.id);
        match room.people.get_mut(&person.id) {
            Some(here) => {
                here.connections.insert(sid);
                here.until = None;
            }
            None => {
                room.untold.entry(person.id).or_insert(None);
                let here = Here { connections: [sid].into(), until: None, person };
                room.people.insert(here.person.id, here);
            }
        }
        true
    }

    /// The connection is gone, from all rooms. Does nothing the second time.
    pub(super) fn lose_all(&self, sid: Sid) {
        let mut table = self.lock();
        let Some((user, rooms)) = table.connections.remove(&sid) else { return };
        let until = Instant::now() + self.grace;
        for room in rooms {
            let here = table.rooms.get_mut(&room).and_then(|room| room.people.get_mut(&user));
            let Some(here) = here else { continue };
            if here.connections.remove(&sid) && here.connections.is_empty() {
                here.until = Some(until);
            }
        }
    }

    /// The person has left the room, with all connections, if they were here at all: a member who is
    /// away may be put out too.
    pub(super) fn leave(&self, room: &RoomName, user: UserId) {
        let mut table = self.lock();
        let Table { rooms, connections } = &mut *table;
        // Where nobody is, nobody is told.
        let gone = rooms.get_mut(room).and_then(|room| {
            room.left.insert(user);
            room.go(user)
        });
        for sid in gone.into_iter().flatten() {
            if let Some((_, rooms)) = connections.get_mut(&sid) {
                rooms.remove(room);
                if rooms.is_empty() {
                    connections.remove(&sid);
                }
            }
        }
    }

    /// The person goes by another name.
    pub(super) fn rename(&self, person: Author) {
        for room in self.lock().rooms.values_mut() {
            if let Some(here) = room.people.get_mut(&person.id)
                && here.person != person
            {
                let before = std::mem::replace(&mut here.person, person.clone());
                room.untold.entry(person.id).or_insert(Some(before));
            }
        }
    }

    /// Whether they are here.
    pub(super) fn is_here(&self, room: &RoomName, user: UserId) -> bool {
        self.lock().rooms.get(room).is_some_and(|room| room.people.contains_key(&user))
    }

    /// Tells what has changed, again and again, until the server stops.
    pub(super) async fn run(self, io: SocketIo) {
        let mut moments = interval(MOMENT);
        moments.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            moments.tick().await;
            let news = self.take_news(Instant::now());
            // Without the namespace nobody is left to be told.
            let Some(sockets) = io.of(chat::NAMESPACE) else { return };
            for presence in news {
                let to = followers(&presence.room);
                let sent = sockets.clone().within(to).emit(events::Presence::NAME, &presence).await;
                if let Err(error) = sent {
                    debug!(room = %presence.room, %error, "not everybody was told who is here");
                }
            }
        }
    }

    fn take_news(&self, now: Instant) -> Vec<events::Presence> {
        let mut news = Vec::new();
        self.lock().rooms.retain(|name, room| {
            let over = |here: &Here| here.until.is_some_and(|until| until <= now);
            let gone: Vec<UserId> =
                room.people.iter().filter(|(_, here)| over(here)).map(|(id, _)| *id).collect();
            for user in gone {
                // Only who has no connection is gone by time.
                room.go(user);
            }
            room.tell(name, &mut news);
            !room.people.is_empty()
        });
        news
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // Each change leaves the table sound before anything can panic.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    /// The person is not here any more; gives the connections that they had here.
    fn go(&mut self, user: UserId) -> Option<HashSet<Sid>> {
        let here = self.people.remove(&user)?;
        self.untold.entry(user).or_insert(Some(here.person));
        Some(here.connections)
    }

    fn tell(&mut self, name: &RoomName, news: &mut Vec<events::Presence>) {
        let (mut here, mut gone) = (Vec::new(), Vec::new());
        for (user, told) in std::mem::take(&mut self.untold) {
            match (self.people.get(&user), told) {
                (Some(now), told) if told.as_ref() != Some(&now.person) => {
                    here.push(now.person.clone());
                }
                (None, Some(_)) => gone.push(user),
                // It is as it was told.
                _ => {}
            }
        }
        let (mut here, mut gone) = (here.into_iter().peekable(), gone.into_iter().peekable());
        let mut left = std::mem::take(&mut self.left).into_iter().peekable();
        while here.peek().is_some() || gone.peek().is_some() || left.peek().is_some() {
            news.push(events::Presence {
                room: name.clone(),
                here: here.by_ref().take(FRAME_PEOPLE).collect(),
                gone: gone.by_ref().take(FRAME_PEOPLE).collect(),
                left: left.by_ref().take(FRAME_PEOPLE).collect(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use parlour_events::AuthorKind;
    use uuid::Uuid;

    use super::*;

    const GRACE: Duration = Duration::from_secs(10);

    fn person(number: u128, name: &str) -> Author {
        Author {
            id: UserId(Uuid::from_u128(number)),
            name: name.parse().unwrap(),
            kind: AuthorKind::Member,
        }
    }

    fn chat() -> RoomName {
        RoomName::default()
    }

    /// Names of those who are told to be here, and how many to be gone.
    fn told(presence: &Presence, now: Instant) -> (Vec<String>, usize) {
        let news = presence.take_news(now);
        let here = news.iter().flat_map(|it| &it.here).map(|it| it.name.to_string()).collect();
        (here, news.iter().map(|it| it.gone.len()).sum())
    }

    fn nothing() -> (Vec<String>, usize) {
        (Vec::new(), 0)
    }

    /// A connection of this person comes into the room.
    fn enters(presence: &Presence, person: &Author) -> Sid {
        let sid = Sid::new();
        assert!(presence.enter(&chat(), sid, || Some(person.clone())));
        sid
    }

    #[test]
    fn several_connections_are_one_person() {
        let (presence, ann, now) = (Presence::new(GRACE), person(1, "Ann"), Instant::now());
        let (first, second) = (enters(&presence, &ann), enters(&presence, &ann));
        assert_eq!(told(&presence, now), (vec!["Ann".to_owned()], 0));
        presence.lose_all(first);
        assert_eq!(told(&presence, Instant::now() + 2 * GRACE), nothing());
        presence.lose_all(second);
        assert_eq!(told(&presence, Instant::now()), nothing());
        assert!(presence.is_here(&chat(), ann.id));
        assert_eq!(told(&presence, Instant::now() + GRACE), (vec![], 1));
        assert!(!presence.is_here(&chat(), ann.id));
    }

    #[test]
    fn a_connection_counts_once_and_is_lost_once() {
        let (presence, ann) = (Presence::new(GRACE), person(1, "Ann"));
        let (first, second) = (enters(&presence, &ann), enters(&presence, &ann));
        assert!(presence.enter(&chat(), first, || Some(ann.clone())));
        told(&presence, Instant::now());
        presence.lose_all(first);
        presence.lose_all(first);
        assert_eq!(told(&presence, Instant::now() + 2 * GRACE), nothing(), "the second is there");
        presence.lose_all(second);
        assert_eq!(told(&presence, Instant::now() + 2 * GRACE), (vec![], 1));
    }

    #[test]
    fn a_lost_connection_is_gone_from_all_rooms() {
        let (presence, ann) = (Presence::new(GRACE), person(1, "Ann"));
        let other: RoomName = "other".parse().unwrap();
        let sid = enters(&presence, &ann);
        presence.enter(&other, sid, || Some(ann.clone()));
        presence.lose_all(sid);
        told(&presence, Instant::now() + 2 * GRACE);
        assert!(!presence.is_here(&chat(), ann.id) && !presence.is_here(&other, ann.id));
        let table = presence.lock();
        assert!(table.rooms.is_empty() && table.connections.is_empty(), "{table:?}");
    }

    #[test]
    fn who_was_lost_or_put_out_before_entering_is_no_ghost() {
        let (presence, ann) = (Presence::new(GRACE), person(1, "Ann"));
        let sid = Sid::new();
        presence.lose_all(sid);
        presence.leave(&chat(), ann.id);
        // The member knows by then.
        assert!(!presence.enter(&chat(), sid, || None));
        assert!(!presence.is_here(&chat(), ann.id));
        assert_eq!(told(&presence, Instant::now()), nothing());
    }

    #[test]
    fn who_is_put_out_and_comes_back_is_lost_with_the_new_visit() {
        let (presence, ann) = (Presence::new(GRACE), person(1, "Ann"));
        let sid = enters(&presence, &ann);
        presence.leave(&chat(), ann.id);
        assert!(presence.lock().connections.is_empty());
        presence.enter(&chat(), sid, || Some(ann.clone()));
        told(&presence, Instant::now());
        presence.lose_all(sid);
        assert_eq!(told(&presence, Instant::now() + 2 * GRACE), (vec![], 1));
    }

    #[test]
    fn coming_back_in_time_is_no_news() {
        let (presence, ann) = (Presence::new(GRACE), person(1, "Ann"));
        let sid = enters(&presence, &ann);
        told(&presence, Instant::now());
        presence.lose_all(sid);
        enters(&presence, &ann);
        assert_eq!(told(&presence, Instant::now() + 2 * GRACE), nothing());
    }

    #[test]
    fn leaving_counts_at_once_and_a_short_visit_not_at_all() {
        let (presence, ann) = (Presence::new(GRACE), person(1, "Ann"));
        enters(&presence, &ann);
        presence.leave(&chat(), ann.id);
        assert_eq!(told(&presence, Instant::now()), nothing());
        enters(&presence, &ann);
        told(&presence, Instant::now());
        presence.leave(&chat(), ann.id);
        assert_eq!(told(&presence, Instant::now()), (vec![], 1));
    }

    #[test]
    fn whoever_is_no_member_any_more_is_told_apart_from_whoever_is_away() {
        let (presence, now) = (Presence::new(GRACE), Instant::now());
        let [ann, ben, eve] = [(1, "Ann"), (2, "Ben"), (3, "Eve")].map(|(n, it)| person(n, it));
        let sid = enters(&presence, &ann);
        enters(&presence, &ben);
        told(&presence, now);
        let told = |now: Instant| -> Vec<_> {
            presence.take_news(now).into_iter().map(|it| (it.gone, it.left)).collect()
        };
        presence.lose_all(sid);
        assert_eq!(told(now + 2 * GRACE), [(vec![ann.id], vec![])]);
        // Whoever was away all the time too.
        presence.leave(&chat(), ann.id);
        presence.leave(&chat(), eve.id);
        assert_eq!(told(now), [(vec![], vec![ann.id, eve.id])]);
        // Not who is back by then.
        presence.leave(&chat(), eve.id);
        enters(&presence, &eve);
        assert_eq!(told(now), [(vec![], vec![])]);
        presence.leave(&chat(), eve.id);
        assert_eq!(told(now), [(vec![eve.id], vec![eve.id])]);
    }

    #[test]
    fn another_name_is_told() {
        let (presence, ann) = (Presence::new(GRACE), person(1, "Ann"));
        enters(&presence, &ann);
        told(&presence, Instant::now());
        presence.rename(person(1, "Anna"));
        assert_eq!(told(&presence, Instant::now()), (vec!["Anna".to_owned()], 0));
        presence.rename(person(1, "Annie"));
        presence.rename(person(1, "Anna"));
        assert_eq!(told(&presence, Instant::now()), nothing());
    }

    #[test]
    fn frames_are_bounded() {
        let presence = Presence::new(GRACE);
        for number in 0..100 {
            enters(&presence, &person(number, &format!("Ann {number}")));
        }
        let news = presence.take_news(Instant::now());
        assert_eq!(news.iter().map(|it| it.here.len()).sum::<usize>(), 100);
        assert!(news.iter().all(|it| it.here.len() <= FRAME_PEOPLE));
    }
}
