//! A WebSocket without a library behind it, which can send what no library would.

use std::{fmt::Debug, io};

use parlour_tests::waiting::within;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

pub(super) const TEXT: u8 = 0x1;
pub(super) const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;
const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;

/// A connection, past the handshake of HTTP.
#[derive(Debug)]
pub(super) struct Wire {
    stream: BufReader<TcpStream>,
    /// Of Engine.IO: in 3 heartbeats come from the client.
    version: u8,
}

/// A frame as a client writes it.
pub(super) fn frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = head(FINAL | opcode, payload.len() as u64);
    // A key that changes nothing is one, too.
    frame.extend([0; 4]);
    frame.extend_from_slice(payload);
    frame
}

/// The beginning of a masked frame that says that it is so long, up to the key.
pub(super) fn head(first: u8, length: u64) -> Vec<u8> {
    let mut head = vec![first];
    match length {
        0..=125 => head.push(MASKED | length as u8),
        126..=0xffff => {
            head.push(MASKED | 126);
            head.extend((length as u16).to_be_bytes());
        }
        _ => {
            head.push(MASKED | 127);
            head.extend(length.to_be_bytes());
        }
    }
    head
}

impl Wire {
    /// Connects. An error is the server's refusal, or the network's.
    pub(super) async fn open(address: &str, version: u8) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET /socket.io/?EIO={version}&transport=websocket HTTP/1.1\r\nHost: {address}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut stream = BufReader::new(stream);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(within("the answer to a handshake", stream.read_u8()).await?);
        }
        if !head.starts_with(b"HTTP/1.1 101 ") {
            return Err(io::Error::other(String::from_utf8_lossy(&head).into_owned()));
        }
        Ok(Self { stream, version })
    }

    /// Sends these bytes. The other end may be gone: that shows when its answer is read.
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        let _ = within("bytes to be taken", self.stream.get_mut().write_all(bytes)).await;
    }

    /// Sends a packet of text, as it should be.
    pub(super) async fn say(&mut self, text: &str) {
        self.send(&frame(TEXT, text.as_bytes())).await;
    }

    /// What is to be sent now and again so that the server does not end the connection for its
    /// silence: nothing in version 4, in which it asks, and [`Wire::next`] answers.
    pub(super) fn heartbeat(&self) -> Vec<u8> {
        if self.version == 3 { frame(TEXT, b"2") } else { Vec::new() }
    }

    /// No more will be sent.
    pub(super) async fn finish(&mut self) {
        let _ = self.stream.get_mut().shutdown().await;
    }

    /// The next packet, heartbeats left out; none at the end.
    pub(super) async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let (opcode, payload) = within("a frame, or the end", self.frame()).await.ok()?;
            match opcode {
                CLOSE => return None,
                PING => self.send(&frame(PONG, &payload)).await,
                PONG => {}
                _ if payload == b"2" && self.version == 4 => self.say("3").await,
                _ => return Some(payload),
            }
        }
    }

    /// Reads until a packet comes that begins so; false at the end. After what, is for failures.
    pub(super) async fn until(&mut self, start: &str, after: &(dyn Debug + Sync)) -> bool {
        within(&format!("{start}, or the end, after {after:?}"), async {
            while let Some(packet) = self.next().await {
                if packet.starts_with(start.as_bytes()) {
                    return true;
                }
            }
            false
        })
        .await
    }

    async fn frame(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let first = self.stream.read_u8().await?;
        let length = match self.stream.read_u8().await? {
            126 => u64::from(self.stream.read_u16().await?),
            127 => self.stream.read_u64().await?,
            short => u64::from(short),
        };
        assert!(first & FINAL != 0 && length < 1 << 24, "the server sends {first:x}, {length}");
        let mut payload = vec![0; length as usize];
        self.stream.read_exact(&mut payload).await?;
        Ok((first & 0xf, payload))
    }
}
