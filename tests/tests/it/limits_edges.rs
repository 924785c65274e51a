//! Where limits meet: what frees a place again, and what the highest setting means.

use parlour_events::{Code, EndSession, RoomName};
use parlour_tests::{
    person::{Door, Person, text_in},
    server::{Server, StopSignal},
    waiting::wait_for,
};
use serde_json::json;

/// Comes in as soon as there is a place.
async fn enters(url: &str, nickname: &str) -> Person {
    let door = Door::to(url).nickname(nickname);
    wait_for("a place", async || match door.try_enter().await {
        Ok(person) => Ok(person),
        Err(refusal) if refusal.code == Code::Full => Err(refusal),
        Err(refusal) => panic!("{refusal}"),
    })
    .await
}

#[tokio::test]
async fn a_place_is_free_again_however_somebody_left_it() {
    let server = Server::unlimited_with(&["--max-connections", "2"]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    for round in 0..3 {
        let polite = enters(server.url(), &format!("polite {round}")).await;
        polite.socket.disconnect();
        let gone = enters(server.url(), &format!("suddenly gone {round}")).await;
        drop(gone);
        let ended = enters(server.url(), &format!("ended {round}")).await;
        ended.join(&RoomName::default()).await;
        ended.may(&EndSession {}).await;
        let refused = Door::to(server.url()).nickname("A\u{7}").refused().await;
        assert_eq!(refused.code, Code::NicknameInvalid, "no place is needed to be refused");
    }
    ann.say(&RoomName::default(), "still here").await;
    assert_eq!(server.log.text().matches("panicked").count(), 0);
    let mut server = server;
    assert!(server.stop(StopSignal::TERM).await.success());
}

#[tokio::test]
async fn a_session_that_was_ended_takes_no_place() {
    let server = Server::unlimited_with(&["--max-sessions", "1"]).await;
    let ann = Person::enter(server.url(), "Ann").await;
    let ben = Door::to(server.url()).nickname("Ben");
    assert_eq!(ben.refused().await.code, Code::Full);
    ann.may(&EndSession {}).await;
    ben.enter().await;
}

/// Four thousand characters are the most that any server takes: what has more is no message at all.
#[tokio::test]
async fn more_than_any_server_takes_is_no_message() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    ann.say(&RoomName::default(), &"x".repeat(4_000)).await;
    let mut message = serde_json::to_value(text_in(&RoomName::default(), "x")).unwrap();
    message["body"] = json!("x".repeat(4_001));
    let request = ann.socket.emit_with_ack::<_, serde_json::Value>("message:send", &message);
    let answer = request.send().await.unwrap();
    assert_eq!(answer["error"]["code"], "invalid", "{answer}");
}
