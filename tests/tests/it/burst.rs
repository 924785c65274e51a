//! What is sent in a burst, without waiting for answers, is posted in the order in which it was
//! sent. (A longer burst than the server keeps for one client is refused as busy, message by
//! message.)

use parlour_events::{Event, Reply, SendMessage, Sent};
use parlour_tests::{
    member::{Heard, Member, message},
    server::Server,
    waiting::within,
};

const MESSAGES: u64 = 250;

#[tokio::test]
async fn a_burst_keeps_its_order() {
    let server = Server::unlimited().await;
    let mut ann = Member::joined(server.url(), "Ann").await;
    let mut ben = Member::joined(server.url(), "Ben").await;
    let requests: Vec<_> = (1..=MESSAGES)
        .map(|number| {
            let message = message(&format!("message {number}"));
            ann.socket.emit_with_ack::<_, Reply<Sent>>(SendMessage::NAME, &message).send()
        })
        .collect();
    for (number, request) in (1..).zip(requests) {
        let what = format!("the acknowledgement of message {number}");
        let reply: Result<Sent, _> = within(&what, request).await.expect("an answer").into();
        assert_eq!(reply.map(|sent| sent.seq.0), Ok(number), "message {number}");
    }
    for (name, member) in [("Ann", &mut ann), ("Ben", &mut ben)] {
        for number in 1..=MESSAGES {
            let heard = member.news.next(&format!("message {number}")).await;
            assert!(heard.says(&format!("message {number}")), "{name} heard {heard:?}");
            let Heard::Change(change) = heard else { unreachable!("it says something") };
            assert_eq!(change.seq.0, number);
        }
    }
}
