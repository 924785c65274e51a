//! Lists that are longer than a page: each entry once, in the same order, to the end.

use futures_util::future::join_all;
use parlour_events::{
    CreateRoom, JoinRoom, ListMembers, ListRooms, Member, Room, RoomName, UserId,
    limits::PAGE_ENTRIES,
};
use parlour_tests::{
    person::{Person, room},
    server::Server,
};

/// All rooms, page by page.
async fn all_rooms(person: &Person) -> Vec<Room> {
    let mut all: Vec<Room> = Vec::new();
    loop {
        let after = all.last().map(|last| last.room.clone());
        let page = person.may(&ListRooms { after }).await;
        assert!(page.rooms.len() <= PAGE_ENTRIES);
        assert!(!page.more || page.rooms.len() == PAGE_ENTRIES, "a page that is not full has more");
        all.extend(page.rooms);
        if !page.more {
            return all;
        }
    }
}

/// All members of the room, page by page.
async fn all_members(person: &Person, room: &RoomName) -> Vec<Member> {
    let mut all: Vec<Member> = Vec::new();
    loop {
        let after = all.last().map(|last| last.person.id);
        let page = person.may(&ListMembers { room: room.clone(), after }).await;
        assert!(page.members.len() <= PAGE_ENTRIES);
        all.extend(page.members);
        if !page.more {
            return all;
        }
    }
}

#[tokio::test]
async fn hundreds_of_rooms_are_listed_page_by_page() {
    let server = Server::unlimited_with(&["--max-rooms-per-person", "0"]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let count = 2 * PAGE_ENTRIES + 30;
    let public = |number: usize| number % 10 != 5;
    // Some in capital letters: the order is that of the alphabet all the same.
    let name = |number: usize| {
        let letter = if number.is_multiple_of(3) { 'R' } else { 'r' };
        room(&format!("{letter}oom {number:04}"))
    };
    for number in 0..count {
        let private = !public(number);
        ann.may(&CreateRoom { room: name(number), private, topic: Default::default() }).await;
    }
    // One page's worth and a bit is joined by Ben.
    let joined: Vec<usize> =
        (0..count).filter(|number| public(*number)).take(PAGE_ENTRIES + 7).collect();
    for number in &joined {
        ben.may(&JoinRoom { room: name(*number), after: None }).await;
    }

    let mine = all_rooms(&ann).await;
    assert_eq!(mine.len(), count + 1);
    assert!(mine.iter().all(|it| it.joined));
    let his = all_rooms(&ben).await;
    assert_eq!(his.len(), (0..count).filter(|number| public(*number)).count() + 1);
    assert_eq!(his.iter().filter(|it| it.joined).count(), joined.len() + 1);
    for rooms in [mine, his] {
        let keys: Vec<_> = rooms.iter().map(|it| (!it.joined, it.room.key())).collect();
        assert!(keys.is_sorted_by(|one, other| one < other), "twice, or out of order: {keys:?}");
    }
}

#[tokio::test]
async fn hundreds_of_members_are_listed_page_by_page() {
    let server = Server::unlimited().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let chat = RoomName::default();
    let count = PAGE_ENTRIES + 30;
    let mut people: Vec<Person> = Vec::new();
    let names: Vec<_> = (0..count).map(|number| format!("Person {number}")).collect();
    for some in names.chunks(20) {
        people.extend(join_all(some.iter().map(|name| Person::chatting(server.url(), name))).await);
    }
    let all = all_members(&ann, &chat).await;
    assert_eq!(all.len(), count + 1);
    let mut ids: Vec<UserId> = all.iter().map(|it| it.person.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count + 1, "somebody is there twice");
    assert!(people.iter().all(|person| ids.binary_search(&person.id()).is_ok()));
    assert!(all.iter().all(|it| it.here), "all of them are connected");
    let names: Vec<_> = all.iter().map(|it| it.person.name.as_str()).collect();
    assert!(names.is_sorted(), "{names:?}");
}
