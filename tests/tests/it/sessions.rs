//! Who somebody is: a nickname belongs to one person, a token brings the person back, and both last
//! until the person ends the session.

use std::time::{Duration, Instant};

use parlour_events::{Code, Credentials, EndSession, Refusal, Session};
use parlour_tests::{
    member::{Heard, Member},
    ports,
    server::{Server, StopSignal},
};
use tokio::time::sleep;

/// Comes in with these, and is told who that is.
async fn session(url: &str, name: &str, auth: &Credentials) -> (Member, Session) {
    let mut member = Member::new(url, name, auth);
    member.socket.connect();
    match member.news.next("the session").await {
        Heard::Session(session) => (member, session),
        other => panic!("{name} is not let in: {other:?}"),
    }
}

/// Tries to come in with these, and is not let in.
async fn refusal(url: &str, auth: &Credentials) -> Code {
    let mut member = Member::new(url, "somebody else", auth);
    member.socket.connect();
    match member.news.next("the refusal").await {
        Heard::Refused(error) => {
            assert!(!member.socket.active(), "it tries again what will not help");
            Refusal::from_connect_error(&error.message).code
        }
        other => panic!("let in: {other:?}"),
    }
}

fn by_name(nickname: &str) -> Credentials {
    Credentials { nickname: Some(nickname.parse().unwrap()), token: None }
}

#[tokio::test]
async fn a_nickname_belongs_to_one_person_and_the_token_brings_it_back() {
    let server = Server::start().await;
    let (ann, first) = session(server.url(), "Ann", &by_name("Ann")).await;
    assert_eq!(refusal(server.url(), &by_name("aNN")).await, Code::NicknameTaken);

    // The token decides, whatever nickname stands beside it, and on several connections at once.
    let auth = Credentials { token: first.token.clone(), ..by_name("Zoe") };
    let (_device, same) = session(server.url(), "Ann's second device", &auth).await;
    assert_eq!((&same.person, &same.token), (&first.person, &first.token));
    assert_eq!(same.person.name.as_str(), "Ann");
    assert!(ann.socket.connected());
}

#[tokio::test]
async fn a_disconnect_keeps_the_nickname_for_its_person() {
    let server = Server::start().await;
    let (ann, first) = session(server.url(), "Ann", &by_name("Ann")).await;
    server.log.line(0, &["member connected"]).await;
    ann.socket.disconnect();
    server.log.line(0, &["member disconnected"]).await;
    assert_eq!(refusal(server.url(), &by_name("Ann")).await, Code::NicknameTaken);
    let auth = Credentials { token: first.token.clone(), ..by_name("Ann") };
    let (_ann, again) = session(server.url(), "Ann", &auth).await;
    assert_eq!(again.person, first.person);
}

#[tokio::test]
async fn a_session_that_is_ended_frees_the_nickname_and_ends_all_its_connections() {
    let server = Server::start().await;
    let (ann, first) = session(server.url(), "Ann", &by_name("Ann")).await;
    let auth = Credentials { token: first.token.clone(), ..by_name("Ann") };
    let (mut device, _) = session(server.url(), "Ann's second device", &auth).await;

    ann.ask(&EndSession {}).await.expect("everybody may leave");
    let gone = |heard: &Heard| matches!(heard, Heard::Disconnected(_));
    device.news.expect("its end", gone).await;
    assert!(!device.socket.active(), "it comes back");

    // Somebody else may have the name; the token is worth nothing any more.
    let (_other, second) = session(server.url(), "the next Ann", &by_name("Ann")).await;
    assert_ne!(second.person.id, first.person.id);
    let token = Credentials { nickname: None, token: first.token };
    assert_eq!(refusal(server.url(), &token).await, Code::SessionEnded);
}

#[tokio::test]
async fn whoever_is_connected_and_says_nothing_keeps_the_nickname_however_short_sessions_live() {
    let lifetime = Duration::from_secs(4);
    let server = Server::unlimited_with(&["--session-lifetime", "4s"]).await;
    let (ann, _) = session(server.url(), "Ann", &by_name("Ann")).await;
    let begun = Instant::now();
    while begun.elapsed() < lifetime * 3 / 2 {
        assert_eq!(refusal(server.url(), &by_name("Ann")).await, Code::NicknameTaken);
        sleep(lifetime / 20).await;
    }
    assert!(ann.socket.connected());
}

async fn survives(signal: StopSignal) {
    let address = format!("127.0.0.1:{}", ports::free());
    let mut server = Server::start_at(&address, &[]).await;
    let mut ann = Member::joined(server.url(), "Ann").await;
    let before = ann.join(None).await;
    ann.say("before").await;
    let (_, first) = session(
        server.url(),
        "Ann",
        &Credentials { token: ann.token.clone(), ..Credentials::default() },
    )
    .await;
    server.stop(signal).await;
    server.start_again().await;

    let back = |heard: &Heard| matches!(heard, Heard::Session(_));
    ann.news.expect("the way back", back).await;
    assert_eq!(refusal(server.url(), &by_name("Ann")).await, Code::NicknameTaken);
    let auth = Credentials { token: ann.token.clone(), ..by_name("Zoe") };
    let (_device, again) = session(server.url(), "Ann", &auth).await;
    assert_eq!((again.person, again.epoch), (first.person, first.epoch));

    // The history is what it was, and goes on.
    let cursor = parlour_events::Cursor { epoch: before.epoch, seq: before.head };
    let after = ann.join(Some(cursor)).await;
    assert_eq!((after.epoch, after.head.0), (before.epoch, before.head.0 + 1));
    assert_eq!(ann.say("after").await.seq.0, after.head.0 + 1);
}

#[tokio::test]
async fn persons_and_history_survive_a_stop() {
    survives(StopSignal::TERM).await;
}

#[tokio::test]
async fn persons_and_history_survive_a_crash() {
    survives(StopSignal::KILL).await;
}
