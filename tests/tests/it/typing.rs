//! Who is typing: told to the others in the room, and to nobody else.

use parlour_events::{LeaveRoom, Mute, RoomName};
use parlour_tests::{
    person::{Person, Told},
    raw::Raw,
    server::{Server, run_to_end},
};

fn chat() -> RoomName {
    RoomName::default()
}

fn is_typing(told: &Told) -> bool {
    matches!(told, Told::Typing(_))
}

#[tokio::test]
async fn typing_reaches_the_others_in_the_room_and_nobody_else() {
    let server = Server::start().await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let mut device = ann.device().await;
    device.join(&chat()).await;
    let mut ben = Person::chatting(server.url(), "Ben").await;
    let mut stranger = Person::enter(server.url(), "Stranger").await;
    let mut left = Person::chatting(server.url(), "Left").await;
    left.may(&LeaveRoom { room: chat() }).await;

    ann.types(&chat());
    let Told::Typing(typing) = ben.news.expect("that Ann types", is_typing).await else { panic!() };
    assert_eq!((typing.room, typing.person), (chat(), ann.session.person.clone()));
    // Whoever is not in the room is not heard there.
    stranger.types(&chat());
    left.types(&chat());
    for not_heard in [&mut stranger, &mut left] {
        not_heard.so_far().await;
    }
    ann.say(&chat(), "the end").await;
    ben.hears(&chat(), "the end").await;
    for person in [&mut ann, &mut device, &mut ben, &mut stranger, &mut left] {
        let told = person.so_far().await;
        assert!(!told.iter().any(is_typing), "{told:?}");
    }
}

#[tokio::test]
async fn whoever_is_muted_types_unseen_over_new_connections_too() {
    let server = Server::start().await;
    let mod_ = Person::chatting(server.url(), "Mod").await;
    let data = server.data().to_str().unwrap();
    assert!(run_to_end(&["grant", "Mod", "moderator", "--data", data]).await.status.success());
    let ann = Person::chatting(server.url(), "Ann").await;
    let mut ben = Person::chatting(server.url(), "Ben").await;
    let mute = |seconds| Mute { user: ann.id(), seconds, reason: Default::default() };
    mod_.may(&mute(3_600)).await;

    let mut device = ann.device().await;
    device.join(&chat()).await;
    for connection in [&ann, &device] {
        connection.types(&chat());
    }
    device.so_far().await;
    mod_.say(&chat(), "the end").await;
    ben.hears(&chat(), "the end").await;
    let told = ben.so_far().await;
    assert!(!told.iter().any(is_typing), "{told:?}");

    mod_.may(&mute(0)).await;
    device.news.expect("that the mute is over", |told| matches!(told, Told::Muted(_))).await;
    device.types(&chat());
    ben.news.expect("that Ann types", is_typing).await;
}

#[tokio::test]
async fn typing_is_not_acknowledged() {
    let server = Server::start().await;
    let mut ben = Person::chatting(server.url(), "Ben").await;
    let mut raw = Raw::open(server.url()).await;
    raw.send(r#"40/chat,{"nickname":"Ann"}"#).await;
    raw.until("40/chat,{").await;
    raw.send(r#"42/chat,1["room:join",{"room":"chat"}]"#).await;
    raw.until("43/chat,1[").await;
    for payload in [r#"{"room":"chat"}"#, r#"{"room":7}"#, "null", r#"{"room":"nowhere"}"#] {
        raw.send(format!(r#"42/chat,2["typing",{payload}]"#)).await;
    }
    ben.news.expect("that Ann types", is_typing).await;
    raw.send(r#"42/chat,3["room:list",{}]"#).await;
    let answer = raw.until("43/chat,").await;
    assert!(answer.starts_with("43/chat,3["), "{answer}");
}

#[tokio::test]
async fn whoever_says_it_too_often_is_told_of_less_often() {
    let server = Server::unlimited().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let mut ben = Person::chatting(server.url(), "Ben").await;
    for _ in 0..500 {
        ann.types(&chat());
    }
    ben.news.expect("that Ann types", is_typing).await;
    // Nothing else suffers from it.
    ann.say(&chat(), "the end").await;
    ben.hears(&chat(), "the end").await;
    let heard = ben.so_far().await.into_iter().filter(is_typing).count();
    assert!(heard < 250, "{heard} of 500 in a moment");
}
