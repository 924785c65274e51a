//! What the server sends.

use bytes::Bytes;

use super::{Link, Manager};
use crate::{
    error::DecodeError,
    event::{AckOutcome, ConnectError, DisconnectReason, SocketEvent},
    io::{AskId, Output, SocketId},
    json::{read_object, read_string},
    socket::{
        arguments::{self, Auth},
        namespace::{AuthSource, NamespaceState, Recovery},
        packet::{Packet, PacketType},
    },
    time::Instant,
    timer::Timer,
};

impl Manager {
    pub(super) fn on_text(&mut self, now: Instant, text: String) {
        let Link::Up { assembler, .. } = &mut self.link else { return };
        let packet = assembler.text(text, &self.host.options.limits);
        self.on_assembled(now, packet);
    }

    pub(super) fn on_binary(&mut self, now: Instant, data: Bytes) {
        let Link::Up { assembler, .. } = &mut self.link else { return };
        let packet = assembler.binary(data, &self.host.options.limits);
        self.on_assembled(now, packet);
    }

    fn on_assembled(&mut self, now: Instant, packet: Result<Option<Packet>, DecodeError>) {
        match packet {
            Ok(Some(packet)) => self.on_packet(now, packet),
            Ok(None) => {}
            Err(cause) => self.on_broken(now, cause),
        }
    }

    /// Enters a namespace, or asks the program first what for.
    pub(super) fn enter(&mut self, now: Instant, socket: SocketId) {
        match self.namespace(socket).auth.clone() {
            AuthSource::None => self.send_connect(socket, None),
            AuthSource::Value(auth) => self.send_connect(socket, Some(&auth)),
            AuthSource::Ask => {
                let ask = AskId(self.host.next_id());
                let timeout = self.host.options.timeout;
                if !timeout.is_zero() {
                    self.host.timers.set(Timer::Ask(socket), now + timeout);
                }
                self.namespace(socket).state = NamespaceState::Asking { ask };
                self.host.push(Output::Ask { ask, socket });
            }
        }
    }

    pub(super) fn on_auth(
        &mut self,
        now: Instant,
        ask: AskId,
        answer: Result<Option<Auth>, String>,
    ) {
        // An answer that comes after the connection it was for is left alone.
        let asked = |state: &NamespaceState| matches!(state, NamespaceState::Asking { ask: now } if *now == ask);
        let Some(socket) = self.namespaces.iter().find(|ns| asked(&ns.state)).map(|ns| ns.id)
        else {
            return;
        };
        self.host.timers.stop(Timer::Ask(socket));
        match answer {
            Ok(auth) => self.send_connect(socket, auth.as_ref()),
            Err(message) => self.refuse(now, socket, ConnectError { message, data: None }),
        }
    }

    pub(super) fn on_ask_timeout(&mut self, now: Instant, socket: SocketId) {
        let message = "the program did not say in time what CONNECT is to carry".to_owned();
        self.refuse(now, socket, ConnectError { message, data: None });
    }

    pub(super) fn send_connect(&mut self, socket: SocketId, auth: Option<&Auth>) {
        let auth = auth.map(Auth::as_str);
        let namespace = self.namespace(socket);
        namespace.state = NamespaceState::Connecting { held: Vec::new(), bytes: 0 };
        namespace.unanswered = true;
        match &namespace.recovery {
            Some(Recovery { pid, offset }) => {
                let payload = arguments::with_recovery(pid, offset.as_deref(), auth);
                self.send_bare(socket, PacketType::Connect, &payload);
            }
            None => {
                let payload = auth.unwrap_or_default().to_owned();
                self.send_bare(socket, PacketType::Connect, &payload);
            }
        }
    }

    fn on_packet(&mut self, now: Instant, packet: Packet) {
        let name = packet.namespace();
        let Some(namespace) = self.namespaces.iter().find(|ns| ns.name.as_str() == name) else {
            return;
        };
        let socket = namespace.id;
        match packet.kind {
            PacketType::Connect => self.on_connect(now, socket, packet.payload()),
            PacketType::Disconnect => {
                let namespace = self.namespace(socket);
                let answered = std::mem::take(&mut namespace.unanswered);
                match namespace.state {
                    NamespaceState::Connecting { .. } | NamespaceState::Connected { .. } => {
                        let reason = DisconnectReason::ServerDisconnect;
                        self.deactivate(socket, reason);
                        self.close_if_unused(now, reason);
                    }
                    NamespaceState::Waiting if answered => self.enter(now, socket),
                    // The server cannot send away whom it has not heard of.
                    _ => {}
                }
            }
            PacketType::ConnectError => {
                let error = read_connect_error(packet.payload());
                let namespace = self.namespace(socket);
                let answered = std::mem::take(&mut namespace.unanswered);
                match namespace.state {
                    NamespaceState::Connecting { .. } => self.refuse(now, socket, error),
                    // It was left and wanted again meanwhile, perhaps with another auth.
                    NamespaceState::Waiting if answered => self.enter(now, socket),
                    _ => {}
                }
            }
            PacketType::Event => self.on_event(now, socket, packet),
            PacketType::Ack => {
                // Ids that are not known, or not any more, are ignored.
                if let Some(id) = packet.ack
                    && self.takes_ack(socket, id)
                {
                    let outcome = AckOutcome::Received(packet.into_ack());
                    self.tell_socket(socket, SocketEvent::Ack { id, outcome });
                }
                self.start_try(now, socket);
            }
        }
    }

