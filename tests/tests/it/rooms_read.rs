//! What somebody has not read yet: counted, and the same on all of their connections.

use parlour_events::{
    ChangeId, DeleteMessage, JoinRoom, ListRooms, MarkRead, ReadMarker, Room, RoomName, Seq,
    limits::UNREAD_COUNTED,
};
use parlour_tests::{
    person::{Person, Told, text_in},
    server::Server,
};
use uuid::Uuid;

fn chat() -> RoomName {
    RoomName::default()
}

async fn seen(person: &Person) -> Room {
    let rooms = person.may(&ListRooms::default()).await.rooms;
    rooms.into_iter().find(|it| it.room == chat()).expect("it always exists")
}

/// Unread messages, and mentions among them.
async fn unread(person: &Person) -> (u64, u64) {
    let room = seen(person).await;
    (room.unread, room.mentions)
}

fn read(seq: u64) -> MarkRead {
    MarkRead { room: chat(), seq: Seq(seq) }
}

#[tokio::test]
async fn what_others_say_is_unread_until_it_is_read_and_that_is_told_to_the_other_connections() {
    let server = Server::start().await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let mut device = ann.device().await;
    let mut ben = Person::chatting(server.url(), "Ben Lee").await;
    ben.say(&chat(), "one").await;
    ben.say(&chat(), "two @Ann").await;
    ben.say(&chat(), "three, @ann, and nobody@Ann.example").await;
    ann.say(&chat(), "four, mine, for @Ben Lee!").await;
    assert_eq!(unread(&ann).await, (3, 2));
    assert_eq!(unread(&ben).await, (1, 1));

    let marker = ann.may(&read(2)).await;
    assert_eq!(marker, ReadMarker { room: chat(), read: Seq(2), unread: 1, mentions: 1 });
    let told = |told: &Told| matches!(told, Told::Marker(_));
    let Told::Marker(same) = device.news.expect("the marker", told).await else { panic!() };
    assert_eq!(same, marker);
    // Backwards changes nothing, and is not told; beyond the end is the end.
    assert_eq!(ann.may(&read(1)).await, marker);
    let marker = device.may(&read(1_000)).await;
    assert_eq!((marker.read, marker.unread, marker.mentions), (Seq(4), 0, 0));
    // The one that asked may be told as well, or not.
    let last = |told: &Told| matches!(told, Told::Marker(it) if it.read == Seq(4));
    ann.news.expect("the marker", last).await;
    let more = device.so_far().await;
    assert!(!more.iter().any(|it| matches!(it, Told::Marker(it) if it.read < Seq(4))), "{more:?}");
    assert_eq!(unread(&ann).await, (0, 0));
    // It is nobody else's.
    assert_eq!(unread(&ben).await, (1, 1));
    assert!(!ben.so_far().await.iter().any(told));
    // It is still so at the next connect.
    let again = ann.device().await;
    assert_eq!(seen(&again).await.read, Seq(4));
}

#[tokio::test]
async fn what_is_deleted_is_not_unread_and_names_nobody() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let (message, _) = ben.say(&chat(), "@Ann, a slip").await;
    assert_eq!(unread(&ann).await, (1, 1));
    ben.may(&DeleteMessage { room: chat(), id: ChangeId(Uuid::now_v7()), message }).await;
    assert_eq!(unread(&ann).await, (0, 0));
}

#[tokio::test]
async fn whoever_comes_later_has_nothing_to_catch_up_with() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    ann.say(&chat(), "before @Ben").await;
    let ben = Person::enter(server.url(), "Ben").await;
    assert_eq!(unread(&ben).await, (0, 0));
    ben.may(&JoinRoom { room: chat(), after: None }).await;
    assert_eq!(unread(&ben).await, (0, 0));
    ann.say(&chat(), "after").await;
    assert_eq!(unread(&ben).await, (1, 0));
}

#[tokio::test]
async fn more_than_anybody_wants_to_know_is_counted_to_a_bound() {
    let server = Server::unlimited().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let count = UNREAD_COUNTED as usize + 5;
    for start in (0..count).step_by(60) {
        let some: Vec<_> =
            (start..count.min(start + 60)).map(|n| text_in(&chat(), &n.to_string())).collect();
        let sent =
            futures_util::future::join_all(some.iter().map(|message| ben.ask(message))).await;
        assert!(sent.iter().all(Result::is_ok));
    }
    assert_eq!(unread(&ann).await, (UNREAD_COUNTED, 0));
    let marker = ann.may(&read(10)).await;
    assert_eq!(marker.unread, count as u64 - 10);
}
