//! Another form for packets than the protocol's own, agreed upon with the server.

use std::fmt;

use crate::{error::DecodeError, io::Frame, socket::packet::Packet};

/// Writes and reads packets in a form of its own, as a custom `parser` of the JavaScript client
/// does. Server and client have to use the same one.
///
/// The Manager keeps to the protocol's model either way: a packet has a type, a namespace, perhaps
/// an acknowledgement id, a JSON payload and attachments that the payload refers to.
///
/// ```
/// use std::sync::Arc;
/// use socketio_proto::{DecodeError, Decoder, Frame, ManagerOptions, Packet, PacketType, Parser};
///
/// /// Every packet as one line: type, namespace, id, payload.
/// #[derive(Debug)]
/// struct Lines;
///
/// impl Parser for Lines {
///     fn encode(&self, packet: &Packet) -> Result<Vec<Frame>, String> {
///         let kind = packet.kind() as u8;
///         let id = packet.ack_id().map(|id| id.to_string()).unwrap_or_default();
///         let line = format!("{kind} {} {id} {}", packet.namespace(), packet.payload());
///         Ok(vec![Frame::Text(line)])
///     }
///
///     fn decoder(&self) -> Box<dyn Decoder> {
///         Box::new(LineDecoder)
///     }
/// }
///
/// #[derive(Debug)]
/// struct LineDecoder;
///
/// impl Decoder for LineDecoder {
///     fn add(&mut self, frame: Frame) -> Result<Option<Packet>, DecodeError> {
///         const BAD: DecodeError = DecodeError::Payload("not a line of four fields");
///         let Frame::Text(line) = frame else { return Err(BAD) };
///         let mut fields = line.splitn(4, ' ');
///         let mut field = || fields.next().ok_or(BAD);
///         let kind = field()?.parse().ok().and_then(PacketType::from_digit).ok_or(BAD)?;
///         let (namespace, id, payload) = (field()?, field()?, field()?);
///         let id = (!id.is_empty()).then(|| id.parse().map_err(|_| BAD)).transpose()?;
///         Packet::new(kind, namespace, id, payload, Vec::new()).map(Some)
///     }
/// }
///
/// let mut options = ManagerOptions::new("http://localhost:3000".parse()?);
/// options.parser = Some(Arc::new(Lines));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Parser: fmt::Debug + Send + Sync {
    /// The frames of a packet, in the order in which they are to be sent.
    ///
    /// # Errors
    ///
    /// What cannot be written, for a person. The packet is then not sent.
    fn encode(&self, packet: &Packet) -> Result<Vec<Frame>, String>;

    /// A reader for one connection.
    fn decoder(&self) -> Box<dyn Decoder>;
}

/// Puts the frames of one connection together. Made anew for each connection.
pub trait Decoder: fmt::Debug + Send {
    /// Takes the next frame; gives the packet that it completes.
    ///
    /// # Errors
    ///
    /// What breaks the form. The connection is closed with the reason "parse error" and opened
    /// again.
    fn add(&mut self, frame: Frame) -> Result<Option<Packet>, DecodeError>;
}
