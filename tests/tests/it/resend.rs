//! A message that is sent again under its id is answered with the first result and posted once.

use parlour_events::{Code, SendMessage};
use parlour_tests::{
    member::{Member, message},
    server::Server,
};

#[tokio::test]
async fn a_message_that_comes_again_is_posted_once() {
    let server = Server::start().await;
    let mut ann = Member::joined(server.url(), "Ann").await;
    let mut ben = Member::joined(server.url(), "Ben").await;
    let once = message("only once");
    let first = ann.ask(&once).await.expect("it is allowed");
    let second = ann.ask(&once).await.expect("it is allowed again");
    assert_eq!(first, second);

    // Over another connection of the same person, and at the same time as itself.
    let auth = serde_json::json!({ "nickname": "Ann", "token": ann.token });
    let mut device = Member::new(server.url(), "Ann's second device", &auth);
    device.socket.connect();
    device.news.next("the session").await;
    device.join(None).await;
    let (a, b) = tokio::join!(ann.ask(&once), device.ask(&once));
    assert_eq!((a.unwrap(), b.unwrap()), (first, first));

    // Nobody else can have a message of that id, whatever it says; nor can another request.
    for text in ["only once", "another text"] {
        let stolen = SendMessage { id: once.id, ..message(text) };
        let refusal = ben.ask(&stolen).await.expect_err("the id is Ann's");
        assert_eq!(refusal.code, Code::IdTaken, "{refusal}");
    }

    ann.say("the end").await;
    ben.hears("the end").await;
    ann.hears("the end").await;
    for (name, member) in [("Ann", &mut ann), ("Ben", &mut ben)] {
        let heard = member.news.rest();
        let authors: Vec<_> = heard
            .iter()
            .filter(|it| it.says("only once"))
            .map(|it| it.message().unwrap().0)
            .collect();
        assert_eq!(authors, ["Ann"], "{name} heard {heard:?}");
    }
}
