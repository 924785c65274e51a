//! A WebSocket server that does what the test says.

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, accept_async,
    tungstenite::{Message, protocol::CloseFrame},
};

use crate::util::within;

const HANDSHAKE: &str =
    r#"0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100}"#;

pub(crate) struct Server {
    listener: TcpListener,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.listener.local_addr().unwrap())
    }

    /// The next connection, with nothing said yet.
    pub(crate) async fn accept(&self) -> Connection {
        let (stream, _) = within("a connection", self.listener.accept()).await.unwrap();
        Connection(within("the upgrade", accept_async(stream)).await.unwrap())
    }

    /// The next connection, let into its namespace. Gives what its CONNECT said.
    pub(crate) async fn welcome(&self, namespace: &str) -> (Connection, String) {
        let mut connection = self.accept().await;
        connection.send(HANDSHAKE).await;
        let connect = connection.next().await;
        connection.send(&format!("40{namespace}{{\"sid\":\"s1\"}}")).await;
        (connection, connect)
    }
}

pub(crate) struct Connection(WebSocketStream<TcpStream>);

impl Connection {
    pub(crate) async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next text frame of the client.
    pub(crate) async fn next(&mut self) -> String {
        let message = within("a frame", self.0.next()).await.unwrap().unwrap();
        message.into_text().unwrap().as_str().to_owned()
    }

    /// What the client does at the end: text frames it still sends, and whether it closes
    /// cleanly.
    pub(crate) async fn last_words(&mut self) -> (Vec<String>, bool) {
        let mut frames = Vec::new();
        loop {
            match within("the end", self.0.next()).await {
                Some(Ok(Message::Close(_))) => return (frames, true),
                Some(Ok(message)) => frames.push(message.into_text().unwrap().as_str().to_owned()),
                Some(Err(_)) | None => return (frames, false),
            }
        }
    }

    pub(crate) async fn close(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.0.close(Some(frame)).await.unwrap();
    }
}
