//! How packets are written, by the protocol or by a custom parser, and handed to the session.

use super::{Link, Manager};
use crate::{
    engine::packet::{MESSAGE, Packet as EnginePacket},
    error::EncodeError,
    event::SocketEvent,
    io::{Frame, SocketId},
    socket::{
        arguments::{self, Arguments},
        packet::{Packet, PacketType},
    },
};

impl Manager {
    /// A packet without arguments.
    pub(super) fn send_bare(&mut self, socket: SocketId, kind: PacketType, payload: &str) {
        let name = self.namespace(socket).name.as_str().to_owned();
        let Some(parser) = self.host.options.parser.clone() else {
            let text = arguments::bare(kind, &name, payload);
            return self.send_frames([EnginePacket::Text(text)]);
        };
        // A parser that cannot write so little leaves the namespace unanswered, and the server's
        // own time for CONNECT ends the connection.
        if let Ok(packet) = Packet::new(kind, &name, None, payload, Vec::new())
            && let Ok(frames) = parser.encode(&packet)
        {
            self.send_frames(frames.into_iter().map(as_message));
        }
    }

    /// What a custom parser cannot write is refused before it is kept.
    pub(super) fn check_writable(
        &self,
        socket: SocketId,
        ack: Option<u64>,
        arguments: &Arguments,
    ) -> Result<(), EncodeError> {
        if self.host.options.parser.is_none() {
            return Ok(());
        }
        self.encode(socket, PacketType::Event, ack, arguments).map(drop)
    }

    pub(super) fn send_packet(
        &mut self,
        socket: SocketId,
        kind: PacketType,
        ack: Option<u64>,
        arguments: Arguments,
    ) -> Result<(), EncodeError> {
        let namespace = &self.namespaces[socket.0 as usize];
        let name = namespace.name.as_str();
        let sent = (namespace.watched && kind == PacketType::Event)
            .then(|| arguments.to_event(name, ack))
            .flatten();
        if self.host.options.parser.is_some() {
            let frames = self.encode(socket, kind, ack, &arguments)?;
            self.send_frames(frames.into_iter().map(as_message));
        } else {
            let (text, attachments) = arguments.into_frames(kind, name, ack);
            let attachments = attachments.into_iter().map(EnginePacket::Binary);
            self.send_frames([EnginePacket::Text(text)].into_iter().chain(attachments));
        }
        if let Some(event) = sent {
            self.tell_socket(socket, SocketEvent::Sent(event));
        }
        Ok(())
    }

    /// By the custom parser.
    fn encode(
        &self,
        socket: SocketId,
        kind: PacketType,
        ack: Option<u64>,
        arguments: &Arguments,
    ) -> Result<Vec<Frame>, EncodeError> {
        let Some(parser) = &self.host.options.parser else { return Ok(Vec::new()) };
        let name = self.namespaces[socket.0 as usize].name.as_str();
        let packet = arguments
            .to_packet(kind, name, ack)
            .map_err(|source| EncodeError::Packet { event: arguments.name(), source })?;
        parser
            .encode(&packet)
            .map_err(|detail| EncodeError::Parser { event: arguments.name(), detail })
    }

    fn send_frames(&mut self, packets: impl IntoIterator<Item = EnginePacket>) {
        if let Link::Up { session, .. } = &mut self.link {
            session.send(&mut self.host, packets);
        }
    }
}

/// A frame of a custom parser as an Engine.IO message.
fn as_message(frame: Frame) -> EnginePacket {
    match frame {
        Frame::Text(text) => EnginePacket::Text([MESSAGE, &text].concat()),
        Frame::Binary(data) => EnginePacket::Binary(data),
    }
}
