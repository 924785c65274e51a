//! Puts packets and their attachments together (Socket.IO v5, "Packet encoding": the attachments
//! follow their packet at once, each in a frame of its own).

use bytes::Bytes;

use crate::{
    config::Limits,
    engine::packet::DATA,
    error::DecodeError,
    io::Frame,
    parser::Decoder,
    socket::{decode, packet::Packet},
};

/// Takes the messages of one connection and gives whole packets.
#[derive(Debug)]
pub(crate) enum Assembler {
    /// In the protocol's own form.
    Standard(Standard),
    /// In a form agreed upon with the server.
    Custom(Box<dyn Decoder>),
}

impl Assembler {
    /// The text is a whole Engine.IO packet: its type digit stands in front.
    pub(crate) fn text(
        &mut self,
        text: String,
        limits: &Limits,
    ) -> Result<Option<Packet>, DecodeError> {
        match self {
            Self::Standard(standard) => standard.text(text, limits),
            Self::Custom(decoder) => {
                decoder.add(Frame::Text(text.get(DATA..).unwrap_or_default().to_owned()))
            }
        }
    }

    pub(crate) fn binary(
        &mut self,
        data: Bytes,
        limits: &Limits,
    ) -> Result<Option<Packet>, DecodeError> {
        match self {
            Self::Standard(standard) => standard.binary(data, limits),
            Self::Custom(decoder) => decoder.add(Frame::Binary(data)),
        }
    }
}

/// The protocol's own form.
#[derive(Debug, Default)]
pub(crate) struct Standard {
    waiting: Option<Waiting>,
}

/// A packet whose attachments are not all here.
#[derive(Debug)]
struct Waiting {
    packet: Packet,
    /// How many there will be.
    due: usize,
    /// The bytes that are here.
    bytes: usize,
}

impl Standard {
    pub(crate) fn text(
        &mut self,
        text: String,
        limits: &Limits,
    ) -> Result<Option<Packet>, DecodeError> {
        if self.waiting.is_some() {
            return Err(DecodeError::TextForAttachment);
        }
        let bytes = text.len();
        let (packet, due) = decode::packet(text, DATA, limits.attachments)?;
        if due == 0 {
            return Ok(Some(packet));
        }
        self.waiting = Some(Waiting { packet, due, bytes });
        Ok(None)
    }

    pub(crate) fn binary(
        &mut self,
        data: Bytes,
        limits: &Limits,
    ) -> Result<Option<Packet>, DecodeError> {
        let mut waiting = self.waiting.take().ok_or(DecodeError::StrayBinary)?;
        waiting.bytes = waiting.bytes.saturating_add(data.len());
        if waiting.bytes > limits.packet_bytes {
            return Err(DecodeError::TooLarge {
                what: "a packet with attachments",
                bytes: waiting.bytes,
                limit: limits.packet_bytes,
            });
        }
        waiting.packet.attachments.push(data);
        if waiting.packet.attachments.len() == waiting.due {
            return Ok(Some(waiting.packet));
        }
        self.waiting = Some(waiting);
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const EVENT: &str = r#"452-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#;

    #[test]
    fn a_packet_waits_for_its_attachments() {
        let (mut assembler, limits) = (Standard::default(), Limits::default());
        assert_eq!(assembler.text(EVENT.to_owned(), &limits), Ok(None));
        assert_eq!(assembler.binary(Bytes::from_static(b"x"), &limits), Ok(None));
        let packet = assembler.binary(Bytes::from_static(b"y"), &limits).unwrap().unwrap();
        let event = packet.into_event();
        assert_eq!(event.attachments(), [&b"x"[..], &b"y"[..]]);
        let (x, y): (Bytes, Bytes) = event.args().unwrap();
        assert_eq!((&x[..], &y[..]), (&b"x"[..], &b"y"[..]));
        assert!(assembler.text("42[\"b\"]".to_owned(), &limits).unwrap().is_some());
    }

    #[test]
    fn text_between_attachments_and_stray_bytes_are_errors() {
        let (mut assembler, limits) = (Standard::default(), Limits::default());
        assert_eq!(assembler.binary(Bytes::new(), &limits), Err(DecodeError::StrayBinary));
        assembler.text(EVENT.to_owned(), &limits).unwrap();
        let text = assembler.text("42[\"b\"]".to_owned(), &limits);
        assert_eq!(text, Err(DecodeError::TextForAttachment));
    }

    #[test]
    fn attachments_are_bounded_together() {
        let limits = Limits { packet_bytes: EVENT.len() + 3, ..Limits::default() };
        let mut assembler = Standard::default();
        assembler.text(EVENT.to_owned(), &limits).unwrap();
        assembler.binary(Bytes::from_static(b"xy"), &limits).unwrap();
        let refused = assembler.binary(Bytes::from_static(b"xy"), &limits);
        assert!(matches!(refused, Err(DecodeError::TooLarge { .. })), "{refused:?}");
    }
}
