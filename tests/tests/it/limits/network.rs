//! Beyond the limits on connections, and on what comes over them.

use std::time::Duration;

use hyper::Method;
use parlour_events::{Code, Refusal, RoomName};
use parlour_tests::{
    http::{ask, get},
    person::{Door, Person, Told},
    raw::Raw,
    server::Server,
    waiting::{wait_for, within},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_tungstenite::tungstenite::Message;

use super::{Saw, head, seconds};

const HALF_A_HEAD: &str = "GET /healthz HTTP/1.1\r\nHost: chat\r\nX-Slow";
const THE_REST: &str = ": yes\r\n\r\n";
const POLLING: &str = "/socket.io/?EIO=4&transport=polling";

/// A connection that has sent this.
async fn connection(server: &Server, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    stream
}

/// Whether the server closes it. What it still says is thrown away.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    // A reset is an end like any other.
    within("the end of a connection", stream.read_to_end(&mut rest)).await.is_ok()
        || rest.is_empty()
}

/// Reads until this has come.
async fn until(stream: &mut TcpStream, text: &str) -> String {
    within(text, async {
        let mut all = String::new();
        while !all.contains(text) {
            let mut some = [0; 1_024];
            let length = stream.read(&mut some).await.unwrap();
            assert_ne!(length, 0, "closed before {text}; there was {all}");
            all.push_str(&String::from_utf8_lossy(&some[..length]));
        }
        all
    })
    .await
}

