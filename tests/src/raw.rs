//! A WebSocket without a client behind it, for frames that no client would send.

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{Bytes, Message},
};

use crate::waiting::within;

/// A connection to a server's Engine.IO endpoint, past the handshake.
#[derive(Debug)]
pub struct Raw {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The session's id, which the server's log names.
    pub sid: String,
}

/// A frame to be sent.
#[derive(Debug, Clone)]
pub enum Frame {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

impl From<&str> for Frame {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Frame {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Frame {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Binary(bytes)
    }
}

impl Raw {
    /// Connects to the server at this `http` URL and reads its handshake.
    ///
    /// # Panics
    /// If that does not work.
    pub async fn open(url: &str) -> Self {
        let (socket, _) =
            within("the WebSocket", connect_async(&endpoint(url))).await.expect("a WebSocket");
        Self::past_the_handshake(socket).await
    }

    /// The same, with a system that takes only so many bytes that nobody reads.
    ///
    /// # Panics
    /// If that does not work.
    pub async fn open_narrow(url: &str, bytes: u32) -> Self {
        let address = url.trim_start_matches("http://").parse().expect("an address");
        let stream = TcpSocket::new_v4().expect("a socket");
        stream.set_recv_buffer_size(bytes).expect("a size");
        let stream = within("the connection", stream.connect(address)).await.expect("a server");
        let stream = MaybeTlsStream::Plain(stream);
        let (socket, _) = within("the WebSocket", client_async(endpoint(url), stream))
            .await
            .expect("a WebSocket");
        Self::past_the_handshake(socket).await
    }

    async fn past_the_handshake(socket: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Self {
        let mut raw = Self { socket, sid: String::new() };
        let handshake = raw.next().await.expect("a handshake");
        let handshake = handshake.strip_prefix('0').expect("an open packet");
        let handshake: serde_json::Value = serde_json::from_str(handshake).expect("JSON");
        raw.sid = handshake["sid"].as_str().expect("a sid").to_owned();
        raw
    }

    /// Sends a frame. The server may have closed the connection meanwhile, because of an earlier
    /// one: what it did shows when its answer is read.
    pub async fn send(&mut self, frame: impl Into<Frame>) {
        let message = match frame.into() {
            Frame::Text(text) => Message::text(text),
            Frame::Binary(bytes) => Message::Binary(Bytes::from(bytes)),
        };
        let _ = within("a frame to be taken", self.socket.send(message)).await;
    }

    /// The next text frame, heartbeats left out (they are answered); `None` when the connection
    /// has ended.
    ///
    /// # Panics
    /// If there is neither in time, or something that this server never sends.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            match within("a frame or the end", self.socket.next()).await {
                Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.send("3").await,
                Some(Ok(Message::Text(text))) => return Some(text.as_str().to_owned()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => panic!("the server sent {message:?}"),
            }
        }
    }

    /// Reads until the end of the connection; gives the frames that came.
    ///
    /// # Panics
    /// If it does not end in time, however much may come.
    pub async fn end(&mut self) -> Vec<String> {
        within("the end of the connection", async {
            let mut frames = Vec::new();
            while let Some(frame) = self.next().await {
                frames.push(frame);
            }
            frames
        })
        .await
    }

    /// Reads until a frame comes that begins so.
    ///
    /// # Panics
    /// If the connection ends before.
    pub async fn until(&mut self, start: &str) -> String {
        within(start, async {
            let mut frames = Vec::new();
            while let Some(frame) = self.next().await {
                if frame.starts_with(start) {
                    return frame;
                }
                frames.push(frame);
            }
            panic!("the connection ended before a frame {start}..; it sent {frames:?}")
        })
        .await
    }
}

fn endpoint(url: &str) -> String {
    format!("{}/socket.io/?EIO=4&transport=websocket", url.replacen("http", "ws", 1))
}
