//! A session that ends while its client reads nothing: it is over all the same.

use futures_util::future::join_all;
use parlour_events::{Ban, Event, JoinRoom, Reply, RoomName, SendMessage, Sent, UserId, chat};
use parlour_tests::{
    person::{Person, text_in},
    raw::Raw,
    server::{Server, run_to_end},
    waiting::within,
};
use serde_json::{Value, json};

/// What the client's system takes that nobody reads; systems double it.
const TAKES: u32 = 64 * 1024;

/// Messages in one go; each as long as can be.
const AT_ONCE: usize = 200;

#[tokio::test]
async fn whoever_reads_nothing_when_they_are_banned_hears_nothing_more() {
    let server = Server::unlimited().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let data = server.data().to_str().unwrap();
    assert!(run_to_end(&["grant", "Ann", "admin", "--data", data]).await.status.success());

    let mut eve = Raw::open_narrow(server.url(), TAKES).await;
    eve.send(format!("40{},{}", chat::NAMESPACE, json!({ "nickname": "Eve" }))).await;
    let session = eve.until(r#"42/chat,["session""#).await;
    let session: Value = serde_json::from_str(session.trim_start_matches("42/chat,")).unwrap();
    let id: UserId = session[1]["person"]["id"].as_str().unwrap().parse().unwrap();
    let join = JoinRoom { room: RoomName::default(), after: None };
    eve.send(format!("42/chat,1{}", json!([JoinRoom::NAME, join]))).await;
    eve.until("43/chat,1").await;

    // From here on she reads nothing, until her queue is full.
    let long = "x".repeat(4_000);
    within("a full queue", async {
        while !server.log.text().contains("full queues") {
            let sends = (0..AT_ONCE).map(|_| {
                let message = text_in(&RoomName::default(), &long);
                ann.socket.emit_with_ack::<_, Reply<Sent>>(SendMessage::NAME, &message).send()
            });
            for sent in join_all(sends).await {
                assert!(matches!(sent, Ok(Reply::Ok(_))), "{sent:?}");
            }
        }
    })
    .await;
    ann.may(&Ban { user: id, addresses: false, seconds: None, reason: Default::default() }).await;

    let ends = within("the end of Eve's session", async {
        let mut frames = Vec::new();
        while let Some(frame) = eve.next().await {
            if frame == "41/chat," {
                break;
            }
            frames.push(frame);
        }
        frames
    });
    // There is place in her queue as soon as she reads, some time before the server tries again to
    // end her session.
    let goes_on = async {
        loop {
            ann.say(&RoomName::default(), "after the ban").await;
        }
    };
    let frames = tokio::select! {
        frames = ends => frames,
        () = goes_on => unreachable!("she does not stop"),
    };
    assert!(frames.last().unwrap().contains("session:ended"), "{:?}", frames.last());
    assert!(frames.iter().all(|frame| !frame.contains("after the ban")));
}
