//! Rooms that not everybody may know of: by invitation, and the conversations of two.

use parlour_events::{
    ChangeId, Code, CreateRoom, Cursor, DeleteMessage, Event, Invite, JoinRoom, LeaveRoom,
    ListMembers, ListRooms, MarkRead, MessageId, OpenDirect, React, RemoveMember, RoomHistory,
    RoomKind, RoomName, RoomUpdated, Search, Seq, SetTopic, SyncRoom,
};
use parlour_tests::{
    person::{Person, Told, room, text_in},
    server::Server,
};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

async fn secret(ann: &Person) -> RoomName {
    let create = CreateRoom { room: room("secret"), private: true, topic: Default::default() };
    let made = ann.may(&create).await;
    assert_eq!((made.kind, made.joined), (RoomKind::Private, true));
    made.room
}

/// Everything that names a room, about this one, with the event's name.
fn all_about(name: &RoomName, of: &Person, message: MessageId) -> Vec<(&'static str, Value)> {
    fn asked<E: Event + Serialize>(event: E) -> (&'static str, Value) {
        (E::NAME, serde_json::to_value(event).unwrap())
    }
    let (room, user) = (name.clone(), of.id());
    let id = || ChangeId(Uuid::now_v7());
    let after = Cursor { epoch: of.session.epoch, seq: Seq(0) };
    let emoji = ":+1:".parse().unwrap();
    vec![
        asked(JoinRoom { room: room.clone(), after: None }),
        asked(JoinRoom { room: room.clone(), after: Some(after) }),
        asked(LeaveRoom { room: room.clone() }),
        asked(SyncRoom { room: room.clone(), after, limit: None }),
        asked(RoomHistory { room: room.clone(), from: None, limit: None }),
        asked(ListMembers { room: room.clone(), after: None }),
        asked(ListRooms { after: Some(room.clone()) }),
        asked(SetTopic { room: room.clone(), topic: Default::default() }),
        asked(Invite { room: room.clone(), user }),
        asked(RemoveMember { room: room.clone(), user }),
        asked(MarkRead { room: room.clone(), seq: Seq(1) }),
        asked(text_in(name, "let me in")),
        asked(DeleteMessage { room: room.clone(), id: id(), message }),
        asked(React { room: room.clone(), id: id(), message, emoji, on: true }),
        asked(Search {
            query: "hidden".parse().unwrap(),
            room: Some(room),
            after: None,
            limit: None,
        }),
    ]
}

/// What the server says to somebody who asks about a room, without what was asked for itself.
async fn answers(of: &Person, name: &RoomName, message: MessageId) -> Vec<(&'static str, Value)> {
    let mut answers = Vec::new();
    for (event, payload) in all_about(name, of, message) {
        let request = of.socket.emit_with_ack::<_, Value>(event, &payload);
        let answer = request.send().await.unwrap_or_else(|error| panic!("{event}: {error}"));
        let text = answer.to_string().replace(name.as_str(), "ROOM");
        answers.push((event, serde_json::from_str(&text).unwrap()));
    }
    answers
}

/// What is said of a room that is not there.
fn said_of_nothing(event: &str) -> &'static str {
    // This one is for whoever is in the room, and looks no further.
    if event == SyncRoom::NAME { "not_joined" } else { "room_unknown" }
}

/// Whether a room is told of.
fn names(rooms: &[parlour_events::Room], name: &RoomName) -> bool {
    rooms.iter().any(|it| it.room == *name)
}

#[tokio::test]
async fn whoever_is_not_invited_cannot_learn_that_a_room_exists() {
    let server = Server::start().await;
    let ann = Person::enter(server.url(), "Ann").await;
    let mut eve = Person::chatting(server.url(), "Eve").await;
    let name = secret(&ann).await;
    let (message, _) = ann.say(&name, "hidden words @Eve").await;

    // Word for word what is said about a room that is not there.
    let there = answers(&eve, &name, message).await;
    let not_there = answers(&eve, &room("nothing"), MessageId(Uuid::now_v7())).await;
    for (there, not_there) in there.iter().zip(&not_there) {
        assert_eq!(there, not_there);
        assert_eq!(there.1["error"]["code"], said_of_nothing(there.0), "{there:?}");
    }
    assert!(!names(&eve.may(&ListRooms::default()).await.rooms, &name));
    let search = Search { query: "hidden".parse().unwrap(), room: None, after: None, limit: None };
    assert_eq!(eve.may(&search).await.hits, []);
    let told = eve.so_far().await;
    let about = |told: &Told| match told {
        Told::Changes(news) => news.room == name,
        Told::Updated(RoomUpdated { room, .. }) => *room == name,
        _ => false,
    };
    assert!(!told.iter().any(about), "{told:?}");
}

