//! `socketio-client` in `/chat`: joining, saying, hearing, and catching up.

use parlour_events::{Code, Cursor, JoinRoom, Seq, SyncRoom, limits::CATCH_UP_CHANGES};
use parlour_tests::{
    member::{Heard, Member, message},
    server::Server,
};

#[tokio::test]
async fn two_members_hear_each_other_and_themselves() {
    let server = Server::start().await;
    let mut ann = Member::joined(server.url(), "Ann").await;
    let mut ben = Member::joined(server.url(), "Ben").await;
    let first = ann.say("Good evening").await;
    let second = ben.say("Good evening, Ann\n  how are you?").await;
    assert_eq!((first.seq, second.seq), (Seq(1), Seq(2)));
    for member in [&mut ann, &mut ben] {
        assert_eq!(member.hears("Good evening").await, "Ann");
        assert_eq!(member.hears("Good evening, Ann\n  how are you?").await, "Ben");
    }
    assert!(ann.news.rest().is_empty() && ben.news.rest().is_empty());
}

#[tokio::test]
async fn who_joins_later_is_told_what_was_said() {
    let server = Server::start().await;
    let mut ann = Member::joined(server.url(), "Ann").await;
    for number in 1..=3 {
        ann.say(&format!("message {number}")).await;
    }
    let ben = Member::connected(server.url(), "Ben").await;
    let all = ben.join(None).await;
    assert!(all.reset);
    assert_eq!(all.head, Seq(3));
    assert_eq!(all.changes.iter().map(|change| change.seq.0).collect::<Vec<_>>(), [1, 2, 3]);

    // A cursor of this history gets what came after it, one of another history gets everything.
    let ask = async |epoch, seq| ben.join(Some(Cursor { epoch, seq: Seq(seq) })).await;
    let some = ask(all.epoch, 1).await;
    assert!(!some.reset);
    assert_eq!(some.changes, all.changes[1..]);
    let none = ask(all.epoch, 3).await;
    assert!(!none.reset && none.changes.is_empty());
    let other = ask(parlour_events::Epoch(uuid::Uuid::now_v7()), 3).await;
    assert!(other.reset);
    assert_eq!(other.changes, all.changes);
    assert_eq!(ann.hears("message 3").await, "Ann");
}

#[tokio::test]
async fn more_than_fits_one_answer_comes_in_several() {
    let server = Server::start().await;
    let ann = Member::joined(server.url(), "Ann").await;
    let count = CATCH_UP_CHANGES + 50;
    let start = ann.join(None).await;
    for number in 1..=count {
        ann.say(&format!("message {number}")).await;
    }
    let mut at = start.head;
    let mut seen = Vec::new();
    loop {
        let after = Cursor { epoch: start.epoch, seq: at };
        let part = ann.ask(&SyncRoom { room: Default::default(), after, limit: None }).await;
        let part = part.expect("a member may sync");
        assert!(!part.reset && part.changes.len() <= CATCH_UP_CHANGES);
        seen.extend(part.changes.iter().map(|change| change.seq.0));
        at = part.changes.last().map_or(at, |change| change.seq);
        if at == part.head {
            break;
        }
        assert!(!part.changes.is_empty(), "no way on from {at}");
    }
    assert_eq!(seen, (1..=count as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn only_who_has_joined_may_speak_and_hear() {
    let server = Server::start().await;
    let mut ann = Member::joined(server.url(), "Ann").await;
    let mut ben = Member::connected(server.url(), "Ben").await;
    let refusal = ben.ask(&message("too early")).await.expect_err("not joined yet");
    assert_eq!(refusal.code, Code::NotJoined);
    let cellar = JoinRoom { room: "cellar".parse().unwrap(), after: None };
    let refusal = ben.ask(&cellar).await.expect_err("no such room");
    assert_eq!(refusal.code, Code::RoomUnknown);
    ann.say("nobody else hears this").await;
    ann.hears("nobody else hears this").await;
    // An answer comes behind whatever was sent before it.
    ben.join(None).await;
    let heard = ben.news.rest();
    assert!(!heard.iter().any(|heard| matches!(heard, Heard::Change(_))), "{heard:?}");
}

#[tokio::test]
async fn a_nickname_belongs_to_one_person_and_the_token_brings_it_back() {
    let server = Server::start().await;
    let ann = Member::connected(server.url(), "Ann").await;
    let taken = serde_json::json!({ "nickname": "aNN" });
    let mut other = Member::new(server.url(), "the other Ann", &taken);
    other.socket.connect();
    let Heard::Refused(error) = other.news.next("the refusal").await else { panic!("let in") };
    assert_eq!(
        parlour_events::Refusal::from_connect_error(&error.message).code,
        Code::NicknameTaken
    );
    assert!(!other.socket.active());

    let auth = serde_json::json!({ "nickname": "Zoe", "token": ann.token });
    let mut same = Member::new(server.url(), "Ann's second device", &auth);
    same.socket.connect();
    let Heard::Session(session) = same.news.next("the session").await else { panic!("not in") };
    assert_eq!(session.nickname.as_str(), "Ann");
    assert_eq!(Some(session.token), ann.token);
}
