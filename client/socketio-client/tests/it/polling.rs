//! HTTP long-polling, natively, against a scripted HTTP server.

use std::time::Duration;

use bytes::Bytes;
use socketio_client::{
    AttemptError, Client, ClientOptions, CloseCause, DecodeError, DisconnectReason, Limits,
    ManagerEvent, Socket, Transport, Transports,
};

use crate::{
    http::{Call, HANDSHAKE, HttpServer},
    util::News,
};

const UPGRADABLE: &str =
    r#"0{"sid":"e1","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}"#;

fn options(server: &HttpServer) -> ClientOptions {
    let ms = Duration::from_millis;
    ClientOptions::new(&server.url())
        .unwrap()
        .transports(Transports::PollingOnly)
        .reconnection_delay(ms(10), ms(20))
}

/// A client that is connected to `/chat`, its poll, and what its connection tells.
async fn connected(
    server: &mut HttpServer,
    options: ClientOptions,
) -> (Client, Socket, Call, News<ManagerEvent>) {
    let client = Client::new(options).unwrap();
    let events = News::new();
    let tell = events.sender();
    client.on_event(move |event| tell(event.clone()));
    let socket = client.socket("/chat").unwrap();
    let mut news = News::new();
    let tell = news.sender();
    socket.on_connect(move || tell(()));
    socket.connect();
    let poll = server.welcome(HANDSHAKE, "/chat,").await;
    news.next("the connection").await;
    (client, socket, poll, events)
}

/// The next attempt's failure.
async fn failure(events: &mut News<ManagerEvent>) -> AttemptError {
    loop {
        if let ManagerEvent::Failed(error) = events.next("the failure").await {
            return error;
        }
    }
}

