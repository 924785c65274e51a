//! Events, acknowledgements, reconnection and closing against a scripted server.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use socketio_client::{AckError, Client, ClientOptions, DisconnectReason, Socket};

use crate::{
    scripted::{Connection, Server},
    util::{News, within},
};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    text: String,
}

/// A client that is connected to `/chat`.
async fn connected(server: &Server) -> (Client, Socket, Connection) {
    let ms = Duration::from_millis;
    let options = ClientOptions::new(&server.url()).unwrap().reconnection_delay(ms(10), ms(20));
    let client = Client::new(options).unwrap();
    let socket = client.socket("/chat").unwrap();
    let mut news = News::new();
    let tell = news.sender();
    let id = socket.on_connect(move || tell(()));
    socket.connect();
    let (connection, _) = server.welcome("/chat,").await;
    news.next("the connection").await;
    socket.off(id);
    (client, socket, connection)
}

#[tokio::test]
async fn auth_goes_with_each_connect() {
    let server = Server::start().await;
    let ms = Duration::from_millis;
    let options = ClientOptions::new(&server.url()).unwrap().reconnection_delay(ms(10), ms(20));
    let client = Client::new(options).unwrap();
    let socket = client.socket("/chat").unwrap();
    socket.set_auth(&Note { text: "first".into() }).unwrap();
    socket.connect();
    let (connection, connect) = server.welcome("/chat,").await;
    assert_eq!(connect, r#"40/chat,{"text":"first"}"#);
    socket.set_auth(&Note { text: "second".into() }).unwrap();
    connection.close(1012).await;
    let (_connection, connect) = server.welcome("/chat,").await;
    assert_eq!(connect, r#"40/chat,{"text":"second"}"#);
}

#[tokio::test]
async fn typed_events_reach_their_listeners_in_order() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let mut news = News::new();
    let tell = news.sender();
    socket.on("note", move |note: Note| tell(note.text));
    let tell = news.sender();
    socket.on("pair", move |(a, b): (u8, String)| tell(format!("{a}{b}")));
    let tell = news.sender();
    socket.on_any(move |event| tell(format!("any {}", event.name())));
    connection.send(r#"42/chat,["note",{"text":"hi"}]"#).await;
    connection.send(r#"42/chat,["pair",1,"x","more than asked"]"#).await;
    for expected in ["any note", "hi", "any pair", "1x"] {
        assert_eq!(news.next(expected).await, expected);
    }
}

#[tokio::test]
async fn once_and_off_end_a_listener() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let mut news = News::new();
    let (once, off, always) = (news.sender(), news.sender(), news.sender());
    socket.once("n", move |n: u32| once(("once", n)));
    let id = socket.on("n", move |n: u32| off(("off", n)));
    socket.on("n", move |n: u32| always(("always", n)));
    connection.send(r#"42/chat,["n",1]"#).await;
    for name in ["once", "off", "always"] {
        assert_eq!(news.next(name).await, (name, 1));
    }
    socket.off(id);
    connection.send(r#"42/chat,["n",2]"#).await;
    assert_eq!(news.next("always").await, ("always", 2));
}

#[tokio::test]
async fn a_payload_of_another_type_is_told_and_nothing_else_breaks() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let mut news = News::new();
    let (good, bad) = (news.sender(), news.sender());
    socket.on("n", move |n: u32| good(n.to_string()));
    socket.on_payload_error(move |error| bad(error.event.clone()));
    connection.send(r#"42/chat,["n","three"]"#).await;
    connection.send(r#"42/chat,["n",4]"#).await;
    assert_eq!(news.next("the error").await, "n");
    assert_eq!(news.next("the good one").await, "4");
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

#[tokio::test]
async fn a_listener_that_panics_does_not_take_the_client_with_it() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    socket.on("boom", |(): ()| panic!("on purpose"));
    let mut news = News::<String>::new();
    socket.on("after", news.sender());
    connection.send(r#"42/chat,["boom"]"#).await;
    connection.send(r#"42/chat,["after","still here"]"#).await;
    assert_eq!(news.next("the next event").await, "still here");
}

#[tokio::test]
async fn a_listener_that_is_taken_away_may_take_another_with_it() {
    struct TakesAway(socketio_client::WeakSocket, socketio_client::ListenerId);

    impl Drop for TakesAway {
        fn drop(&mut self) {
            if let Some(socket) = self.0.upgrade() {
                socket.off(self.1);
            }
        }
    }

    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let mut news = News::new();
    let (other, last) = (news.sender(), news.sender());
    let other = socket.on("n", move |n: u32| other(("other", n)));
    let guard = TakesAway(socket.downgrade(), other);
    let id = socket.on("n", move |_: u32| drop(guard.0.upgrade()));
    socket.on("n", move |n: u32| last(("last", n)));
    socket.off(id);
    connection.send(r#"42/chat,["n",1]"#).await;
    assert_eq!(news.next("the last listener").await, ("last", 1));
}

#[tokio::test]
async fn a_listener_may_use_the_socket_it_listens_to() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let weak = socket.downgrade();
    socket.on("ping me", move |(): ()| {
        if let Some(socket) = weak.upgrade() {
            socket.emit("pong", &socket.id()).unwrap();
        }
    });
    connection.send(r#"42/chat,["ping me"]"#).await;
    assert_eq!(connection.next().await, r#"42/chat,["pong","s1"]"#);
}
