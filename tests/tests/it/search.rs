//! Finding what was said, by its words.

use parlour_events::{
    ChangeId, Code, CreateRoom, DeleteMessage, EditMessage, Found, Invite, LeaveRoom, RoomName,
    Search,
};
use parlour_tests::{
    person::{Person, room},
    server::Server,
};
use uuid::Uuid;

fn chat() -> RoomName {
    RoomName::default()
}

fn search(query: &str) -> Search {
    Search { query: query.parse().unwrap(), room: None, after: None, limit: None }
}

/// The texts that are found, the newest first.
async fn found(person: &Person, query: &str) -> Vec<String> {
    texts(&person.may(&search(query)).await)
}

fn texts(found: &Found) -> Vec<String> {
    let text = |hit: &parlour_events::Hit| hit.message.posted.body.as_ref().unwrap().to_string();
    found.hits.iter().map(text).collect()
}

#[tokio::test]
async fn messages_are_found_by_their_words_and_by_how_the_last_one_begins() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    for text in
        ["The quick brown fox", "jumps over the lazy dog", "Добрый вечер, Аня", "naïve café"]
    {
        ann.say(&chat(), text).await;
    }
    for (query, expected) in [
        ("fox", &["The quick brown fox"][..]),
        ("FOX quick", &["The quick brown fox"]),
        ("the", &["jumps over the lazy dog", "The quick brown fox"]),
        ("quick bro", &["The quick brown fox"]),
        // Only the last word may be a beginning, and a beginning is not an end.
        ("qui brown", &[]),
        ("ox", &[]),
        ("fox dog", &[]),
        ("вечер", &["Добрый вечер, Аня"]),
        ("ДОБРЫЙ аня", &["Добрый вечер, Аня"]),
        // What search engines take for their own is text here.
        ("\"quick\"", &["The quick brown fox"]),
        ("fox*", &["The quick brown fox"]),
        ("fox OR dog", &[]),
        ("NOT fox", &[]),
        ("body:fox", &[]),
        ("fox) NEAR (the", &[]),
        ("'; DROP TABLE messages; --", &[]),
    ] {
        assert_eq!(found(&ann, query).await, expected, "{query}");
    }
    for query in ["?!", "\"", "*", "🙂"] {
        assert_eq!(ann.may_not(&search(query)).await.code, Code::Invalid, "{query}");
    }
}

#[tokio::test]
async fn a_message_is_found_by_what_it_says_now() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let (edited, _) = ann.say(&chat(), "old words").await;
    let (deleted, _) = ann.say(&chat(), "secret words").await;
    assert_eq!(found(&ann, "words").await, ["secret words", "old words"]);
    let id = || ChangeId(Uuid::now_v7());
    let body = "new text".parse().unwrap();
    ann.may(&EditMessage { room: chat(), id: id(), message: edited, body }).await;
    ann.may(&DeleteMessage { room: chat(), id: id(), message: deleted }).await;
    assert_eq!(found(&ann, "new text").await, ["new text"]);
    for gone in ["old", "words", "secret"] {
        assert_eq!(found(&ann, gone).await, [""; 0], "{gone}");
    }
    // The same for what was changed before anybody searched, once or twice.
    let (both, _) = ann.say(&chat(), "first version").await;
    for text in ["second version", "third version"] {
        let body = text.parse().unwrap();
        ann.may(&EditMessage { room: chat(), id: id(), message: both, body }).await;
    }
    assert_eq!(found(&ann, "version").await, ["third version"]);
    let (gone, _) = ann.say(&chat(), "never seen").await;
    ann.may(&DeleteMessage { room: chat(), id: id(), message: gone }).await;
    assert_eq!(found(&ann, "never").await, [""; 0]);
}

#[tokio::test]
async fn only_rooms_that_somebody_is_in_are_searched() {
    let server = Server::start().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::chatting(server.url(), "Ben").await;
    let create =
        |name: &str, private| CreateRoom { room: room(name), private, topic: Default::default() };
    ann.may(&create("tea", false)).await;
    ann.may(&create("secret", true)).await;
    for name in ["chat", "tea", "secret"] {
        ann.say(&room(name), &format!("needle in {name}")).await;
    }
    let all = ["needle in secret", "needle in tea", "needle in chat"];
    assert_eq!(found(&ann, "needle").await, all);
    assert_eq!(found(&ben, "needle").await, all[2..]);
    let only = |name: &str| Search { room: Some(room(name)), ..search("needle") };
    assert_eq!(texts(&ann.may(&only("tea")).await), all[1..2]);
    assert_eq!(ben.may_not(&only("tea")).await.code, Code::NotJoined);
    assert_eq!(ben.may_not(&only("secret")).await.code, Code::RoomUnknown);

    ben.join(&room("tea")).await;
    ann.may(&Invite { room: room("secret"), user: ben.id() }).await;
    assert_eq!(found(&ben, "needle").await, all[1..], "an invitation alone opens nothing");
    ben.join(&room("secret")).await;
    assert_eq!(found(&ben, "needle").await, all);
    ben.may(&LeaveRoom { room: room("secret") }).await;
    assert_eq!(found(&ben, "needle").await, all[1..]);
}

#[tokio::test]
async fn many_hits_come_page_by_page() {
    let server = Server::unlimited().await;
    let ann = Person::chatting(server.url(), "Ann").await;
    for number in 0..25 {
        ann.say(&chat(), &format!("hit {number}")).await;
        ann.say(&chat(), "something else").await;
    }
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let part = ann.may(&Search { after, limit: Some(10), ..search("hit") }).await;
        assert!(part.hits.len() <= 10);
        all.extend(texts(&part));
        after = part.next;
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<_> = (0..25).rev().map(|number| format!("hit {number}")).collect();
    assert_eq!(all, expected);
}