#[tokio::test]
async fn an_invitation_lets_somebody_in_once() {
    let server = Server::start().await;
    let ann = Person::enter(server.url(), "Ann").await;
    let mut ben = Person::enter(server.url(), "Ben").await;
    let eve = Person::enter(server.url(), "Eve").await;
    let name = secret(&ann).await;
    ann.say(&name, "hidden").await;
    let join = JoinRoom { room: name.clone(), after: None };

    let invite = |user| Invite { room: name.clone(), user };
    ann.may(&invite(ben.id())).await;
    ann.may(&invite(ben.id())).await;
    let Told::Updated(news) =
        ben.news.expect("the invitation", |told| matches!(told, Told::Updated(_))).await
    else {
        panic!()
    };
    let now = news.now.expect("it is known to him now");
    assert_eq!((news.room, now.joined, now.kind), (name.clone(), false, RoomKind::Private));
    assert!(names(&ben.may(&ListRooms::default()).await.rooms, &name));
    // Invited is not joined: nothing is to be read yet, and nobody to be invited by him.
    let history = RoomHistory { room: name.clone(), from: None, limit: None };
    assert_eq!(ben.may_not(&history).await.code, Code::RoomUnknown);
    assert_eq!(ben.may_not(&invite(eve.id())).await.code, Code::RoomUnknown);
    ben.may(&join).await;
    ben.may(&history).await;
    // A member may invite, and whoever leaves needs another invitation.
    ben.may(&invite(eve.id())).await;
    eve.may(&join).await;
    ben.may(&LeaveRoom { room: name.clone() }).await;
    assert_eq!(ben.may_not(&join).await.code, Code::RoomUnknown);
    assert!(!names(&ben.may(&ListRooms::default()).await.rooms, &name));
    // One that was taken back is none.
    ann.may(&invite(ben.id())).await;
    ann.may(&RemoveMember { room: name.clone(), user: ben.id() }).await;
    assert_eq!(ben.may_not(&join).await.code, Code::RoomUnknown);
}

#[tokio::test]
async fn a_conversation_of_two_is_the_same_from_both_ends_and_nobody_elses() {
    let server = Server::start().await;
    let mut ann = Person::enter(server.url(), "Ann").await;
    let mut ben = Person::enter(server.url(), "Ben").await;
    let eve = Person::enter(server.url(), "Eve").await;
    let open = |with: &Person| OpenDirect { user: with.id() };

    let by_ann = ann.may(&open(&ben)).await;
    assert_eq!(
        (by_ann.kind, by_ann.with.as_ref().map(|it| it.id)),
        (RoomKind::Direct, Some(ben.id()))
    );
    let name = by_ann.room.clone();
    assert!(name.is_direct());
    assert_eq!(ann.may(&open(&ben)).await.room, name);
    // He hears of it with the first message, and not before.
    let told = ben.so_far().await;
    assert!(!told.iter().any(|told| matches!(told, Told::Updated(_))), "{told:?}");
    let (message, _) = ann.say(&name, "hidden words").await;
    let of_it = |told: &Told| matches!(told, Told::Updated(it) if it.room == name);
    let Told::Updated(news) = ben.news.expect("the conversation", of_it).await else { panic!() };
    let now = news.now.expect("it is his, too");
    assert_eq!((now.joined, now.unread, now.with.map(|it| it.id)), (true, 1, Some(ann.id())));
    let by_ben = ben.may(&open(&ann)).await;
    assert_eq!(by_ben.room, name);
    ben.join(&name).await;
    ann.join(&name).await;
    ben.say(&name, "and an answer").await;
    ann.hears(&name, "and an answer").await;

    // A third person learns nothing of it, and cannot be let in.
    for (event, answer) in answers(&eve, &name, message).await {
        assert_eq!(answer["error"]["code"], said_of_nothing(event), "{event}: {answer}");
    }
    assert!(!names(&eve.may(&ListRooms::default()).await.rooms, &name));
    let invite = Invite { room: name.clone(), user: eve.id() };
    assert_eq!(ann.may_not(&invite).await.code, Code::Forbidden);
    let remove = RemoveMember { room: name.clone(), user: ben.id() };
    assert_eq!(ann.may_not(&remove).await.code, Code::Forbidden);
    assert_eq!(eve.may_not(&open(&eve)).await.code, Code::Invalid);
    let nobody = OpenDirect { user: parlour_events::UserId(Uuid::now_v7()) };
    assert_eq!(eve.may_not(&nobody).await.code, Code::UserUnknown);

    // Whoever has put it away has it again when the other one writes.
    ben.may(&LeaveRoom { room: name.clone() }).await;
    assert!(
        !ben.may(&ListRooms::default()).await.rooms.iter().any(|it| it.joined && it.room == name)
    );
    ann.say(&name, "are you there?").await;
    let back = |told: &Told| matches!(told, Told::Updated(it) if it.now.as_ref().is_some_and(|now| now.joined && now.unread == 1));
    ben.news.expect("the conversation again", back).await;
    ben.join(&name).await;
}
