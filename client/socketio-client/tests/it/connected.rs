//! Events, acknowledgements and reconnection against a scripted server.

use serde::{Deserialize, Serialize};
use socketio_client::{AckError, Client, ClientOptions, DisconnectReason};

use crate::{
    scripted::{Server, connected},
    util::{News, within},
};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
}

#[tokio::test]
async fn acknowledgements_come_back_typed() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let ask = socket.emit_with_ack::<_, Note>("ask", &("x", 1)).send();
    assert_eq!(connection.next().await, r#"42/chat,0["ask","x",1]"#);
    connection.send(r#"43/chat,0[{"text":"yes"}]"#).await;
    assert_eq!(within("the answer", ask).await.unwrap(), Note { text: "yes".into() });

    let ask = socket.emit_with_ack::<_, u32>("ask", &()).send();
    connection.next().await;
    connection.send(r#"43/chat,1["no number"]"#).await;
    assert!(matches!(within("the answer", ask).await, Err(AckError::Payload(_))));

    let lost = socket.emit_with_ack::<_, u32>("ask", &()).send();
    connection.next().await;
    connection.close(1001).await;
    assert!(matches!(within("the loss", lost).await, Err(AckError::Disconnected)));
}

#[tokio::test]
async fn an_acknowledgement_may_be_taken_as_it_comes() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let ask = socket.emit_with_ack_packet("ask", &"x").send();
    assert_eq!(connection.next().await, r#"42/chat,0["ask","x"]"#);
    connection.send(r#"43/chat,0[{"ok": true}, 2]"#).await;
    let ack = within("the answer", ask).await.unwrap();
    assert_eq!((ack.arg(0), ack.arg(1), ack.arg(2)), (Some(r#"{"ok": true}"#), Some("2"), None));
}

#[tokio::test]
async fn an_event_that_asks_is_answered() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    socket.on_with_ack("add", |(a, b): (u32, u32), responder| {
        assert!(responder.is_wanted());
        responder.send(&(a + b)).unwrap();
    });
    connection.send(r#"42/chat,9["add",2,3]"#).await;
    assert_eq!(connection.next().await, "43/chat,9[5]");
}

#[tokio::test]
async fn what_is_emitted_offline_arrives_after_the_reconnect_in_order() {
    let server = Server::start().await;
    let (_client, socket, connection) = connected(&server).await;
    let mut news = News::new();
    let tell = news.sender();
    socket.on_disconnect(tell);
    connection.close(1012).await;
    assert_eq!(news.next("the loss").await, DisconnectReason::TransportClose);
    for n in 0..3 {
        socket.emit("n", &n).unwrap();
    }
    let (mut connection, _) = server.welcome("/chat,").await;
    for n in 0..3 {
        assert_eq!(connection.next().await, format!(r#"42/chat,["n",{n}]"#));
    }
}

#[tokio::test]
async fn pings_are_answered() {
    let server = Server::start().await;
    let (_client, _socket, mut connection) = connected(&server).await;
    connection.send("2").await;
    assert_eq!(connection.next().await, "3");
}

#[tokio::test]
async fn a_refusal_is_told_once_and_connect_tries_again() {
    let server = Server::start().await;
    let client = Client::new(ClientOptions::new(&server.url()).unwrap()).unwrap();
    let socket = client.socket("/chat").unwrap();
    let mut news = News::new();
    let tell = news.sender();
    socket.on_connect_error(move |error| tell(error.message));
    let tell = news.sender();
    socket.on_connect(move || tell("connected".to_owned()));
    socket.connect();
    let mut connection = server.accept().await;
    connection.send(r#"0{"sid":"e","pingInterval":25000,"pingTimeout":20000}"#).await;
    connection.next().await;
    connection.send(r#"44/chat,{"message":"nickname_taken: pick another"}"#).await;
    assert_eq!(news.next("the refusal").await, "nickname_taken: pick another");
    socket.connect();
    let _second = server.welcome("/chat,").await;
    assert_eq!(news.next("the connection").await, "connected");
}
