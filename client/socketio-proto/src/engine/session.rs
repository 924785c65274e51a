//! One Engine.IO connection over one transport, from its first frame to its last.
//!
//! ```text
//!            "0{sid..}"
//!  Opening ─────────────▶ Open ──┐ "2" ping: answer "3", re-arm the deadline
//!     │                    │  ◀──┘ "4.." / binary: a message
//!     └── anything else ───┴── "1", unknown type ──▶ closed (by the Manager)
//! ```

use bytes::Bytes;

use crate::{
    engine::{
        handshake::Handshake,
        packet::{self, PacketType},
    },
    error::DecodeError,
    event::TransportId,
};

/// One connection. Dropped when it is closed.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) transport: TransportId,
    pub(crate) url: String,
    state: State,
    /// What the transport said it has taken but not written yet.
    pub(crate) unwritten: usize,
}

#[derive(Debug)]
enum State {
    Opening,
    Open(Handshake),
}

/// What a frame meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// The handshake: the connection is open.
    Opened,
    /// A ping: answer, and re-arm the deadline.
    Ping,
    /// A message; its text begins at [`packet::DATA`].
    Text(String),
    /// A message of bytes.
    Binary(Bytes),
    /// The server closes the connection.
    Close,
    /// Nothing to do.
    Nothing,
}

/// Why a frame ends the connection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FrameError {
    /// The first packet is no handshake.
    Handshake(String),
    /// A packet that cannot stand here.
    Packet(DecodeError),
}

impl Session {
    pub(crate) fn new(transport: TransportId, url: String) -> Self {
        Self { transport, url, state: State::Opening, unwritten: 0 }
    }

    /// The server's answer, once it is here.
    pub(crate) fn handshake(&self) -> Option<&Handshake> {
        match &self.state {
            State::Opening => None,
            State::Open(handshake) => Some(handshake),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.handshake().is_some()
    }

    pub(crate) fn read_text(&mut self, text: String) -> Result<Frame, FrameError> {
        let kind = packet::read_type(&text);
        if !self.is_open() {
            // "The server must send an open packet first."
            let json = match kind {
                Ok(PacketType::Open) => text.get(packet::DATA..).unwrap_or_default(),
                _ => return Err(FrameError::Handshake(excerpt(&text))),
            };
            self.state = State::Open(Handshake::read(json).map_err(FrameError::Handshake)?);
            return Ok(Frame::Opened);
        }
        match kind.map_err(FrameError::Packet)? {
            PacketType::Message => Ok(Frame::Text(text)),
            PacketType::Ping => Ok(Frame::Ping),
            PacketType::Close => Ok(Frame::Close),
            // A connection is opened once.
            PacketType::Open => Err(FrameError::Packet(DecodeError::UnknownType('0'))),
            PacketType::Pong | PacketType::Upgrade | PacketType::Noop => Ok(Frame::Nothing),
        }
    }

    /// A binary frame is a message without a type digit.
    pub(crate) fn read_binary(&mut self, data: Bytes) -> Result<Frame, FrameError> {
        if self.is_open() {
            Ok(Frame::Binary(data))
        } else {
            Err(FrameError::Handshake("a binary frame came first".to_owned()))
        }
    }
}

/// The beginning of a frame, to be shown in an error.
fn excerpt(text: &str) -> String {
    let mut shown: String = text.chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("the first frame was {shown:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const OPEN: &str = r#"0{"sid":"s","upgrades":[],"pingInterval":1,"pingTimeout":1}"#;

    fn open() -> Session {
        let mut session = Session::new(TransportId(1), "ws://h".to_owned());
        assert_eq!(session.read_text(OPEN.to_owned()), Ok(Frame::Opened));
        session
    }

    #[test]
    fn the_first_packet_is_the_handshake() {
        let mut session = Session::new(TransportId(1), "ws://h".to_owned());
        let error = session.read_text("<html>".to_owned()).unwrap_err();
        assert_eq!(error, FrameError::Handshake("the first frame was \"<html>\"".to_owned()));
        assert!(session.read_binary(Bytes::new()).is_err());
    }

    #[test]
    fn frames_are_told_apart() {
        let mut session = open();
        assert_eq!(session.read_text("2".into()), Ok(Frame::Ping));
        assert_eq!(session.read_text("40".into()), Ok(Frame::Text("40".into())));
        assert_eq!(session.read_text("1".into()), Ok(Frame::Close));
        assert_eq!(session.read_text("6".into()), Ok(Frame::Nothing));
        assert!(session.read_text(OPEN.into()).is_err());
        assert!(session.read_text("x".into()).is_err());
    }
}
