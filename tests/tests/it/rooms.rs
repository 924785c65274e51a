//! Rooms: made, listed, joined, left; what they are about; and being put out of one.

use parlour_events::{
    Code, CreateRoom, JoinRoom, LeaveRoom, ListMembers, ListRooms, Refusal, RemoveMember, Room,
    RoomHistory, RoomKind, RoomName, RoomUpdated, SetTopic, SyncRoom,
};
use parlour_tests::{
    person::{Person, Told, room, text_in},
    server::{Server, run_to_end},
};

fn create(name: &str) -> CreateRoom {
    CreateRoom { room: room(name), private: false, topic: "about this".parse().unwrap() }
}

async fn list(person: &Person) -> Vec<Room> {
    person.may(&ListRooms::default()).await.rooms
}

/// The next news of this room.
async fn updated(person: &mut Person, name: &RoomName) -> RoomUpdated {
    let fits = |told: &Told| matches!(told, Told::Updated(it) if it.room == *name);
    match person.news.expect("news of the room", fits).await {
        Told::Updated(updated) => updated,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_room_is_made_listed_joined_and_left() {
    let server = Server::start().await;
    let ann = Person::enter(server.url(), "Ann").await;
    let mut device = ann.device().await;
    let ben = Person::enter(server.url(), "Ben").await;

    let made = ann.may(&create("Tea")).await;
    assert_eq!((made.kind, made.topic.as_str()), (RoomKind::Public, "about this"));
    assert!(made.joined && made.owned && made.members == 1 && made.head.0 == 0, "{made:?}");
    // Whoever made it hears of it on all devices.
    assert_eq!(updated(&mut device, &made.room).await.now.as_ref(), Some(&made));
    // Asking again is answered the same; another cannot have it, however it is written.
    assert_eq!(ann.may(&create("Tea")).await, made);
    for name in ["Tea", "tea", "TEA"] {
        assert_eq!(ben.may_not(&create(name)).await.code, Code::RoomTaken, "{name}");
    }
    // The conversations of two people are not made by name.
    assert_eq!(ben.may_not(&create("dm:x")).await.code, Code::Invalid);

    let seen = list(&ben).await;
    let names: Vec<_> = seen.iter().map(|it| (it.room.as_str(), it.joined)).collect();
    assert_eq!(names, [("chat", false), ("Tea", false)]);
    assert!(!seen[1].owned && seen[1].members == 1, "{seen:?}");

    ben.join(&made.room).await;
    ben.say(&made.room, "Hello").await;
    let seen = list(&ben).await;
    assert_eq!((seen[0].room.as_str(), seen[0].joined, seen[0].members), ("Tea", true, 2));
    let leave = LeaveRoom { room: made.room.clone() };
    ben.may(&leave).await;
    ben.may(&leave).await;
    assert_eq!(ben.may_not(&text_in(&made.room, "Bye")).await.code, Code::NotJoined);
    assert!(list(&ben).await.iter().all(|it| !it.joined));
    assert_eq!(
        ben.may_not(&JoinRoom { room: room("nowhere"), after: None }).await.code,
        Code::RoomUnknown
    );
    assert_eq!(ben.may_not(&LeaveRoom { room: room("nowhere") }).await.code, Code::RoomUnknown);
}

#[tokio::test]
async fn leaving_ends_it_on_all_connections() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let chat = RoomName::default();
    let mut ben = Person::chatting(server.url(), "Ben").await;
    let mut device = ben.device().await;
    device.join(&chat).await;
    ben.may(&LeaveRoom { room: chat.clone() }).await;
    let now = updated(&mut device, &chat).await.now.expect("a public room is known to all");
    assert!(!now.joined);
    ann.say(&chat, "not heard").await;
    for connection in [&mut ben, &mut device] {
        let sync = SyncRoom {
            room: chat.clone(),
            after: parlour_events::Cursor {
                epoch: connection.session.epoch,
                seq: Default::default(),
            },
            limit: None,
        };
        assert_eq!(connection.may_not(&sync).await.code, Code::NotJoined);
        let heard = connection.so_far().await;
        assert!(!heard.iter().any(|told| matches!(told, Told::Changes(_))), "{heard:?}");
    }
}

#[tokio::test]
async fn a_topic_is_set_by_whoever_made_the_room_or_a_moderator_and_told_to_all() {
    let server = Server::start().await;
    let ann = Person::enter(server.url(), "Ann").await;
    let mut ben = Person::enter(server.url(), "Ben").await;
    let mod_ = Person::enter(server.url(), "Mod").await;
    let data = server.data().to_str().unwrap();
    assert!(run_to_end(&["grant", "Mod", "moderator", "--data", data]).await.status.success());
    let tea = ann.may(&create("Tea")).await.room;
    let topic = |topic: &str| SetTopic { room: tea.clone(), topic: topic.parse().unwrap() };
    assert_eq!(ben.may_not(&topic("mine")).await.code, Code::NotJoined);
    assert_eq!(mod_.may_not(&topic("mine")).await.code, Code::NotJoined);
    ben.join(&tea).await;
    mod_.join(&tea).await;
    assert_eq!(ben.may_not(&topic("mine")).await.code, Code::Forbidden);
    for (who, text) in [(&ann, "leaves"), (&mod_, "in bags"), (&ann, "")] {
        assert_eq!(who.may(&topic(text)).await.topic.as_str(), text);
        let Told::Topic(news) =
            ben.news.expect("the topic", |told| matches!(told, Told::Topic(_))).await
        else {
            panic!()
        };
        assert_eq!((news.room, news.topic.as_str(), news.by.id), (tea.clone(), text, who.id()));
    }
    assert_eq!(list(&ben).await[0].topic.as_str(), "");
}

#[tokio::test]
async fn whoever_is_put_out_of_a_room_hears_no_more_of_it() {
    let server = Server::start().await;
    let ann = Person::enter(server.url(), "Ann").await;
    let mut ben = Person::enter(server.url(), "Ben").await;
    let mut device = ben.device().await;
    let eve = Person::enter(server.url(), "Eve").await;
    for private in [false, true] {
        let name = if private { "private" } else { "public" };
        let made = ann.may(&CreateRoom { private, ..create(name) }).await.room;
        for guest in [&ben, &eve] {
            ann.may(&parlour_events::Invite { room: made.clone(), user: guest.id() }).await;
            guest.join(&made).await;
        }
        device.join(&made).await;
        ann.say(&made, "before").await;
        for connection in [&mut ben, &mut device] {
            connection.hears(&made, "before").await;
            // The invitation is news of the room as well.
            connection.so_far().await;
        }
        let remove = |whom: &Person| RemoveMember { room: made.clone(), user: whom.id() };
        assert_eq!(eve.may_not(&remove(&ben)).await.code, Code::Forbidden);
        ann.may(&remove(&ben)).await;
        for connection in [&mut ben, &mut device] {
            let gone = |told: &Told| match told {
                Told::Updated(it) => it.room == made && it.now.as_ref().is_none_or(|it| !it.joined),
                _ => false,
            };
            let Told::Updated(news) = connection.news.expect("to be put out", gone).await else {
                panic!()
            };
            assert_eq!(news.now.is_none(), private, "a private room is not known to others");
        }
        ann.say(&made, "after").await;
        let expected = if private { Code::RoomUnknown } else { Code::NotJoined };
        for connection in [&mut ben, &mut device] {
            let history = RoomHistory { room: made.clone(), from: None, limit: None };
            let refusals: [Refusal; 3] = [
                connection.may_not(&text_in(&made, "let me in")).await,
                connection.may_not(&history).await,
                connection.may_not(&ListMembers { room: made.clone(), after: None }).await,
            ];
            assert!(refusals.iter().all(|it| it.code == expected), "{refusals:?}");
            let heard = connection.so_far().await;
            assert!(!heard.iter().any(|told| matches!(told, Told::Changes(_))), "{heard:?}");
        }
        // A public room can be joined again, a private one not.
        let again = ben.ask(&JoinRoom { room: made.clone(), after: None }).await;
        assert_eq!(
            again.map(drop).map_err(|it| it.code),
            if private { Err(expected) } else { Ok(()) }
        );
        eve.say(&made, "still here").await;
    }
}
