//! What comes in: on a WebSocket, in the answers of HTTP long-polling, and what it means.

use bytes::Bytes;

use super::{Active, Session, SessionEvent, Stage, excerpt};
use crate::{
    engine::{
        handshake::Handshake,
        packet::{self, PONG, Packet, PacketType},
        payload,
        upgrade::Upgrade,
    },
    error::{AttemptError, CloseCause, DecodeError, HandshakeError, ProbeError},
    event::DisconnectReason,
    host::Host,
    io::{RequestId, TransportId},
    time::Instant,
    timer::Timer,
    transport::Transport,
};

impl Session {
    /// The WebSocket is open. Only a probe begins with a packet of ours.
    pub(crate) fn on_opened(&mut self, host: &mut Host, id: TransportId) {
        if let Some(upgrade) = &mut self.upgrade
            && upgrade.transport == id
        {
            upgrade.ask(host);
        }
    }

    pub(crate) fn on_text(&mut self, host: &mut Host, now: Instant, id: TransportId, text: String) {
        if self.is_active(id) {
            self.on_packet(host, now, packet::read(text));
            return;
        }
        let Some(upgrade) = &mut self.upgrade else { return };
        match upgrade.on_text(&text) {
            Ok(()) => self.go_over(host),
            Err(cause) => self.upgrade_failed(host, cause),
        }
    }

    pub(crate) fn on_binary(
        &mut self,
        host: &mut Host,
        now: Instant,
        id: TransportId,
        data: Bytes,
    ) {
        if self.is_active(id) {
            self.on_packet(host, now, Ok(Packet::Binary(data)));
        } else {
            self.upgrade_failed(host, ProbeError::Bytes);
        }
    }

    pub(crate) fn on_unwritten(&mut self, id: TransportId, bytes: usize) {
        if let Active::WebSocket { id: active, unwritten } = &mut self.active
            && *active == id
        {
            *unwritten = bytes;
        }
    }

    pub(crate) fn on_closed(
        &mut self,
        host: &mut Host,
        now: Instant,
        id: TransportId,
        code: Option<u16>,
    ) {
        let url = host.options.url(Transport::WebSocket);
        if !self.is_active(id) {
            self.upgrade_failed(host, ProbeError::Closed(code));
        } else if matches!(self.stage, Stage::Opening) {
            self.fail(host, now, AttemptError::Closed { url, code });
        } else {
            let cause = CloseCause::Closed { url, code };
            self.lose(host, DisconnectReason::TransportClose, cause);
        }
    }

    pub(crate) fn on_failed(
        &mut self,
        host: &mut Host,
        now: Instant,
        id: TransportId,
        detail: String,
    ) {
        if self.is_active(id) {
            self.transport_failed(host, now, detail);
        } else {
            self.upgrade_failed(host, ProbeError::Failed(detail));
        }
    }

    /// A frame that broke a limit.
    pub(crate) fn on_bad_frame(
        &mut self,
        host: &mut Host,
        now: Instant,
        id: TransportId,
        cause: DecodeError,
    ) {
        if self.is_active(id) {
            self.on_broken(host, now, cause);
        } else {
            self.upgrade_failed(host, cause.into());
        }
    }

    /// A frame or a poll broke a limit, or the rules of Engine.IO.
    pub(super) fn on_broken(&mut self, host: &mut Host, now: Instant, cause: DecodeError) {
        if matches!(self.stage, Stage::Opening) {
            return self.no_handshake(host, now, cause.into());
        }
        let reason = match cause {
            DecodeError::TooLarge { .. } => DisconnectReason::ParseError,
            // An unknown Engine.IO type closes as a transport error.
            _ => DisconnectReason::TransportError,
        };
        self.lose(host, reason, CloseCause::Protocol(cause));
    }

    pub(crate) fn on_response(
        &mut self,
        host: &mut Host,
        now: Instant,
        request: RequestId,
        status: u16,
        body: String,
    ) {
        let Active::Polling(polling) = &mut self.active else { return };
        let was_get = polling.answered(request);
        if !(200..300).contains(&status) {
            let url = host.options.url(Transport::Polling);
            let detail = excerpt(&body);
            return match self.stage {
                Stage::Opening => self.fail(host, now, AttemptError::Http { url, status, detail }),
                _ => {
                    let cause = CloseCause::Http { url, status, detail };
                    self.lose(host, DisconnectReason::TransportError, cause);
                }
            };
        }
        if was_get && matches!(self.stage, Stage::Opening | Stage::Open(_)) {
            self.on_poll(host, now, body);
        } else {
            self.go_on(host);
        }
    }