#[tokio::test]
async fn events_go_both_ways() {
    let mut server = HttpServer::start().await;
    let options = options(&server);
    let (client, socket, poll, _) = connected(&mut server, options).await;
    assert_eq!(client.transport(), Some(Transport::Polling));
    let mut news = News::<String>::new();
    socket.on("note", news.sender());
    poll.answer("42/chat,[\"note\",\"one\"]\u{1e}42/chat,[\"note\",\"zwei: ü\"]");
    assert_eq!(news.next("the first").await, "one");
    assert_eq!(news.next("the second").await, "zwei: ü");
    socket.emit("wave", &"ä").unwrap();
    let post = server.post().await;
    assert_eq!(post.body, r#"42/chat,["wave","ä"]"#);
    assert!(post.head.contains("content-type: text/plain;charset=utf-8"), "{}", post.head);
    assert!(post.head.contains("sid=e1"), "{}", post.head);
}

#[tokio::test]
async fn attachments_go_both_ways() {
    let mut server = HttpServer::start().await;
    let options = options(&server);
    let (_client, socket, poll, _) = connected(&mut server, options).await;
    let mut news = News::<Bytes>::new();
    socket.on("file", news.sender());
    poll.answer("451-/chat,[\"file\",{\"_placeholder\":true,\"num\":0}]\u{1e}bAQID");
    assert_eq!(news.next("the file").await, Bytes::from_static(b"\x01\x02\x03"));
    socket.emit("file", &Bytes::from_static(b"\x03\x02\x01")).unwrap();
    let post = server.post().await;
    assert_eq!(post.body, "451-/chat,[\"file\",{\"_placeholder\":true,\"num\":0}]\u{1e}bAwIB");
}

#[tokio::test]
async fn dropping_every_handle_says_goodbye_and_gives_the_poll_up() {
    let mut server = HttpServer::start().await;
    let options = options(&server);
    let (client, socket, mut poll, _) = connected(&mut server, options).await;
    drop((client, socket));
    let mut said = String::new();
    while !said.ends_with('1') || said.ends_with("41") {
        let post = server.post().await;
        said.push_str(&post.body);
        post.answer("ok");
    }
    assert!(said.starts_with("41/chat,"), "{said}");
    poll.aborted().await;
}

#[tokio::test]
async fn headers_and_cookies_go_with_every_request() {
    let mut server = HttpServer::start().await;
    let options = options(&server)
        .transports(Transports::PollingFirst)
        .with_credentials(true)
        .extra_header("X-Team", "Blue");
    let client = Client::new(options).unwrap();
    client.socket("/").unwrap().connect();
    let first = server.get().await;
    assert!(first.head.contains("x-team: blue\r\n"), "{}", first.head);
    assert!(!first.head.contains("cookie:"), "{}", first.head);
    first.answer_with("200 OK", "set-cookie: node=n7; Path=/; HttpOnly\r\n", UPGRADABLE);
    for head in [server.get().await.head, server.post().await.head, server.upgrade().await.head] {
        assert!(head.contains("x-team: blue\r\n"), "{head}");
        assert!(head.contains("cookie: node=n7\r\n"), "{head}");
    }
}

#[tokio::test]
async fn without_credentials_cookies_are_not_kept() {
    let mut server = HttpServer::start().await;
    let client = Client::new(options(&server)).unwrap();
    client.socket("/").unwrap().connect();
    let first = server.get().await;
    first.answer_with("200 OK", "set-cookie: node=n7; Path=/\r\n", HANDSHAKE);
    let post = server.post().await;
    assert!(!post.head.contains("cookie:"), "{}", post.head);
}

#[tokio::test]
async fn a_connection_goes_over_to_a_websocket() {
    let mut server = HttpServer::start().await;
    let options = options(&server).transports(Transports::PollingFirst);
    let client = Client::new(options).unwrap();
    let mut events = News::new();
    let tell = events.sender();
    client.on_event(move |event| tell(event.clone()));
    let socket = client.socket("/").unwrap();
    socket.connect();
    server.get().await.answer(UPGRADABLE);
    server.post().await.answer("ok");
    server.get().await.answer(r#"40{"sid":"s1"}"#);
    let poll = server.get().await;
    let mut websocket = server.upgrade().await.accept().await;
    assert_eq!(websocket.next().await, "2probe");
    websocket.send("3probe").await;
    // As a server does: a noop for every poll until the client stops.
    let noops = async {
        poll.answer("6");
        loop {
            server.get().await.answer("6");
        }
    };
    tokio::select! {
        frame = websocket.next() => assert_eq!(frame, "5"),
        () = noops => {}
    }
    while events.next("the upgrade").await != ManagerEvent::Upgraded {}
    assert_eq!(client.transport(), Some(Transport::WebSocket));
    let mut news = News::<u32>::new();
    socket.on("n", news.sender());
    websocket.send(r#"42["n",1]"#).await;
    assert_eq!(news.next("an event").await, 1);
}

#[tokio::test]
async fn a_websocket_that_is_refused_makes_way_for_polling() {
    let mut server = HttpServer::start().await;
    let options = options(&server).transports(Transports::WebSocketFirst).upgrade(false);
    let client = Client::new(options).unwrap();
    let mut events = News::new();
    let tell = events.sender();
    client.on_event(move |event| tell(event.clone()));
    let socket = client.socket("/").unwrap();
    let mut news = News::new();
    let tell = news.sender();
    socket.on_connect(move || tell(()));
    socket.connect();
    server.upgrade().await.refuse("403 Forbidden").await;
    let first = events.next("the failure").await;
    let ManagerEvent::FallingBack { error, to: Transport::Polling } = first else {
        panic!("{first:?}")
    };
    assert!(error.to_string().contains("403"), "{error}");
    let _poll = server.welcome(HANDSHAKE, "").await;
    news.next("the connection").await;
    assert_eq!(client.transport(), Some(Transport::Polling));
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read_to_its_end() {
    let mut server = HttpServer::start().await;
    let mut limits = Limits::default();
    limits.poll_bytes = 1_000;
    let options = options(&server).limits(limits);
    let (_client, socket, poll, mut events) = connected(&mut server, options).await;
    let mut news = News::new();
    socket.on_disconnect(news.sender());
    poll.answer_without_end(&"x".repeat(1_001));
    assert_eq!(news.next("the loss").await, DisconnectReason::ParseError);
    loop {
        if let ManagerEvent::Close { cause, .. } = events.next("the cause").await {
            let Some(CloseCause::Protocol(error)) = cause else { panic!("{cause:?}") };
            let DecodeError::TooLarge { bytes: 1_001, limit: 1_000, .. } = error else {
                panic!("{error:?}")
            };
            break;
        }
    }
}

#[tokio::test]
async fn an_error_of_the_server_is_told_with_its_status() {
    let mut server = HttpServer::start().await;
    let client = Client::new(options(&server)).unwrap();
    let mut events = News::new();
    let tell = events.sender();
    client.on_event(move |event| tell(event.clone()));
    client.socket("/").unwrap().connect();
    server.get().await.answer_with("503 Service Unavailable", "", "try later");
    let error = failure(&mut events).await;
    let AttemptError::Http { status: 503, detail, .. } = error else { panic!("{error:?}") };
    assert_eq!(detail, "try later");
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let mut server = HttpServer::start().await;
    let client = Client::new(options(&server)).unwrap();
    let mut events = News::new();
    let tell = events.sender();
    client.on_event(move |event| tell(event.clone()));
    client.socket("/").unwrap().connect();
    let to = "location: https://chat.example/\r\n";
    server.get().await.answer_with("301 Moved Permanently", to, "");
    let error = failure(&mut events).await.to_string();
    assert!(error.contains("redirected to https://chat.example/"), "{error}");
}

#[tokio::test]
async fn a_request_may_take_its_time_and_no_longer() {
    let mut server = HttpServer::start().await;
    let options = options(&server).request_timeout(Duration::from_millis(50));
    let client = Client::new(options).unwrap();
    let mut events = News::new();
    let tell = events.sender();
    client.on_event(move |event| tell(event.clone()));
    client.socket("/").unwrap().connect();
    let mut call = server.get().await;
    let error = failure(&mut events).await.to_string();
    assert!(error.contains("no answer within 50 ms"), "{error}");
    call.aborted().await;
}
