//! A ban that goes for where somebody comes from as well. The server is behind a proxy here that
//! says where that is.

use parlour_events::{Ban, BanEntry, Code, ListBans, RoomName, Unban, UserId};
use parlour_tests::{
    person::{Door, Person},
    raw::Raw,
    server::{Server, run_to_end},
};

const PROXIED: [&str; 2] = ["--trust-proxy", "127.0.0.1"];
const OFFICE: &str = "192.0.2.1";
const CAFE: &str = "198.51.100.7";
const HOME: &str = "2001:db8:1:2::77";

fn chat() -> RoomName {
    RoomName::default()
}

fn door(server: &Server, nickname: &str, address: &str) -> Door {
    Door::to(server.url()).nickname(nickname).from(address)
}

/// A moderator in the room, from the office.
async fn moderator(server: &Server) -> Person {
    let person = door(server, "Mod", OFFICE).enter().await;
    person.join(&chat()).await;
    let data = server.data().to_str().unwrap();
    let done = run_to_end(&["grant", "Mod", "moderator", "--data", data]).await;
    assert!(done.status.success(), "{done:?}");
    person
}

fn ban(user: UserId) -> Ban {
    Ban { user, addresses: true, seconds: None, reason: Default::default() }
}

async fn bans(person: &Person) -> Vec<BanEntry> {
    person.may(&ListBans { before: None }).await.bans
}

#[tokio::test]
async fn nobody_comes_in_from_where_a_banned_person_came() {
    let server = Server::unlimited_with(&PROXIED).await;
    let mod_ = moderator(&server).await;
    let mut ann = door(&server, "Ann", CAFE).enter().await;
    // She was at home before, and somebody else is in the same café.
    let mut at_home = ann.door().from(HOME).enter().await;
    // Where somebody comes back from is written down when they ask for something.
    at_home.so_far().await;
    let mut ben = door(&server, "Ben", CAFE).enter().await;
    let eve = door(&server, "Eve", "198.51.100.8").enter().await;
    eve.join(&chat()).await;

    mod_.may(&ban(ann.id())).await;
    for gone in [&mut ann, &mut at_home, &mut ben] {
        assert_eq!(gone.ended().await.code, Code::Banned);
    }
    // The whole network that a provider gives to one customer.
    for address in [CAFE, HOME, "2001:db8:1:2:ffff::1"] {
        let refusal = door(&server, "A new name", address).refused().await;
        assert_eq!(refusal.code, Code::Banned, "{address}: {refusal}");
    }
    assert_eq!(ben.door().refused().await.code, Code::Banned);
    for address in ["198.51.100.9", "2001:db8:1:3::77"] {
        door(&server, &format!("from {}", address.replace(':', ".")), address).enter().await;
    }
    eve.say(&chat(), "still here").await;

    // Each is an entry of its own, and can be lifted alone.
    let all = bans(&mod_).await;
    let mut addresses: Vec<_> = all.iter().filter_map(|it| it.address.as_deref()).collect();
    addresses.sort_unstable();
    assert_eq!(addresses, [CAFE, "2001:db8:1:2::/64"]);
    assert!(all.iter().all(|it| it.person.id == ann.id()), "{all:?}");
    let cafe = all.iter().find(|it| it.address.as_deref() == Some(CAFE)).unwrap();
    mod_.may(&Unban { ban: cafe.ban }).await;
    let back = ben.door().enter().await;
    assert_eq!(back.id(), ben.id(), "his session was not the one that ended");
    assert_eq!(door(&server, "Ann?", HOME).refused().await.code, Code::Banned);
}

#[tokio::test]
async fn a_moderator_does_not_shut_themselves_out() {
    let server = Server::unlimited_with(&PROXIED).await;
    let mod_ = moderator(&server).await;
    let mut ann = door(&server, "Ann", OFFICE).enter().await;
    mod_.may(&ban(ann.id())).await;
    assert_eq!(ann.ended().await.code, Code::Banned);
    assert!(bans(&mod_).await.iter().all(|it| it.address.is_none()));
    mod_.say(&chat(), "still here").await;
    mod_.device().await.join(&chat()).await;
    door(&server, "A colleague", OFFICE).enter().await;
}

#[tokio::test]
async fn a_ban_with_an_end_ends() {
    let server = Server::unlimited_with(&PROXIED).await;
    let mod_ = moderator(&server).await;
    let mut ann = door(&server, "Ann", CAFE).enter().await;
    mod_.may(&Ban { seconds: Some(1), ..ban(ann.id()) }).await;
    assert_eq!(ann.ended().await.code, Code::Banned);
    parlour_tests::waiting::wait_for("the end of the ban", async || {
        match door(&server, "Ann again", CAFE).try_enter().await {
            Ok(_) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    })
    .await;
    assert_eq!(bans(&mod_).await, [], "a ban that is over is no ban in force");
}

/// What classic clients say is seen by everybody in the room, too.
#[tokio::test]
async fn classic_clients_do_not_come_in_from_there_either() {
    let server = Server::unlimited_with(&PROXIED).await;
    let mod_ = moderator(&server).await;
    let ann = door(&server, "Ann", "127.0.0.1").enter().await;
    mod_.may(&ban(ann.id())).await;
    assert_eq!(door(&server, "Ben", "127.0.0.1").refused().await.code, Code::Banned);
    // Without a word of a proxy it is the proxy's own address.
    let mut guest = Raw::open(server.url()).await;
    guest.send("40").await;
    let answer = guest.until("4").await;
    assert!(answer.starts_with("44") && answer.contains("banned"), "{answer}");
}
