//! Events that are sent in another way than once, when connected.

use std::time::Duration;

use socketio_client::{AckError, DropReason};

use crate::{
    scripted::{Server, connected, connected_with, options},
    util::{News, within},
};

const MOMENT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn volatile_events_are_sent_while_connected_and_never_kept() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    assert!(socket.volatile().emit("place", &(1, 2)).unwrap());
    assert_eq!(connection.next().await, r#"42/chat,["place",1,2]"#);
    let mut news = News::new();
    socket.on_disconnect(news.sender());
    connection.close(1012).await;
    news.next("the loss").await;
    assert!(!socket.volatile().emit("place", &(3, 4)).unwrap());
    socket.emit("kept", &()).unwrap();
    let (mut connection, _) = server.welcome("/chat,").await;
    assert_eq!(connection.next().await, r#"42/chat,["kept"]"#);
}

#[tokio::test]
async fn volatile_events_are_dropped_while_the_transport_is_behind() {
    let server = Server::start().await;
    let options = options(&server).volatile_watermark(1_000);
    let (_client, socket, mut connection) = connected_with(&server, options).await;
    socket.emit("much", &"x".repeat(1_001)).unwrap();
    // Nothing has been written yet: the driver has had no turn.
    assert!(!socket.volatile().emit("place", &1).unwrap());
    connection.next().await;
    within("the transport to be done", async {
        while !socket.volatile().emit("place", &2).unwrap() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(connection.next().await, r#"42/chat,["place",2]"#);
}

#[tokio::test]
async fn an_event_is_sent_again_until_it_is_acknowledged() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let asked = socket.emit_with_ack::<_, u32>("once", &()).timeout(MOMENT).retries(3).send();
    let first = connection.next().await;
    assert!(first.ends_with(r#"["once"]"#), "{first}");
    let second = connection.next().await;
    let id = second.trim_start_matches("42/chat,").trim_end_matches(r#"["once"]"#);
    connection.send(&format!("43/chat,{id}[7]")).await;
    assert_eq!(within("the answer", asked).await.unwrap(), 7);
}

#[tokio::test]
async fn an_event_that_is_never_acknowledged_is_given_up() {
    let server = Server::start().await;
    let (_client, socket, mut connection) = connected(&server).await;
    let asked = socket.emit_with_ack::<_, u32>("never", &()).timeout(MOMENT).retries(1).send();
    connection.next().await;
    connection.next().await;
    let answer = within("the end", asked).await;
    assert!(matches!(answer, Err(AckError::TimedOut)), "{answer:?}");
}

#[tokio::test]
async fn with_retries_events_go_one_by_one_and_are_told_when_given_up() {
    let server = Server::start().await;
    let options = options(&server).retries(1).ack_timeout(MOMENT);
    let (_client, socket, mut connection) = connected_with(&server, options).await;
    let mut news = News::new();
    let tell = news.sender();
    socket.on_dropped(move |dropped| tell((dropped.event.clone(), dropped.reason)));
    socket.emit("one", &()).unwrap();
    socket.emit("two", &()).unwrap();
    for name in ["one", "one", "two"] {
        let frame = connection.next().await;
        assert!(frame.ends_with(&format!(r#"["{name}"]"#)), "{frame}");
    }
    let dropped = news.next("the end of the first").await;
    assert_eq!(dropped, ("one".to_owned(), DropReason::Unacknowledged));
}
