//! A request that comes again under its id is answered as the first time and does nothing: after a
//! lost acknowledgement, after a restart, over another connection, a day later, and together with
//! itself.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parlour_events::{
    ChangeId, ChangeKind, Credentials, DeleteMessage, EditMessage, MessageId, React, RoomName,
    SendMessage, Sent,
};
use parlour_tests::{
    chaos::log::{Whole, witness},
    interop::proxy::{Cut, Direction, Kind, Order, Proxy},
    member::{Heard, Member, message},
    ports,
    server::{Launch, Server, StopSignal},
    waiting::within,
};
use uuid::{Builder, Uuid};

/// The whole log of the room.
async fn log(server: &Server, witness_name: &str) -> Whole {
    let mut all = witness(server.url(), witness_name, &[RoomName::default()]).await;
    all.remove(0)
}

/// How often the log says this, and under which number.
fn found(whole: &Whole, id: MessageId) -> Vec<u64> {
    let posts = whole.changes.iter().filter(|change| match &change.kind {
        ChangeKind::Posted(posted) => posted.id == id,
        _ => false,
    });
    posts.map(|change| change.seq.0).collect()
}

/// Somebody with the same token.
async fn another_connection(url: &str, member: &Member) -> Member {
    let auth = Credentials { nickname: None, token: member.token.clone() };
    let mut other = Member::new(url, "another connection", &auth);
    other.socket.connect();
    other.news.expect("its session", |heard| matches!(heard, Heard::Session(_))).await;
    other.join(None).await;
    other
}

#[tokio::test]
async fn after_a_lost_acknowledgement() {
    let server = Launch::default().unlimited().start().await;
    let network = Proxy::start(server.address().parse().unwrap()).await.unwrap();
    let mut ann = Member::joined(&format!("http://{}", network.address()), "Ann").await;
    let mut ben = Member::joined(server.url(), "Ben").await;
    for round in 0..20 {
        let text = format!("message {round}");
        let request = message(&text);
        // The next thing that the server says does not arrive.
        let lose = Cut {
            only: Some(Kind::Websocket),
            after: Some(0),
            direction: Direction::Down,
            reset: false,
        };
        network.obey(&Order::Cut(lose));
        let answer = ann.socket.emit_with_ack::<_, serde_json::Value>("message:send", &request);
        let lost = within("the loss of the answer", answer.send()).await;
        assert!(lost.is_err(), "the acknowledgement was not lost: {lost:?}");
        let back = |heard: &Heard| matches!(heard, Heard::Session(_));
        ann.news.expect("the way back", back).await;
        ann.join(None).await;
        // What Ben heard is what Ann is told now.
        ben.hears(&text).await;
        let again: Sent = ann.ask(&request).await.unwrap();
        let once_more: Sent = ann.ask(&request).await.unwrap();
        assert_eq!(again, once_more);
        assert_eq!(again.seq.0, round + 1, "each is there once");
        let heard = ben.news.rest();
        assert!(!heard.iter().any(|heard| heard.says(&text)), "Ben heard it again: {heard:?}");
    }
    assert_eq!(log(&server, "Witness").await.changes.len(), 20);
}

#[tokio::test]
async fn after_a_restart_and_over_another_connection() {
    let address = format!("127.0.0.1:{}", ports::free());
    let mut server = Launch::default().at(address).unlimited().start().await;
    let mut ann = Member::joined(server.url(), "Ann").await;
    let post = message("once");
    let id = post.id;
    let edit = EditMessage {
        room: RoomName::default(),
        id: ChangeId(Uuid::now_v7()),
        message: id,
        body: "once, and edited".parse().unwrap(),
    };
    let react = React {
        room: RoomName::default(),
        id: ChangeId(Uuid::now_v7()),
        message: id,
        emoji: "👍".parse().unwrap(),
        on: true,
    };
    let other = message("another, to be deleted");
    let delete = DeleteMessage {
        room: RoomName::default(),
        id: ChangeId(Uuid::now_v7()),
        message: other.id,
    };
    let ask = async |ann: &Member| {
        [
            ann.ask(&post).await.unwrap(),
            ann.ask(&edit).await.unwrap(),
            ann.ask(&react).await.unwrap(),
            ann.ask(&other).await.unwrap(),
            ann.ask(&delete).await.unwrap(),
        ]
    };
    let first = ask(&ann).await;
    assert_eq!(first.iter().map(|sent| sent.seq.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    for signal in [StopSignal::TERM, StopSignal::KILL] {
        server.stop(signal).await;
        server.start_again().await;
        ann.news.expect("the way back", |heard| matches!(heard, Heard::Session(_))).await;
        ann.join(None).await;
        let device = another_connection(server.url(), &ann).await;
        // One after the other, and both together.
        assert_eq!(ask(&ann).await, first);
        assert_eq!(ask(&device).await, first);
        let (one, two) = tokio::join!(ask(&ann), ask(&device));
        assert_eq!((one, two), (first, first));
    }
    let whole = log(&server, "Witness").await;
    assert_eq!(whole.changes.len(), 5, "{:?}", whole.changes);
}

/// Ids carry their time. That the first time was long ago changes nothing: there is no expiry, in
/// memory or in the store.
#[tokio::test]
async fn a_day_later() {
    let address = format!("127.0.0.1:{}", ports::free());
    let mut server = Launch::default().at(address).unlimited().start().await;
    let mut ann = Member::joined(server.url(), "Ann").await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let yesterday = now - Duration::from_secs(24 * 60 * 60);
    let random = *Uuid::now_v7().as_bytes();
    let random = random[6..].try_into().unwrap();
    let millis = yesterday.as_millis().try_into().unwrap();
    let id = MessageId(Builder::from_unix_timestamp_millis(millis, &random).into_uuid());
    let old = SendMessage { id, ..message("from yesterday") };
    let first: Sent = ann.ask(&old).await.unwrap();
    // So much later that nothing of it is in any memory.
    for number in 0..500 {
        ann.say(&format!("message {number}")).await;
    }
    assert_eq!(ann.ask(&old).await.unwrap(), first);
    server.stop(StopSignal::TERM).await;
    server.start_again().await;
    ann.news.expect("the way back", |heard| matches!(heard, Heard::Session(_))).await;
    ann.join(None).await;
    assert_eq!(ann.ask(&old).await.unwrap(), first);
    let whole = log(&server, "Witness").await;
    assert_eq!(found(&whole, id), [1]);
    assert_eq!(whole.changes.len(), 501);
}

/// Many times at once over one connection and another: one change.
#[tokio::test]
async fn together_with_itself() {
    let server = Launch::default().unlimited().start().await;
    let ann = Member::joined(server.url(), "Ann").await;
    let device = another_connection(server.url(), &ann).await;
    for round in 1..=20 {
        let request = message(&format!("message {round}"));
        let requests = (0..6).map(|turn| {
            let member = if turn % 2 == 0 { &ann } else { &device };
            let request = &request;
            async move { member.ask(request).await.unwrap().seq.0 }
        });
        let answers = futures_util::future::join_all(requests).await;
        assert_eq!(answers, [round; 6]);
    }
    assert_eq!(log(&server, "Witness").await.changes.len(), 20);
}
