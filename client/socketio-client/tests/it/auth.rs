//! What CONNECT carries.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde::Serialize;
use serde_json::json;
use socketio_client::{Client, Socket};

use crate::{
    scripted::{HANDSHAKE, Server, options},
    util::News,
};

/// Tells when it is dropped.
struct Bell<F: Fn(())>(F);

impl<F: Fn(())> Drop for Bell<F> {
    fn drop(&mut self) {
        (self.0)(());
    }
}

/// Gives the socket an auth that never comes; tells when it is asked for, and when given up.
fn never(socket: &Socket) -> (News<()>, News<()>) {
    let (asked, dropped) = (News::new(), News::new());
    let (ask, drop) = (asked.sender(), dropped.sender());
    socket.set_auth_with(move || {
        ask(());
        let bell = Bell(drop.clone());
        async move {
            let _bell = bell;
            std::future::pending::<Result<(), String>>().await
        }
    });
    (asked, dropped)
}

#[derive(Debug, Serialize)]
struct Note {
    text: String,
}

#[tokio::test]
async fn auth_goes_with_each_connect() {
    let server = Server::start().await;
    let client = Client::new(options(&server)).unwrap();
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
async fn a_function_is_asked_at_each_connect() {
    let server = Server::start().await;
    let client = Client::new(options(&server)).unwrap();
    let socket = client.socket("/chat").unwrap();
    let asked = AtomicU32::new(0);
    socket.set_auth_with(move || {
        let token = asked.fetch_add(1, Ordering::Relaxed);
        async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok::<_, String>(json!({ "token": token }))
        }
    });
    socket.connect();
    let (connection, connect) = server.welcome("/chat,").await;
    assert_eq!(connect, r#"40/chat,{"token":0}"#);
    connection.close(1012).await;
    let (_connection, connect) = server.welcome("/chat,").await;
    assert_eq!(connect, r#"40/chat,{"token":1}"#);
}

#[tokio::test]
async fn a_function_that_takes_long_holds_nobody_else_up() {
    let server = Server::start().await;
    let client = Client::new(options(&server)).unwrap();
    let (slow, other) = (client.socket("/slow").unwrap(), client.socket("/").unwrap());
    slow.set_auth_with(std::future::pending::<Result<(), String>>);
    let mut news = News::new();
    let tell = news.sender();
    other.on_connect(move || tell(()));
    slow.connect();
    other.connect();
    let _connection = server.welcome("").await;
    news.next("the other namespace").await;
    assert!(!slow.connected() && slow.active());
}

#[tokio::test]
async fn a_function_under_way_goes_with_its_client() {
    let server = Server::start().await;
    let client = Client::new(options(&server)).unwrap();
    let socket = client.socket("/").unwrap();
    let (mut asked, mut dropped) = never(&socket);
    socket.connect();
    let mut connection = server.accept().await;
    connection.send(HANDSHAKE).await;
    asked.next("the question").await;
    assert!(dropped.waiting().is_empty());
    drop((client, socket));
    dropped.next("the end").await;
}

#[tokio::test]
async fn a_function_under_way_is_given_up_when_it_is_asked_anew() {
    let server = Server::start().await;
    let client = Client::new(options(&server)).unwrap();
    let socket = client.socket("/").unwrap();
    let (mut asked, mut dropped) = never(&socket);
    socket.connect();
    for _ in 0..3 {
        let mut connection = server.accept().await;
        connection.send(HANDSHAKE).await;
        asked.next("the question").await;
        connection.close(1012).await;
    }
    dropped.next("the end of the first").await;
    dropped.next("the end of the second").await;
    assert!(dropped.waiting().is_empty());
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_told_as_a_refusal() {
    let server = Server::start().await;
    let options = options(&server).timeout(Duration::from_millis(500));
    let client = Client::new(options).unwrap();
    let socket = client.socket("/").unwrap();
    let (_asked, _dropped) = never(&socket);
    let mut news = News::new();
    let tell = news.sender();
    socket.on_connect_error(move |error| tell(error.message));
    socket.connect();
    let mut connection = server.accept().await;
    connection.send(HANDSHAKE).await;
    let message = news.next("the refusal").await;
    assert!(message.contains("in time"), "{message}");
    assert!(!socket.active());
}

/// What is told when the function gives this.
async fn refusal<T: Serialize + 'static, F>(make: impl Fn() -> F + Send + Sync + 'static) -> String
where
    F: Future<Output = Result<T, String>> + Send + 'static,
{
    let server = Server::start().await;
    let client = Client::new(options(&server)).unwrap();
    let socket = client.socket("/").unwrap();
    socket.set_auth_with(make);
    let mut news = News::new();
    let tell = news.sender();
    socket.on_connect_error(move |error| tell(error.message));
    socket.connect();
    let mut connection = server.accept().await;
    connection.send(HANDSHAKE).await;
    let message = news.next("the refusal").await;
    assert!(!socket.active());
    message
}

#[tokio::test]
async fn a_function_that_fails_is_told_as_a_refusal() {
    let fails = || async { Err::<(), _>("the login has expired".to_owned()) };
    assert_eq!(refusal(fails).await, "the login has expired");
    let no_object = refusal(|| async { Ok::<_, String>("text") }).await;
    assert!(no_object.contains("object"), "{no_object}");
}

#[tokio::test]
async fn a_function_that_panics_is_told_as_a_refusal() {
    let panics = || async {
        tokio::task::yield_now().await;
        panic!("on purpose")
    };
    let message = refusal::<(), _>(panics).await;
    assert!(message.contains("panicked"), "{message}");
    let at_once = || -> std::future::Ready<Result<(), String>> { panic!("on purpose") };
    let message = refusal(at_once).await;
    assert!(message.contains("panicked"), "{message}");
}
