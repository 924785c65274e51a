//! Guests: a nickname belongs to one person, whatever it is written with; a token is the person.

use parlour_events::{Author, Code, EndSession, Event, ListRooms, Rename, RoomName};
use parlour_tests::{
    person::{Door, Person, Told, posted},
    ports,
    server::{Server, StopSignal},
    waiting::within,
};
use serde_json::Value;

fn chat() -> RoomName {
    RoomName::default()
}

/// The session as it is told next.
async fn told_again(person: &mut Person) -> Author {
    let fits = |told: &Told| matches!(told, Told::Session(_));
    match person.news.expect("the session again", fits).await {
        Told::Session(session) => session.person,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_brings_the_person_back_after_a_restart() {
    let address = format!("127.0.0.1:{}", ports::free());
    let mut server = Server::start_at(&address, &[]).await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let first = ann.session.clone();
    for signal in [StopSignal::TERM, StopSignal::KILL] {
        server.stop(signal).await;
        server.start_again().await;
        // The client comes back by itself, with the token; and so can another one.
        assert_eq!(told_again(&mut ann).await, first.person);
        let device = Door::to(server.url()).token(&ann.token()).enter().await;
        assert_eq!(device.session, first, "whoever has the token is the person");
        let eve = Door::to(server.url()).nickname("Ann").refused().await;
        assert_eq!(eve.code, Code::NicknameTaken);
    }
}

#[tokio::test]
async fn names_that_look_alike_are_taken_together() {
    let server = Server::start().await;
    let _ann = Person::enter(server.url(), "Ann Paypal").await;
    for alike in [
        "Ann Paypal",
        "  Ann Paypal ",
        "ANN PAYPAL",
        // A Cyrillic А and а, a Greek Α, a letter of full width.
        "\u{410}nn Paypal",
        "Ann P\u{430}ypal",
        "\u{391}nn Paypal",
        "\u{ff21}nn Paypal",
        // Digits for letters.
        "Ann Paypa1",
        // What cannot be seen.
        "A\u{200d}nn Paypal",
        "An\u{200c}n Paypal",
        "Ann Paypal\u{fe0f}",
    ] {
        let refusal = Door::to(server.url()).nickname(alike).refused().await;
        assert_eq!(refusal.code, Code::NicknameTaken, "{}", alike.escape_unicode());
        assert!(refusal.message.ends_with('.'), "{refusal}");
    }
    for other in ["Anna Paypal", "An Paypal", "Ann Paypal 2", "Анна"] {
        Person::enter(server.url(), other).await;
    }
}

#[tokio::test]
async fn the_end_of_a_session_ends_all_its_connections_and_frees_the_name() {
    let server = Server::start().await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let mut device = ann.device().await;
    device.join(&chat()).await;
    let ben = Person::chatting(server.url(), "Ben").await;

    ann.may(&EndSession {}).await;
    for connection in [&mut ann, &mut device] {
        assert_eq!(connection.ended().await.code, Code::SessionEnded);
    }
    let refusal = Door::to(server.url()).token(&ann.token()).refused().await;
    assert_eq!(refusal.code, Code::SessionEnded, "{refusal}");
    let next = Person::enter(server.url(), "Ann").await;
    assert_ne!(next.id(), ann.id(), "the next Ann is somebody else");
    // She is nobody's member, and nobody thinks that she wrote what the other one wrote.
    assert!(next.may(&ListRooms::default()).await.rooms.iter().all(|it| !it.joined));
    ben.say(&chat(), "still here").await;
}

#[tokio::test]
async fn a_session_ends_only_once() {
    let server = Server::start().await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let mut device = ann.device().await;
    // Both at once: each is answered, or finds that it is over.
    let end = async |person: &Person| {
        let request = person.socket.emit_with_ack::<_, Value>(EndSession::NAME, &EndSession {});
        within("an answer, or the end", request.send()).await.is_ok()
    };
    let (one, other) = tokio::join!(end(&ann), end(&device));
    assert!(one || other, "nobody was answered");
    for connection in [&mut ann, &mut device] {
        assert_eq!(connection.ended().await.code, Code::SessionEnded);
        let again = connection.news.rest().into_iter().filter(|it| matches!(it, Told::Ended(_)));
        assert_eq!(again.count(), 0, "it was told twice");
    }
}

#[tokio::test]
async fn another_name_is_told_to_everybody_whom_it_concerns() {
    let server = Server::start().await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let mut device = ann.device().await;
    device.join(&chat()).await;
    let mut ben = Person::chatting(server.url(), "Ben").await;

    for bad in ["Ben", "BEN", "B\u{435}n"] {
        let refusal = ann.may_not(&Rename { nickname: bad.parse().unwrap() }).await;
        assert_eq!(refusal.code, Code::NicknameTaken, "{bad}");
    }
    ann.may(&Rename { nickname: "Anna".parse().unwrap() }).await;
    for connection in [&mut ann, &mut device] {
        let person = told_again(connection).await;
        assert_eq!((person.id, person.name.as_str()), (connection.id(), "Anna"));
    }
    // Whoever is in a room with her hears of it, and of the same person.
    let renamed = |told: &Told| match told {
        Told::Presence(presence) => presence.here.iter().any(|it| it.name.as_str() == "Anna"),
        _ => false,
    };
    let Told::Presence(news) = ben.news.expect("the new name", renamed).await else { panic!() };
    assert!(news.here.iter().all(|it| it.name.as_str() != "Anna" || it.id == ann.id()), "{news:?}");
    assert!(!news.gone.contains(&ann.id()), "{news:?}");
    // From now on she speaks under it, and the old one is free.
    ann.say(&chat(), "It is me").await;
    let Told::Changes(news) =
        ben.news.expect("her message", |told| posted(told, &chat()).next().is_some()).await
    else {
        panic!()
    };
    let said: Vec<_> = posted(&Told::Changes(news), &chat()).map(|(by, _)| by.to_owned()).collect();
    assert_eq!(said, ["Anna"]);
    Person::enter(server.url(), "Ann").await;
    // A change of letters only is hers as well; so is her own name.
    ann.may(&Rename { nickname: "ANNA".parse().unwrap() }).await;
    ann.may(&Rename { nickname: "ANNA".parse().unwrap() }).await;
}

#[tokio::test]
async fn a_token_that_is_nobodys_is_refused_and_a_name_beside_it_is_taken() {
    let server = Server::start().await;
    let unknown = "00".repeat(32).parse().unwrap();
    let refusal = Door::to(server.url()).token(&unknown).refused().await;
    assert_eq!(refusal.code, Code::TokenInvalid);
    let ann = Door::to(server.url()).token(&unknown).nickname("Ann").enter().await;
    assert_eq!(ann.session.person.name.as_str(), "Ann");
    // All connections of a person whose data was lost come back as one person.
    let same = Door::to(server.url()).token(&ann.token()).nickname("Ann").enter().await;
    assert_eq!(same.id(), ann.id());
}

/// A Cyrillic В looks like a B, and its small letter like nothing in Latin. The same goes for a
/// capital I, which looks like a small l.
#[tokio::test]
async fn capital_letters_that_look_alike_are_one_name() {
    let server = Server::start().await;
    let _ben = Person::enter(server.url(), "Ben Paypal").await;
    for alike in ["\u{412}en Paypal", "Ben PaypaI"] {
        let refusal = Door::to(server.url()).nickname(alike).refused().await;
        assert_eq!(refusal.code, Code::NicknameTaken, "{}", alike.escape_unicode());
    }
}
