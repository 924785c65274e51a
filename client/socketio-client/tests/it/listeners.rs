//! Who is called when, against a scripted server.

use serde::Deserialize;

use crate::{
    scripted::{Server, connected},
    util::News,
};

#[derive(Debug, Deserialize)]
struct Note {
    text: String,
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
async fn an_event_may_be_taken_as_it_comes() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let mut news = News::new();
    let tell = news.sender();
    socket.on_packet("note", move |event| tell(event.arg(0).map(str::to_owned)));
    connection.send(r#"42/chat,["note", {"text": "h\u00e4"} ,2]"#).await;
    connection.send(r#"42/chat,["note"]"#).await;
    assert_eq!(news.next("text").await.as_deref(), Some(r#"{"text": "h\u00e4"}"#));
    assert_eq!(news.next("nothing").await, None);
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

#[tokio::test]
async fn listeners_of_one_event_can_be_taken_away_together() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let mut news = News::new();
    let (one, two, other) = (news.sender(), news.sender(), news.sender());
    socket.on("n", move |n: u32| one(("one", n)));
    socket.once("n", move |n: u32| two(("two", n)));
    socket.on("m", move |n: u32| other(("other", n)));
    socket.off_event("n");
    connection.send(r#"42/chat,["n",1]"#).await;
    connection.send(r#"42/chat,["m",2]"#).await;
    assert_eq!(news.next("the other event").await, ("other", 2));
}

#[tokio::test]
async fn all_listeners_of_a_namespace_can_be_taken_away_together() {
    let server = Server::start().await;
    let (client, socket, mut connection) = connected(&server).await;
    let mut news = News::new();
    let (named, any, outgoing) = (news.sender(), news.sender(), news.sender());
    socket.on("n", move |n: u32| named(n));
    socket.on_any(move |_| any(0));
    socket.on_any_outgoing(move |_| outgoing(0));
    let mut lost = News::new();
    let tell = lost.sender();
    client.on_event(move |event| tell(event.clone()));
    socket.off_all();
    let after = news.sender();
    socket.on("after", move |n: u32| after(n));
    socket.emit("mine", &()).unwrap();
    connection.send(r#"42/chat,["n",1]"#).await;
    connection.send(r#"42/chat,["after",2]"#).await;
    assert_eq!(news.next("the new listener").await, 2);
    connection.close(1001).await;
    // What listens to the client stays.
    lost.next("the loss").await;
}

#[tokio::test]
async fn what_is_sent_can_be_watched() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let mut news = News::new();
    let tell = news.sender();
    let id = socket.on_any_outgoing(move |event| tell(event.json().to_owned()));
    socket.emit("one", &1).unwrap();
    assert_eq!(news.next("the first").await, r#"["one",1]"#);
    socket.off(id);
    socket.emit("two", &2).unwrap();
    assert_eq!(connection.next().await, r#"42/chat,["one",1]"#);
    assert_eq!(connection.next().await, r#"42/chat,["two",2]"#);
    assert!(news.waiting().is_empty());
}
