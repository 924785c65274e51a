//! Engine.IO packets as text: a type digit, then data; or bytes, on their own or as base64.

use base64ct::{Base64, Encoding};
use bytes::Bytes;

use crate::error::DecodeError;

/// The type of an Engine.IO packet (Engine.IO v4, "Packet types").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PacketType {
    /// `0`: the handshake, server to client.
    Open,
    /// `1`: the connection is to be closed.
    Close,
    /// `2`: heartbeat, server to client.
    Ping,
    /// `3`: answer to a ping.
    Pong,
    /// `4`: data.
    Message,
    /// `5`: the upgrade to another transport is complete, client to server.
    Upgrade,
    /// `6`: nothing; ends a pending poll during an upgrade.
    Noop,
}

/// Reads the type digit. The data begins at byte 1.
pub(crate) fn read_type(frame: &str) -> Result<PacketType, DecodeError> {
    match frame.chars().next() {
        Some('0') => Ok(PacketType::Open),
        Some('1') => Ok(PacketType::Close),
        Some('2') => Ok(PacketType::Ping),
        Some('3') => Ok(PacketType::Pong),
        Some('4') => Ok(PacketType::Message),
        Some('5') => Ok(PacketType::Upgrade),
        Some('6') => Ok(PacketType::Noop),
        Some(other) => Err(DecodeError::UnknownType(other)),
        None => Err(DecodeError::Empty),
    }
}

/// Where data begins, behind the type digit.
pub(crate) const DATA: usize = 1;

/// The digit that goes in front of a message's text.
pub(crate) const MESSAGE: &str = "4";

/// In front of bytes that travel as base64, in the place of a type digit.
pub(crate) const BASE64: char = 'b';

/// The answer to a ping.
pub(crate) const PONG: &str = "3";

/// The end of a session over HTTP long-polling.
pub(crate) const CLOSE: &str = "1";

/// The first packet on a WebSocket that a session is to go over to, and the answer to it.
pub(crate) const PROBE: &str = "2probe";
pub(crate) const PROBED: &str = "3probe";

/// The session goes over.
pub(crate) const UPGRADE: &str = "5";

/// A whole packet, as it stands in a text frame or in a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Packet {
    /// With its type digit.
    Text(String),
    /// A message of bytes, which has none.
    Binary(Bytes),
}

impl Packet {
    /// What it is in bytes, roughly: what counts is what waits.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(data) => data.len(),
        }
    }
}

/// Reads what stands in a text frame or between the separators of a payload.
pub(crate) fn read(text: String) -> Result<Packet, DecodeError> {
    match text.strip_prefix(BASE64) {
        Some(base64) => Base64::decode_vec(base64)
            .map(|data| Packet::Binary(data.into()))
            .map_err(|_| DecodeError::Base64),
        None => Ok(Packet::Text(text)),
    }
}

/// Bytes as text, for where only text can go.
pub(crate) fn write_base64(data: &[u8], into: &mut String) {
    into.push(BASE64);
    into.push_str(&Base64::encode_string(data));
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_type_has_its_digit() {
        let types = ["0{}", "1", "2", "3probe", "4hello", "5", "6"].map(read_type);
        assert!(types.iter().all(Result::is_ok));
        assert_eq!(read_type("4€"), Ok(PacketType::Message));
    }

    #[test]
    fn bytes_travel_as_base64_where_they_must() {
        let mut text = String::new();
        write_base64(&[1, 2, 3, 4], &mut text);
        assert_eq!(text, "bAQIDBA==");
        assert_eq!(read(text), Ok(Packet::Binary(Bytes::from_static(&[1, 2, 3, 4]))));
        assert_eq!(read("b!".into()), Err(DecodeError::Base64));
    }

    #[test]
    fn an_unknown_type_is_refused() {
        assert_eq!(read_type("7"), Err(DecodeError::UnknownType('7')));
        assert_eq!(read_type("é"), Err(DecodeError::UnknownType('é')));
        assert_eq!(read_type(""), Err(DecodeError::Empty));
    }
}