pub(super) async fn header_timeout(value: &str) -> Vec<Saw> {
    let quick = Server::unlimited_with(&["--header-timeout", "200ms"]).await;
    let server = Server::unlimited_with(&["--header-timeout", value]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    if value == "0" {
        // Longer than it takes another server to lose its patience.
        let mut slow = connection(&server, HALF_A_HEAD).await;
        assert!(is_closed(&mut connection(&quick, HALF_A_HEAD).await).await);
        slow.write_all(THE_REST.as_bytes()).await.unwrap();
        until(&mut slow, "200 OK").await;
        return vec![];
    }
    let mut silent = connection(&server, "").await;
    let mut slow = connection(&server, HALF_A_HEAD).await;
    let mut idle = connection(&server, &format!("{HALF_A_HEAD}{THE_REST}")).await;
    until(&mut idle, "200 OK").await;
    let mut saw = Vec::new();
    for stream in [&mut silent, &mut slow, &mut idle] {
        assert!(is_closed(stream).await);
        saw.push(Saw::Closed);
    }
    // A WebSocket is no request that takes long.
    ann.say(&RoomName::default(), "still here").await;
    saw
}

/// What a CONNECT was refused with.
fn connect_error(json: &str) -> Refusal {
    let error: serde_json::Value = serde_json::from_str(json).unwrap();
    Refusal::from_connect_error(error["message"].as_str().unwrap())
}

pub(super) async fn connections(value: &str) -> Vec<Saw> {
    let server = Server::unlimited_with(&["--max-connections", value]).await;
    let ann = Person::chatting(server.url(), "Ann").await;
    let ben = Person::enter(server.url(), "Ben").await;
    let eve = Door::to(server.url()).nickname("Eve");
    let mut saw = Vec::new();
    if let Err(refusal) = eve.try_enter().await {
        saw.push(Saw::connect(&refusal));
    }
    // The namespace of classic clients has as many places.
    let mut guests = Vec::new();
    for _ in 0..3 {
        let mut guest = Raw::open(server.url()).await;
        guest.send("40").await;
        let answer = guest.until("4").await;
        if let Some(error) = answer.strip_prefix("44") {
            saw.push(Saw::connect(&connect_error(error)));
        }
        guests.push(guest);
    }
    if value == "0" {
        return saw;
    }
    // Nothing was done, and whoever is there notices nothing.
    ann.say(&RoomName::default(), "still here").await;
    ben.socket.disconnect();
    wait_for("Ben's place", async || match eve.try_enter().await {
        Ok(_) => Ok(()),
        Err(refusal) => Err(refusal),
    })
    .await;
    drop((ann, guests));

    // Connections beyond are there for the page; and these have an end, too.
    let server = Server::unlimited_with(&["--max-connections", value]).await;
    let mut idle = Vec::new();
    for _ in 0..2 + 256 {
        idle.push(connection(&server, "").await);
    }
    let mut late = connection(&server, HALF_A_HEAD).await;
    assert!(is_closed(&mut late).await);
    drop(idle);
    let page = format!("{}/healthz", server.url());
    wait_for("a place for the page", async || {
        let mut stream = connection(&server, &format!("{HALF_A_HEAD}{THE_REST}")).await;
        let mut some = [0; 16];
        match stream.read(&mut some).await {
            Ok(1..) => Ok(()),
            closed => Err(closed.map_err(|error| error.to_string())),
        }
    })
    .await;
    assert_eq!(get(&page, &[]).await.text(), "ok");
    saw
}

pub(super) async fn connections_per_address(value: &str) -> Vec<Saw> {
    let server = Server::start_with(&["--max-connections-per-address", value]).await;
    let mut first = Raw::open(server.url()).await;
    let mut second = Raw::open(server.url()).await;
    let mut third = connection(&server, &format!("{HALF_A_HEAD}{THE_REST}")).await;
    let saw = if value == "0" {
        until(&mut third, "200 OK").await;
        vec![]
    } else {
        assert!(is_closed(&mut third).await);
        vec![Saw::Closed]
    };
    for raw in [&mut first, &mut second] {
        raw.send("40").await;
        raw.until("40{").await;
    }
    drop(first);
    let page = format!("{HALF_A_HEAD}{THE_REST}");
    wait_for("the place of the one that is gone", async || {
        let mut stream = connection(&server, &page).await;
        let mut some = [0; 16];
        match stream.read(&mut some).await {
            Ok(1..) => Ok(()),
            closed => Err(closed.map_err(|error| error.to_string())),
        }
    })
    .await;
    behind_a_proxy(value).await;
    saw
}

/// Behind a proxy it is the addresses that the proxy tells that are counted.
async fn behind_a_proxy(value: &str) {
    let flags = ["--max-connections-per-address", value, "--trust-proxy", "127.0.0.1"];
    let server = Server::start_with(&flags).await;
    let door = |nickname, address| Door::to(server.url()).nickname(nickname).from(address);
    let _ann = door("Ann", "192.0.2.1").enter().await;
    let _ben = door("Ben", "192.0.2.1").enter().await;
    let page = format!("{}{POLLING}", server.url());
    let answer = get(&page, &[("x-forwarded-for", "192.0.2.1")]).await;
    if value == "0" {
        assert_eq!(answer.status, 200);
    } else {
        let code = Some("limit".to_owned());
        assert_eq!(Saw::answer(&answer), Saw::Http { status: 429, code, retry_after: None });
    }
    // Another address has its own, and so has the other way of writing none.
    door("Eve", "192.0.2.2").enter().await;
    assert_eq!(get(&page, &[]).await.status, 200);
}

pub(super) async fn new_guests(value: &str) -> Vec<Saw> {
    let flags = ["--new-guests-per-minute", value, "--trust-proxy", "127.0.0.1"];
    let server = Server::start_with(&flags).await;
    let mut people = Vec::new();
    for name in ["Ann", "Ben", "Eve", "Zoe"] {
        match Door::to(server.url()).nickname(name).try_enter().await {
            Ok(person) => people.push(person),
            Err(refusal) => {
                assert_eq!(people.len(), 3, "{refusal}");
                // Whoever has a session comes in, and so does somebody from elsewhere.
                Door::to(server.url()).token(&people[0].token()).enter().await;
                Door::to(server.url()).nickname("Zoe").from("192.0.2.1").enter().await;
                return vec![Saw::connect(&refusal)];
            }
        }
    }
    vec![]
}

pub(super) async fn connects(value: &str) -> Vec<Saw> {
    let flags = ["--connects-per-minute", value, "--trust-proxy", "127.0.0.1"];
    let server = Server::start_with(&flags).await;
    let polling = format!("{}{POLLING}", server.url());
    let first = get(&polling, &[]).await;
    let mut refused = None;
    for done in 1..130 {
        let answer = get(&polling, &[]).await;
        if answer.status != 200 {
            assert!(done >= 60, "refused after {done}: {}", answer.text());
            refused = Some(answer);
            break;
        }
    }
    connects_over_one_connection(value).await;
    let Some(refused) = refused else { return vec![] };
    // Only new sessions are too many: those that are there go on, and so do the page and other
    // addresses.
    let handshake: serde_json::Value =
        serde_json::from_str(first.text().strip_prefix('0').unwrap()).unwrap();
    let sid = handshake["sid"].as_str().unwrap();
    let session = format!("{polling}&sid={sid}");
    assert_eq!(ask(Method::POST, &session, &[], "40").await.text(), "ok");
    wait_for("the answer to CONNECT", async || {
        // Heartbeats come as well.
        let answer = get(&session, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        if answer.text().contains("40{") { Ok(()) } else { Err(answer.text().to_owned()) }
    })
    .await;
    assert_eq!(get(&format!("{}/healthz", server.url()), &[]).await.text(), "ok");
    assert_eq!(get(&polling, &[("x-forwarded-for", "192.0.2.1")]).await.status, 200);
    // And after a while it is let in again.
    wait_for("another place in the budget", async || {
        let answer = get(&polling, &[]).await;
        if answer.status == 200 { Ok(()) } else { Err(answer.status) }
    })
    .await;
    vec![Saw::answer(&refused)]
}

/// A CONNECT without a nickname, and what is said against it.
async fn refused_connect(raw: &mut Raw) -> Refusal {
    wait_for("an answer to CONNECT", async || {
        raw.send("40/chat,{}").await;
        // The library passes over one that comes before it is done with the one before, whose
        // refusal has been sent a moment earlier.
        let answer = timeout(Duration::from_secs(1), raw.until("44/chat,")).await;
        answer.map(|answer| connect_error(answer.trim_start_matches("44/chat,")))
    })
    .await
}

/// A connection can ask again and again to be let into a namespace: as often as an address may open
/// one.
async fn connects_over_one_connection(value: &str) {
    let server = Server::start_with(&["--connects-per-minute", value]).await;
    let mut raw = Raw::open(server.url()).await;
    // The connection stays, however long all of this takes.
    raw.send("40").await;
    raw.until("40{").await;
    let mut refused = None;
    for done in 1..130 {
        let refusal = refused_connect(&mut raw).await;
        if refusal.code == Code::RateLimited {
            assert!(done >= 60, "refused after {done}: {refusal}");
            refused = Some(refusal);
            break;
        }
        assert_eq!(refusal.code, Code::NicknameInvalid, "{refusal}");
    }
    assert_eq!(refused.is_none(), value == "0");
    let Some(refusal) = refused else { return };
    assert!(Saw::connect(&refusal).tells_how_long(), "{refusal}");
    // After so long the same connection may come in, unless others use it up meanwhile.
    sleep(Duration::from_secs(seconds(&refusal.message).unwrap())).await;
    raw.send(r#"40/chat,{"nickname":"Ann"}"#).await;
    raw.until("40/chat,{").await;
    // The namespace of classic clients has no budget of its own.
    wait_for("a refusal in the other namespace", async || {
        let mut raw = Raw::open(server.url()).await;
        raw.send("40").await;
        let answer = raw.until("4").await;
        let code = answer.strip_prefix("44").map(|error| connect_error(error).code);
        if code == Some(Code::RateLimited) { Ok(()) } else { Err(answer) }
    })
    .await;
}

pub(super) async fn ping_timeout(value: &str) -> Vec<Saw> {
    let flags = ["--ping-interval", "100ms", "--ping-timeout", value];
    let server = Server::unlimited_with(&flags).await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", server.address());
    let (mut deaf, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    futures_util::SinkExt::send(&mut deaf, Message::text("40")).await.unwrap();
    within("the end of whoever does not answer", async {
        while let Some(Ok(message)) = futures_util::StreamExt::next(&mut deaf).await {
            if message.is_close() {
                break;
            }
        }
    })
    .await;
    // Whoever answers stays.
    ann.say(&RoomName::default(), "still here").await;
    assert!(!lost(&mut ann).await);
    vec![Saw::Closed]
}

/// Whether somebody was disconnected meanwhile.
async fn lost(person: &mut Person) -> bool {
    person.so_far().await.iter().any(|told| matches!(told, Told::Disconnected(_)))
}

pub(super) async fn connect_timeout(value: &str) -> Vec<Saw> {
    let server = Server::unlimited_with(&["--connect-timeout", value]).await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    // A slow machine may have needed more than one try; whoever is in has all the time.
    ann.so_far().await;
    let mut undecided = Raw::open(server.url()).await;
    let frames = undecided.end().await;
    assert!(frames.iter().all(|frame| frame == "1"), "{frames:?}");
    ann.say(&RoomName::default(), "still here").await;
    assert!(!lost(&mut ann).await);
    vec![Saw::Closed]
}

pub(super) async fn message_size(value: &str) -> Vec<Saw> {
    let server = Server::unlimited_with(&["--max-message-size", value]).await;
    let mut ann = Person::chatting(server.url(), "Ann").await;
    let before = head(&ann).await;
    let most: usize = value.parse().unwrap();
    let frame = |bytes: usize| {
        let (start, end) = (r#"42["chat message",""#, r#""]"#);
        format!("{start}{}{end}", "x".repeat(bytes - start.len() - end.len()))
    };

    let mut raw = Raw::open(server.url()).await;
    raw.send("40").await;
    raw.until("40{").await;
    // As long as it may be: read, and refused for what it says.
    raw.send(frame(most)).await;
    let answer = raw.until(r#"42["refused""#).await;
    assert!(answer.contains(Code::Invalid.as_str()) || answer.contains("too_long"), "{answer}");
    raw.send(frame(most + 1)).await;
    let frames = raw.end().await;
    assert!(frames.iter().all(|frame| frame == "1"), "{frames:?}");

    let polling = format!("{}{POLLING}", server.url());
    let handshake = get(&polling, &[]).await;
    let handshake: serde_json::Value =
        serde_json::from_str(handshake.text().strip_prefix('0').unwrap()).unwrap();
    let session = format!("{polling}&sid={}", handshake["sid"].as_str().unwrap());
    assert_eq!(ask(Method::POST, &session, &[], "40").await.text(), "ok");
    let refused = ask(Method::POST, &session, &[], &frame(most + 1)).await;

    assert_eq!(head(&ann).await, before, "something was posted");
    assert!(!lost(&mut ann).await);
    vec![Saw::Closed, Saw::answer(&refused)]
}
