//! Packets as MessagePack: the form of the npm package `socket.io-msgpack-parser` 3.x, and of
//! servers that speak it.
//!
//! A packet is one binary frame: the map `{type, data, nsp, id}`, without what does not apply.
//! Bytes stand in `data` where they belong; in the model of this crate they are attachments with
//! placeholders in the JSON, so both sides are turned into each other here.
//!
//! What is read and has no JSON form becomes: a float that is not finite, null; a date, in
//! notepack's extension type 0 or as a MessagePack timestamp, its milliseconds as a number;
//! notepack's `undefined`, null in an array and nothing in a map; a key that is an integer, a
//! string; text that is not UTF-8, text with replacement characters, as in the npm package. Any
//! other extension type is an error.
//!
//! Values are nested 128 deep at most, as many levels as serde_json reads, and a packet has at
//! most 1,000 attachments. Nothing is allocated for a length that is only claimed; the JSON is at
//! most a few times as long as the frame. As elsewhere in this crate, events need a name that is
//! not reserved, and acknowledgements an id, which the npm package leaves to others to check.
//!
//! **A program's own `_placeholder`.** In MessagePack an object with this key is an object like
//! any other, whatever bytes there are beside it. Read, its key is written with an escape
//! (`"\u005fplaceholder"`), which is the same key to those who parse the JSON and no placeholder
//! to this crate. Written, an object counts as a placeholder if the packet has attachments and the
//! key has no escape; a program that sends such an object together with bytes is refused when it
//! emits, since it would name an attachment that is not its own.

mod read;
mod write;

use bytes::Bytes;

use crate::{
    error::DecodeError,
    io::Frame,
    parser::{Decoder, Parser},
    socket::packet::Packet,
};

/// The form of npm's `socket.io-msgpack-parser`.
///
/// ```
/// use std::sync::Arc;
/// use socketio_proto::{ManagerOptions, Msgpack};
///
/// let mut options = ManagerOptions::new("http://localhost:3000".parse()?);
/// options.parser = Some(Arc::new(Msgpack));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Msgpack;

impl Parser for Msgpack {
    fn encode(&self, packet: &Packet) -> Result<Vec<Frame>, String> {
        let frame = write::packet(packet)?;
        Ok(vec![Frame::Binary(Bytes::from(frame))])
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(FrameDecoder)
    }
}

/// Remembers nothing: every packet is a frame.
#[derive(Debug)]
struct FrameDecoder;

impl Decoder for FrameDecoder {
    fn add(&mut self, frame: Frame) -> Result<Option<Packet>, DecodeError> {
        match frame {
            Frame::Binary(data) => read::packet(&data).map(Some),
            Frame::Text(_) => Err(DecodeError::Payload("text where MessagePack was due")),
        }
    }
}

#[cfg(test)]
mod tests;
