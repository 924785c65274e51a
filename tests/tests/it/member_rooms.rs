//! `socketio-client` in `/chat`: joining, saying, hearing, and catching up.

use parlour_events::{
    CatchUpPage, Code, Cursor, Epoch, JoinRoom, ResetReason, Seq, SyncRoom,
    limits::CATCH_UP_CHANGES,
};
use parlour_tests::{
    member::{Heard, Member, message},
    server::Server,
};

/// The changes of an answer that continues a cursor.
fn continued(page: CatchUpPage) -> Vec<parlour_events::Change> {
    match page {
        CatchUpPage::Changes { changes } => changes,
        CatchUpPage::Reset { why, .. } => panic!("the cursor was not continued: {why:?}"),
    }
}

/// Why an answer does not continue a cursor, and the texts of the messages that it gives.
fn begun_anew(page: CatchUpPage) -> (ResetReason, Vec<String>) {
    match page {
        CatchUpPage::Changes { changes } => panic!("the cursor was continued: {changes:?}"),
        CatchUpPage::Reset { why, messages, earlier } => {
            assert!(!earlier, "there is no more than that");
            let text = |message: parlour_events::Message| message.posted.body.map(String::from);
            (why, messages.into_iter().filter_map(text).collect())
        }
    }
}

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
    assert_eq!(all.head, Seq(3));
    let texts = ["message 1", "message 2", "message 3"].map(str::to_owned).to_vec();
    assert_eq!(begun_anew(all.page), (ResetReason::New, texts.clone()));

    // A cursor of this history gets what came after it, one of another history gets everything.
    let ask = async |epoch, seq| ben.join(Some(Cursor { epoch, seq: Seq(seq) })).await;
    let numbers = |page| continued(page).iter().map(|change| change.seq.0).collect::<Vec<_>>();
    let some = ask(all.epoch, 1).await;
    assert_eq!((some.head, numbers(some.page)), (Seq(3), vec![2, 3]));
    let none = ask(all.epoch, 3).await;
    assert_eq!((none.head, numbers(none.page)), (Seq(3), vec![]));
    let other = ask(Epoch(uuid::Uuid::now_v7()), 3).await;
    assert_eq!((other.epoch, other.head), (all.epoch, Seq(3)));
    assert_eq!(begun_anew(other.page), (ResetReason::Epoch, texts));
    assert_eq!(ann.hears("message 3").await, "Ann");
}

#[tokio::test]
async fn more_than_fits_one_answer_comes_in_several() {
    let server = Server::unlimited().await;
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
        let changes = continued(part.page);
        assert!(changes.len() <= CATCH_UP_CHANGES);
        seen.extend(changes.iter().map(|change| change.seq.0));
        at = changes.last().map_or(at, |change| change.seq);
        if at == part.head {
            break;
        }
        assert!(!changes.is_empty(), "no way on from {at}");
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
