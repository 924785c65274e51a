//! What is sent again under its id is answered with the first result and done once.

use parlour_events::{ChangeId, Code, DeleteMessage, EditMessage, RoomName, SendMessage};
use parlour_tests::{
    member::{Member, message},
    server::Server,
};
use uuid::Uuid;

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

#[tokio::test]
async fn a_request_under_an_id_that_is_taken_does_nothing() {
    let server = Server::start().await;
    let ann = Member::joined(server.url(), "Ann").await;
    let (first, second) = (message("first"), message("second"));
    ann.ask(&first).await.expect("it is allowed");
    ann.ask(&second).await.expect("it is allowed");
    let edit = EditMessage {
        room: RoomName::default(),
        id: ChangeId(Uuid::now_v7()),
        message: first.id,
        body: "edited".parse().unwrap(),
    };
    let edited = ann.ask(&edit).await.expect("it is allowed");
    assert_eq!(ann.ask(&edit).await, Ok(edited));
    // The same id on something else is a mistake, and nothing is done.
    let elsewhere = EditMessage { message: second.id, ..edit.clone() };
    let delete = DeleteMessage { room: RoomName::default(), id: edit.id, message: first.id };
    for answer in [ann.ask(&elsewhere).await, ann.ask(&delete).await] {
        assert_eq!(answer.map_err(|refusal| refusal.code), Err(Code::IdTaken));
    }
    assert_eq!(ann.say("the next").await.seq, edited.seq.next());
}
