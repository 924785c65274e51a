//! Beyond the limits on what people do in the chat.

use futures_util::{StreamExt, stream::FuturesUnordered};
use parlour_events::{
    ChangeId, Code, CreateRoom, EditMessage, JoinRoom, LeaveRoom, ListRooms, OpenDirect, React,
    Refusal, RoomHistory, RoomName,
};
use parlour_tests::{
    person::{Door, Person, room, text_in},
    raw::Raw,
    server::Server,
    waiting::wait_for,
};
use rusqlite::Connection;
use uuid::Uuid;

use super::{Saw, head, until_refused, wait_out};

fn chat() -> RoomName {
    RoomName::default()
}

fn create(name: &str) -> CreateRoom {
    CreateRoom { room: room(name), private: false, topic: Default::default() }
}

/// What was seen by whoever was refused.
fn seen(refusals: &[Option<Refusal>]) -> Vec<Saw> {
    refusals.iter().flatten().map(Saw::from).collect()
}

pub(super) async fn sessions(value: &str) -> Vec<Saw> {
    let server = Server::unlimited_with(&["--max-sessions", value]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let _ben = Person::enter(server.url(), "Ben").await;
    let refused = Door::to(server.url()).nickname("Eve").try_enter().await.err();
    // Who is here already may come in by more connections.
    ann.device().await.join(&chat()).await;
    ann.say(&chat(), "still here").await;
    refused.iter().map(Saw::connect).collect()
}

pub(super) async fn message_length(value: &str) -> Vec<Saw> {
    let server = Server::unlimited_with(&["--max-message-length", value]).await;
    let most: usize = value.parse().unwrap();
    let ann = Person::chatting(server.url(), "Ann").await;
    // Characters, not bytes.
    let (longest, too_long) = ("ж".repeat(most), "ж".repeat(most + 1));
    let (id, sent) = ann.say(&chat(), &longest).await;
    assert_eq!(ann.session.limits.message_chars, most);
    let send = ann.may_not(&text_in(&chat(), &too_long)).await;
    let edit = EditMessage {
        room: chat(),
        id: ChangeId(Uuid::now_v7()),
        message: id,
        body: too_long.parse().unwrap(),
    };
    let edit = ann.may_not(&edit).await;

    // Through the namespace of classic clients as well.
    let mut raw = Raw::open(server.url()).await;
    raw.send("40").await;
    raw.until("40{").await;
    raw.send(format!(r#"42["chat message","{too_long}"]"#)).await;
    let answer = raw.until(r#"42["refused""#).await;
    let (_, refusal): (String, Refusal) = serde_json::from_str(&answer[2..]).unwrap();

    assert_eq!(head(&ann).await, sent.seq, "something was written");
    ann.say(&chat(), "short").await;
    raw.send(r#"42["chat message","short too"]"#).await;
    raw.until(r#"42["chat message","short too"]"#).await;
    seen(&[Some(send), Some(edit), Some(refusal)])
}

pub(super) async fn messages(value: &str) -> Vec<Saw> {
    let server = Server::start_with(&["--messages-per-minute", value]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let send = async |text: &str| ann.ask(&text_in(&chat(), text)).await.map(drop);
    let (said, refused) = until_refused(async || send("again").await).await;
    let Some(refusal) = refused.clone() else { return vec![] };
    assert_eq!(head(&ann).await.0, said, "the one that was refused was written");
    // Each has a budget, and reading is not in it.
    ben.say(&chat(), "as much as I like").await;
    ann.may(&RoomHistory { room: chat(), from: None, limit: None }).await;
    wait_out(&refusal).await;
    send("now").await.expect("that long was enough");
    seen(&[refused])
}

pub(super) async fn messages_per_address(value: &str) -> Vec<Saw> {
    let flags = ["--messages-per-minute-per-address", value, "--messages-per-minute", "0"];
    let server = Server::start_with(&[&flags[..], &["--trust-proxy", "127.0.0.1"]].concat()).await;
    let door = |name, address| Door::to(server.url()).nickname(name).from(address);
    let ann = door("Ann", "192.0.2.1").enter().await;
    let ben = door("Ben", "192.0.2.1").enter().await;
    let eve = door("Eve", "192.0.2.2").enter().await;
    for person in [&ann, &ben, &eve] {
        person.join(&chat()).await;
    }
    // Two people there share what their address has.
    let mut turn = 0;
    let (said, refused) = until_refused(async || {
        turn += 1;
        let person = if turn % 2 == 0 { &ann } else { &ben };
        person.ask(&text_in(&chat(), "again")).await.map(drop)
    })
    .await;
    let Some(refusal) = refused.clone() else { return vec![] };
    assert_eq!(head(&eve).await.0, said, "the one that was refused was written");
    eve.say(&chat(), "from elsewhere").await;
    wait_out(&refusal).await;
    ann.say(&chat(), "that long was enough").await;
    seen(&[refused])
}

pub(super) async fn requests(value: &str) -> Vec<Saw> {
    let server = Server::start_with(&["--requests-per-minute", value]).await;
    let ann = Person::enter(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let (_, refused) = until_refused(async || ann.ask(&ListRooms::default()).await.map(drop)).await;
    let Some(refusal) = refused.clone() else { return vec![] };
    // Another connection has no other budget; another person has.
    let device = ann.device().await;
    let again = device.may_not(&text_in(&chat(), "again")).await;
    ben.say(&chat(), "as much as I like").await;
    assert_eq!(head(&ben).await.0, 1, "something that was refused was written");
    wait_out(&refusal).await;
    ann.join(&chat()).await;
    seen(&[refused, Some(again)])
}

/// As many requests of one client whose answers are not on their way.
const UNANSWERED: usize = 64;

pub(super) async fn pending_requests(value: &str) -> Vec<Saw> {
    let server = Server::unlimited_with(&["--max-pending-requests", value]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let db = Connection::open(server.data().join("parlour.db")).unwrap();
    let waiting: usize = value.parse().unwrap();
    // One that is taken out of the queue and waits for a place; and some that there is none for.
    let count = UNANSWERED + 1 + waiting + 10;
    let refused = wait_for("more at once than may wait", async || {
        let before = head(&ben).await.0;
        let texts: Vec<_> = (0..count).map(|n| text_in(&chat(), &n.to_string())).collect();
        // As long as somebody else writes, no message can be answered; what there is no place for
        // is.
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        let mut asked: FuturesUnordered<_> = texts.iter().map(|text| ann.ask(text)).collect();
        let mut answers = vec![asked.next().await.expect("many")];
        db.execute_batch("ROLLBACK").unwrap();
        answers.extend(asked.collect::<Vec<_>>().await);
        // Each was answered as it is.
        let taken = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(head(&ben).await.0, before + taken as u64);
        let refused: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
        // On a slow machine the store may have given up before all had asked.
        let known = |it: &Refusal| matches!(it.code, Code::Busy | Code::Storage);
        assert!(refused.iter().all(known), "{refused:?}");
        refused.into_iter().find(|it| it.code == Code::Busy).ok_or(taken)
    })
    .await;
    ann.say(&chat(), "one after the other").await;
    seen(&[Some(refused)])
}

pub(super) async fn rooms(value: &str) -> Vec<Saw> {
    let server = Server::unlimited_with(&["--max-rooms", value]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    // One is there from the beginning.
    ann.may(&create("two")).await;
    ann.may(&create("three")).await;
    let refused = ann.ask(&create("four")).await.err();
    if value == "0" {
        return seen(&[refused]);
    }
    assert_eq!(ben.may(&ListRooms::default()).await.rooms.len(), 3);
    assert_eq!(
        ann.may_not(&JoinRoom { room: room("four"), after: None }).await.code,
        Code::RoomUnknown
    );
    // To be told of a room that is there is not to make one; nor is to talk to somebody.
    ann.may(&create("two")).await;
    ann.may(&OpenDirect { user: ben.id() }).await;
    seen(&[refused])
}

pub(super) async fn rooms_per_person(value: &str) -> Vec<Saw> {
    let server = Server::unlimited_with(&["--max-rooms-per-person", value]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    ann.may(&create("two")).await;
    ann.may(&create("three")).await;
    ben.may(&create("Ben's")).await;
    let made = ann.ask(&create("four")).await.err();
    let joined = ann.ask(&JoinRoom { room: room("Ben's"), after: None }).await.err();
    let opened = ann.ask(&OpenDirect { user: ben.id() }).await.err();
    if value == "0" {
        return seen(&[made, joined, opened]);
    }
    // Nothing is left of the room that she could not be in.
    let rooms = ben.may(&ListRooms::default()).await.rooms;
    assert!(rooms.iter().all(|it| it.room != room("four")), "{rooms:?}");
    let mine = ann.may(&ListRooms::default()).await.rooms;
    assert_eq!(mine.iter().filter(|room| room.joined).count(), 3);
    // One less is one more.
    ann.may(&LeaveRoom { room: room("two") }).await;
    ann.join(&room("Ben's")).await;
    seen(&[made, joined, opened])
}

pub(super) async fn reactions(value: &str) -> Vec<Saw> {
    let server = Server::unlimited_with(&["--max-reactions", value]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let (message, _) = ann.say(&chat(), "What do you think?").await;
    let react = |emoji: &str, on| React {
        room: chat(),
        id: ChangeId(Uuid::now_v7()),
        message,
        emoji: emoji.parse().unwrap(),
        on,
    };
    ann.may(&react("👍", true)).await;
    ann.may(&react(":tada:", true)).await;
    let before = head(&ann).await;
    let refused = ben.ask(&react("🚀", true)).await.err();
    if value == "0" {
        return seen(&[refused]);
    }
    assert_eq!(head(&ann).await, before, "something was written");
    // Those that are there can be of more people, and taken away for another.
    ben.may(&react("👍", true)).await;
    ann.may(&react(":tada:", false)).await;
    ben.may(&react("🚀", true)).await;
    seen(&[refused])
}
