//! The first request of a connection, as far as a proxy has to know it.

use std::io;

use bytes::BytesMut;
use tokio::{io::AsyncReadExt, net::TcpStream};

/// Longer heads are taken for no WebSocket's.
const MOST: usize = 16 * 1024;

const METHODS: [&[u8]; 4] = [b"GET ", b"POST ", b"OPTIONS ", b"DELETE "];

/// Reads as far as it takes to tell whether a WebSocket is asked for. What was read is to be
/// forwarded.
pub(super) async fn read(client: &mut TcpStream) -> io::Result<(BytesMut, bool)> {
    let mut bytes = BytesMut::new();
    loop {
        if let Some(told) = asks_for_websocket(&bytes) {
            return Ok((bytes, told));
        }
        if client.read_buf(&mut bytes).await? == 0 {
            return Ok((bytes, false));
        }
    }
}

/// Whether these bytes begin a request. What arrives together is looked at as one, so a request
/// behind another one is not seen; but browsers and clients send none before the answer.
pub(super) fn begins_request(bytes: &[u8]) -> bool {
    METHODS.iter().any(|method| bytes.starts_with(method))
}

/// Where the head ends that these bytes begin with; where they do, if that is not among them.
pub(super) fn end(bytes: &[u8]) -> usize {
    let blank = b"\r\n\r\n";
    let place = bytes.windows(blank.len()).position(|window| window == blank);
    place.map_or(bytes.len(), |place| place + blank.len())
}

/// None if that cannot be told yet.
fn asks_for_websocket(bytes: &[u8]) -> Option<bool> {
    let start = b"GET ";
    let known = bytes.len().min(start.len());
    if bytes.get(..known) != start.get(..known) {
        return Some(false);
    }
    let head = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    match head.split_once("\r\n\r\n") {
        Some((head, _)) => Some(head.lines().any(|line| {
            line.split_once(':')
                .is_some_and(|(name, value)| name == "upgrade" && value.trim() == "websocket")
        })),
        None => (bytes.len() > MOST).then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_with_a_blank_line() {
        assert_eq!(end(b"HTTP/1.1 101 Switching\r\nA: b\r\n\r\n\x81\x02hi"), 32);
        assert_eq!(end(b"HTTP/1.1 101"), 12);
    }

    #[test]
    fn a_websocket_is_told_by_its_header_once_the_head_is_whole() {
        for (bytes, told) in [
            ("", None),
            ("GE", None),
            ("GET / HTTP/1.1\r\nUpgrade: websocket\r\n", None),
            ("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", Some(true)),
            ("GET / HTTP/1.1\r\nupgrade:WebSocket\r\nHost: x\r\n\r\n", Some(true)),
            ("GET /?transport=websocket HTTP/1.1\r\nHost: x\r\n\r\n", Some(false)),
            ("POST / HTTP/1.1\r\n", Some(false)),
            ("hello", Some(false)),
        ] {
            assert_eq!(asks_for_websocket(bytes.as_bytes()), told, "{bytes}");
        }
    }
}
