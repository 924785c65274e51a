//! Whoever is being let in while a moderator keeps them out is refused, or does not stay.

use std::time::Duration;

use parlour_events::{Ban, Code, ListBans, RoomName, Unban};
use parlour_tests::{
    person::{Door, Person, text_in},
    raw::Raw,
    server::{Server, run_to_end},
};
use rusqlite::Connection;
use tokio::{join, time::sleep};

/// Each has a good chance that the ban falls between somebody's being let in and their being among
/// those who are connected.
const ROUNDS: usize = 8;

/// Longer than a request takes to the queue of writes. If it takes longer after all, nothing was
/// at stake in that round.
const A_MOMENT: Duration = Duration::from_millis(60);

/// How a connection to the chat ends: true if it was let in first.
async fn end(raw: &mut Raw) -> bool {
    let answer = raw.until("4").await;
    if answer.starts_with("44/chat,") {
        assert!(answer.contains("banned") || answer.contains("storage"), "{answer}");
        return false;
    }
    assert!(answer.starts_with("40/chat,{"), "{answer}");
    // First who one is, and then that it is over; never the other way round.
    let told = raw.until("42/chat,").await;
    assert!(told.starts_with(r#"42/chat,["session","#), "{told}");
    let ended = raw.until(r#"42/chat,["session:ended","#).await;
    assert!(ended.contains("banned"), "{ended}");
    raw.until("41/chat,").await;
    true
}

#[tokio::test]
async fn whoever_comes_in_while_their_address_is_banned_does_not_stay() {
    let server = Server::unlimited_with(&["--trust-proxy", "127.0.0.1"]).await;
    let mod_ = Door::to(server.url()).nickname("Mod").from("192.0.2.1").enter().await;
    mod_.join(&RoomName::default()).await;
    let data = server.data().to_str().unwrap();
    assert!(run_to_end(&["grant", "Mod", "moderator", "--data", data]).await.status.success());
    let db = Connection::open(server.data().join("parlour.db")).unwrap();

    let mut let_in = 0;
    for round in 1..=ROUNDS {
        let ann = Person::enter(server.url(), &format!("Ann {round}")).await;
        let mut ben = Raw::open(server.url()).await;
        let connect = format!(r#"40/chat,{{"nickname":"Ben {round}"}}"#);
        // As long as somebody else writes, one write is on its way and all others gather behind it:
        // Ben's entry and the ban are one batch then.
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        let first = text_in(&RoomName::default(), "first");
        let enters = async {
            sleep(A_MOMENT).await;
            ben.send(connect).await;
        };
        let ban =
            Ban { user: ann.id(), addresses: true, seconds: None, reason: Default::default() };
        let bans = async {
            sleep(2 * A_MOMENT).await;
            mod_.ask(&ban).await
        };
        let lets_go = async {
            sleep(3 * A_MOMENT).await;
            db.execute_batch("ROLLBACK").unwrap();
        };
        let (_, (), banned, ()) = join!(mod_.ask(&first), enters, bans, lets_go);
        if let Err(refusal) = banned {
            // On a slow machine the store may have given up before.
            assert_eq!(refusal.code, Code::Storage, "{refusal}");
            continue;
        }
        let_in += u32::from(end(&mut ben).await);
        for ban in mod_.may(&ListBans { before: None }).await.bans {
            mod_.may(&Unban { ban: ban.ban }).await;
        }
    }
    assert!(let_in > 0, "Ben was refused each time: nothing was tested");
}
