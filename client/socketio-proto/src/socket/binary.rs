//! Puts packets and their attachments together (Socket.IO v5, "Packet encoding": the attachments
//! follow their packet at once, each in a frame of its own).

use bytes::Bytes;

use crate::{
    engine::packet::DATA,
    error::DecodeError,
    socket::{decode, packet::Packet},
};

/// Takes the messages of one connection and gives whole packets.
#[derive(Debug, Default)]
pub(crate) struct Assembler {
    /// A packet whose attachments are not all here, and how many there will be.
    waiting: Option<(Packet, usize)>,
}

impl Assembler {
    pub(crate) fn text(
        &mut self,
        text: String,
        max_attachments: usize,
    ) -> Result<Option<Packet>, DecodeError> {
        if self.waiting.is_some() {
            return Err(DecodeError::StrayBinary);
        }
        let (packet, due) = decode::packet(text, DATA, max_attachments)?;
        if due == 0 {
            return Ok(Some(packet));
        }
        self.waiting = Some((packet, due));
        Ok(None)
    }

    pub(crate) fn binary(&mut self, data: Bytes) -> Result<Option<Packet>, DecodeError> {
        let (mut packet, due) = self.waiting.take().ok_or(DecodeError::StrayBinary)?;
        packet.attachments.push(data);
        if packet.attachments.len() == due {
            return Ok(Some(packet));
        }
        self.waiting = Some((packet, due));
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
        let mut assembler = Assembler::default();
        assert_eq!(assembler.text(EVENT.to_owned(), 10), Ok(None));
        assert_eq!(assembler.binary(Bytes::from_static(b"x")), Ok(None));
        let packet = assembler.binary(Bytes::from_static(b"y")).unwrap().unwrap();
        assert_eq!(packet.into_event().attachments(), [&b"x"[..], &b"y"[..]]);
        assert!(assembler.text("42[\"b\"]".to_owned(), 10).unwrap().is_some());
    }

    #[test]
    fn text_between_attachments_and_stray_bytes_are_errors() {
        let mut assembler = Assembler::default();
        assert_eq!(assembler.binary(Bytes::new()), Err(DecodeError::StrayBinary));
        assembler.text(EVENT.to_owned(), 10).unwrap();
        assert_eq!(assembler.text("42[\"b\"]".to_owned(), 10), Err(DecodeError::StrayBinary));
    }
}