    /// Whether somebody waits for this acknowledgement, which is here now.
    fn takes_ack(&mut self, socket: SocketId, id: u64) -> bool {
        let namespace = self.namespace(socket);
        let wanted = match namespace.queue.take(id) {
            Some(arrived) => arrived.wanted,
            None => namespace.acks.take(id),
        };
        self.host.timers.stop(Timer::Ack(socket, id));
        wanted
    }

    fn on_connect(&mut self, now: Instant, socket: SocketId, payload: &str) {
        let namespace = self.namespace(socket);
        let answered = std::mem::take(&mut namespace.unanswered);
        match namespace.state {
            // We left while the answer was on its way: the server must not keep us.
            NamespaceState::Inactive if answered => {
                return self.send_bare(socket, PacketType::Disconnect, "");
            }
            // And then wanted to be in again, perhaps with another auth.
            NamespaceState::Waiting if answered => {
                self.send_bare(socket, PacketType::Disconnect, "");
                return self.enter(now, socket);
            }
            NamespaceState::Inactive
            | NamespaceState::Waiting
            | NamespaceState::Asking { .. }
            | NamespaceState::Connected { .. } => return,
            NamespaceState::Connecting { .. } => {}
        }
        let mut fields = [("sid", None), ("pid", None)];
        read_object(payload, &mut fields);
        let [sid, pid] = fields.map(|(_, json)| read_string(json));
        let Some(sid) = sid else {
            let message =
                "the server answered as Socket.IO v2 does, which this client does not speak";
            let error = ConnectError { message: message.to_owned(), data: None };
            return self.refuse(now, socket, error);
        };
        let before = namespace.recovery.take();
        let recovered = pid.is_some() && pid == before.as_ref().map(|before| before.pid.clone());
        namespace.recovery = match before {
            Some(before) if recovered => Some(before),
            _ => pid.map(|pid| Recovery { pid, offset: None }),
        };
        let state = NamespaceState::Connected { sid: sid.clone(), recovered };
        let before = std::mem::replace(&mut namespace.state, state);
        // The order of the reference client: what was held, what was kept, the head of the retry
        // queue, then the news.
        if let NamespaceState::Connecting { held, .. } = before {
            for event in held {
                self.namespace(socket).note_offset(&event);
                self.tell_socket(socket, SocketEvent::Received(event));
            }
        }
        self.flush_buffer(now, socket);
        self.start_try(now, socket);
        self.tell_socket(socket, SocketEvent::Connected { sid, recovered });
    }

    fn on_event(&mut self, now: Instant, socket: SocketId, packet: Packet) {
        let limits = &self.host.options.limits;
        let (most, most_bytes) = (limits.held_events, limits.held_bytes);
        let event = packet.into_event();
        let namespace = self.namespace(socket);
        match &mut namespace.state {
            NamespaceState::Connected { .. } => {
                namespace.note_offset(&event);
                self.tell_socket(socket, SocketEvent::Received(event));
            }
            NamespaceState::Connecting { held, bytes } => {
                *bytes = bytes.saturating_add(event.len());
                if held.len() < most && *bytes <= most_bytes {
                    held.push(event);
                } else {
                    let cause = DecodeError::TooManyHeld { events: most, bytes: most_bytes };
                    self.on_broken(now, cause);
                }
            }
            NamespaceState::Inactive | NamespaceState::Waiting | NamespaceState::Asking { .. } => {}
        }
    }

    /// "In case of a CONNECT_ERROR": no retry until the program asks.
    fn refuse(&mut self, now: Instant, socket: SocketId, error: ConnectError) {
        self.namespace(socket).state = NamespaceState::Inactive;
        self.tell_socket(socket, SocketEvent::ConnectError(error));
        self.close_if_unused(now, DisconnectReason::ClientDisconnect);
    }
}

fn read_connect_error(payload: &str) -> ConnectError {
    if let Some(message) = read_string(Some(payload)) {
        return ConnectError { message, data: None };
    }
    let mut fields = [("message", None), ("data", None)];
    read_object(payload, &mut fields);
    let [message, data] = fields.map(|(_, json)| json);
    ConnectError {
        message: read_string(message).unwrap_or_default(),
        data: data.map(str::to_owned),
    }
}