    pub(crate) fn on_request_failed(
        &mut self,
        host: &mut Host,
        now: Instant,
        request: RequestId,
        detail: String,
    ) {
        let Active::Polling(polling) = &mut self.active else { return };
        polling.answered(request);
        self.transport_failed(host, now, detail);
    }

    fn on_poll(&mut self, host: &mut Host, now: Instant, body: String) {
        let limit = host.options.limits.poll_bytes;
        if body.len() > limit {
            let cause = DecodeError::TooLarge { what: "a poll", bytes: body.len(), limit };
            return self.on_broken(host, now, cause);
        }
        if body.is_empty() {
            // A server has at least a noop to say; polling on would only be answered so again.
            return match self.stage {
                Stage::Opening => self.no_handshake(host, now, HandshakeError::Empty),
                _ => self.on_broken(host, now, DecodeError::Empty),
            };
        }
        self.poll = Some((body, 0));
    }

    /// Reads the next packet of the poll.
    pub(super) fn read_on(&mut self, host: &mut Host, now: Instant) {
        let Some((body, at)) = &mut self.poll else { return };
        let (packet, next) = payload::read(body, *at);
        match next {
            Some(next) => *at = next,
            None => self.poll = None,
        }
        self.on_packet(host, now, packet);
        if self.poll.is_none() {
            self.go_on(host);
        }
    }

    fn on_packet(&mut self, host: &mut Host, now: Instant, packet: Result<Packet, DecodeError>) {
        match &self.stage {
            Stage::Opening => self.on_first(host, now, packet),
            Stage::Open(handshake) => {
                let heartbeat = handshake.heartbeat();
                match packet.and_then(|packet| self.read(packet)) {
                    Ok(None) => {}
                    Ok(Some(SessionEvent::Ping)) => {
                        host.timers.set(Timer::Heartbeat, now + heartbeat);
                        if self.wants_pong(host) {
                            self.send(host, [Packet::Text(PONG.to_owned())]);
                        }
                        self.events.push_back(SessionEvent::Ping);
                    }
                    Ok(Some(SessionEvent::Closed { reason, cause })) => {
                        self.lose(host, reason, cause);
                    }
                    Ok(Some(event)) => self.events.push_back(event),
                    Err(cause) => self.on_broken(host, now, cause),
                }
            }
            // What still comes is for nobody.
            Stage::Closing { .. } | Stage::Done => {}
        }
    }

    /// What a packet of the open session means.
    fn read(&self, packet: Packet) -> Result<Option<SessionEvent>, DecodeError> {
        let text = match packet {
            Packet::Binary(data) => return Ok(Some(SessionEvent::Binary(data))),
            Packet::Text(text) => text,
        };
        Ok(match packet::read_type(&text)? {
            PacketType::Message => Some(SessionEvent::Text(text)),
            PacketType::Ping => Some(SessionEvent::Ping),
            PacketType::Close => Some(SessionEvent::Closed {
                reason: DisconnectReason::TransportClose,
                cause: CloseCause::ServerClosed,
            }),
            // A session is opened once.
            PacketType::Open => return Err(DecodeError::UnknownType('0')),
            PacketType::Pong | PacketType::Upgrade | PacketType::Noop => None,
        })
    }

    /// "The server must send an open packet first."
    fn on_first(&mut self, host: &mut Host, now: Instant, packet: Result<Packet, DecodeError>) {
        let text = match packet {
            Ok(Packet::Text(text)) => text,
            Ok(Packet::Binary(_)) => {
                return self.no_handshake(host, now, HandshakeError::Bytes);
            }
            Err(error) => return self.no_handshake(host, now, error.into()),
        };
        let handshake = match packet::read_type(&text) {
            Ok(PacketType::Open) => Handshake::read(text.get(packet::DATA..).unwrap_or_default()),
            _ => Err(HandshakeError::NotFirst(excerpt(&text))),
        };
        let handshake = match handshake {
            Ok(handshake) => handshake,
            Err(cause) => return self.no_handshake(host, now, cause),
        };
        host.timers.stop(Timer::Open);
        host.timers.set(Timer::Heartbeat, now + handshake.heartbeat());
        if self.transport() == Transport::Polling
            && host.options.upgrade
            && self.plan.other == Some(Transport::WebSocket)
            && handshake.can_upgrade()
        {
            self.upgrade = Some(Upgrade::begin(host, now, &handshake.sid));
        }
        self.stage = Stage::Open(handshake);
        self.events.push_back(SessionEvent::Opened);
    }
}
