//! What goes out, and how a session goes on: the next poll, the upgrade, the last words.

use super::{Active, Session, SessionEvent, Stage};
use crate::{
    engine::{
        packet::{CLOSE, Packet},
        payload,
    },
    error::{AttemptError, ProbeError},
    host::Host,
    transport::Transport,
};

impl Session {
    /// After an answer: the next poll, what waits, the upgrade, or the end.
    pub(super) fn go_on(&mut self, host: &mut Host) {
        if self.is_pausing() {
            return self.go_over(host);
        }
        match &self.stage {
            Stage::Open(handshake) => {
                if let Active::Polling(polling) = &mut self.active {
                    polling.get(host, &handshake.sid);
                }
                self.flush(host);
            }
            Stage::Closing { .. } if self.upgrade.is_none() => self.leave(host),
            Stage::Closing { .. } => self.flush(host),
            Stage::Opening | Stage::Done => {}
        }
    }

    /// Gives the transport what it takes.
    pub(super) fn flush(&mut self, host: &mut Host) {
        if self.is_pausing() {
            return;
        }
        let Some(handshake) = (match &self.stage {
            Stage::Open(handshake) | Stage::Closing { handshake, .. } => Some(handshake),
            Stage::Opening | Stage::Done => None,
        }) else {
            return;
        };
        match &mut self.active {
            Active::WebSocket { id, .. } => {
                while let Some(packet) = self.waiting.pop_front() {
                    host.send(*id, packet);
                }
                self.waiting_bytes = 0;
            }
            Active::Polling(polling) if !polling.is_posting() && !self.waiting.is_empty() => {
                let body = payload::take(&mut self.waiting, handshake.max_payload);
                self.waiting_bytes = self.waiting.iter().map(Packet::len).sum();
                polling.post(host, &handshake.sid, body);
            }
            Active::Polling(_) => {}
        }
    }

    /// Says goodbye as soon as everything else is said.
    pub(super) fn leave(&mut self, host: &mut Host) {
        self.flush(host);
        let Stage::Closing { said, .. } = &mut self.stage else { return };
        match &self.active {
            // Writes what it was given first.
            Active::WebSocket { .. } => self.abandon(host),
            Active::Polling(_) if !*said => {
                *said = true;
                self.send(host, [Packet::Text(CLOSE.to_owned())]);
            }
            Active::Polling(polling) if !polling.is_posting() && self.waiting.is_empty() => {
                self.abandon(host);
            }
            Active::Polling(_) => {}
        }
    }

    /// "Await the GET and the POST", and then go over to the WebSocket.
    pub(super) fn go_over(&mut self, host: &mut Host) {
        let is_idle = matches!(&self.active, Active::Polling(polling) if polling.is_idle());
        // What the last poll brought comes before what the WebSocket brings.
        if !self.is_pausing() || !is_idle || self.poll.is_some() {
            return;
        }
        let Some(upgrade) = self.upgrade.take() else { return };
        let id = upgrade.finish(host);
        self.active = Active::WebSocket { id, unwritten: 0 };
        self.flush(host);
        if self.is_open() {
            self.events.push_back(SessionEvent::Upgraded);
        } else {
            self.leave(host);
        }
    }

    /// The session stays with HTTP long-polling.
    pub(super) fn upgrade_failed(&mut self, host: &mut Host, cause: ProbeError) {
        if self.upgrade.is_none() {
            return;
        }
        self.drop_probe(host);
        let url = host.options.url(Transport::WebSocket);
        if self.is_open() {
            let error = AttemptError::Probe { url, cause };
            self.events.push_back(SessionEvent::UpgradeFailed(error));
        }
        // It may have been pausing.
        self.go_on(host);
    }
}
