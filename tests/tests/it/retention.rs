//! `--keep`: what is old is forgotten, and nothing else goes wrong by that.

use std::time::Duration;

use parlour_events::{
    CatchUpPage, ChangeId, Code, Cursor, JoinRoom, ListRooms, React, ResetReason, RoomHistory,
    RoomName, Search, Seq, SyncRoom,
};
use parlour_tests::{
    person::{Door, Person, body, text_in},
    ports,
    server::{Server, StopSignal},
    waiting::wait_for,
};
use tokio::time::timeout;
use uuid::Uuid;

fn chat() -> RoomName {
    RoomName::default()
}

/// Whether the room has no message any more.
async fn is_empty(person: &Person) -> Result<(), usize> {
    let history = person.may(&RoomHistory { room: chat(), from: None, limit: None }).await;
    if history.messages.is_empty() { Ok(()) } else { Err(history.messages.len()) }
}

#[tokio::test]
async fn what_is_old_is_forgotten_and_its_numbers_and_names_are_not_given_again() {
    let address = format!("127.0.0.1:{}", ports::free());
    let mut server = Server::start_at(&address, &["--keep", "1s"]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let epoch = ann.session.epoch;
    let first = text_in(&chat(), "the first words of all @Ben");
    let sent = ann.may(&first).await;
    let emoji = || ":+1:".parse().unwrap();
    let react = || React {
        room: chat(),
        id: ChangeId(Uuid::now_v7()),
        message: first.id,
        emoji: emoji(),
        on: true,
    };
    ben.may(&react()).await;
    let last = ann.say(&chat(), "and the last ones").await.1.seq;
    let doors = [ann.door(), ben.door()];
    drop((ann, ben));

    // Old things are looked for at the start. How old they are by then, the machine's speed decides.
    let back = async |door: &Door| {
        let person = door.enter().await;
        person.join(&chat()).await;
        person
    };
    let ann = wait_for("what is old to be forgotten", async || {
        server.stop(StopSignal::TERM).await;
        server.start_again().await;
        let ann = back(&doors[0]).await;
        let forgotten = wait_for("nothing to be there", async || is_empty(&ann).await);
        match timeout(Duration::from_millis(500), forgotten).await {
            Ok(()) => Ok(ann),
            Err(_) => Err("still there"),
        }
    })
    .await;

    let ben = back(&doors[1]).await;
    // No word of it is told any more, whoever asks how.
    let search = Search { query: "words".parse().unwrap(), room: None, after: None, limit: None };
    assert_eq!(ann.may(&search).await.hits, []);
    assert_eq!(ben.may_not(&react()).await.code, Code::MessageUnknown);
    let mut reply = text_in(&chat(), "What did you say?");
    reply.reply_to = Some(first.id);
    assert_eq!(ben.may_not(&reply).await.code, Code::MessageUnknown);
    let rooms = ben.may(&ListRooms::default()).await.rooms;
    assert_eq!((rooms[0].unread, rooms[0].mentions), (0, 0), "there is nothing to be read");
    assert_eq!(rooms[0].head, last);

    // Whoever was in the middle is told that it is too old; whoever had read all goes on.
    let after = |seq| Some(Cursor { epoch, seq });
    let join = async |after| ben.may(&JoinRoom { room: chat(), after }).await;
    match join(after(sent.seq)).await.page {
        CatchUpPage::Reset { why, messages, earlier } => {
            assert_eq!((why, messages.len(), earlier), (ResetReason::TooOld, 0, false));
        }
        CatchUpPage::Changes { changes } => panic!("{changes:?}"),
    }
    let sync = SyncRoom { room: chat(), after: Cursor { epoch, seq: Seq(0) }, limit: None };
    let synced = ben.may(&sync).await.page;
    assert!(matches!(synced, CatchUpPage::Reset { why: ResetReason::TooOld, .. }), "{synced:?}");

    // The numbers go on, and a message that is sent again is the one that it was.
    let next = ann.say(&chat(), "something new").await.1.seq;
    assert_eq!(next, last.next());
    assert_eq!(ann.may(&first).await, sent);
    assert_eq!(ben.may_not(&first).await.code, Code::IdTaken);
    match join(after(last)).await.page {
        CatchUpPage::Changes { changes } => {
            assert_eq!(changes.iter().filter_map(body).collect::<Vec<_>>(), ["something new"]);
        }
        CatchUpPage::Reset { why, .. } => panic!("{why:?}"),
    }
    let history = ben.may(&RoomHistory { room: chat(), from: None, limit: None }).await;
    assert_eq!((history.messages.len(), history.earlier), (1, false));
}

#[tokio::test]
async fn without_a_time_everything_is_kept() {
    let address = format!("127.0.0.1:{}", ports::free());
    let mut server = Server::start_at(&address, &["--keep", "0"]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    ann.say(&chat(), "for ever").await;
    let door = ann.door();
    drop(ann);
    server.stop(StopSignal::TERM).await;
    server.start_again().await;
    let ann = door.enter().await;
    ann.join(&chat()).await;
    assert_eq!(is_empty(&ann).await, Err(1));
}
