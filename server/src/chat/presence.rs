//! Who is here: people, not connections.
//!
//! Somebody is here, in a room, while a connection of theirs follows it, and for a grace time
//! after the last one was lost, so that coming back is not news. Leaving a room counts at once.
//! What changed is told in the room a moment later, everything of that moment together; who comes
//! and goes within it is not told at all.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use parlour_events::{self as events, Author, Event, RoomName, UserId, chat};
use socketioxide::SocketIo;
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
    rooms: Arc<Mutex<HashMap<RoomName, Room>>>,
    grace: Duration,
}

#[derive(Debug, Default)]
struct Room {
    people: HashMap<UserId, Here>,
    /// Who has come or gone since it was last told; how it was told then.
    untold: BTreeMap<UserId, Option<Author>>,
}

#[derive(Debug)]
struct Here {
    person: Author,
    connections: usize,
    /// The end of the grace time, while there is no connection.
    until: Option<Instant>,
}

impl Presence {
    pub(super) fn new(grace: Duration) -> Self {
        Self { rooms: Arc::default(), grace }
    }

    /// A connection follows the room from now on.
    pub(super) fn enter(&self, room: &RoomName, person: &Author) {
        let mut rooms = self.lock();
        let room = rooms.entry(room.clone()).or_default();
        match room.people.get_mut(&person.id) {
            Some(here) => {
                here.connections += 1;
                here.until = None;
            }
            None => {
                let here = Here { person: person.clone(), connections: 1, until: None };
                room.people.insert(person.id, here);
                room.untold.entry(person.id).or_insert(None);
            }
        }
    }

    /// A connection that followed the room is gone.
    pub(super) fn lose(&self, room: &RoomName, user: UserId) {
        let mut rooms = self.lock();
        let here = rooms.get_mut(room).and_then(|room| room.people.get_mut(&user));
        let Some(here) = here else { return };
        here.connections = here.connections.saturating_sub(1);
        if here.connections == 0 {
            here.until = Some(Instant::now() + self.grace);
        }
    }

    /// The person has left the room.
    pub(super) fn leave(&self, room: &RoomName, user: UserId) {
        if let Some(room) = self.lock().get_mut(room) {
            room.go(user);
        }
    }

    /// The person goes by another name.
    pub(super) fn rename(&self, person: Author) {
        for room in self.lock().values_mut() {
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
        self.lock().get(room).is_some_and(|room| room.people.contains_key(&user))
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
        let mut rooms = self.lock();
        rooms.retain(|name, room| {
            let over = |here: &Here| here.until.is_some_and(|until| until <= now);
            let gone: Vec<UserId> =
                room.people.iter().filter(|(_, here)| over(here)).map(|(id, _)| *id).collect();
            gone.into_iter().for_each(|user| room.go(user));
            room.tell(name, &mut news);
            !room.people.is_empty()
        });
        news
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RoomName, Room>> {
        // Each change leaves the table sound before anything can panic.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    fn go(&mut self, user: UserId) {
        if let Some(here) = self.people.remove(&user) {
            self.untold.entry(user).or_insert(Some(here.person));
        }
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
        while here.peek().is_some() || gone.peek().is_some() {
            news.push(events::Presence {
                room: name.clone(),
                here: here.by_ref().take(FRAME_PEOPLE).collect(),
                gone: gone.by_ref().take(FRAME_PEOPLE).collect(),
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

    #[test]
    fn several_connections_are_one_person() {
        let (presence, ann, now) = (Presence::new(GRACE), person(1, "Ann"), Instant::now());
        presence.enter(&chat(), &ann);
        presence.enter(&chat(), &ann);
        assert_eq!(told(&presence, now), (vec!["Ann".to_owned()], 0));
        presence.lose(&chat(), ann.id);
        assert_eq!(told(&presence, Instant::now() + 2 * GRACE), nothing());
        presence.lose(&chat(), ann.id);
        assert_eq!(told(&presence, Instant::now()), nothing());
        assert!(presence.is_here(&chat(), ann.id));
        assert_eq!(told(&presence, Instant::now() + GRACE), (vec![], 1));
        assert!(!presence.is_here(&chat(), ann.id));
    }

    #[test]
    fn coming_back_in_time_is_no_news() {
        let (presence, ann) = (Presence::new(GRACE), person(1, "Ann"));
        presence.enter(&chat(), &ann);
        told(&presence, Instant::now());
        presence.lose(&chat(), ann.id);
        presence.enter(&chat(), &ann);
        assert_eq!(told(&presence, Instant::now() + 2 * GRACE), nothing());
    }

    #[test]
    fn leaving_counts_at_once_and_a_short_visit_not_at_all() {
        let (presence, ann) = (Presence::new(GRACE), person(1, "Ann"));
        presence.enter(&chat(), &ann);
        presence.leave(&chat(), ann.id);
        assert_eq!(told(&presence, Instant::now()), nothing());
        presence.enter(&chat(), &ann);
        told(&presence, Instant::now());
        presence.leave(&chat(), ann.id);
        assert_eq!(told(&presence, Instant::now()), (vec![], 1));
    }

    #[test]
    fn another_name_is_told() {
        let (presence, ann) = (Presence::new(GRACE), person(1, "Ann"));
        presence.enter(&chat(), &ann);
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
            presence.enter(&chat(), &person(number, &format!("Ann {number}")));
        }
        let news = presence.take_news(Instant::now());
        assert_eq!(news.iter().map(|it| it.here.len()).sum::<usize>(), 100);
        assert!(news.iter().all(|it| it.here.len() <= FRAME_PEOPLE));
    }
}
