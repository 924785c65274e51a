//! How a connection ends, natively.

use socketio_client::{
    Client, CloseCause, DecodeError, DisconnectReason, EmitError, Limits, ManagerEvent,
};

use crate::{
    scripted::{Server, connected, options},
    util::News,
};

#[tokio::test]
async fn dropping_every_handle_says_goodbye_and_closes() {
    let server = Server::start().await;
    let (client, socket, mut connection) = connected(&server).await;
    socket.emit("last", &()).unwrap();
    drop((client, socket));
    let (frames, clean) = connection.last_words().await;
    assert_eq!(frames, [r#"42/chat,["last"]"#, "41/chat,"]);
    assert!(clean);
}

#[tokio::test]
async fn a_close_of_the_server_is_answered() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let mut news = News::new();
    socket.on_disconnect(news.sender());
    connection.say_goodbye(1001).await;
    let (_, clean) = connection.last_words().await;
    assert!(clean);
    assert_eq!(news.next("the loss").await, DisconnectReason::TransportClose);
}

#[tokio::test]
async fn a_frame_that_is_too_long_is_a_parse_error() {
    let server = Server::start().await;
    let mut limits = Limits::default();
    limits.frame_bytes = 1_000;
    let client = Client::new(options(&server).limits(limits)).unwrap();
    let socket = client.socket("/").unwrap();
    let (mut news, mut events) = (News::new(), News::new());
    socket.on_disconnect(news.sender());
    let tell = events.sender();
    client.on_event(move |event| tell(event.clone()));
    let mut connected = News::new();
    let tell = connected.sender();
    socket.on_connect(move || tell(()));
    socket.connect();
    let (mut connection, _) = server.welcome("").await;
    connected.next("the connection").await;
    connection.send(&"x".repeat(1_001)).await;
    assert_eq!(news.next("the loss").await, DisconnectReason::ParseError);
    loop {
        if let ManagerEvent::Close { cause, .. } = events.next("the cause").await {
            let Some(CloseCause::Protocol(error)) = cause else { panic!("{cause:?}") };
            assert!(matches!(error, DecodeError::TooLarge { bytes: 1_001, .. }), "{error:?}");
            break;
        }
    }
}

#[tokio::test]
async fn a_peer_that_takes_nothing_any_more_is_told_as_congestion() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let text = "x".repeat(1 << 20);
    // More than the limit and than what the system keeps on the way.
    let refused = (0..100).find_map(|_| socket.emit("much", &text).err());
    assert!(matches!(refused, Some(EmitError::Congested { .. })), "{refused:?}");
    assert!(!socket.volatile().emit("place", &()).unwrap());
    // Here it takes it after all.
    connection.next().await;
    let mut written = false;
    while !written {
        written = socket.volatile().emit("place", &()).unwrap();
        if !written {
            connection.next().await;
        }
    }
    while connection.next().await != r#"42/chat,["place"]"# {}
}

#[tokio::test]
async fn an_answer_to_a_peer_that_takes_nothing_any_more_is_told_as_congestion() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let mut news = News::new();
    let tell = news.sender();
    socket.on_with_ack("ask", move |(), responder| tell(responder));
    connection.send(r#"42/chat,9["ask"]"#).await;
    let responder = news.next("the question").await;
    let text = "x".repeat(1 << 20);
    let refused = (0..100).find_map(|_| socket.emit("much", &text).err());
    assert!(matches!(refused, Some(EmitError::Congested { .. })), "{refused:?}");
    let refused = responder.send(&text);
    assert!(matches!(refused, Err(EmitError::Congested { .. })), "{refused:?}");
    // Here it takes it after all, and the answer goes the second time.
    while responder.send(&7).is_err() {
        connection.next().await;
    }
    while connection.next().await != "43/chat,9[7]" {}
}
