//! Cursors that are not continued: the client is told why, and begins anew.

use parlour_events::{
    CatchUp, CatchUpPage, Cursor, Event, Reply, ResetReason, RoomName, SendMessage, Sent, Seq,
    SyncRoom,
};
use parlour_tests::{
    member::{Heard, Member, message},
    ports,
    server::{Launch, Server, StopSignal},
    waiting::{wait_for, within},
};

/// More than a client may be behind and still be told one by one.
const MANY: u64 = 2_001;
/// Fewer than the server lets wait for their turn.
const AT_ONCE: u64 = 200;

fn why(answer: &CatchUp) -> Option<ResetReason> {
    match answer.page {
        CatchUpPage::Changes { .. } => None,
        CatchUpPage::Reset { why, .. } => Some(why),
    }
}

#[tokio::test]
async fn who_is_too_far_behind_begins_with_the_newest_messages() {
    let server = Server::unlimited().await;
    let ann = Member::joined(server.url(), "Ann").await;
    let start = ann.join(None).await;
    let mut said = 0;
    while said < MANY {
        let burst = AT_ONCE.min(MANY - said);
        let send = |number| {
            let message = message(&format!("message {number}"));
            ann.socket.emit_with_ack::<_, Reply<Sent>>(SendMessage::NAME, &message).send()
        };
        let requests: Vec<_> = (said + 1..=said + burst).map(send).collect();
        for request in requests {
            let reply: Result<Sent, _> = within("an answer", request).await.unwrap().into();
            said += 1;
            assert_eq!(reply.map(|sent| sent.seq.0), Ok(said));
        }
    }
    let after = |seq| Cursor { epoch: start.epoch, seq: Seq(seq) };
    // One less is not too much.
    assert_eq!(why(&ann.join(Some(after(1))).await), None);
    let answer = ann.join(Some(after(0))).await;
    assert_eq!((why(&answer), answer.head), (Some(ResetReason::TooFar), Seq(MANY)));
    let CatchUpPage::Reset { messages, earlier, .. } = answer.page else { unreachable!() };
    assert!(earlier);
    let seqs: Vec<_> = messages.iter().map(|message| message.seq.0).collect();
    let first = MANY + 1 - messages.len() as u64;
    assert_eq!(seqs, (first..=MANY).collect::<Vec<_>>());
    // Who wants all of it can have it: it is a matter of asking page by page.
    let sync = SyncRoom { room: RoomName::default(), after: after(0), limit: None };
    let page = ann.ask(&sync).await.expect("a member may sync");
    assert_eq!(why(&page), None);
}

#[tokio::test]
async fn what_is_not_kept_any_more_is_told_and_its_ids_stay_taken() {
    let address = format!("127.0.0.1:{}", ports::free());
    let launch = Launch::default().at(address).unlimited().flags(&["--keep", "1s"]);
    let mut server = launch.start().await;
    let mut ann = Member::joined(server.url(), "Ann").await;
    let epoch = ann.join(None).await.epoch;
    let old = message("soon forgotten");
    let first: Sent = ann.ask(&old).await.unwrap();
    ann.say("forgotten as well").await;
    let cursor = Cursor { epoch, seq: Seq(1) };
    // A server forgets at its start, and then from time to time.
    wait_for("the old messages to be forgotten", async || {
        server.stop(StopSignal::TERM).await;
        server.start_again().await;
        ann.news.expect("the way back", |heard| matches!(heard, Heard::Session(_))).await;
        let answer = ann.join(Some(Cursor { seq: Seq(0), ..cursor })).await;
        match why(&answer) {
            Some(ResetReason::TooOld) => Ok(()),
            _ => Err(answer),
        }
    })
    .await;
    // The numbers go on, and what was said is not said again.
    assert_eq!(ann.ask(&old).await.unwrap(), first);
    assert_eq!(ann.say("remembered").await.seq, Seq(3));
}
