//! Engine.IO packets in a WebSocket's text frames: a type digit, then data.

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
pub(crate) const MESSAGE: char = '4';

/// The answer to a ping.
pub(crate) const PONG: &str = "3";

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
    fn an_unknown_type_is_refused() {
        assert_eq!(read_type("7"), Err(DecodeError::UnknownType('7')));
        assert_eq!(read_type("é"), Err(DecodeError::UnknownType('é')));
        assert_eq!(read_type(""), Err(DecodeError::Empty));
    }
}
