//! Who is here: people, not connections.

use std::time::{Duration, Instant};

use parlour_events::{JoinRoom, LeaveRoom, ListMembers, RoomName, UserId};
use parlour_tests::{
    person::{Person, Told},
    server::Server,
};

/// Longer than any test.
const LONG: [&str; 2] = ["--presence-grace", "10m"];
const NONE: [&str; 2] = ["--presence-grace", "0s"];

fn chat() -> RoomName {
    RoomName::default()
}

fn is_here(told: &Told, who: UserId) -> bool {
    matches!(told, Told::Presence(it) if it.here.iter().any(|person| person.id == who))
}

fn is_gone(told: &Told, who: UserId) -> bool {
    matches!(told, Told::Presence(it) if it.gone.contains(&who))
}

/// Who is here, as somebody who asks is told.
async fn here(person: &Person) -> Vec<UserId> {
    let members = person.may(&ListMembers { room: chat(), after: None }).await.members;
    members.into_iter().filter(|it| it.here).map(|it| it.person.id).collect()
}

/// Waits until somebody has come whom nobody has seen before: whatever happened before that has
/// been told. Gives what was told.
async fn what_was_told(watcher: &mut Person, server: &Server, newcomer: &str) -> Vec<Told> {
    let newcomer = Person::chatting(server.url(), newcomer).await;
    let of_newcomer = |told: &Told| is_here(told, newcomer.id());
    let with = watcher.news.expect("a newcomer", of_newcomer).await;
    let mut all = watcher.news.rest();
    all.push(with);
    all
}

/// Leaves without a word, and waits until the server has noticed.
async fn is_lost(person: Person, server: &Server) {
    let place = server.log.length();
    let user = person.id().to_string();
    drop(person);
    server.log.line(place, &["member disconnected", &user]).await;
}

#[tokio::test]
async fn several_connections_are_one_person_until_the_last_is_gone() {
    let server = Server::start_with(&NONE).await;
    let mut ben = Person::chatting(server.url(), "Ben").await;
    let tabs = [Person::chatting(server.url(), "Ann").await];
    let ann = tabs[0].id();
    ben.news.expect("Ann", |told| is_here(told, ann)).await;
    let second = tabs[0].device().await;
    second.join(&chat()).await;
    let third = second.device().await;
    third.join(&chat()).await;
    assert_eq!(here(&ben).await.iter().filter(|id| **id == ann).count(), 1);

    let [first] = tabs;
    is_lost(first, &server).await;
    is_lost(third, &server).await;
    let told = what_was_told(&mut ben, &server, "Eve").await;
    assert!(!told.iter().any(|it| is_here(it, ann) || is_gone(it, ann)), "{told:?}");
    assert!(here(&ben).await.contains(&ann));

    is_lost(second, &server).await;
    ben.news.expect("Ann to be gone", |told| is_gone(told, ann)).await;
    assert!(!here(&ben).await.contains(&ann));
    // Gone is not out: she is a member as before.
    let members = ben.may(&ListMembers { room: chat(), after: None }).await.members;
    assert!(members.iter().any(|it| it.person.id == ann && !it.here));
}

#[tokio::test]
async fn somebody_counts_as_here_for_a_while_after_the_last_connection() {
    let server = Server::start_with(&["--presence-grace", "400ms"]).await;
    let mut ben = Person::chatting(server.url(), "Ben").await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let id = ann.id();
    ben.news.expect("Ann", |told| is_here(told, id)).await;
    let left = Instant::now();
    drop(ann);
    ben.news.expect("Ann to be gone", |told| is_gone(told, id)).await;
    assert!(left.elapsed() >= Duration::from_millis(400), "after {:?}", left.elapsed());
}

#[tokio::test]
async fn coming_back_in_time_is_not_told() {
    let server = Server::start_with(&LONG).await;
    let mut ben = Person::chatting(server.url(), "Ben").await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let (id, door) = (ann.id(), ann.door());
    ben.news.expect("Ann", |told| is_here(told, id)).await;
    is_lost(ann, &server).await;
    assert!(here(&ben).await.contains(&id));
    let back = door.enter().await;
    back.join(&chat()).await;
    let told = what_was_told(&mut ben, &server, "Eve").await;
    assert!(!told.iter().any(|it| is_here(it, id) || is_gone(it, id)), "{told:?}");
}

#[tokio::test]
async fn leaving_a_room_counts_at_once() {
    let server = Server::start_with(&LONG).await;
    let mut ben = Person::chatting(server.url(), "Ben").await;
    let ann = Person::chatting(server.url(), "Ann").await;
    ben.news.expect("Ann", |told| is_here(told, ann.id())).await;
    ann.may(&LeaveRoom { room: chat() }).await;
    ben.news.expect("Ann to be gone", |told| is_gone(told, ann.id())).await;
    assert!(!here(&ben).await.contains(&ann.id()));
    ann.join(&chat()).await;
    ben.news.expect("Ann again", |told| is_here(told, ann.id())).await;
}

#[tokio::test]
async fn whoever_joins_twice_is_here_once() {
    let server = Server::start_with(&NONE).await;
    let mut ben = Person::chatting(server.url(), "Ben").await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let id = ann.id();
    ben.news.expect("Ann", |told| is_here(told, id)).await;
    for _ in 0..3 {
        ann.may(&JoinRoom { room: chat(), after: None }).await;
    }
    let told = what_was_told(&mut ben, &server, "Eve").await;
    assert!(!told.iter().any(|it| is_here(it, id)), "{told:?}");
    is_lost(ann, &server).await;
    ben.news.expect("Ann to be gone", |told| is_gone(told, id)).await;
}

#[tokio::test]
async fn only_the_people_of_a_room_are_told_who_is_in_it() {
    let server = Server::start_with(&NONE).await;
    let mut stranger = Person::enter(server.url(), "Stranger").await;
    let mut ben = Person::chatting(server.url(), "Ben").await;
    what_was_told(&mut ben, &server, "Eve").await;
    let told = stranger.so_far().await;
    assert!(!told.iter().any(|it| matches!(it, Told::Presence(_))), "{told:?}");
}
