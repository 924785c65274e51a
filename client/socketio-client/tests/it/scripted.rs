//! A WebSocket server that does what the test says.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use socketio_client::{Client, ClientOptions, Socket};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::{
    WebSocketStream, accept_async,
    tungstenite::{Message, protocol::CloseFrame},
};

use crate::util::{News, within};

pub(crate) const HANDSHAKE: &str =
    r#"0{"sid":"engine","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100}"#;

/// What carries the bytes: TCP, or TLS over it.
pub(crate) trait Carrier: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Carrier for T {}

pub(crate) struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap(), tls: None }
    }

    pub(crate) async fn start_tls(tls: TlsAcceptor) -> Self {
        Self { tls: Some(tls), ..Self::start().await }
    }

    pub(crate) fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.listener.local_addr().unwrap())
    }

    /// The next connection, with nothing said yet.
    pub(crate) async fn accept(&self) -> Connection {
        let carrier = within("a connection", accept(&self.listener, self.tls.as_ref())).await;
        Connection::accept(carrier.unwrap()).await
    }

    /// The next connection, which is expected to go before it is one.
    pub(crate) async fn refused(&self) {
        let carrier = within("a connection", accept(&self.listener, self.tls.as_ref())).await;
        assert!(carrier.is_err());
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

pub(crate) async fn accept(
    listener: &TcpListener,
    tls: Option<&TlsAcceptor>,
) -> std::io::Result<Box<dyn Carrier>> {
    let (stream, _) = listener.accept().await?;
    Ok(match tls {
        Some(tls) => Box::new(tls.accept(stream).await?),
        None => Box::new(stream),
    })
}

pub(crate) struct Connection(WebSocketStream<Box<dyn Carrier>>);

impl Connection {
    pub(crate) async fn accept(carrier: Box<dyn Carrier>) -> Self {
        Self(within("the upgrade", accept_async(carrier)).await.unwrap())
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn send_binary(&mut self, data: &'static [u8]) {
        self.0.send(Message::binary(data)).await.unwrap();
    }

    async fn message(&mut self) -> Message {
        within("a frame", self.0.next()).await.unwrap().unwrap()
    }

    /// The next frame of the client, which is text.
    pub(crate) async fn next(&mut self) -> String {
        self.message().await.into_text().unwrap().as_str().to_owned()
    }

    /// The next frame of the client, which is binary.
    pub(crate) async fn next_binary(&mut self) -> Bytes {
        let message = self.message().await;
        assert!(message.is_binary(), "{message:?}");
        message.into_data()
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

    /// Begins to close.
    pub(crate) async fn say_goodbye(&mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.0.send(Message::Close(Some(frame))).await.unwrap();
    }

    pub(crate) async fn close(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.0.close(Some(frame)).await.unwrap();
    }
}

/// Options for this server, without long delays.
pub(crate) fn options(server: &Server) -> ClientOptions {
    let ms = Duration::from_millis;
    ClientOptions::new(&server.url()).unwrap().reconnection_delay(ms(10), ms(20))
}

/// A client that is connected to `/chat`.
pub(crate) async fn connected(server: &Server) -> (Client, Socket, Connection) {
    connected_with(server, options(server)).await
}

/// A client with these options that is connected to `/chat`.
pub(crate) async fn connected_with(
    server: &Server,
    options: ClientOptions,
) -> (Client, Socket, Connection) {
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
