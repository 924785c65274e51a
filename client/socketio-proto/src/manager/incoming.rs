//! What the server sends.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Link, Manager};
use crate::{
    engine::{
        packet::PONG,
        session::{Frame, FrameError},
    },
    error::{AttemptError, DecodeError},
    event::{
        AckOutcome, ConnectError, DisconnectReason, ManagerEvent, SocketEvent, SocketId,
        TransportId,
    },
    socket::{
        encode,
        namespace::NamespaceState,
        packet::{Packet, PacketType},
    },
    time::Instant,
    timer::Timer,
};

impl Manager {
    pub(super) fn on_text(&mut self, now: Instant, transport: TransportId, text: String) {
        let fits = self.fits(text.len());
        let Some(session) = self.session(transport) else { return };
        let read = fits.and_then(|()| session.read_text(text));
        self.on_frame(now, transport, read);
    }

    pub(super) fn on_binary(&mut self, now: Instant, transport: TransportId, data: Bytes) {
        let fits = self.fits(data.len());
        let Some(session) = self.session(transport) else { return };
        let read = fits.and_then(|()| session.read_binary(data));
        self.on_frame(now, transport, read);
    }

    fn fits(&self, bytes: usize) -> Result<(), FrameError> {
        let limit = self.options.limits.frame_bytes;
        if bytes > limit {
            return Err(FrameError::Packet(DecodeError::TooLarge { bytes, limit }));
        }
        Ok(())
    }

    fn on_frame(&mut self, now: Instant, transport: TransportId, read: Result<Frame, FrameError>) {
        let most = self.options.limits.attachments;
        let Link::Up { assembler, .. } = &mut self.link else { return };
        let packet = match read {
            Ok(Frame::Opened) => return self.on_handshake(now, transport),
            Ok(Frame::Ping) => {
                self.send(transport, PONG.to_owned());
                self.arm_heartbeat(now);
                return self.tell(ManagerEvent::Ping);
            }
            Ok(Frame::Close) => {
                return self.drop_link(now, DisconnectReason::TransportClose, None);
            }
            Ok(Frame::Nothing) => return,
            Ok(Frame::Text(text)) => assembler.text(text, most),
            Ok(Frame::Binary(data)) => assembler.binary(data),
            Err(FrameError::Handshake(detail)) => {
                return self.attempt_failed(now, |url| AttemptError::Handshake { url, detail });
            }
            Err(FrameError::Packet(cause)) if self.open_transport().is_none() => {
                let detail = cause.to_string();
                return self.attempt_failed(now, |url| AttemptError::Handshake { url, detail });
            }
            Err(FrameError::Packet(cause @ DecodeError::TooLarge { .. })) => Err(cause),
            // An unknown Engine.IO type closes as a transport error.
            Err(FrameError::Packet(cause)) => {
                return self.drop_link(now, DisconnectReason::TransportError, Some(cause));
            }
        };
        match packet {
            Ok(Some(packet)) => self.on_packet(now, transport, packet),
            Ok(None) => {}
            Err(cause) => self.drop_link(now, DisconnectReason::ParseError, Some(cause)),
        }
    }

    fn on_packet(&mut self, now: Instant, transport: TransportId, packet: Packet) {
        let name = packet.namespace();
        let Some(namespace) = self.namespaces.iter().find(|ns| ns.name.as_str() == name) else {
            return;
        };
        let socket = namespace.id;
        match packet.kind {
            PacketType::Connect => self.on_connect(transport, socket, packet.payload()),
            PacketType::Disconnect => {
                self.deactivate(socket, DisconnectReason::ServerDisconnect);
                self.close_if_unused();
            }
            PacketType::ConnectError => {
                if matches!(self.namespace(socket).state, NamespaceState::Connecting { .. }) {
                    let error = read_connect_error(packet.payload());
                    self.refuse(socket, error);
                }
            }
            PacketType::Event | PacketType::BinaryEvent => self.on_event(now, socket, packet),
            PacketType::Ack | PacketType::BinaryAck => {
                // Ids that are not known, or not any more, are ignored.
                if let Some(id) = packet.ack
                    && self.namespace(socket).acks.take(id)
                {
                    self.timers.stop(Timer::Ack(socket, id));
                    let outcome = AckOutcome::Received(packet.into_ack());
                    self.tell_socket(socket, SocketEvent::Ack { id, outcome });
                }
            }
        }
    }

    fn on_connect(&mut self, transport: TransportId, socket: SocketId, payload: &str) {
        #[derive(Deserialize)]
        struct Answer {
            sid: String,
        }

        let namespace = self.namespace(socket);
        match namespace.state {
            // We left while the answer was on its way: the server must not keep us.
            NamespaceState::Inactive => {
                let frame = encode::disconnect(&namespace.name);
                return self.send(transport, frame);
            }
            NamespaceState::Waiting | NamespaceState::Connected { .. } => return,
            NamespaceState::Connecting { .. } => {}
        }
        let Ok(Answer { sid }) = serde_json::from_str(payload) else {
            let message =
                "the server answered as Socket.IO v2 does, which this client does not speak";
            return self.refuse(socket, ConnectError { message: message.to_owned(), data: None });
        };
        let state =
            std::mem::replace(&mut namespace.state, NamespaceState::Connected { sid: sid.clone() });
        let kept: Vec<String> = namespace.take_buffer().collect();
        // The order of the reference client: what was held, what was kept, then the news.
        if let NamespaceState::Connecting { held } = state {
            for event in held {
                self.tell_socket(socket, SocketEvent::Received(event));
            }
        }
        for frame in kept {
            self.send(transport, frame);
        }
        self.tell_socket(socket, SocketEvent::Connected { sid });
    }

    fn on_event(&mut self, now: Instant, socket: SocketId, packet: Packet) {
        let most = self.options.limits.held_events;
        match &mut self.namespace(socket).state {
            NamespaceState::Connected { .. } => {
                self.tell_socket(socket, SocketEvent::Received(packet.into_event()));
            }
            NamespaceState::Connecting { held } if held.len() < most => {
                held.push(packet.into_event());
            }
            NamespaceState::Connecting { .. } => {
                let cause = DecodeError::TooManyHeld(most);
                self.drop_link(now, DisconnectReason::ParseError, Some(cause));
            }
            NamespaceState::Inactive | NamespaceState::Waiting => {}
        }
    }

    /// "In case of a CONNECT_ERROR": no retry until the program asks.
    fn refuse(&mut self, socket: SocketId, error: ConnectError) {
        self.namespace(socket).state = NamespaceState::Inactive;
        self.tell_socket(socket, SocketEvent::ConnectError(error));
        self.close_if_unused();
    }
}

fn read_connect_error(payload: &str) -> ConnectError {
    #[derive(Deserialize)]
    struct Refusal {
        #[serde(default)]
        message: String,
        data: Option<Box<RawValue>>,
    }

    if let Ok(message) = serde_json::from_str::<String>(payload) {
        return ConnectError { message, data: None };
    }
    match serde_json::from_str::<Refusal>(payload) {
        Ok(Refusal { message, data }) => {
            ConnectError { message, data: data.map(|raw| raw.get().to_owned()) }
        }
        Err(_) => ConnectError { message: String::new(), data: Some(payload.to_owned()) },
    }
}
