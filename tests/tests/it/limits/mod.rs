//! Every limit that the server lists is kept, and refused as the list says.
//!
//! [`LIMITS`] is the server's own list, from which its documentation is made. Each row has a probe
//! here, which starts a server with that limit set low, goes beyond it, and tells what it
//! [`Saw`]. The probe itself makes sure that nothing was done by what was refused, and that
//! whoever was refused goes on where the connection stays open. A row without a probe fails.
//!
//! A probe that is given 0 does the same, and must see nothing.

mod chat;
mod files;
mod network;

use std::time::Duration;

use parlour_events::{ListRooms, Refusal, RoomName, Seq};
use parlour_server::limits::{LIMITS, Refused};
use parlour_tests::{http::Answer, person::Person};
use serde_json::Value;
use tokio::time::sleep;

/// What somebody saw who went beyond a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Saw {
    /// The typed refusal of a request.
    Code { code: String, retry_after: Option<u64> },
    /// The refusal of a CONNECT, which has nothing but a sentence beside its code.
    Connect { code: String, sentence: String },
    /// An answer over HTTP.
    Http { status: u16, code: Option<String>, retry_after: Option<u64> },
    /// The end of the connection.
    Closed,
}

impl Saw {
    fn connect(refusal: &Refusal) -> Self {
        let Refusal { code, message, retry_after, .. } = refusal;
        assert_eq!(*retry_after, None, "a CONNECT has no place for that");
        Self::Connect { code: code.to_string(), sentence: message.clone() }
    }

    fn answer(answer: &Answer) -> Self {
        let body: Value = serde_json::from_str(answer.text()).unwrap_or_default();
        let code = body["code"].as_str().or(body["error"]["code"].as_str());
        Self::Http {
            status: answer.status.as_u16(),
            code: code.map(str::to_owned),
            // In seconds there.
            retry_after: answer
                .header("retry-after")
                .parse()
                .ok()
                .map(|seconds: u64| 1_000 * seconds),
        }
    }

    fn fits(&self, refusal: Refused) -> bool {
        match (self, refusal) {
            (Self::Code { code, .. } | Self::Connect { code, .. }, Refused::Code(expected)) => {
                code == expected
            }
            (Self::Http { status, code, .. }, Refused::Http(expected, expected_code)) => {
                (*status, code.as_deref()) == (expected, expected_code)
            }
            (Self::Http { status, .. }, Refused::ClosedOr(expected)) => *status == expected,
            (Self::Closed, Refused::Closed | Refused::ClosedOr(_)) => true,
            _ => false,
        }
    }

    /// Whoever is told that it was too often is told for how long to wait.
    fn tells_how_long(&self) -> bool {
        match self {
            Self::Connect { code, sentence } if code == "rate_limited" => {
                seconds(sentence).is_some_and(|wait| wait > 0)
            }
            Self::Connect { sentence, .. } => sentence.ends_with(" Try again later."),
            Self::Code { code, retry_after } | Self::Http { code: Some(code), retry_after, .. } => {
                (code == "rate_limited") == retry_after.is_some_and(|wait| wait > 0)
            }
            _ => true,
        }
    }
}

impl From<&Refusal> for Saw {
    fn from(refusal: &Refusal) -> Self {
        assert!(refusal.message.ends_with('.'), "no sentence: {refusal:?}");
        Self::Code { code: refusal.code.to_string(), retry_after: refusal.retry_after }
    }
}

/// Goes beyond the limit of that flag, set to something small or to 0.
async fn beyond(flag: &str, off: bool) -> Vec<Saw> {
    let set = |small: &'static str| if off { "0" } else { small };
    match flag {
        "--header-timeout" => network::header_timeout(set("200ms")).await,
        "--max-connections" => network::connections(set("2")).await,
        "--max-connections-per-address" => network::connections_per_address(set("2")).await,
        "--new-guests-per-minute" => network::new_guests(set("3")).await,
        "--connects-per-minute" => network::connects(set("60")).await,
        "--ping-timeout" => network::ping_timeout("2s").await,
        "--connect-timeout" => network::connect_timeout("200ms").await,
        "--max-message-size" => network::message_size("53248").await,
        "--max-sessions" => chat::sessions(set("2")).await,
        "--max-message-length" => chat::message_length("10").await,
        "--messages-per-minute" => chat::messages(set("60")).await,
        "--messages-per-minute-per-address" => chat::messages_per_address(set("60")).await,
        "--requests-per-minute" => chat::requests(set("60")).await,
        "--max-pending-requests" => chat::pending_requests("1").await,
        "--max-rooms" => chat::rooms(set("3")).await,
        "--max-rooms-per-person" => chat::rooms_per_person(set("3")).await,
        "--max-reactions" => chat::reactions(set("2")).await,
        "--max-upload-size" => files::size(set("1000")).await,
        "--max-upload-space" => files::space(set("1500")).await,
        "--uploads-per-minute" => files::often(set("60")).await,
        _ => panic!("{flag} is a limit, and nothing here goes beyond it"),
    }
}

#[tokio::test]
async fn every_limit_is_refused_with_its_typed_error() {
    for limit in LIMITS {
        eprintln!("beyond {}", limit.flag);
        let saw = beyond(limit.flag, false).await;
        assert!(!saw.is_empty(), "{limit:?} does not limit");
        assert!(saw.iter().all(|saw| saw.fits(limit.refusal)), "{limit:?}: {saw:?}");
        assert!(saw.iter().all(Saw::tells_how_long), "{limit:?}: {saw:?}");
        if let Refused::ClosedOr(_) = limit.refusal {
            assert!(saw.contains(&Saw::Closed) && saw.len() > 1, "{limit:?}: only {saw:?}");
        }
    }
}

#[tokio::test]
async fn nought_switches_a_limit_off() {
    for limit in LIMITS.iter().filter(|limit| limit.can_be_off) {
        eprintln!("{} 0", limit.flag);
        let saw = beyond(limit.flag, true).await;
        // What is switched off by that are uploads.
        let expected = match limit.flag {
            "--max-upload-size" => {
                let code = Some("forbidden".to_owned());
                vec![Saw::Http { status: 403, code, retry_after: None }; 2]
            }
            _ => vec![],
        };
        assert_eq!(saw, expected, "{limit:?}");
    }
}

/// How long the log of the room that always exists is.
async fn head(person: &Person) -> Seq {
    let rooms = person.may(&ListRooms::default()).await.rooms;
    let chat = rooms.into_iter().find(|room| room.room == RoomName::default());
    chat.expect("it always exists").head
}

/// Does something again and again, until it is refused or nobody could doubt that it is not going
/// to be; for budgets of 60 a minute.
async fn until_refused(
    mut ask: impl AsyncFnMut() -> Result<(), Refusal>,
) -> (u64, Option<Refusal>) {
    for done in 0..130 {
        if let Err(refusal) = ask().await {
            assert!(done >= 60, "refused after {done}: {refusal}");
            return (done, Some(refusal));
        }
    }
    (130, None)
}

/// For how long the sentence of a refused CONNECT says that there is to be waited.
fn seconds(sentence: &str) -> Option<u64> {
    sentence.split_once(" Go on in ")?.1.strip_suffix(" s.")?.parse().ok()
}

/// Waits as long as a refusal says, and not longer.
async fn wait_out(refusal: &Refusal) {
    let millis = refusal.retry_after.unwrap_or_else(|| panic!("how long? {refusal:?}"));
    assert!(millis <= 1_000, "60 a minute are one a second: {refusal:?}");
    sleep(Duration::from_millis(millis)).await;
}
